// Calls as a table, a line each.

import GatewayCore
import Wire

enum LogTable {
  static func of(_ records: [OperationRecord], _ calendar: ReportCalendar) -> Table {
    Table(
      [
        .word("TIME"), .word("ID"), .word("STATUS"), .text("MODEL", least: 12), .number("INPUT").whereThereIsRoom,
        .number("OUTPUT").whereThereIsRoom, .number("COST"), .number("SECONDS").whereThereIsRoom,
      ],
      rows: records.map { row($0, calendar) })
  }

  /// As much of an id as tells two calls of one millisecond apart, but for one pair in a million.
  private static let shownOfID = 14

  private static func row(_ record: OperationRecord, _ calendar: ReportCalendar) -> [String] {
    [
      calendar.text(record.startedAt), String(record.id.prefix(shownOfID)), record.status.rawValue, modelName(record),
      sum(record.attempts.map(\.usage.input)), sum(record.attempts.map(\.usage.output)), costText(record),
      seconds(from: record.startedAt, to: record.endedAt),
    ]
  }

  /// `provider/model` of who answered, or what was asked for.
  static func modelName(_ record: OperationRecord) -> String {
    guard let provider = record.provider, let model = record.model else { return record.modelAsked }
    return provider + "/" + model
  }

  static func costText(_ record: OperationRecord) -> String {
    guard record.status != .open else { return "" }
    return record.cost.amount?.shown ?? "unpriced"
  }

  /// `1.234`, or nothing when it has not ended.
  static func seconds(from start: Timestamp, to end: Timestamp?) -> String {
    guard let end else { return "" }
    let milliseconds = Int(end.microseconds - start.microseconds) / 1_000
    return "\(milliseconds / 1_000).\((abs(milliseconds) % 1_000).padded(3))"
  }

  private static func sum(_ counts: [Int?]) -> String {
    let known = counts.compactMap { $0 }
    return known.isEmpty ? "" : known.reduce(into: 0) { $0.addClamped($1) }.grouped
  }
}
