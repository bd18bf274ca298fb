// `llmgw spend`: what was spent, by anything.

package import CommandLineKit
package import GatewayCore
import Wire

/// How a report is printed.
package enum ReportFormat: String, CaseIterable, Sendable {
  case table, json, csv, md
}

/// What was typed for `llmgw spend`.
package struct SpendOptions: Sendable, Equatable {
  package var by: [SpendDimension] = []
  package var since: TimePoint?
  package var until: TimePoint?
  package var isUTC = false
  package var format = ReportFormat.table

  package init() {}

  package static let flags: [Flag<SpendOptions>] = [
    .takes(
      "by", "WHAT", "A row for each \(SpendDimension.words.joined(separator: ", ")) (model).",
      completes: .known(.dimension), repeats: true
    ) {
      (options, text) throws(UsageError) in
      let dimension = try SpendDimension(typed: text)
      if !options.by.contains(dimension) { options.by.append(dimension) }
    },
    .takes("since", "TIME", "From then on: 7d, 24h, today, 2026-10, 2026-10-01, 2026-10-01T12:30.") {
      (options, text) throws(UsageError) in options.since = try TimePoint(typed: text, flag: "--since")
    },
    .takes("until", "TIME", "Up to then; a day or month counts to its end.") {
      (options, text) throws(UsageError) in options.until = try TimePoint(typed: text, flag: "--until")
    },
    .toggle("utc", "Days, weeks and months of UTC instead of the local zone.") { $0.isUTC = true },
    .oneOf("format", "FORMAT", "How to print it (table).") { $0.format = $1 },
    .toggle("json", "The same as --format json.") { $0.format = .json },
  ]
}

extension SpendDimension {
  /// What can be typed.
  static let words = ["model", "provider", "day", "week", "month", "project", "status", "origin", "tag:KEY"]

  init(typed text: String) throws(UsageError) {
    guard let dimension = SpendDimension(text) else {
      throw UsageError(
        "'--by \(text)': not one of \(Self.words.joined(separator: ", "))",
        advice: text == "tag" ? "Say which: tag:team." : didYouMean(text, among: Self.words))
    }
    self = dimension
  }
}

extension AnyCommand<Invocation> {
  package static let spend = AnyCommand(
    Command(
      CommandDescription(
        "spend", "Show what was spent.", group: .books,
        details: """
          Tokens and money are those of every attempt, also the failed, retried and interrupted ones; calls are counted \
          on the row of their last attempt. SOURCE says where the cost comes from: reported by the provider, computed \
          from its price, or estimated. What has no known price is counted as unpriced, and is in no sum.
          """,
        examples: [
          .init("llmgw spend --by model --since 7d", "The last seven days, the dearest model first."),
          .init("llmgw spend --by day --by model --format csv", "A line for each day and model, for a spreadsheet."),
          .init("llmgw spend --by tag:team --since 2026-10 --until 2026-10", "October by team."),
        ]),
      options: { SpendOptions() }, flags: SpendOptions.flags,
      run: { options, invocation in
        let report = try invocation.spendReport(options)
        let (stdout, width) = (invocation.terminal.stdout, invocation.terminal.tableWidth)
        if report.total.calls == 0, report.total.attempts == 0 {
          invocation.terminal.stderr.note("No calls are on the books for that.")
        }
        try stdout.write(report.text(options.format, width: width, drawsBars: stdout.isTerminal))
        return ExitCode.ok.rawValue
      }))
}

extension Invocation {
  func spendReport(_ options: SpendOptions) throws(CommandFailure) -> SpendReport {
    let calendar = options.isUTC ? ReportCalendar.utc : .local
    let now = runtime.now()
    let query = SpendQuery(
      by: options.by.isEmpty ? [.model] : options.by, since: options.since?.start(now: now, in: calendar),
      until: options.until?.end(now: now, in: calendar), calendar: calendar)
    do throws(LedgerFailure) {
      guard let reader = try LedgerReader(ledgerFiles(), now: now) else {
        return SpendReport(by: query.by, rows: [], total: Spend())
      }
      return try reader.spend(query)
    } catch {
      throw CommandFailure(ledger: error)
    }
  }
}

extension CommandFailure {
  /// A ledger that cannot be read or tidied.
  init(ledger failure: LedgerFailure) {
    let code = failure.code.map { " (SQLite \($0))" } ?? ""
    self.init(.general, "\(failure.task): \(failure.problem)\(code)", advice: failure.advice)
  }
}
