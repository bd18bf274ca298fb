// One message and its answer.

import GatewayCore
import Wire

extension Repl {
  /// Sends a message with what is attached, and shows the answer.
  func ask(_ text: String) async throws {
    let text = options.promptTemplate?.filled(with: text) ?? text
    try await ask(attachments.map(\.part) + (text.isEmpty ? [] : [ContentPart(.text(text))]))
  }

  /// False when there is no answer.
  @discardableResult
  func ask(_ content: [ContentPart]) async throws -> Bool {
    lastQuestion = content
    closeOpenCalls()
    guard try await hasRoom(for: content) else { return false }
    let before = conversation.entries.count
    conversation.add(Message(.user, content))
    reportLedgerFailure()
    let task = Task { await answerWithTools() }
    let isAnswered = await answering.wait(for: task)
    // Two questions in a row are no conversation: the branch stays, and /retry asks again.
    if isAnswered { attachments = [] } else { conversation.goBack(to: before) }
    return isAnswered
  }

  /// Asks the model to go on from where the conversation is; false when nothing came of it.
  func answer() async -> Bool {
    let outcome: Outcome
    do {
      outcome = try await call(try await request())
    } catch {
      report(error)
      return false
    }
    return conversation.entries.last?.operation == outcome.id
  }

  /// The conversation as a request, of no model yet.
  func request() async throws -> ChatRequest {
    let current = conversation.settings
    var request = ChatRequest(
      model: "", messages: (current.system.map { [Message(.system, $0)] } ?? []) + conversation.messages)
    try current.applyOptions(to: &request)
    request.tools = try await offeredTools()
    if let typed = current.schema {
      request.output = .jsonSchema(name: "answer", schema: try answerSchema(typed: typed), strict: true)
    }
    request.streams = true
    return request
  }

  /// One call, shown as it runs; every piece is on the disk before it is seen.
  private func call(_ request: ChatRequest) async throws -> Outcome {
    let call = try prepared(request, to: plan)
    var printer = AnswerPrinter(
      terminal: terminal, target: call.target.name, streams: true, isQuiet: options.isQuiet,
      renderer: invocation.renderer(for: request.output, options.rendering))
    printer.showsThinking = showsThinking
    let draft = conversation.draft(model: call.target.name, createdAt: invocation.runtime.now())
    let echo = isInteractive ? EchoPause() : nil
    defer { echo?.end() }
    var closed: OutputClosed?
    let outcome = await gateway.answer(call) { event in
      if case .chat(let events) = event { draft?.add(events) }
      do throws(OutputClosed) {
        try await printer.take(event)
      } catch {
        closed = error
        throw error
      }
    }
    defer { draft?.discard() }
    spending.add(outcome)
    keepReply(of: outcome, createdAt: draft?.createdAt)
    if let closed { throw closed }
    try printer.finish(outcome.reply.refusal ?? outcome.reply.text)
    conclude(outcome, request)
    return outcome
  }

  /// The call with all that flags and the config say of it.
  func prepared(_ request: ChatRequest, to plan: Plan) throws -> Call {
    var call = invocation.call(Call(request, to: plan, origin: .repl), options, settings)
    call.session = conversation.session?.handle ?? options.session
    call.storesContents = call.storesContents && conversation.isKept
    if let limit = costLimit {
      guard let left = limit.subtracting(Picodollars(Int64(clamping: spending.sum.count))), left > .zero else {
        throw CommandFailure(
          .budget, "the budget of \(limit.shown) is spent (\(spending.shown))", advice: "Raise it with /budget.")
      }
      call.costLimit = min(left, call.costLimit ?? left)
    }
    return call
  }

  /// Adds what came of the answer to the conversation.
  private func keepReply(of outcome: Outcome, createdAt: Timestamp?) {
    guard conversation.addReply(of: outcome, createdAt: createdAt) else { return }
    reportLedgerFailure()
    lastOutcome = outcome
    entriesThen = conversation.entries.count
  }

  /// How the call went, for the person.
  private func conclude(_ outcome: Outcome, _ request: ChatRequest) {
    if isInteractive, outcome.hasSummary, !options.isQuiet {
      terminal.stderr.note(
        terminal.stderr.styled(
          outcome.summaryLine(width: terminal.currentWidth, also: sessionFacts), .dim))
    }
    if outcome.status == .interrupted { note("stopped; what had arrived is kept and booked") }
    if outcome.status == .truncated {
      note("the answer was cut at its length limit; allow more with /set max_tokens N")
    }
    if let failure = outcome.verdict(for: request.output, failsOnLength: false, catalog) { fail(failure) }
    if let bookkeeping = outcome.bookkeeping { note("the call could not be booked: \(bookkeeping.description)") }
    let media = outcome.reply.media
    if !media.isEmpty { note("the answer holds \(media.count) image(s) or sound(s); keep them with /export") }
  }

  /// What the ledger no longer takes is said once.
  func reportLedgerFailure() {
    guard let failure = conversation.takeFailure() else { return }
    fail(CommandFailure(.general, "the conversation is not kept any more: \(failure.description)"))
  }
}
