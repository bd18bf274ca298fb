// What TAB offers: commands, and the words they take.

import CommandLineKit
import GatewayCore
import Wire

/// Completes lines of a prompt.
struct ReplCompletion: Sendable {
  let invocation: Invocation
  let settings: Settings

  func complete(_ before: String) -> Completion {
    guard before.hasPrefix("/") else { return Completion(typed: "", []) }
    guard let space = before.firstIndex(where: \.isWhitespace) else {
      let fitting = SlashCommand.all.filter { ("/" + $0.name).hasPrefix(before) }
      return Completion(typed: before, fitting.map { Candidate("/" + $0.name, meaning: $0.summary) })
    }
    let name = before[before.index(after: before.startIndex)..<space]
    let typed = before.lastIndex(where: \.isWhitespace).map { String(before[before.index(after: $0)...]) } ?? ""
    guard let command = SlashCommand.all.first(where: { $0.name == name }) else { return Completion(typed: typed, []) }
    return Completion(typed: typed, candidates(command.words, typed))
  }

  private func candidates(_ words: SlashCommand.Words, _ typed: String) -> [Candidate] {
    switch words {
    case .none: []
    case .oneOf(let words): words.filter { $0.hasPrefix(typed) }.map { Candidate($0) }
    case .file: files(typed)
    case .conversation: conversations(typed)
    case .tools: (settings.tools.map(\.name) + ["all", "off"]).filter { $0.hasPrefix(typed) }.map { Candidate($0) }
    case .known(let kind):
      KnownValues(invocation: invocation, commands: []).values(of: ExpectedValue(.known(kind), beginning: typed)).map {
        Candidate(kind == .option ? String($0.text.dropLast()) : $0.text, meaning: $0.meaning)
      }
    }
  }

  /// Names in the directory that is typed; hidden ones once a dot is.
  private func files(_ typed: String) -> [Candidate] {
    let slash = typed.lastIndex(of: "/")
    let folder = slash.map { String(typed[...$0]) } ?? ""
    let beginning = slash.map { String(typed[typed.index(after: $0)...]) } ?? typed
    let path = folder.isEmpty ? "." : invocation.environment.expandingHome(folder)
    return directoryEntries(path)
      .filter { $0.hasPrefix(beginning) && (!$0.hasPrefix(".") || beginning.hasPrefix(".")) && $0 == safeLine($0) }
      .map { Candidate(folder + $0 + (isDirectory("\(path)/\($0)") ? "/" : "")) }
  }

  private func conversations(_ typed: String) -> [Candidate] {
    guard let files = try? invocation.ledgerFiles(),
      let store = try? ConversationStore(files, settings: settings.ledger, now: invocation.runtime.now()),
      let records = try? store.sessions(limit: 1_000)
    else { return [] }
    return records.filter { $0.handle.hasPrefix(typed) }.map { Candidate($0.handle, meaning: $0.opening ?? "") }
  }
}
