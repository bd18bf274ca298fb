// `llmgw logs prune`: deletes old prompts and answers for good. The books stay.

import CommandLineKit
import GatewayCore
import Wire

/// What was typed for `llmgw logs prune`.
private struct LogsPruneOptions: Sendable {
  var older: Duration?
  var compacts = false
  var json = false
}

extension AnyCommand<Invocation> {
  static let logsPrune = AnyCommand(
    Command(
      CommandDescription(
        "prune", "Delete old prompts and answers; the books stay.",
        details: """
          Calls, tokens and costs are kept, so that no report changes. The space is used again by later calls; \
          --compact gives it back to the disk, and takes as long as copying the file.
          """,
        examples: [.init("llmgw logs prune --older 90d", "Forget what was said more than 90 days ago.")]),
      options: { LogsPruneOptions() },
      flags: [
        .takes("older", "TIME", "How old: 90d, 24h, 0s for all (ledger.retention in the config).") {
          (options, text) throws(UsageError) in
          guard let older = Duration(durationText: text) else {
            throw UsageError("'--older \(text)' is not a time", advice: "Write it as 90d or 24h.")
          }
          options.older = older
        },
        .toggle("compact", "Give the space back to the disk.") { $0.compacts = true },
        .toggle("json", "Print one JSON object.") { $0.json = true },
      ],
      run: { options, invocation in
        guard let older = try options.older ?? invocation.loadSettings().ledger.contentsRetention else {
          throw UsageError("'--older' is missing", advice: "Say how old, such as --older 90d.")
        }
        let cutoff = Timestamp(microseconds: invocation.runtime.now().microseconds - older.microseconds)
        let result = try invocation.reading { (reader) throws(LedgerFailure) in
          var result = try reader.prune(before: cutoff)
          if options.compacts {
            try reader.compact()
            result.freeBytes = 0
          }
          return result
        }
        try invocation.terminal.stdout.write((result ?? PruneResult()).text(json: options.json))
        return ExitCode.ok.rawValue
      }))
}

extension PruneResult {
  fileprivate func text(json: Bool) -> String {
    if json {
      let object: JSON = [
        "texts": .number(JSONNumber(texts)), "bytes": .number(JSONNumber(Int(bytes))),
        "free_bytes": .number(JSONNumber(Int(freeBytes))),
      ]
      return object.indentedText + "\n"
    }
    let kilobytes = (Int(bytes) / 1_024).grouped
    return "Deleted \(texts.grouped) \(texts == 1 ? "text" : "texts") (\(kilobytes) KiB). The books are unchanged.\n"
  }
}
