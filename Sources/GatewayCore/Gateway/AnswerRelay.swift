// What came of an answer goes to the caller, in the caller's own format where it has one, and what it tells about the
// attempt is noted.

import Wire

/// Hands on what arrives during one attempt.
final class AnswerRelay {
  let runtime: Runtime
  private let prepared: PreparedCall
  /// Its id.
  private let operation: String
  /// When the attempt began, on the clock that never jumps.
  let began: Int64
  /// Keys and tokens, which must not go out with what a provider says.
  let secrets: [String]
  /// The client that is answered, and in whose words.
  let client: ClientCall?
  let heading: ReplyHeading?
  /// An answer whose caller has left is read to its end.
  let drains: Bool
  /// What usage costs, for callers that are told it with the usage.
  let price: (Usage) -> Cost
  let sink: (CallEvent) async throws -> Void

  init(
    of prepared: PreparedCall, _ run: AttemptRun, _ books: Books, _ runtime: Runtime,
    _ sink: @escaping (CallEvent) async throws -> Void
  ) {
    let terms = PricingTerms(at: run.startedAt, serviceTier: prepared.request.serviceTier)
    let card = prepared.target.facts?.prices
    self.runtime = runtime
    self.prepared = prepared
    operation = books.operationID
    self.sink = sink
    began = run.beganMicroseconds
    secrets = prepared.secrets
    client = prepared.client
    heading = prepared.client.map {
      ReplyHeading(
        id: books.operationID, answering: $0.request, createdAt: Int(books.startedAt.seconds), from: prepared.dialect)
    }
    drains = prepared.target.provider.onDisconnect == .drain
    price = { Cost(of: $0, isEstimate: false, card: card, terms: terms) }
  }

  /// Microseconds since the attempt began.
  var elapsed: Int64 { runtime.uptimeMicroseconds() - began }

  /// Whether the answer goes to a client piece by piece: then there is no way back after the first one.
  private var streamsToClient: Bool { client?.request.request.streams == true }

  /// The provider answers: well, or with `status` and `headers` that are passed on.
  func begin(
    _ run: AttemptRun, as status: Int = 200, _ headers: [(name: String, value: String)] = []
  ) async throws {
    try await tell(.answering(head(run, status, headers)), run)
  }

  @inline(never)  // what it works with would stand in the frame of the async caller
  private func head(_ run: AttemptRun, _ status: Int, _ headers: [(name: String, value: String)]) -> AnswerHead {
    var head = AnswerHead(id: operation, target: prepared.target, attempt: run.number, changes: prepared.changes)
    (head.status, head.headers) = (status, headers)
    return head
  }

  /// Tells events, but for a failure before anything has gone out: another attempt may do better.
  func tell(_ events: [ChatEvent], _ run: AttemptRun) async throws {
    try note(events, run)
    if client == nil {
      if !events.isEmpty { try await tell(.chat(events.map(scrubbed)), run) }
    } else if streamsToClient {
      try await tell(bytes(of: events, run), run)
    }
    try checkCancellation(run)
  }

  /// What a client gets to see of the events; nothing when the answer has failed before anything went out.
  @inline(never)  // as above
  private func bytes(of events: [ChatEvent], _ run: AttemptRun) -> [UInt8] {
    guard !events.isEmpty, run.failure == nil || run.hasBegun else { return [] }
    if run.failure != nil { run.failureIsTold = true }
    var bytes: [UInt8] = []
    encode(events.map(priced), into: &bytes, run)
    return bytes
  }

  /// Tells an answer that came whole.
  func tell(_ reply: ChatReply, _ run: AttemptRun) async throws {
    if client == nil || streamsToClient { return try await tell(reply.events, run) }
    // Its client gets it at the end: there is no need to take it apart and to put it together again.
    run.reply = ChatReplyBuilder(reply)
    if !reply.content.isEmpty { run.firstTokenMicroseconds = run.firstTokenMicroseconds ?? elapsed }
    try checkCancellation(run)
  }

  /// Forwards pieces of a stream as they came, with what was read of them.
  func forward<Format>(
    _ pieces: [ForwardedStream<Format>.Piece], _ events: [ChatEvent], _ run: AttemptRun
  ) async throws {
    try await tell(bytes(of: pieces, events, run), run)
    try checkCancellation(run)
  }

