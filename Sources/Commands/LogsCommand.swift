// `llmgw logs`: the calls on the books, one by one; and forgetting what was said in them.

package import CommandLineKit
package import GatewayCore
import Wire

/// What was typed for `llmgw logs`.
package struct LogsOptions: Sendable, Equatable {
  package var limit = 20
  package var since: TimePoint?
  package var until: TimePoint?
  package var status: CallStatus?
  package var model: String?
  package var provider: String?
  package var project: String?
  package var tag: KeyedText?
  package var search: String?
  package var isUTC = false
  package var json = false

  package init() {}

  package static let flags: [Flag<LogsOptions>] = [
    .takes("limit", short: "n", "N", "At most so many calls, 1 to 100000 (20).") {
      (options, text) throws(UsageError) in
      guard let limit = Int(text), 1...100_000 ~= limit else {
        throw UsageError("'--limit \(text)' is not a number from 1 to 100000")
      }
      options.limit = limit
    },
    .takes("since", "TIME", "From then on: 7d, 24h, today, 2026-10, 2026-10-01, 2026-10-01T12:30.") {
      (options, text) throws(UsageError) in options.since = try TimePoint(typed: text, flag: "--since")
    },
    .takes("until", "TIME", "Up to then; a day or month counts to its end.") {
      (options, text) throws(UsageError) in options.until = try TimePoint(typed: text, flag: "--until")
    },
    .oneOf("status", "STATUS", "Only calls that ended so.") { $0.status = $1 },
    .takes("model", short: "m", "MODEL", "Only calls that asked for this model or were answered by it.") {
      $0.model = $1
    },
    .takes("provider", "NAME", "Only calls to this provider.") { $0.provider = $1 },
    .takes("project", "NAME", "Only calls of this project.") { $0.project = $1 },
    .takes("tag", "KEY=VALUE", "Only calls with this tag.") {
      (options, text) throws(UsageError) in options.tag = try KeyedText(text, flag: "--tag")
    },
    .takes("search", "WORDS", "Only calls with all these words in the prompt or in the answer; word* for a beginning.")
    {
      $0.search = $1
    },
    .toggle("utc", "Times in UTC instead of the local zone.") { $0.isUTC = true },
    .toggle("json", "Print one JSON object.") { $0.json = true },
  ]

  var calendar: ReportCalendar { isUTC ? .utc : .local }

  func query(now: Timestamp) -> LogQuery {
    var query = LogQuery()
    query.limit = limit
    query.since = since?.start(now: now, in: calendar)
    query.until = until?.end(now: now, in: calendar)
    query.status = status
    query.model = model
    query.provider = provider
    query.project = project
    query.tag = tag.map { Tag($0.key, $0.value) }
    query.search = search
    return query
  }
}

extension AnyCommand<Invocation> {
  package static let logs = AnyCommand(
    logsList(
      CommandDescription(
        "logs", "List the calls on the books, or show one.", group: .books,
        examples: [
          .init("llmgw logs --status failed --since 24h", "What went wrong since yesterday."),
          .init("llmgw logs --search \"retry policy\"", "Calls with these words in the prompt or in the answer."),
          .init("llmgw logs show 01K", "One call in full; the beginning of its id will do."),
          .init("llmgw logs prune --older 90d", "Delete old prompts and answers; the books stay."),
        ])),
    subcommands: [
      AnyCommand(logsList(CommandDescription("list", "List calls, as llmgw logs does."))), .logsShow, .logsPrune,
    ])

  private static func logsList(_ description: CommandDescription) -> Command<LogsOptions, Invocation> {
    Command(
      description, options: { LogsOptions() }, flags: LogsOptions.flags,
      run: { options, invocation in
        let now = invocation.runtime.now()
        let records = try invocation.reading { (reader) throws(LedgerFailure) in
          try reader.list(options.query(now: now))
        }
        try invocation.print(records ?? [], options)
        return ExitCode.ok.rawValue
      })
  }
}

extension Invocation {
  /// Opens the ledger for looking something up; `nil` when there is none yet.
  func reading<Result>(
    _ body: (LedgerReader) throws(LedgerFailure) -> Result
  ) throws(CommandFailure) -> Result? {
    do throws(LedgerFailure) {
      guard let reader = try LedgerReader(ledgerFiles(), now: runtime.now()) else { return nil }
      return try body(reader)
    } catch {
      throw CommandFailure(ledger: error)
    }
  }

  fileprivate func print(_ records: [OperationRecord], _ options: LogsOptions) throws(OutputClosed) {
    if options.json {
      return try terminal.stdout.write(LogJSON.list(records).indentedText + "\n")
    }
    guard !records.isEmpty else { return terminal.stderr.note("No calls are on the books for that.") }
    let table = LogTable.of(records, options.calendar)
    try showPaged(table.text(width: terminal.tableWidth))
  }
}
