// What is no chat: vectors of texts and the ranking of documents.
import GatewayCore
import Wire

extension Visit {
  /// Answers with vectors, in the shape of `format`.
  func embeddings(in format: EmbeddingFormat, at address: RequestAddress) async -> Ending {
    guard let served = format.served else { return await fail(.notFound, "'\(format.rawValue)' is not served") }
    let asked: EmbeddingRequest
    do {
      asked = try served.decodeEmbeddingRequest(request.body, at: address)
    } catch {
      return await fail(.invalidRequest, error.clientMessage)
    }
    return await side(.embeddings(asked), model: asked.model, kind: .embeddings) { reply, _ in
      guard case .embeddings(let reply) = reply else { return nil }
      return served.encodeEmbeddings(reply, answering: asked)
    }
  }

  /// Ranks documents.
  func rerank() async -> Ending {
    let asked: RerankRequest
    do {
      asked = try RerankFormat.decodeRequest(request.body)
    } catch {
      return await fail(.invalidRequest, error.clientMessage)
    }
    return await side(.rerank(asked), model: asked.model, kind: .rerank) { reply, id in
      guard case .rerank(let reply) = reply else { return nil }
      return RerankFormat.encodeReply(reply, answering: asked, id: id)
    }
  }

  private func side(
    _ asked: SideRequest, model: String, kind: CallKind, encode: (SideReply, _ id: String) -> [UInt8]?
  ) async -> Ending {
    let plan: Plan
    do {
      plan = try await generation.plan(model, for: kind, speaking: nil)
    } catch {
      return await fail(.notFound, error.message)
    }
    var made = Call(asked, to: plan, origin: .server)
    if let problem = attribute(&made) { return await fail(.invalidRequest, problem) }
    let call = Kept(made)
    let outcome = await gateway.answer(call) { _ in }
    guard let body = body(of: outcome.value, encode) else { return await fail(outcome, call) }
    return await answer(200, body, outcome.value.headers).with(outcome, call)
  }
}

extension Visit {
  /// The answer in the client's format; `nil` when there is none.
  private func body(of outcome: Outcome, _ encode: (SideReply, _ id: String) -> [UInt8]?) -> [UInt8]? {
    guard outcome.failure == nil, let reply = outcome.sideReply?.priced(outcome.cost) else { return nil }
    return encode(reply, outcome.id)
  }
}

extension SideReply {
  /// The reply with what the call cost, for formats that tell it.
  fileprivate func priced(_ cost: Cost) -> SideReply {
    switch self {
    case .embeddings(var reply):
      reply.usage?.reportedCost = cost.amount?.count
      return .embeddings(reply)
    case .rerank(var reply):
      reply.usage?.reportedCost = cost.amount?.count
      return .rerank(reply)
    }
  }
}
