// One request to a provider and what came back, told to the caller as it arrives.

import Wire

/// What one attempt has come to so far.
final class AttemptRun {
  /// Counted from 1.
  let number: Int
  let startedAt: Timestamp
  /// On the clock that never jumps.
  let beganMicroseconds: Int64
  /// What goes out, authorized; `nil` when it is answered in this process.
  var request: HTTPRequest?
  var tookMicroseconds: Int64 = 0
  var reply = ChatReplyBuilder()
  /// The answer of a call that is no chat.
  var sideReply: SideReply?
  var failure: ProviderFailure?
  var httpStatus: Int?
  var requestID: String?
  /// How its connection came about.
  var connection: ConnectionFacts?
  /// When the request was handed to the transport, in microseconds since the attempt began.
  var sentMicroseconds: Int64?
  /// Microseconds since the attempt began.
  var firstByteMicroseconds: Int64?
  var firstTokenMicroseconds: Int64?
  /// The answer said in its own way that it is whole.
  var isComplete = false
  /// The caller went away, or the task was cancelled.
  var wasInterrupted = false
  /// Something of the answer has gone to the caller: there is no way back.
  var hasBegun = false
  /// The caller has left, and the answer is read for the books alone.
  var callerLeft = false
  /// Pieces of a forwarded stream that nobody read: about a token each.
  var unreadPieces = 0
  /// The whole answer for a client: as it came, or in the client's own format.
  var body: [UInt8]?
  /// Writes a stream in the client's own format.
  var encoder: (any StreamEncoding)?
  /// What of the answer had no place in the client's format.
  var replyChanges: [Change] = []
  /// The client knows of the failure.
  var failureIsTold = false
  /// The request went out whole, so the provider may have worked on it.
  var mayHaveBeenProcessed = false
  /// It is closed in the books.
  var isClosed = false
  /// The program itself cannot use the network: another attempt would go the same way.
  var isHopeless = false

  init(number: Int, startedAt: Timestamp, beganMicroseconds: Int64) {
    self.number = number
    self.startedAt = startedAt
    self.beganMicroseconds = beganMicroseconds
  }
}

extension AttemptRun {
  /// The body has ended.
  @inline(never)  // what it works with would stand in the frame of the async caller
  fileprivate func end() {
    guard !isComplete, failure == nil else { return }
    failure = ProviderFailure(.cut, status: httpStatus, message: "the answer ended without its end marker")
  }

  @inline(never)  // as above
  fileprivate func scrub(_ secrets: [String]) { failure?.scrub(secrets) }

  /// What went wrong, for whoever decides what comes next.
  @inline(never)  // what it works with would stand in the frame of the async caller
  fileprivate func end(with error: any Error) {
    switch error {
    case let error as ProviderFailure: failure = error
    case let error as TransportFailure:
      isHopeless = error.kind == .unavailable
      mayHaveBeenProcessed = mayHaveBeenProcessed || error.isAfterSending
      if error.kind == .cancelled {
        wasInterrupted = true
      } else {
        failure = ProviderFailure(error, answerHadBegun: httpStatus != nil)
      }
    case let error as WireError:
      failure = ProviderFailure(
        .malformed, status: httpStatus, message: "byte \(error.offset) of the answer: \(error.problem)")
    default: wasInterrupted = true
    }
  }
}

/// The caller does not want any more.
private struct CallerLeft: Error {}

extension Gateway {
  /// Makes attempt `number` of a call, opened in the books before it leaves.
  @inline(never)  // twice in the frame of its caller otherwise, for as long as a stream runs
  func attempt(
    _ number: Int, _ cause: AttemptOpening.Cause, _ prepared: PreparedCall, _ books: Books,
    _ hasGoneOut: () -> Bool, _ sink: @escaping (CallEvent) async throws -> Void
  ) async -> AttemptRun {
    let run = AttemptRun(number: number, startedAt: runtime.now(), beganMicroseconds: runtime.uptimeMicroseconds())
    await books.open(run, cause, prepared)
    await authorize(run, prepared)
    if run.failure == nil {
      let relay = AnswerRelay(of: prepared, run, books, runtime, sink)
      await carryOut(prepared, run, relay)
      if Task.isCancelled, !run.callerLeft { run.wasInterrupted = true }
      await relay.end(run, hasGoneOut: hasGoneOut())
    }
    run.scrub(prepared.secrets)
    if let grant = prepared.grant(refusedIn: run) { await tokens.forget(grant) }
    run.tookMicroseconds = runtime.uptimeMicroseconds() - run.beganMicroseconds
    return run
  }

  private func carryOut(_ prepared: PreparedCall, _ run: AttemptRun, _ relay: AnswerRelay) async {
    do {
      try Task.checkCancellation()  // nothing has left yet, and so nothing is billed
      if run.request == nil {
        run.mayHaveBeenProcessed = true
        run.firstByteMicroseconds = relay.elapsed
        try await relay.begin(run)
        try await relay.tell(OfflineEcho.events(answering: prepared.request), run)
        run.isComplete = true
      } else if prepared.raw != nil {
        try await pass(prepared, run, relay)
      } else if let dialect = prepared.dialect {
        let response = try await begin(run, relay) { dialect.dialect.decodeFailure(status: $0, body: $1) }
        if let client = prepared.client, prepared.isForwarded, let format = client.dialect.served {
          try await forward(format, response, prepared, run, relay)
        } else {
          try await decode(dialect.dialect, response, prepared, run, relay)
        }
      } else if let (side, dialect) = prepared.side {
        let response = try await begin(run, relay) { ProviderFailure.decode(status: $0, body: $1) }
        try await decode(side, dialect, response, prepared, run, relay)
      }
      run.end()
    } catch {
      run.end(with: error)
    }
  }

