// Any path of a provider, and counts of tokens, which are one of a provider's own.
import GatewayCore
import Wire

extension Visit {
  /// Passes the request on to `provider` with its key put in, and the answer back as it comes.
  func passthrough(to provider: String, path: String) async -> Ending {
    var raw = RawRequest(
      method: request.method, path: (path.isEmpty ? "/" : path) + passedQuery, headers: rawHeaders, body: request.body)
    // Looking does not cost anything anywhere.
    raw.isFree = ["GET", "HEAD", "DELETE"].contains(request.method)
    guard let known = generation.catalog.provider(named: provider) else {
      return await fail(.notFound, "there is no provider '\(provider)'. See llmgw providers.")
    }
    return await pass(raw, to: known, model: raw.model ?? "-")
  }

  /// Counts the tokens of a request: the provider does where it speaks the client's format, else we estimate.
  func countTokens(in dialect: DialectName, at address: RequestAddress) async -> Ending {
    guard let format = dialect.served else { return await fail(.notFound, "'\(dialect.rawValue)' is not served") }
    let client: ClientRequest
    let plan: Plan
    do {
      client = try format.decodeRequest(countedBody(dialect), at: address)
    } catch {
      return await fail(.invalidRequest, error.clientMessage)
    }
    do {
      plan = try await generation.plan(client.request.model, for: .chat, speaking: dialect)
    } catch {
      return await fail(.notFound, error.message)
    }
    guard let raw = counting(plan.first, in: dialect) else {
      let count = JSON.number(JSONNumber(TokenEstimate.input(of: client.request)))
      let answer: JSON = dialect == .gemini ? ["totalTokens": count] : ["input_tokens": count]
      return await self.answer(200, answer.bytes, [("x-llmgw-count-source", "estimated")])
    }
    return await pass(raw, to: plan.first.provider, model: plan.first.model)
  }

  /// Gemini's clients may wrap what is to be counted.
  private func countedBody(_ dialect: DialectName) -> [UInt8] {
    guard dialect == .gemini, let wrapped = (try? JSON.parse(request.body))?["generateContentRequest"] else {
      return request.body
    }
    return wrapped.bytes
  }

  /// The provider's own way to count; `nil` where it has none that we know.
  private func counting(_ target: Target, in dialect: DialectName) -> RawRequest? {
    guard target.speaks(dialect) else { return nil }
    var raw = RawRequest(method: "POST", path: "", headers: rawHeaders, body: request.body)
    raw.isFree = true
    if dialect == .gemini {
      raw.path = "/models/\(target.model.percentEncoded()):countTokens"
    } else {
      raw.path = "/messages/count_tokens"
      guard let body = try? JSON.splicing([("model", .string(target.model))], into: request.body) else { return nil }
      raw.body = body
    }
    return raw
  }

  private func pass(_ raw: RawRequest, to provider: Provider, model: String) async -> Ending {
    let target: Target
    do {
      target = try generation.catalog.target(provider, model: model, for: .passthrough)
    } catch {
      return await fail(.notFound, error.clientMessage { _ in nil })
    }
    var made = Call(raw, to: Plan(target, asked: target.name), origin: .server)
    if let problem = attribute(&made) { return await fail(.invalidRequest, problem) }
    let call = Kept(made)
    let common = commonHeaders
    var status = 200
    let outcome = await gateway.answer(
      call, hasGoneOut: { writer.hasBegun },
      to: { [writer] event in
        switch event {
        case .answering(let head):
          status = head.status
          try await writer.begin(head.status, head.headers + head.callHeaders + common)
        case .bytes(let bytes): try await writer.write(bytes)
        case .chat, .retrying, .movingOn: break
        }
      })
    guard writer.hasBegun else { return await fail(outcome, call) }
    // One that was cut short is not ended as if it were whole.
    if outcome.value.status != .interrupted, outcome.value.failure?.kind != .cut {
      try? await writer.finish()
    }
    return Ending(status: status).with(outcome, call)
  }

  /// The client's header fields without those that are about it and us: its key above all.
  private var rawHeaders: [RawRequest.Header] {
    request.headers.all.filter { field in
      let name = field.name.lowercased()
      return !Self.ownNames.contains(name) && !name.hasPrefix("x-llmgw-") && !name.hasPrefix("sec-")
    }.map { RawRequest.Header($0.name.lowercased(), $0.value) }
  }

  private static let ownNames: Set<String> = [
    "accept-encoding", "api-key", "authorization", "connection", "content-encoding", "content-length", "cookie",
    "expect", "forwarded", "host", "keep-alive", "origin", "proxy-authorization", "referer", "te", "trailer",
    "transfer-encoding", "upgrade", "user-agent", "via", "x-api-key", "x-forwarded-for", "x-forwarded-host",
    "x-forwarded-proto", "x-goog-api-key", "x-real-ip",
  ]

  /// The query without the client's key.
  private var passedQuery: String {
    let kept = (request.query ?? "").split(separator: "&").filter { !$0.hasPrefix("key=") }
    return kept.isEmpty ? "" : "?" + kept.joined(separator: "&")
  }
}
