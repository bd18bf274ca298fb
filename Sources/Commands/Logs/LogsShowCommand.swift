// `llmgw logs show ID`: one call with its attempts and texts.

import CommandLineKit
import GatewayCore
import Wire

/// What was typed for `llmgw logs show`.
private struct LogsShowOptions: Sendable {
  var id = ""
  var isUTC = false
  var json = false
}

extension AnyCommand<Invocation> {
  static let logsShow = AnyCommand(
    Command(
      CommandDescription("show", "Show one call: its attempts, costs, changes and texts."),
      options: { LogsShowOptions() },
      flags: [
        .toggle("utc", "Times in UTC instead of the local zone.") { $0.isUTC = true },
        .toggle("json", "Print one JSON object.") { $0.json = true },
      ],
      positionals: [
        Positional("ID", "The call's id, or a beginning that only it has.", isRequired: true) { $0.id = $1 }
      ],
      run: { options, invocation in
        let record = try invocation.findCall(options.id)
        let stdout = invocation.terminal.stdout
        if options.json {
          try stdout.write(LogJSON.full(record).indentedText + "\n")
        } else {
          let text = LogDetails.text(
            record, options.isUTC ? .utc : .local, width: invocation.terminal.tableWidth, isTerminal: stdout.isTerminal)
          try invocation.showPaged(text)
        }
        return ExitCode.ok.rawValue
      }))
}

extension Invocation {
  /// The call of that id, or the one whose id begins so.
  func findCall(_ id: String) throws(CommandFailure) -> OperationRecord {
    // Ids are written in capitals.
    let match = try reading { (reader) throws(LedgerFailure) in
      let asTyped = try reader.find(id)
      return asTyped == .none ? try reader.find(id.uppercased()) : asTyped
    }
    switch match {
    case .one(let record): return record
    case .several(let ids):
      let some = ids.prefix(3).joined(separator: ", ") + (ids.count > 3 ? ", ..." : "")
      throw CommandFailure(
        .general, "'\(id)': more than one call has an id that begins so (\(some))", advice: "Type more of it.")
    case nil, .some(.none):
      throw CommandFailure(.general, "'\(id)': no call on the books has that id", advice: "llmgw logs lists them.")
    }
  }
}
