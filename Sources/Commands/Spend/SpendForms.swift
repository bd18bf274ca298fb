// A spend report as a table with bars, as JSON, CSV or Markdown.

import GatewayCore
import Wire

extension SpendReport {
  /// The report in a format; bars only where a person looks at a terminal.
  func text(_ format: ReportFormat, width: Int, drawsBars: Bool) -> String {
    switch format {
    case .json: json.indentedText + "\n"
    case .csv: exactTable.csv
    case .md: shownTable(dimension: { $0 }).markdown
    case .table: rows.isEmpty ? "" : lines(width: width, drawsBars: drawsBars).map { $0 + "\n" }.joined()
    }
  }

  // MARK: For a person

  private func lines(width: Int, drawsBars: Bool) -> [String] {
    var lines = shownTable(dimension: { $0.uppercased() }).lines(width: width)
    if drawsBars { lines = withBars(lines, width: width) }
    if total.unpricedCalls > 0 {
      let calls = total.unpricedCalls == 1 ? "1 call has" : "\(total.unpricedCalls.grouped) calls have"
      lines.append("\(calls) no known price and no part in the cost.")
    }
    return lines
  }

  /// The rows with a bar each, where there is room beside them.
  private func withBars(_ lines: [String], width: Int) -> [String] {
    let dearest = rows.map(\.spend.priced).max() ?? .zero
    let left = (lines.map { displayWidth($0) }.max() ?? 0) + 2
    let barWidth = min(20, width - left)
    guard dearest > .zero, barWidth >= 5 else { return lines }
    return lines.enumerated().map { index, line in
      // The titles come first, the rule and the total last.
      guard index > 0, index <= rows.count, rows[index - 1].spend.priced > .zero else { return line }
      let share = max(rows[index - 1].spend.priced.thousandths(of: dearest), 1)
      let gap = String(repeating: " ", count: left - displayWidth(line))
      return line + gap + bar(thousandths: share, width: barWidth)
    }
  }

  private func shownTable(dimension: (String) -> String) -> Table {
    let figures = ["calls", "input", "cached", "output", "cost"].map { Table.Column.number(dimension($0)) }
    let names = by.map { $0.isPeriod ? Table.Column.word(dimension($0.name)) : .text(dimension($0.name)) }
    let columns = names + figures + [.word(dimension("source"))]
    let footer = by.indices.map { $0 == 0 ? "total" : "" } + total.shownCells
    return Table(columns, rows: rows.map { $0.labels + $0.spend.shownCells }, footer: footer)
  }

  // MARK: For a program

  /// Names that do not change: they are in people's scripts.
  private var exactTable: Table {
    let columns = by.map { Table.Column.text($0.name) } + Spend.exactNames.map { .number($0) }
    return Table(columns, rows: rows.map { $0.labels + $0.spend.exactValues.map(\.plainText) })
  }

  private var json: JSON {
    ["rows": .array(rows.map { json($0) }), "total": .object(total.exactObject)]
  }

  private func json(_ row: Row) -> JSON {
    var object = JSONObject()
    for (dimension, label) in zip(by, row.labels) { object[dimension.name] = .string(label) }
    for member in row.spend.exactObject.members { object[member.name] = member.value }
    return .object(object)
  }
}

extension Spend {
  fileprivate var shownCells: [String] {
    [
      calls.grouped, inputTokens.grouped, cacheReadTokens.grouped, outputTokens.grouped, shownCost,
      source?.rawValue ?? "",
    ]
  }

  /// What has no price is in no sum: then the sum is the least it can have been.
  private var shownCost: String {
    guard let cost else { return "unpriced" }
    return unpricedCalls > 0 ? "≥\(cost.shown)" : cost.shown
  }

  fileprivate static let exactNames = [
    "calls", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens",
    "attempts", "cost_usd", "cost_source", "unpriced_calls",
  ]

  /// One for each of `exactNames`.
  fileprivate var exactValues: [JSON] {
    [calls, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, attempts].map {
      .number(JSONNumber($0))
    } + [JSON(text: cost?.decimalText), JSON(text: source?.rawValue), .number(JSONNumber(unpricedCalls))]
  }

  fileprivate var exactObject: JSONObject {
    zip(Self.exactNames, exactValues).reduce(into: JSONObject()) { $0[$1.0] = $1.1 }
  }
}

extension JSON {
  /// What stands in a cell: nothing for null.
  fileprivate var plainText: String { number?.text ?? string ?? "" }
}

extension PicodollarSum {
  /// The share of `whole`, which is above zero, in 1/1000.
  fileprivate func thousandths(of whole: PicodollarSum) -> Int { Int(count * 1_000 / whole.count) }
}
