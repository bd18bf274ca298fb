// One question, several models at once.

import CommandLineKit
import GatewayCore
import Wire

extension Repl {
  /// As many are asked at once.
  private static let mostCompared = 8

  /// Asks the last question of several models, shows their answers, and goes on with the one that is chosen.
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
    let request = try request()
    let calls = try plans.map { try prepared(request, to: $0) }
    note("asking \(plans.count) models ...")
    let startedAt = invocation.runtime.now()
    let task = Task { [gateway] in await Self.answers(to: calls, gateway) }
    let outcomes = await answering.wait(for: task)
    var answers: [ConversationEntry] = []
    for outcome in outcomes {
      spending.add(outcome)
      try show(present(outcome, isGood: outcome.status == .ok, number: answers.count + 1, request))
      guard outcome.status == .ok, !outcome.reply.content.isEmpty else { continue }
      let count = conversation.entries.count
      let answer = Message(.assistant, outcome.reply.content)
      answers.append(
        conversation.add(answer, model: outcome.target.name, operation: outcome.id, createdAt: startedAt))
      conversation.goBack(to: count)
    }
    try show(comparison(of: outcomes).text(width: terminal.currentWidth))
    return await choice(of: answers)
  }

  private static func answers(to calls: [Call], _ gateway: Gateway) async -> [Outcome] {
    await withTaskGroup(of: (Int, Outcome).self) { group in
      for (index, call) in calls.enumerated() { group.addTask { (index, await gateway.answer(call) { _ in }) } }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// An answer below its number, or why there is none.
  private func present(_ outcome: Outcome, isGood: Bool, number: Int, _ request: ChatRequest) -> String {
    let title = (isGood ? "\(number). " : "") + safeLine(outcome.target.name)
    let head = terminal.stdout.styled("== \(title) ==", .bold) + "\n"
    if let failure = outcome.verdict(for: request.output, failsOnLength: false, catalog) {
      return head + safeLine(failure.line) + "\n\n"
    }
    guard var renderer = invocation.renderer(for: request.output, options.rendering) else {
      return head + outcome.reply.text + "\n\n"
    }
    return head + renderer.take(outcome.reply.text) + renderer.finish() + "\n"
  }

  private func choice(of answers: [ConversationEntry]) async -> ConversationEntry? {
    guard isInteractive, !answers.isEmpty else { return nil }
    let range = answers.count == 1 ? "1" : "1-\(answers.count)"
    let question = "Go on with which? [\(range), Enter for the answer before] "
    guard case .line(let text) = await input.read(prompt: question), let number = Int(text.trimmed),
      answers.indices.contains(number - 1)
    else { return nil }
    return answers[number - 1]
  }
}
