// What a call took, for a person: one line after an answer, a table after several.

import GatewayCore
import Wire

extension Outcome {
  /// `mock/m · 1,000 in (800 cached) · 20 out · $0.00270 · first token 310 ms · 45 tok/s`, without the last ones where
  /// they do not fit; `facts` stand after the cost.
  func summaryLine(width: Int, also facts: [String] = []) -> String {
    var parts = [target.name]
    if status != .ok { parts.append(status.rawValue) }
    let cached = usage.cacheRead.flatMap { $0 > 0 ? " (\($0.grouped) cached)" : nil } ?? ""
    if let input = usage.input { parts.append("\(shown(tokens: input)) in\(cached)") }
    if let output = usage.output { parts.append("\(shown(tokens: output)) out") }
    parts.append(cost.shown)
    parts += facts
    if let first = firstTokenMicroseconds { parts.append("first token \(shownTime(first))") }
    if let speed = tokensPerSecond { parts.append("\(speed.grouped) tok/s") }
    while parts.count > 4 + facts.count, displayWidth(parts.joined(separator: " · ")) > width { parts.removeLast() }
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

  private func shown(tokens: Int) -> String { (usageIsEstimated ? "~" : "") + tokens.grouped }

  /// The cells of a row of the comparison.
  var comparisonCells: [String] {
    [
      safeLine(target.name), status.rawValue, usage.input.map(shown) ?? "-", usage.output.map(shown) ?? "-",
      attempts.isEmpty ? "-" : cost.shown, firstTokenMicroseconds.map(shownTime) ?? "-",
      tokensPerSecond.map(\.grouped) ?? "-",
      shownTime(totalMicroseconds),
    ]
  }
}

/// Several outcomes side by side.
func comparison(of outcomes: [Outcome]) -> Table {
  Table(
    [
      .text("MODEL"), .word("STATUS"), .number("IN"), .number("OUT"), .number("COST"), .number("FIRST TOKEN"),
      .number("TOK/S").whereThereIsRoom,
      .number("TOTAL"),
    ], rows: outcomes.map(\.comparisonCells))
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
