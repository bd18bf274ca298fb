// Chats in the formats that are served: read, called, and told as they come.
import GatewayCore
import Wire

extension Visit {
  /// Answers a chat in `dialect`.
  func chat(in dialect: DialectName, at address: RequestAddress) async -> Ending {
    switch await call(in: dialect, at: address) {
    case .success(let call): call.value.request.streams ? await stream(call) : await whole(call)
    case .failure(let refusal): await fail(refusal.kind, refusal.message)
    }
  }

  /// Reads the request; what is wrong with it is for the client.
  private func call(in dialect: DialectName, at address: RequestAddress) async -> Result<Kept<Call>, Refusal> {
    do {
      let client = try read(dialect, address)
      let plan = try await plan(for: client.value.request.model, speaking: dialect)
      return .success(try made(of: client, dialect, plan))
    } catch {
      return .failure(error)
    }
  }

  @inline(never)  // what it works with would stand in the frame of the async caller
  private func read(_ dialect: DialectName, _ address: RequestAddress) throws(Refusal) -> Kept<ClientRequest> {
    guard let format = dialect.served else { throw Refusal(.notFound, "'\(dialect.rawValue)' is not served") }
    do {
      return Kept(try format.decodeRequest(request.body, at: address))
    } catch {
      throw Refusal(.invalidRequest, error.clientMessage)
    }
  }

  private func plan(for model: String, speaking dialect: DialectName) async throws(Refusal) -> Plan {
    do {
      return try await generation.plan(model, for: .chat, speaking: dialect)
    } catch {
      throw Refusal(.notFound, error.message)
    }
  }

  @inline(never)  // as above
  private func made(of client: Kept<ClientRequest>, _ dialect: DialectName, _ plan: Plan) throws(Refusal)
    -> Kept<Call>
  {
    var call = Call(client.value.request, to: plan, origin: .server)
    call.client = ClientCall(client.value, in: dialect, body: request.body, headers: passedHeaders)
    if let problem = attribute(&call) { throw Refusal(.invalidRequest, problem) }
    return Kept(call)
  }

  /// Header fields of a client that a provider of the same format gets too.
  private static let passedNames = ["anthropic-beta", "anthropic-version", "openai-beta", "idempotency-key"]

  private var passedHeaders: [(name: String, value: String)] {
    Self.passedNames.flatMap { name in request.headers.values(of: name).map { (name, $0) } }
  }

  private func whole(_ call: Kept<Call>) async -> Ending {
    let outcome = await gateway.answer(call) { _ in }
    guard let body = outcome.value.body else { return await fail(outcome, call) }
    return await answer(200, body, outcome.value.headers).with(outcome, call)
  }

  private func stream(_ call: Kept<Call>) async -> Ending {
    let opening = StreamOpening(
      writer, isArray: call.value.client?.request.isArray == true, generation.settings, commonHeaders)
    await opening.begin()
    let outcome = await outcome(of: call, opening) { event in
      switch event {
      case .answering(let head): try await opening.name(head)
      case .bytes(let bytes): try await opening.write(bytes)
      case .chat, .retrying, .movingOn: break
      }
    }
    return await end(outcome, call) {
      guard !opening.hasTold, let failure = outcome.value.toldFailure,
        let client = call.value.client?.request
      else {
        return []
      }
      return bytes(of: failure, endingStreamOf: client, outcome.value.id)
    }
  }

  /// The whole of a stream that has nothing but a failure to tell.
  private func bytes(of failure: ProviderFailure, endingStreamOf client: ClientRequest, _ id: String) -> [UInt8] {
    guard case .chat(let dialect, _) = surface, let format = dialect.served else { return [] }
    var encoder = format.makeStreamEncoder(
      under: ReplyHeading(id: id, answering: client, createdAt: Int(runtime.now().seconds)))
    var bytes: [UInt8] = []
    encoder.encode([.failed(failure)], into: &bytes)
    encoder.finish(into: &bytes)
    return bytes
  }

  /// Ends a stream: with `last` when its client is still there, or with the failure when nothing of it went out.
  @inline(never)  // as above
  func end(_ outcome: Kept<Outcome>, _ call: Kept<Call>, last: () -> [UInt8] = { [] }) async -> Ending {
    guard writer.hasBegun || outcome.value.isAnswered else { return await fail(outcome, call) }
    do {
      // One that was cut short without a word is not ended as if it were whole.
      if outcome.value.status != .interrupted {
        let bytes = last()
        if !bytes.isEmpty { try await writer.write(bytes) }
        try await writer.finish()
      }
      return Ending(status: 200).with(outcome, call)
    } catch {
      return Ending(status: Ending.clientLeft).with(outcome, call)
    }
  }

