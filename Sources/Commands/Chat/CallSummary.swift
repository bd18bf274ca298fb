// What a call took, for a person: one line after an answer, a table after several.

import GatewayCore
import Wire

extension Outcome {
  /// `mock/m · 1,000 in (800 cached) · 20 out · $0.00270 · first token 310 ms · 45 tok/s`, without the last ones where
  /// they do not fit.
  func summaryLine(width: Int) -> String {
    var parts = [target.name]
    if status != .ok { parts.append(status.rawValue) }
    let cached = usage.cacheRead.flatMap { $0 > 0 ? " (\(grouped($0)) cached)" : nil } ?? ""
    if let input = usage.input { parts.append("\(shown(tokens: input)) in\(cached)") }
    if let output = usage.output { parts.append("\(shown(tokens: output)) out") }
    parts.append(cost.shown)
    if let first = firstTokenMicroseconds { parts.append("first token \(shownTime(first))") }
    if let speed = tokensPerSecond { parts.append("\(grouped(speed)) tok/s") }
    while parts.count > 4, displayWidth(of: parts.joined(separator: " · ")) > width { parts.removeLast() }
    return safeLine(parts.joined(separator: " · "))
  }

  /// Whether there is anything to sum up: something was asked of a provider and used up tokens.
  var hasSummary: Bool { !attempts.isEmpty && (usage.output ?? 0) > 0 }

  /// While it wrote; `nil` when that was too short to measure.
  var tokensPerSecond: Int? {
    guard let output = usage.output, let first = firstTokenMicroseconds else { return nil }
    let writing = totalMicroseconds - first
    guard output > 1, writing >= 20_000 else { return nil }
    return Int(Int64(output) * 1_000_000 / writing)
  }

  private func shown(tokens: Int) -> String { (usageIsEstimated ? "~" : "") + grouped(tokens) }

  /// The cells of a row of the comparison.
  var comparisonCells: [String] {
    [
      safeLine(target.name), status.rawValue, usage.input.map(shown) ?? "-", usage.output.map(shown) ?? "-",
      attempts.isEmpty ? "-" : cost.shown, firstTokenMicroseconds.map(shownTime) ?? "-", shownTime(totalMicroseconds),
    ]
  }
}

/// Several outcomes side by side, each line with its line end.
func comparison(of outcomes: [Outcome], width: Int) -> String {
  var rows = [["model", "status", "in", "out", "cost", "first token", "total"]] + outcomes.map(\.comparisonCells)
  var widths = rows[0].indices.map { column in rows.map { displayWidth(of: $0[column]) }.max() ?? 0 }
  let others = widths.dropFirst().reduce(0) { $0 + $1 + 2 }
  widths[0] = max(min(widths[0], width - others), 12)
  for index in rows.indices { rows[index][0] = shortened(rows[index][0], to: widths[0]) }
  return rows.reduce(into: "") { text, row in
    let cells = row.enumerated().map { column, cell in
      let blanks = String(repeating: " ", count: widths[column] - displayWidth(of: cell))
      return column < 2 ? cell + blanks : blanks + cell
    }
    text += cells.joined(separator: "  ") + "\n"
  }
}

/// The end of a name tells more than its middle.
private func shortened(_ name: String, to width: Int) -> String {
  guard displayWidth(of: name) > width else { return name }
  let kept = (width - 1) / 2
  return name.prefix(width - 1 - kept) + "…" + name.suffix(kept)
}

extension Cost {
  /// `$0.00270`, `~$0.00270` when some of it is estimated, `unpriced`.
  var shown: String {
    guard let amount else { return "unpriced" }
    return (source == .estimated || source == .mixed ? "~" : "") + amount.shown
  }
}

/// `310 ms`, `1.2 s`, `75 s`.
private func shownTime(_ microseconds: Int64) -> String {
  let milliseconds = (microseconds + 500) / 1000
  if milliseconds < 1000 { return "\(milliseconds) ms" }
  return milliseconds < 60_000 ? "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s" : "\(milliseconds / 1000) s"
}

/// `1,234,567`.
private func grouped(_ count: Int) -> String {
  let digits = Array(String(count))
  return digits.indices.reduce(into: "") { text, index in
    if index > 0, digits[index - 1] != "-", (digits.count - index) % 3 == 0 { text += "," }
    text.append(digits[index])
  }
}
