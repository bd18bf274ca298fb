// Charts as SVG, drawn by the numbers.

import Glibc

enum Chart {
  /// How many colours there are before they begin again.
  static let colors = 6

  private static let width = 900.0
  private static let height = 300.0
  private static let left = 64.0
  private static let right = 16.0
  private static let top = 12.0
  private static let bottom = 28.0

  /// Times by the share of requests that took no longer; towards 100 % each step is half of what was left.
  ///
  /// `nil` where nothing was measured.
  static func percentiles(_ series: [Distribution?]) -> String? {
    guard let slowest = series.compactMap({ $0?.value(.max) }).max(), slowest > 0 else { return nil }
    let highest = roundHeight(above: slowest)
    let most = series.compactMap { $0?.count }.max() ?? 1
    // The slowest of all requests stands at the right edge.
    let steps = max(log2(Double(most)), 1)
    let lines = series.enumerated().map { index, times -> String in
      guard let times else { return "" }
      let points = stride(from: 0.0, through: log2(Double(times.count)), by: 0.05).map { step in
        point(step / steps, times.value(share: 1 - exp2(-step)) / highest)
      }
      let last = point(log2(Double(times.count)) / steps, times.value(.max) / highest)
      return "<polyline class=\"c\(index % colors)\" points=\"\((points + [last]).joined(separator: " "))\"/>"
    }
    let marks = [(0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %"), (0.9999, "99.99 %")]
      .map { (-log2(1 - $0.0) / steps, $0.1) }
    return drawing(lines, across: marks, up: highest)
  }

  /// A dot for each good answer, by the moment at which it was meant to start; of very many, every so manieth.
  static func course(_ run: RunRecord) -> String? {
    let samples = run.samples.filter { $0.isGood && !$0.isWarmUp && run.targets.indices.contains($0.target) }
    guard let last = samples.map(\.intended).max(), let slowest = samples.map(\.responseTime).max(), slowest > 0
    else { return nil }
    let highest = roundHeight(above: Double(slowest))
    let end = Double(max(last, 1))
    let step = max((samples.count + mostDots - 1) / mostDots, 1)
    let dots = stride(from: 0, to: samples.count, by: step).map { index in
      let sample = samples[index]
      let (x, y) = place(Double(sample.intended) / end, Double(sample.responseTime) / highest)
      return "<circle class=\"c\(sample.target % colors)\" cx=\"\(x)\" cy=\"\(y)\" r=\"2\"/>"
    }
    let marks = [0, 0.25, 0.5, 0.75, 1].map { ($0, shownDigits(end / 1_000_000 * $0) + " s") }
    return drawing(dots, across: marks, up: highest)
  }

  /// A page with more would be slow to draw.
  private static let mostDots = 6_000

  // MARK: Drawing

  /// Lines above the ground, so many.
  private static let steps = 4.0

  /// The least height in microseconds above which nothing stands and whose parts are round numbers.
  private static func roundHeight(above highest: Double) -> Double {
    let part = highest / steps
    let power = pow(10, floor(log10(part)))
    let round = [1, 2, 2.5, 5, 10].first { $0 * power >= part } ?? 10
    return round * power * steps
  }

  /// `marks` are shares of the width; the height stands for `highest` microseconds.
  private static func drawing(_ shapes: [String], across marks: [(Double, String)], up highest: Double) -> String {
    var grid: [String] = []
    for share in stride(from: 0, through: 1, by: 1 / steps) {
      let (_, y) = place(0, share)
      grid.append(line(from: (number(left), y), to: (number(width - right), y)))
      let label = share == 0 ? "0" : shownMilliseconds(highest * share)
      grid.append(text(label, at: (number(left - 8), y), anchor: "end"))
    }
    for (share, label) in marks where share <= 1 {
      let (x, _) = place(share, 0)
      grid.append(line(from: (x, number(top)), to: (x, number(height - bottom))))
      // In the middle of the last line a label would end beyond the page.
      grid.append(text(label, at: (x, number(height - 10)), anchor: share == 1 ? "end" : "middle"))
    }
    return "<svg viewBox=\"0 0 \(number(width)) \(number(height))\" role=\"img\">\n"
      + (grid + shapes).filter { !$0.isEmpty }.joined(separator: "\n") + "\n</svg>"
  }

  private static func line(from: (x: String, y: String), to: (x: String, y: String)) -> String {
    "<line class=\"grid\" x1=\"\(from.x)\" y1=\"\(from.y)\" x2=\"\(to.x)\" y2=\"\(to.y)\"/>"
  }

  private static func text(_ text: String, at place: (x: String, y: String), anchor: String) -> String {
    "<text x=\"\(place.x)\" y=\"\(place.y)\" text-anchor=\"\(anchor)\">\(HTMLReport.escaped(text))</text>"
  }

  private static func point(_ across: Double, _ up: Double) -> String {
    let (x, y) = place(across, up)
    return "\(x),\(y)"
  }

  /// Shares of the width and the height as coordinates.
  private static func place(_ across: Double, _ up: Double) -> (x: String, y: String) {
    let across = min(max(across, 0), 1)
    let up = min(max(up, 0), 1)
    return (
      number(left + across * (width - left - right)), number(height - bottom - up * (height - top - bottom))
    )
  }

  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