  /// Makes the call; one that is to be read to its end outlives the client, and with it this task.
  private func outcome(
    of call: Kept<Call>, _ opening: StreamOpening, told: @escaping @Sendable (CallEvent) async throws -> Void
  ) async -> Kept<Outcome> {
    guard call.value.plan.drains else {
      return await gateway.answer(call, hasGoneOut: { opening.hasNamed }, to: told)
    }
    return await Task { await gateway.answer(call, hasGoneOut: { opening.hasNamed }, to: told) }.value
  }

  /// Tells why a call has no answer.
  @inline(never)  // as above
  func fail(_ outcome: Kept<Outcome>, _ call: Kept<Call>) async -> Ending {
    if outcome.value.status == .interrupted {
      return Ending(status: Ending.clientLeft).with(outcome, call)
    }
    let failure = outcome.value.toldFailure ?? ProviderFailure(.server, message: "there is no answer")
    var headers = outcome.value.headers
    if case .limited(_, retryAfter: nil) = outcome.value.rejection {
      headers.append(("x-should-retry", "false"))
    }
    return await fail(failure, headers).with(outcome, call)
  }
}

/// Why a request is not made into a call.
private struct Refusal: Error {
  let kind: ProviderFailure.Kind
  let message: String

  init(_ kind: ProviderFailure.Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}

/// How a stream is framed for a client.
struct StreamForm: Sendable {
  let isArray: Bool
  let keepAlive: KeepAlive

  init(isArray: Bool, keepAlive: Duration) {
    self.isArray = isArray
    // Blanks may stand between the elements of a list.
    var bytes: [UInt8] = isArray ? [0x0A] : []
    if !isArray { ServerSentEventEncoder.appendComment("keep-alive", to: &bytes) }
    self.keepAlive = KeepAlive(bytes, after: keepAlive)
  }

  var headers: [(name: String, value: String)] {
    [
      ("content-type", isArray ? "application/json" : "text/event-stream; charset=utf-8"),
      ("cache-control", "no-cache"), ("x-accel-buffering", "no"),
    ]
  }
}

extension Ending {
  /// The same with what the call came to.
  @inline(never)  // as above
  func with(_ outcome: Kept<Outcome>, _ call: Kept<Call>) -> Ending {
    var ending = self
    ending.outcome = outcome
    ending.isStream = call.value.request.streams
    ending.failure = ending.failure ?? outcome.value.failure?.kind
    if call.value.readsEverything {
      ending.prompt = call.value.request.contentsText
      ending.reply = outcome.value.reply.content.contentsText
    }
    return ending
  }
}

extension Outcome {
  /// Whether an answer came, though perhaps not the whole of it was told.
  var isAnswered: Bool { failure == nil && rejection == nil && status != .interrupted }

  /// Why there is no answer, or no whole one, as a client is told it.
  var toldFailure: ProviderFailure? { failure ?? rejection?.asFailure(of: target.name) }
}

extension WireError {
  /// What is wrong with a body, for whoever sent it.
  var clientMessage: String { "the request cannot be read: \(problem) (byte \(offset))" }
}

extension ResolutionFailure {
  /// What is wrong with a model's name, and what was probably meant.
  func clientMessage(nearest: (String) -> String?) -> String {
    switch self {
    case .unknown(let name):
      "the model '\(name)' does not exist: \(why). \(nearest(name) ?? "Name it as PROVIDER/MODEL.")"
    case .ambiguous(let name, let candidates), .notConfigured(let name, let candidates):
      "the model '\(name)' is not clear: \(why). Name one of \(candidates.prefix(4).joined(separator: ", "))."
    case .kindMissing(let provider, _), .dialectMissing(let provider, _), .addressIncomplete(let provider, _):
      "the provider '\(provider)' cannot be called: \(why)."
    }
  }
}

extension GatewayCore.Rejection {
  /// The rejection as a client of the server is told it.
  func asFailure(of target: String) -> ProviderFailure {
    switch self {
    case .noKey(let problem):
      // Not the client's key: it can do nothing about it.
      ProviderFailure(.server, message: "\(target): \(problem.problem). \(problem.advice)")
    case .changes(let changes):
      ProviderFailure(
        .invalidRequest,
        message: "strict mode allows no changes: "
          + changes.map { "\($0.field) \($0.what.rawValue) (\($0.why))" }.joined(separator: "; "))
    case .invalidRequest(let problem): ProviderFailure(.invalidRequest, message: "\(target): \(problem)")
    case .overCostLimit(let limit, let least):
      ProviderFailure(
        .quota, message: "\(target): the prompt alone costs about \(least.shown), more than \(limit.shown)")
    case .unpricedUnderLimit: ProviderFailure(.quota, message: "\(target): its price is not known")
    case .forbidden(let denial): ProviderFailure(.permission, message: denial.problem)
    case .limited(let problem, let retryAfter):
      ProviderFailure(
        .rateLimited, message: problem,
        retryAfterMilliseconds: retryAfter.map { Int(($0.inMicroseconds + 999) / 1000) })
    }
  }
}
