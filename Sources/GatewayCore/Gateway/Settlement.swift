// What an attempt comes to: its status, its tokens and its cost, however it ended.

import Wire

extension AttemptRun {
  /// How the attempt is closed in the books, with `reply` if it is known what came of the answer.
  @inline(never)  // what it works with would stand in the frame of the async caller
  func closing(_ prepared: PreparedCall, _ reply: ChatReply? = nil, at time: Timestamp) -> AttemptClosing {
    let reply = reply ?? self.reply.reply
    let (usage, isEstimated) = consumption(prepared, reply)
    let terms = PricingTerms(at: startedAt, serviceTier: usage?.serviceTier ?? prepared.request.serviceTier)
    let cost =
      hasUnknownUsage(prepared, reply)
      ? .unpriced
      : usage.map { Cost(of: $0, isEstimate: isEstimated, card: prepared.target.facts?.prices, terms: terms) }
        ?? Cost(amount: .zero, source: .estimated)
    var closing = AttemptClosing(endedAt: time, status: status(reply), usage: usage ?? Usage(), cost: cost)
    closing.httpStatus = httpStatus
    closing.failureKind = failure?.kind.rawValue
    closing.failureMessage = failure?.message
    closing.requestID = requestID ?? reply.id
    closing.modelReported = reply.model
    closing.firstByteMicroseconds = firstByteMicroseconds
    closing.firstTokenMicroseconds = firstTokenMicroseconds
    closing.usageIsEstimated = isEstimated
    closing.finishReason = reply.finish?.reason.rawValue
    closing.changes = prepared.changes + replyChanges
    return closing
  }

  private func status(_ reply: ChatReply) -> CallStatus {
    if wasInterrupted { return .interrupted }
    switch failure?.kind {
    case .cut?: return .truncated
    case .contentFilter?: return .refused
    case .some: return .failed
    case nil: break
    }
    switch reply.finish?.reason {
    case .length?: return .truncated
    case .contentFilter?: return .refused
    default: return reply.refusal == nil ? .ok : .refused
    }
  }

  /// The tokens used and whether they are our own count; `nil` when the provider cannot have billed any.
  private func consumption(_ prepared: PreparedCall, _ reply: ChatReply) -> (usage: Usage?, isEstimated: Bool) {
    // A count that came with the reason for stopping is final, whatever happened to the connection afterwards.
    if let usage = reply.usage, usage.output != nil, isComplete || reply.finish != nil, !lacksInput(usage) {
      return (usage, false)
    }
    guard mayBeBilled, prepared.raw == nil else { return (nil, true) }
    var usage = reply.usage ?? Usage()
    usage.queries = usage.queries ?? prepared.side?.request.estimatedQueries
    usage.input = usage.input ?? prepared.estimatedInputTokens
    usage.output = max(usage.output ?? 0, TokenEstimate.of(written(reply)) + unreadPieces)
    return (usage, true)
  }

  /// What was passed through may have cost something of which the answer tells nothing that we know.
  private func hasUnknownUsage(_ prepared: PreparedCall, _ reply: ChatReply) -> Bool {
    guard let raw = prepared.raw, reply.usage == nil else { return false }
    return mayBeBilled && !raw.isFree
  }

  /// A ranking may tell nothing of what it read; where it is paid for by the token, that is estimated.
  private func lacksInput(_ usage: Usage) -> Bool {
    sideReply != nil && usage.input == nil && usage.billed == nil
  }

  /// The provider may have worked on it; one that answers with an error status does not bill that.
  var mayBeBilled: Bool { mayHaveBeenProcessed && (httpStatus.map { (200..<300).contains($0) } ?? true) }

  private func written(_ reply: ChatReply) -> String {
    reply.content.reduce(into: "") { text, part in
      switch part.kind {
      case .text(let piece), .refusal(let piece): text += piece
      case .reasoning(let block): text += block.text
      case .toolCall(let call): text += call.name + call.arguments
      default: break
      }
    }
  }
}

extension Cost {
  /// The sum of the attempts of a call: of one source when all are, else mixed.
  package static func sum(of costs: [Cost]) -> Cost {
    guard let first = costs.first else { return Cost(amount: .zero, source: .computed) }
    // An attempt that cost nothing says nothing about how the others are known.
    let telling = costs.filter { $0.amount != .zero }
    guard let one = telling.first else { return costs.last ?? first }
    let total = telling.compactMap(\.amount).reduce(Optional(Picodollars.zero)) { $0?.adding($1) }
    if telling.allSatisfy({ $0.amount == nil }) { return .unpriced }
    let isUniform = telling.allSatisfy { $0.source == one.source }
    let card = telling.allSatisfy { $0.priceID == one.priceID } ? one.priceID : nil
    return Cost(amount: total, source: isUniform ? one.source : .mixed, priceID: card)
  }
}
