// Prometheus's text format 0.0.4.
import GatewayCore

/// Writes metrics front to back: each family once, its samples behind it.
struct PrometheusText {
  typealias Label = (name: StaticString, value: String)

  private(set) var bytes: [UInt8] = []
  private var name = ""

  mutating func family(_ name: some CustomStringConvertible, _ help: some CustomStringConvertible, _ type: StaticString)
  {
    self.name = name.description
    write("# HELP ", self.name, " ")
    write(escaped: help.description, quotes: false)
    write("\n# TYPE ", self.name, " ", type.description, "\n")
  }

  /// A sample of the family begun last.
  mutating func sample(_ labels: [Label] = [], suffix: String = "", value: some CustomStringConvertible) {
    write(name, suffix)
    for (index, label) in labels.enumerated() {
      write(index == 0 ? "{" : ",", label.name.description, "=\"")
      write(escaped: label.value, quotes: true)
      write("\"")
    }
    write(labels.isEmpty ? " " : "} ", value.description, "\n")
  }

  /// The samples of a histogram; none when nothing was counted.
  mutating func histogram(_ labels: [Label], _ histogram: Histogram) {
    var count: UInt64 = 0
    guard histogram.counts.contains(where: { $0 > 0 }) else { return }
    for (index, bound) in histogram.bounds.microseconds.enumerated() {
      count += histogram.counts[index]
      sample(labels + [("le", Self.seconds(bound))], suffix: "_bucket", value: count)
    }
    count += histogram.counts.last ?? 0
    sample(labels + [("le", "+Inf")], suffix: "_bucket", value: count)
    sample(labels, suffix: "_sum", value: Self.seconds(histogram.sum))
    sample(labels, suffix: "_count", value: count)
  }

  private static func seconds(_ microseconds: Int64) -> String { DecimalText.text(Int128(microseconds), places: 6) }

  private mutating func write(_ texts: String...) {
    for text in texts { bytes += text.utf8 }
  }

  private mutating func write(escaped text: String, quotes: Bool) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): write("\\\\")
      case UInt8(ascii: "\n"): write("\\n")
      case UInt8(ascii: "\"") where quotes: write("\\\"")
      default: bytes.append(byte)
      }
    }
  }
}
