// `llmgw spend`: what was spent, by anything.

package import CommandLineKit
import GatewayCore
import Wire

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
