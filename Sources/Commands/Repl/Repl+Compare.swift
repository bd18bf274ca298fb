// One question, several models at once.

import CommandLineKit
import GatewayCore
import Wire

extension Repl {
  /// As many are asked at once.
  private static let mostCompared = 8

  /// Asks the last question of several models at once, shows their answers, and goes on with the one that is chosen.
  ///
  /// Every answer is kept as a branch.
  func compare(_ text: String) async throws {
    let plans = try text.split(whereSeparator: \.isWhitespace).map { try invocation.plan(String($0), in: catalog) }
    guard plans.count <= Self.mostCompared else { throw UsageError("at most \(Self.mostCompared) models are compared") }
    guard let question = conversation.questions.last else {
      throw CommandFailure(.usage, "ask something first", advice: "/compare asks the last question of other models.")
    }
    let start = question.index + 1
    let left = Array(conversation.entries[start...])
    conversation.goBack(to: start)
    let chosen: ConversationEntry?
    do {
      chosen = try await self.answer(from: plans)
    } catch {
      conversation.restore(left)
      throw error
    }
    conversation.restore(chosen.map { [$0] } ?? left)
    if let chosen, let model = chosen.model { try self.model(model) }
  }

  /// The answer to go on with; `nil` for none of them.
  private func answer(from plans: [Plan]) async throws -> ConversationEntry? {
    var request = try await request()
    request.forbidCalls()
    let calls = try plans.map { try prepared(request, to: $0) }
    note("asking \(plans.count) models at once; an answer is shown when it is whole")
    let output = request.output
    let task = Task { await gather(calls, output) }
    let found = await answering.wait(for: task)
    try show(comparison(of: found.map(\.outcome)).text(width: terminal.currentWidth))
    guard !task.isCancelled else {
      note("stopped; what had arrived is kept and booked")
      return nil
    }
    return await choice(of: found)
  }

  /// What one model has said, and where that is kept.
  private struct Compared {
    /// As the person named them, from 1.
    var number: Int
    var outcome: Outcome
    var entry: ConversationEntry?
  }

  /// Makes the calls at once; each answer is kept and shown as soon as it is over.
  private func gather(_ calls: [Call], _ output: OutputFormat) async -> [Compared] {
    let startedAt = invocation.runtime.now()
    return await withTaskGroup(of: (Int, Outcome).self) { group in
      for (index, call) in calls.enumerated() {
        group.addTask { [gateway] in (index, await gateway.answer(call) { _ in }) }
      }
      var found: [Compared] = []
      for await (index, outcome) in group {
        spending.add(outcome)
        let answer = Compared(
          number: index + 1, outcome: outcome, entry: keepBranch(of: outcome, createdAt: startedAt))
        found.append(answer)
        try? show(presented(answer, output))
      }
      return found.sorted { $0.number < $1.number }
    }
  }

  /// The answer as a branch that the conversation does not stand on; `nil` when there is none.
  private func keepBranch(of outcome: Outcome, createdAt: Timestamp) -> ConversationEntry? {
    let count = conversation.entries.count
    guard conversation.addReply(of: outcome, createdAt: createdAt) else { return nil }
    defer { conversation.goBack(to: count) }
    reportLedgerFailure()
    return conversation.entries.last
  }

  /// An answer below its number, and what is wrong with it.
  private func presented(_ answer: Compared, _ output: OutputFormat) -> String {
    let outcome = answer.outcome
    let title = "\(answer.number). \(safeLine(outcome.target.name))"
    let head = terminal.stdout.styled("== \(title) ==", .bold) + "\n"
    let failure = outcome.verdict(for: output, failsOnLength: false, catalog).map { safeLine($0.line) + "\n" }
    return head + rendered(outcome.reply.text, output) + (failure ?? "") + "\n"
  }

  private func rendered(_ text: String, _ output: OutputFormat) -> String {
    guard var renderer = invocation.renderer(for: output, options.rendering) else {
      return text.isEmpty ? "" : terminal.stdout.writable(text) + "\n"
    }
    return renderer.take(text) + renderer.finish()
  }

  private func choice(of found: [Compared]) async -> ConversationEntry? {
    let answers = found.filter { $0.entry != nil }
    guard isInteractive, !answers.isEmpty else { return nil }
    let numbers = answers.map { String($0.number) }.joined(separator: ", ")
    let question = "Go on with which? [\(numbers), or Enter for the answer before] "
    guard case .line(let text) = await input.read(prompt: question), let number = Int(text.trimmed) else { return nil }
    return answers.first { $0.number == number }?.entry
  }
}