  /// What goes out of pieces of a stream; nothing when it has failed before anything went out.
  @inline(never)  // as above
  private func bytes<Format>(
    of pieces: [ForwardedStream<Format>.Piece], _ events: [ChatEvent], _ run: AttemptRun
  ) throws -> [UInt8] {
    try note(events, run)
    guard run.failure == nil || run.hasBegun else { return [] }
    var bytes: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .bytes(let slice): bytes.isEmpty ? bytes = Array(slice) : bytes.append(contentsOf: slice)
      case .usageEvent(let frame):
        guard client?.request.wantsStreamUsage == true else { continue }
        bytes +=
          run.reply.reply.usage.flatMap { price($0).amount }
          .map { Format.adding(cost: $0.count, toUsageEvent: frame) } ?? Array(frame)
      }
    }
    if run.failure != nil {
      run.failureIsTold = true
      bytes = scrubbed(bytes)
    }
    return bytes
  }

  /// Passes bytes on that nobody here has to understand.
  func pass(_ bytes: [UInt8], _ run: AttemptRun) async throws {
    try await tell(bytes, run)
    try checkCancellation(run)
  }

  /// The attempt is over: a client that has seen something of it is told the end, or the failure.
  ///
  /// `hasGoneOut` says that it has seen something, though no part of the answer.
  func end(_ run: AttemptRun, hasGoneOut: Bool) async {
    guard let client, let heading, !run.wasInterrupted, !run.callerLeft else { return }
    guard streamsToClient else { return encodeWhole(run, for: client, under: heading) }
    do {
      try await tell(lastBytes(run, hasGoneOut: hasGoneOut), run)
    } catch {
      run.wasInterrupted = true
    }
  }

  @inline(never)  // what it works with would stand in the frame of the async caller
  private func encodeWhole(_ run: AttemptRun, for client: ClientCall, under heading: ReplyHeading) {
    guard run.failure == nil, run.body == nil, run.sideReply == nil, let format = client.dialect.served else { return }
    let encoded = format.encodeReply(priced(run.reply.reply), under: heading)
    run.body = encoded.body
    run.replyChanges = encoded.changes.map(format.named)
  }

  @inline(never)  // as above
  private func lastBytes(_ run: AttemptRun, hasGoneOut: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    if run.failure == nil {
      run.encoder?.finish(into: &bytes)
    } else if run.hasBegun || hasGoneOut, !run.failureIsTold, let failure = run.failure {
      encode([.failed(failure.scrubbed(of: secrets))], into: &bytes, run)
      run.encoder?.finish(into: &bytes)
    }
    run.replyChanges = run.encoder?.changes ?? []
    return bytes
  }

  private func encode(_ events: [ChatEvent], into bytes: inout [UInt8], _ run: AttemptRun) {
    if run.encoder == nil, let heading { run.encoder = client?.dialect.served?.makeStreamEncoder(under: heading) }
    run.encoder?.encode(events, into: &bytes)
  }

  private func tell(_ bytes: [UInt8], _ run: AttemptRun) async throws {
    guard !bytes.isEmpty else { return }
    run.hasBegun = true
    try await tell(.bytes(bytes), run)
  }

  private func tell(_ event: CallEvent, _ run: AttemptRun) async throws {
    guard !run.callerLeft else { return }
    do {
      try await sink(event)
    } catch {
      guard drains else { throw error }
      run.callerLeft = true
      run.wasInterrupted = true
    }
  }

  private func note(_ events: [ChatEvent], _ run: AttemptRun) throws {
    for event in events {
      if case .failed(let failure) = event {
        run.failure = run.failure ?? failure.scrubbed(of: secrets)
        try run.reply.add(scrubbed(event))
        continue
      }
      try run.reply.add(event)
      guard event.isContent else { continue }
      if run.firstTokenMicroseconds == nil { run.firstTokenMicroseconds = elapsed }
      if client == nil { run.hasBegun = true }
    }
  }

  private func checkCancellation(_ run: AttemptRun) throws {
    if !run.callerLeft { try Task.checkCancellation() }
  }

  // MARK: What the caller gets to see

  private func priced(_ event: ChatEvent) -> ChatEvent {
    guard case .usage(var usage) = event else { return scrubbed(event) }
    usage.reportedCost = price(usage).amount?.count
    return .usage(usage)
  }

  private func priced(_ reply: ChatReply) -> ChatReply {
    guard let usage = reply.usage else { return reply }
    var reply = reply
    reply.usage?.reportedCost = price(usage).amount?.count
    return reply
  }

  private func scrubbed(_ event: ChatEvent) -> ChatEvent {
    guard case .failed(let failure) = event else { return event }
    return .failed(failure.scrubbed(of: secrets))
  }

  private func scrubbed(_ bytes: [UInt8]) -> [UInt8] {
    guard secrets.contains(where: { !$0.isEmpty && bytes.contains($0.utf8) }) else { return bytes }
    return Array(secrets.reduce(String(decoding: bytes, as: UTF8.self)) { $0.replacing($1, with: "[key]") }.utf8)
  }
}
