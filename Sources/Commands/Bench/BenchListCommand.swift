// `llmgw bench list` and `llmgw bench show`: runs that were made.

import Benchmarking
import CommandLineKit
import GatewayCore
import Wire

/// What was typed for `llmgw bench list`.
struct BenchListOptions: Sendable {
  var limit = 20
  var isUTC = false
  var json = false
}

extension AnyCommand<Invocation> {
  static func benchRuns(_ description: CommandDescription) -> Command<BenchListOptions, Invocation> {
    Command(
      description,
      options: { BenchListOptions() },
      flags: [
        .takes("limit", short: "n", "N", "At most so many runs, 1 to 10000 (20).") {
          (options, text) throws(UsageError) in
          guard let limit = Int(text), 1...10_000 ~= limit else {
            throw UsageError("'--limit \(text)' is not a number from 1 to 10000")
          }
          options.limit = limit
        },
        .toggle("utc", "Times in UTC instead of the local zone.") { $0.isUTC = true },
        .toggle("json", "Print one JSON object.") { $0.json = true },
      ],
      run: { options, invocation in
        let rows = try invocation.reading { (reader) throws(LedgerFailure) in
          try reader.benchmarks(limit: options.limit)
        }
        var runs: [RunRecord] = []
        for row in rows ?? [] { runs.append(try row.readRun()) }
        let stdout = invocation.terminal.stdout
        if options.json {
          let list: JSON = ["rows": .array(runs.map(\.headJSON))]
          try stdout.write(list.indentedText + "\n")
        } else if runs.isEmpty {
          invocation.terminal.stderr.note("No benchmark was run yet.")
        } else {
          let table = listed(runs, options.isUTC ? .utc : .local)
          try invocation.showPaged(table.text(width: invocation.terminal.tableWidth))
        }
        return ExitCode.ok.rawValue
      })
  }

  private static func listed(_ runs: [RunRecord], _ calendar: ReportCalendar) -> Table {
    Table(
      [.word("TIME"), .word("ID"), .number("SECONDS"), .text("LOAD").whereThereIsRoom, .text("TARGETS", least: 12)],
      rows: runs.map { run in
        [
          calendar.text(run.startedAt), run.id, shownDigits(Double(run.elapsed) / 1_000_000), run.load.words,
          run.targets.joined(separator: ", "),
        ]
      })
  }
}

/// What was typed for `llmgw bench show`.
private struct BenchShowOptions: Sendable {
  var id = ""
  var objectives: [Objective]?
  var results = BenchResultOptions()
}

extension AnyCommand<Invocation> {
  static let benchShow = AnyCommand(
    Command(
      CommandDescription("show", "Show a run that was made, as it was shown at its end."),
      options: { BenchShowOptions() },
      flags: [
        .takes("slo", "LIMITS", "Judge it by these objectives: ttft:500ms,itl:50ms.") {
          (options, text) throws(UsageError) in options.objectives = try Objective.typed(text)
        }
      ] + BenchResultOptions.flags.map { $0.within(\.results) },
      positionals: [
        Positional("ID", "The run's id, or a beginning that only it has.", isRequired: true, completes: .known(.run)) {
          $0.id = $1
        }
      ],
      run: { options, invocation in
        var run = try invocation.findRun(options.id)
        if let objectives = options.objectives { run.objectives = objectives }
        let files = try BenchResultFiles(options.results, id: run.id)
        try invocation.deliver(run, options.results, to: files)
        return ExitCode.ok.rawValue
      }))
}
