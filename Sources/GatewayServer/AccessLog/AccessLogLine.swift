// A finished request in one line: fields in a fixed order, as JSON or as `name=value`.
import GatewayCore

/// How a line is written.
package enum AccessLogFormat: String, Sendable, CaseIterable {
  case json
  /// `name=value` (logfmt): for people and `grep`.
  case text
}

/// How much a request matters, from the most to the least.
package enum AccessLogLevel: String, Sendable, CaseIterable, Comparable {
  /// We, or all providers asked, failed: 5xx.
  case error
  /// The client is told of an error: 4xx.
  case warning
  case info

  init(status: Int) { self = status >= 500 ? .error : status >= 400 ? .warning : .info }

  private var rank: Int {
    switch self {
    case .error: 0
    case .warning: 1
    case .info: 2
    }
  }

  package static func < (left: AccessLogLevel, right: AccessLogLevel) -> Bool { left.rank < right.rank }
}

/// Writes the fields of one line.
struct AccessLogLine {
  private let format: AccessLogFormat
  private(set) var bytes: [UInt8] = []

  private static let usualBytes = 512

  private init(_ format: AccessLogFormat, _ time: Timestamp, _ level: AccessLogLevel) {
    self.format = format
    bytes.reserveCapacity(Self.usualBytes)
    add("time", time.rfc3339)
    add("level", level.rawValue)
  }

  /// Text that clients choose, or that is made of what they send, is cut by `AccessLog` before it comes here.
  static func bytes(of finished: FinishedRequest, as format: AccessLogFormat) -> [UInt8] {
    var line = AccessLogLine(format, finished.began, AccessLogLevel(status: finished.status))
    line.add("operation", finished.operation)
    line.add("client", finished.remoteAddress)
    line.add("key", finished.key)
    line.add("method", finished.method)
    line.add("path", finished.path)
    line.add("status", Int64(finished.status))
    line.add("surface", finished.surface)
    line.add("provider", finished.provider)
    line.add("model", finished.model)
    if finished.isStream { line.add("stream", verbatim: "true") }
    line.add("attempts", Int64(finished.attempts))
    line.add("input_tokens", finished.usage.input.map(Int64.init))
    line.add("output_tokens", finished.usage.output.map(Int64.init))
    if let cost = finished.cost {
      line.add("cost_usd", cost.amount?.decimalText)
      line.add("cost_source", cost.source.rawValue)
    }
    line.add("duration_ms", finished.duration)
    line.add("first_token_ms", finished.untilFirstToken)
    line.add("overhead_ms", finished.overhead)
    line.add("bytes_in", Int64(finished.bytesIn))
    line.add("bytes_out", Int64(finished.bytesOut))
    line.add("error", finished.failure)
    line.add("prompt", finished.prompt)
    line.add("reply", finished.reply)
    return line.end()
  }

  /// Says something about the log itself.
  static func bytes(ofNote message: String, at time: Timestamp, as format: AccessLogFormat) -> [UInt8] {
    var line = AccessLogLine(format, time, .warning)
    line.add("message", message)
    return line.end()
  }

  private mutating func end() -> [UInt8] {
    append(format == .json ? "}\n" : "\n")
    return bytes
  }

  private mutating func add(_ name: StaticString, _ text: String?) {
    guard let text else { return }
    begin(name)
    if format == .text && !text.isEmpty && text.utf8.allSatisfy(Self.isPlain) {
      bytes += text.utf8
    } else {
      append(quoted: text)
    }
  }

  private mutating func add(_ name: StaticString, _ number: Int64?) {
    if let number { add(name, verbatim: String(number)) }
  }

  private mutating func add(_ name: StaticString, _ duration: Duration?) {
    if let duration { add(name, verbatim: DecimalText.text(Int128(duration.microseconds), places: 3)) }
  }

  private mutating func add(_ name: StaticString, verbatim value: String) {
    begin(name)
    bytes += value.utf8
  }

  private mutating func begin(_ name: StaticString) {
    switch format {
    case .json:
      append(bytes.isEmpty ? "{\"" : ",\"")
      append(name)
      append("\":")
    case .text:
      if !bytes.isEmpty { append(" ") }
      append(name)
      append("=")
    }
  }

  private mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Printable ASCII that neither ends a value nor begins a quoted one.
  private static func isPlain(_ byte: UInt8) -> Bool {
    needsNoEscape(byte) && byte != UInt8(ascii: " ") && byte != UInt8(ascii: "=")
  }

  /// As JSON quotes, and with everything escaped that a terminal might act upon.
  private mutating func append(quoted text: String) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    if text.utf8.allSatisfy(Self.needsNoEscape) {
      bytes += text.utf8
      return
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": bytes += [UInt8(ascii: "\\"), UInt8(ascii: scalar)]
      case _ where scalar.isActedUpon:
        let digits = String(scalar.value, radix: 16)
        bytes += ("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8
      default: bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
  }

  /// Printable ASCII but for the two characters that end a text or begin an escape.
  private static func needsNoEscape(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }
}

extension Unicode.Scalar {
  /// Controls, ends of lines, and marks that turn the direction of text; none is beyond U+FFFF.
  fileprivate var isActedUpon: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}
