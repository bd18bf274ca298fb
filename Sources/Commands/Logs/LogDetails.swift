// One call in full, for a person.

import GatewayCore
import Wire

enum LogDetails {
  /// What is known, name by name, then the attempts, the changes and the texts.
  ///
  /// Texts come from models: on a terminal they lose what would steer it.
  static func text(
    _ record: OperationRecord, _ calendar: ReportCalendar, width: Int, isTerminal: Bool
  ) -> String {
    var text = namedLines(facts(record, calendar))
    text += "\n" + attempts(record.attempts).text(width: width)
    for attempt in record.attempts {
      text += notes(attempt).map { "  attempt \(attempt.number): \(safeLine($0))\n" }.joined()
    }
    for (title, content) in [("Prompt", record.prompt), ("Reply", record.reply)] {
      guard let content else { continue }
      let shown = isTerminal ? safeForTerminal(content) : content
      text += "\n\(title):\n\(shown)\(shown.hasSuffix("\n") ? "" : "\n")"
    }
    return text
  }

  private static func facts(_ record: OperationRecord, _ calendar: ReportCalendar) -> [(String, String?)] {
    let seconds = LogTable.seconds(from: record.startedAt, to: record.endedAt)
    let failure = [record.failureKind, record.failureMessage].compactMap { $0 }.joined(separator: ": ")
    let source = record.cost.source.map { " (\($0.rawValue))" } ?? ""
    return [
      ("id", record.id), ("status", record.status.rawValue), ("time", calendar.text(record.startedAt)),
      ("took", seconds.isEmpty ? nil : seconds + " s"), ("asked for", record.modelAsked),
      ("answered by", record.model == nil ? nil : LogTable.modelName(record)), ("route", record.route),
      ("way", way(record.decision)),
      ("cost", record.cost.amount.map { "$" + $0.decimalText + source } ?? "unpriced"),
      ("saved", record.saved.map { "$" + $0.decimalText }), ("failure", failure.isEmpty ? nil : failure),
      ("kind", record.kind == CallKind.chat.rawValue ? nil : record.kind), ("origin", record.origin),
      ("key", record.keyID), ("team", record.team), ("client", record.client), ("user", record.user),
      ("project", record.project),
      ("session", record.session), ("tags", tags(record.tags)), ("dialect", record.dialectIn),
      ("exit code", record.exitCode.map(String.init)),
    ]
  }

  /// `a/one failed (rate_limited), b/two taken`: every target of the route with what became of it.
  private static func way(_ decision: String?) -> String? {
    guard let json = decision.flatMap({ try? JSON.parse(Array($0.utf8)) }) else { return nil }
    return json["targets"]?.array?.map { step in
      let why = step["why"]?.string.map { " (\($0))" } ?? ""
      return "\(step["target"]?.string ?? "") \(step["verdict"]?.string ?? "")\(why)"
    }.joined(separator: ", ")
  }

  private static func tags(_ tags: [Tag]) -> String? {
    tags.isEmpty ? nil : tags.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
  }

  private static func attempts(_ attempts: [AttemptRecord]) -> Table {
    Table(
      [
        .number("#"), .word("CAUSE"), .word("STATUS"), .text("MODEL"), .number("HTTP"), .number("INPUT"),
        .number("CACHED"), .number("OUTPUT"), .number("COST"), .word("SOURCE"), .number("SECONDS"),
      ],
      rows: attempts.map { attempt in
        [
          String(attempt.number), attempt.cause, attempt.status.rawValue, "\(attempt.provider)/\(attempt.model)",
          attempt.httpStatus.map(String.init) ?? "", attempt.usage.input?.grouped ?? "",
          attempt.usage.cacheRead?.grouped ?? "", attempt.usage.output?.grouped ?? "",
          attempt.cost.map { $0.amount?.shown ?? "unpriced" } ?? "", attempt.cost?.source.rawValue ?? "",
          LogTable.seconds(from: attempt.startedAt, to: attempt.endedAt),
        ]
      })
  }

  /// What has no column.
  private static func notes(_ attempt: AttemptRecord) -> [String] {
    var notes: [String] = []
    if let kind = attempt.failureKind { notes.append("\(kind): \(attempt.failureMessage ?? "")") }
    if let id = attempt.requestID { notes.append("request id \(id)") }
    if let model = attempt.modelReported, model != attempt.model { notes.append("answered as \(model)") }
    if let reason = attempt.finishReason { notes.append("finish reason \(reason)") }
    if let count = attempt.usage.queries { notes.append("\(count) \(count == 1 ? "query" : "queries")") }
    if attempt.usageIsEstimated { notes.append("tokens are our own estimate") }
    if let computed = attempt.cost?.computed, computed != attempt.cost?.amount {
      notes.append("by our price card it would cost $\(computed.decimalText)")
    }
    if let id = attempt.cost?.priceID { notes.append("price card \(id)") }
    return notes + attempt.changes.map { "\($0.field) \($0.what.rawValue): \($0.why)" }
  }
}
