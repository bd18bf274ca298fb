// Conversations as things with names.

import CommandLineKit
import GatewayCore
import Wire

extension Repl {
  /// As many are listed.
  private static let mostListed = 30

  private func store() throws(CommandFailure) -> ConversationStore {
    guard let store = conversation.store else {
      throw CommandFailure(.general, "there is no ledger that keeps conversations")
    }
    return store
  }

  private func find(_ name: String) throws -> SessionRecord {
    let store = try store()
    if let record = try store.session(name) { return record }
    let names = try store.sessions(limit: 1_000).compactMap(\.name)
    throw CommandFailure(
      .notFound, "there is no conversation '\(safeLine(name))'",
      advice: didYouMean(name, among: names) ?? "See /sessions.")
  }

  func sessions() throws {
    let records = try store().sessions(limit: Self.mostListed)
    if records.isEmpty { return try show("No conversation is kept yet.\n") }
    let calendar = ReportCalendar.local
    let rows = records.map { record in
      [
        record.handle, String(record.messages), calendar.text(record.updatedAt),
        (record.id == conversation.session?.id ? "* " : "") + (record.opening ?? ""),
      ]
    }
    try show(
      Table([.word("NAME"), .number("MESSAGES"), .word("LAST"), .text("BEGINS", least: 12)], rows: rows)
        .text(width: terminal.currentWidth))
  }

  func load(_ name: String) throws {
    let record = try find(name)
    try conversation.open(record)
    if let model = conversation.settings.model, let found = try? invocation.plan(model, in: catalog) { plan = found }
    lastOutcome = nil
    lastQuestion = nil
    note("'\(record.handle)': \(conversation.entries.count) messages, asking \(plan.first.name)")
    if let answer = conversation.lastAnswer { note(shortened(answer.text)) }
  }

  func rename(_ name: String) throws {
    try checkIsKept()
    guard try conversation.rename(to: name) else {
      throw CommandFailure(.usage, "there is a conversation '\(safeLine(name))' already")
    }
    note("this is '\(name)' now")
  }

  func delete(_ name: String) async throws {
    let record: SessionRecord
    if !name.isEmpty {
      record = try find(name)
    } else if let current = conversation.session, let found = try store().session(current.id) {
      record = found
    } else {
      throw CommandFailure(.usage, "this conversation is not kept yet")
    }
    let question = "Delete '\(safeLine(record.handle))' with \(record.messages) messages? [y/N] "
    guard try await isConfirmed(question) else { return note("nothing was deleted") }
    try store().delete(record.number)
    if record.id == conversation.session?.id { clear() }
    note("deleted; its calls stay on the books")
  }

  func clear() {
    conversation.startOver()
    lastOutcome = nil
    lastQuestion = nil
    note("a new conversation")
  }

  func search(_ text: String) throws {
    let matches = try store().search(text, limit: Self.mostListed)
    if matches.isEmpty {
      return try show("Found nowhere. Words are found as they are written; word* finds those that begin so.\n")
    }
    let calendar = ReportCalendar.local
    let entries = matches.map { match in
      let head = safeLine("\(match.session.handle) · \(match.speaker) · \(calendar.text(match.createdAt))")
      return terminal.stdout.styled(head, .dim) + "\n  " + shown(match.snippet) + "\n"
    }
    try show(entries.joined())
  }

  /// One line with the hits in bold, or between marks where there is no style.
  private func shown(_ snippet: Snippet) -> String {
    let mark = terminal.stdout.hasColor ? "" : "*"
    return snippet.pieces.map { piece in
      let text = safeLine(piece.text)
      return piece.isHit ? mark + terminal.stdout.styled(text, .bold) + mark : text
    }.joined()
  }

  /// Asks a person; a script means what it says.
  func isConfirmed(_ question: String) async throws -> Bool {
    guard isInteractive else { return true }
    guard case .line(let answer) = await input.read(prompt: question) else { return false }
    return ["y", "yes"].contains(answer.trimmed.lowercased())
  }
}
