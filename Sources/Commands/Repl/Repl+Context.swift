// How much of what a model can read the conversation takes, and what to do when it is too much.

import GatewayCore
import Wire

extension Repl {
  /// Above this share of the context, in per cent, a message is not sent without a word.
  private static let fullShare = 95
  /// Dropping turns goes on until this share is left.
  private static let shareAfterDropping = 50

  var contextLimit: Int? { plan.first.facts?.context }

  /// Tokens of the conversation: as the provider counted, if nothing was said since, else our estimate.
  func contextTokens() -> Int {
    if entriesThen == conversation.entries.count, let usage = lastOutcome?.usage, let input = usage.input {
      return input + (usage.output ?? 0)
    }
    return estimate(conversation.messages)
  }

  private func estimate(_ messages: [Message]) -> Int {
    let system = conversation.settings.system.map { [Message(.system, $0)] } ?? []
    return TokenEstimate.input(of: ChatRequest(model: "", messages: system + messages))
  }

  /// For the line below an answer.
  var sessionFacts: [String] {
    let share = contextLimit.map { "context \(min(contextTokens() * 100 / max($0, 1), 999))%" }
    return [share, "session \(spending.shown)"].compactMap(\.self)
  }

  /// Whether to send the message; what would not fit is said before.
  func hasRoom(for content: [ContentPart]) async throws -> Bool {
    guard let limit = contextLimit else { return true }
    let tokens = contextTokens() + estimate([Message(.user, content)])
    guard tokens * 100 >= limit * Self.fullShare else { return true }
    note("the conversation has about \(tokens.grouped) tokens, and \(plan.first.name) takes \(limit.grouped)")
    guard isInteractive else { return true }
    let choice = await input.read(prompt: "[c]ompact, [d]rop the oldest turns, [s]end as it is, or Enter to go back: ")
    guard case .line(let letter) = choice else { return false }
    switch letter.trimmed.lowercased() {
    case "c": try await compact("")
    case "d": try dropOldest()
    case "s": break
    default: return false
    }
    return true
  }

  /// Replaces what was said, but for the last question and its answer, with a summary that a model writes.
  func compact(_ name: String) async throws {
    let other = name.isEmpty ? plan : try invocation.plan(name, in: catalog)
    guard conversation.questions.count > 1, let kept = conversation.questions.last else {
      throw CommandFailure(.usage, "there is nothing to compact yet")
    }
    let before = Array(conversation.messages.prefix { $0 != kept.entry.message })
    var request = ChatRequest(model: "", messages: before + [Message(.user, Self.compacting)])
    request.tools = try await offeredTools()
    request.forbidCalls()
    request.streams = true
    let call = try prepared(request, to: other)
    note("\(other.first.name) writes a summary ...")
    let gateway = gateway
    let task = Task { await gateway.answer(call) { _ in } }
    let outcome = await answering.wait(for: task)
    spending.add(outcome)
    if let failure = outcome.verdict(for: .text, failsOnLength: true, catalog) { throw failure }
    guard outcome.status == .ok, !outcome.reply.text.isEmpty else {
      return note("stopped; the conversation is as it was")
    }
    let tokens = contextTokens()
    conversation.add(.cut(summary: outcome.reply.text, keepsFrom: kept.entry.number), operation: outcome.id)
    reportLedgerFailure()
    note(
      "about \(tokens.grouped) tokens became \(contextTokens().grouped) (\(outcome.cost.shown)); /undo takes it back")
  }

  private static let compacting = """
    Summarise our conversation so far so that it can go on without it: what I want, facts, names, decisions, code and \
    figures that matter, and what is still open. Write the summary alone.
    """

  /// No longer sends the oldest turns; they stay where they are kept.
  func dropOldest() throws {
    let questions = conversation.questions
    guard let limit = contextLimit, questions.count > 1 else {
      throw CommandFailure(.usage, "there is no turn to drop")
    }
    let first =
      questions.dropFirst().first { question in
        let rest = conversation.entries[question.index...].compactMap(\.message)
        return estimate(rest) * 100 <= limit * Self.shareAfterDropping
      } ?? questions[questions.count - 1]
    conversation.add(.cut(summary: conversation.summary, keepsFrom: first.entry.number))
    reportLedgerFailure()
    note("what was said before '\(shortened(first.entry.text))' is no longer sent; /undo takes it back")
  }
}

extension ChatRequest {
  /// The model is to answer in words: tools stay described, as calls that were made name them.
  mutating func forbidCalls() { toolChoice = tools.isEmpty ? nil : ToolChoice.none }
}
