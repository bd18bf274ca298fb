// The books of one call: its rows are opened before anything leaves and closed once, and a ledger that fails is
// remembered, not passed on.

import Wire

/// Writes the operation and its attempts, and keeps what the outcome will tell.
final class Books {
  private let ledger: Ledger?
  private let operation: OperationOpening
  private var operationIsOpen = false
  /// The first thing that went wrong with the ledger.
  private(set) var failure: LedgerFailure?
  private(set) var attempts: [AttemptSummary] = []
  /// How they ended, in order.
  private(set) var closings: [AttemptClosing] = []
  private let storesContents: Bool
  /// The caller gets its answer before the end of the call is committed: its beginning was, before anything left.
  private let postsItsEnd: Bool

  @inline(never)  // what it works with would stand in the frame of the async caller
  init(ledger: Result<Ledger, LedgerFailure>, call: Call, id: String, startedAt: Timestamp) {
    switch ledger {
    case .success(let ledger): self.ledger = ledger
    case .failure(let failure):
      self.ledger = nil
      self.failure = failure
    }
    storesContents = call.storesContents
    postsItsEnd = [.server, .bench].contains(call.origin)
    operation = OperationOpening(
      id: id, kind: call.kind.rawValue, startedAt: startedAt, origin: call.origin,
      modelAsked: call.plan.asked, keyID: call.key?.value.id, user: call.user, project: call.project,
      session: call.session,
      tags: call.tags, dialectIn: call.client?.dialect.rawValue, route: call.plan.routeName,
      team: call.key?.value.team?.name,
      client: call.clientName,
      prompt: call.storesContents ? call.request.contentsText : nil)
  }

  var operationID: String { operation.id }
  var startedAt: Timestamp { operation.startedAt }

  /// Opens an attempt, and with the first one the operation.
  ///
  /// Returns when both would survive a crash.
  func open(_ run: AttemptRun, _ cause: AttemptOpening.Cause, _ prepared: PreparedCall) async {
    await write(opened() + [openEntry(run, cause, prepared)])
  }

  @inline(never)  // as above
  private func openEntry(_ run: AttemptRun, _ cause: AttemptOpening.Cause, _ prepared: PreparedCall) -> LedgerEntry {
    let card = prepared.target.facts?.prices
    let opening = AttemptOpening(
      operationID: operation.id, number: run.number, cause: cause,
      startedAt: run.startedAt, provider: prepared.target.provider.id, model: prepared.target.model,
      streams: prepared.request.streams, priceCard: card, estimatedInputTokens: prepared.estimatedInputTokens,
      estimatedCost: prepared.price(input: prepared.estimatedInputTokens, output: 0, now: run.startedAt))
    return .openAttempt(opening)
  }

  /// Closes an attempt after which another one follows.
  func close(_ run: AttemptRun, _ closing: AttemptClosing, _ prepared: PreparedCall) async {
    note(run, closing, prepared)
    await write([closeEntry(run, closing)])
  }

  /// Closes the operation together with its last attempt, if that is still open.
  func settle(
    _ last: (run: AttemptRun, closing: AttemptClosing)?, _ closing: OperationClosing, _ prepared: PreparedCall?
  ) async {
    let entries = closeEntries(last, closing, prepared)
    if postsItsEnd, failure == nil, let ledger {
      ledger.post(entries)
    } else {
      await write(entries)
    }
  }

  @inline(never)  // as above
  private func closeEntries(
    _ last: (run: AttemptRun, closing: AttemptClosing)?, _ closing: OperationClosing, _ prepared: PreparedCall?
  ) -> [LedgerEntry] {
    var entries = opened()
    if let last, let prepared {
      note(last.run, last.closing, prepared)
      entries.append(closeEntry(last.run, last.closing))
    }
    var closing = closing
    if !storesContents { closing.reply = nil }
    entries.append(.closeOperation(id: operation.id, closing))
    return entries
  }

  private func opened() -> [LedgerEntry] {
    guard !operationIsOpen else { return [] }
    operationIsOpen = true
    return [.openOperation(operation)]
  }

  private func closeEntry(_ run: AttemptRun, _ closing: AttemptClosing) -> LedgerEntry {
    .closeAttempt(AttemptID(operationID: operation.id, number: run.number), closing)
  }

  private func note(_ run: AttemptRun, _ closing: AttemptClosing, _ prepared: PreparedCall) {
    closings.append(closing)
    attempts.append(
      AttemptSummary(
        number: run.number, provider: prepared.target.provider.id, model: prepared.target.model,
        status: closing.status, httpStatus: run.httpStatus, failure: run.failure, cost: closing.cost,
        totalMicroseconds: run.tookMicroseconds, requestID: closing.requestID, connection: run.connection,
        beganMicroseconds: run.beganMicroseconds, sentMicroseconds: run.sentMicroseconds))
  }

  private func write(_ entries: [LedgerEntry]) async {
    // After one failure the rows that would follow have nothing to stand on.
    guard let ledger, failure == nil else { return }
    do {
      try await ledger.record(entries)
    } catch {
      failure = error
    }
  }
}

extension ChatRequest {
  /// The conversation as text to read and search: the turns with their roles, or the text alone when it is all there is.
  package var contentsText: String {
    let turns = messages.map { (role: $0.role.rawValue, text: $0.content.contentsText) }
    if turns.count == 1, let only = turns.first, only.role == "user" { return only.text }
    return turns.map { "\($0.role): \($0.text)" }.joined(separator: "\n\n")
  }
}

extension [ContentPart] {
  /// The parts as text; what is not text is named.
  package var contentsText: String {
    map { part in
      switch part.kind {
      case .text(let text), .refusal(let text): text
      case .image(let media): "[image\(media.name.map { " " + $0 } ?? "")]"
      case .document(let media): "[document\(media.name.map { " " + $0 } ?? "")]"
      case .audio(let media): "[audio\(media.name.map { " " + $0 } ?? "")]"
      case .reasoning: ""
      case .toolCall(let call): "[tool call \(call.name) \(call.arguments)]"
      case .toolResult(let result):
        // Results hold text and media; a result within a result is not followed.
        "[tool result \(result.content.compactMap { if case .text(let text) = $0.kind { text } else { nil } }.joined())]"
      case .other(let type, _): "[\(type)]"
      }
    }.filter { !$0.isEmpty }.joined(separator: "\n")
  }
}
