// Going back in a conversation and on in another direction. What is left stays as a branch.

import CommandLineKit
import GatewayCore
import Wire

extension Repl {
  /// Takes back the last question with its answers, or the last cut.
  func undo() throws {
    guard let last = conversation.entries.last else { throw CommandFailure(.usage, "there is nothing to undo") }
    guard last.message != nil else {
      conversation.goBack(to: conversation.entries.count - 1)
      return note("what was left out is sent again")
    }
    guard let question = conversation.questions.last else { throw CommandFailure(.usage, "there is nothing to undo") }
    conversation.goBack(to: question.index)
    note("back to before: \(shortened(question.entry.text))")
  }

  /// Asks the last question again, of another model if one is named.
  func retry(_ name: String) async throws {
    let other = name.isEmpty ? plan : try invocation.plan(name, in: catalog)
    let question = conversation.questions.last
    let content: [ContentPart]
    var left: [ConversationEntry] = []
    if let lastQuestion, question?.entry.message?.content != lastQuestion {
      content = lastQuestion  // it was never answered
    } else if let question, let message = question.entry.message {
      left = Array(conversation.entries[question.index...])
      conversation.goBack(to: question.index)
      content = message.content
    } else {
      throw CommandFailure(.usage, "nothing was asked yet")
    }
    let usual = plan
    plan = other
    defer { plan = usual }
    if try await !ask(content) { conversation.restore(left) }
  }

  /// A new message in the person's editor, or question N once more, in a branch of its own.
  func edit(_ text: String) async throws {
    guard !text.isEmpty else {
      let written = try invocation.edited("").trimmed
      if written.isEmpty { return note("nothing was written") }
      return try await ask(written)
    }
    guard let number = Int(text), conversation.questions.indices.contains(number - 1) else {
      throw UsageError("'/edit \(text)': there is no such question", advice: "See /history.")
    }
    let question = conversation.questions[number - 1]
    let written = try invocation.edited(question.entry.text).trimmed
    if written.isEmpty || written == question.entry.text { return note("nothing was changed") }
    let media = question.entry.message?.content.filter { if case .text = $0.kind { false } else { true } } ?? []
    let left = Array(conversation.entries[question.index...])
    conversation.goBack(to: question.index)
    if try await !ask(media + [ContentPart(.text(written))]) { conversation.restore(left) }
  }

  func fork(_ name: String) throws {
    try checkIsKept()
    guard try conversation.store?.session(name) == nil else {
      throw CommandFailure(.usage, "there is a conversation '\(safeLine(name))' already")
    }
    conversation.fork(name: name)
    reportLedgerFailure()
    note("this is '\(name)' now; the other one stays as it was")
  }

  func history() throws {
    var number = 0
    let lines = conversation.entries.map { entry in
      let isQuestion = entry.message?.role == .user
      if isQuestion { number += 1 }
      let mark = isQuestion ? "\(number)" : ""
      let who = entry.message == nil ? "left out" : entry.model ?? entry.message?.role.rawValue ?? ""
      return [mark, who, entry.text]
    }
    if lines.isEmpty { return try show("Nothing was said yet.\n") }
    try show(
      Table([.number("#"), .word("WHO"), .text("TEXT", least: 20)], rows: lines).text(width: terminal.currentWidth))
  }

  func shortened(_ text: String) -> String { truncated(safeLine(text), to: max(terminal.currentWidth - 20, 20)) }

  func checkIsKept() throws(CommandFailure) {
    guard conversation.isKept else {
      throw CommandFailure(.usage, "this conversation is not kept", advice: "See /log on.")
    }
  }
}