  func decode<D: Dialect>(
    _ dialect: D.Type, _ response: HTTPResponse, _ prepared: PreparedCall, _ run: AttemptRun,
    _ relay: AnswerRelay
  ) async throws {
    let kind = response.mediaType
    let isWhole = kind == "application/json" || kind.hasSuffix("+json") || kind == "text/html"
    if response.isEventStream || kind == D.streamContentType || (prepared.request.streams && !isWhole) {
      try await decodeStream(dialect, response, prepared, run, relay)
    } else {
      try await decodeWhole(response, dialect, run, relay) { body throws(WireError) in
        try dialect.decodeReply(body, quirks: prepared.quirks)
      }
    }
  }

  @inline(never)  // as above
  private func decode(
    _ side: SideRequest, _ dialect: String, _ response: HTTPResponse, _ prepared: PreparedCall,
    _ run: AttemptRun, _ relay: AnswerRelay
  ) async throws {
    let body = try await response.body.collect()
    let reply: SideReply
    do {
      reply = try side.reply(from: body, speaking: dialect, quirks: prepared.quirks)
    } catch {
      // An error object under a status of success says more than what we miss in it.
      var failure = ProviderFailure.decode(status: response.status, body: body)
      if failure.kind == .malformed { failure.message = error.problem }
      throw failure
    }
    try await relay.tell(reply.events, run)
    run.sideReply = reply
    run.isComplete = true
  }

  /// Sends the request and returns an answer that has begun well.
  @inline(never)  // twice in the frame of its caller otherwise, for as long as a stream runs
  private func begin(
    _ run: AttemptRun, _ relay: AnswerRelay, readingFailure: (_ status: Int, _ body: [UInt8]) -> ProviderFailure
  ) async throws -> HTTPResponse {
    let response = try await send(run, relay)
    guard (200..<300).contains(response.status) else { throw try await failure(of: response, readingFailure) }
    try await relay.begin(run)
    return response
  }

  /// Sends the request, which the run then no longer keeps, and notes what the answer begins with.
  func send(_ run: AttemptRun, _ relay: AnswerRelay) async throws -> HTTPResponse {
    guard let request = run.request.take() else {
      throw TransportFailure(.other, "there is no request to send")
    }
    run.sentMicroseconds = relay.elapsed
    let response = try await transport.send(request)
    note(response, run, relay)
    return response
  }

  /// The provider has answered something.
  private func note(_ response: HTTPResponse, _ run: AttemptRun, _ relay: AnswerRelay) {
    run.mayHaveBeenProcessed = true
    run.httpStatus = response.status
    run.requestID = ["x-request-id", "request-id", "x-amzn-requestid"].lazy.compactMap { response.headers[$0] }.first
    run.connection = response.connection
    run.firstByteMicroseconds = relay.elapsed
  }

  private func decodeStream<D: Dialect>(
    _ dialect: D.Type, _ response: HTTPResponse, _ prepared: PreparedCall, _ run: AttemptRun,
    _ relay: AnswerRelay
  ) async throws {
    var decoder = D.makeStreamDecoder(quirks: prepared.quirks)
    var events: [ChatEvent] = []
    do {
      for try await bytes in response.body {
        events.removeAll(keepingCapacity: true)
        do {
          try decoder.decode(bytes, into: &events)
        } catch {
          try await relay.tell(events, run)
          throw error
        }
        try await relay.tell(events, run)
      }
    } catch let failure as TransportFailure where failure.kind == .cut && decoder.isComplete {
      // Some servers drop the connection right after the last event.
    }
    events.removeAll()
    try decoder.finish(into: &events)
    try await relay.tell(events, run)
    run.isComplete = decoder.isComplete
  }

  /// Returns the body as it came.
  @discardableResult
  @inline(never)  // as above
  func decodeWhole(
    _ response: HTTPResponse, _ dialect: any Dialect.Type, _ run: AttemptRun, _ relay: AnswerRelay,
    read: ([UInt8]) throws(WireError) -> ChatReply
  ) async throws -> [UInt8] {
    let body = try await response.body.collect()
    let reply: ChatReply
    do {
      reply = try read(body)
    } catch {
      // A page or an error object under a status of success.
      var failure = dialect.decodeFailure(status: response.status, body: body)
      if failure.message.isEmpty { failure.message = "the answer is not what was asked for: \(error.problem)" }
      throw failure
    }
    try await relay.tell(reply, run)
    run.isComplete = true
    return body
  }

  @inline(never)  // as above
  private func failure(
    of response: HTTPResponse, _ read: (_ status: Int, _ body: [UInt8]) -> ProviderFailure
  ) async throws -> ProviderFailure {
    // Whatever can be read of the body is used; the status alone is enough.
    let body = (try? await response.body.collect()) ?? []
    if Task.isCancelled { throw CallerLeft() }
    var failure = read(response.status, body)
    // Amazon's services name the kind of failure in a header: `ThrottlingException:http://…`.
    let named = response.headers["x-amzn-errortype"]?.split(separator: ":").first.map(String.init)
    failure.code = failure.code ?? named.map(ProviderFailure.oneLine)
    failure.retryAfterMilliseconds =
      failure.retryAfterMilliseconds ?? RetryAfter.milliseconds(in: response.headers, now: runtime.now())
    return failure
  }
}
