// What came of an answer goes to the caller, and what it tells about the attempt is noted.

import Wire

/// Hands on what arrives during one attempt.
struct Delivery {
  let runtime: Runtime
  /// When the attempt began, on the clock that never jumps.
  let began: Int64
  /// Keys and tokens, which must not go out with what a provider says.
  let secrets: [String]
  /// Everything that is told goes out at once, so that there is no way back after it.
  let isServed: Bool
  /// An answer whose caller has left is read to its end.
  let drains: Bool
  /// What usage costs, for callers that are told it with the usage.
  let price: (Usage) -> Cost
  let sink: (CallEvent) async throws -> Void

  /// Microseconds since the attempt began.
  var elapsed: Int64 { runtime.uptimeMicroseconds() - began }

  /// The provider answers, and well.
  func begin(_ head: AnswerHead, _ run: inout AttemptRun) async throws { try await tell(.answering(head), &run) }

  /// Tells events, but for a failure before anything has gone out: another attempt may do better.
  func tell(_ events: [ChatEvent], _ run: inout AttemptRun) async throws {
    guard !events.isEmpty else { return try checkCancellation(run) }
    try note(events, &run)
    if isServed {
      if run.failure != nil, !run.hasBegun { return }
      run.hasBegun = true
    }
    try await tell(.chat(events.map(told)), &run)
    try checkCancellation(run)
  }

  /// Forwards pieces of a stream as they came, with what was read of them.
  func forward<Format>(
    _ pieces: [ForwardedStream<Format>.Piece], _ events: [ChatEvent], wantsUsage: Bool, _ run: inout AttemptRun
  ) async throws {
    try note(events, &run)
    if run.failure != nil, !run.hasBegun { return }
    var bytes: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .bytes(let slice): bytes.isEmpty ? bytes = Array(slice) : bytes.append(contentsOf: slice)
      case .usageEvent(let frame):
        guard wantsUsage else { continue }
        bytes +=
          run.reply.reply.usage.flatMap { price($0).amount }
          .map { Format.adding(cost: $0.count, toUsageEvent: frame) } ?? Array(frame)
      }
    }
    if run.failure != nil { bytes = scrubbed(bytes) }
    if !bytes.isEmpty {
      run.hasBegun = true
      try await tell(.forwarded(bytes), &run)
    }
    try checkCancellation(run)
  }

  private func note(_ events: [ChatEvent], _ run: inout AttemptRun) throws {
    for event in events {
      try run.reply.add(scrubbed(event))
      if case .failed(let failure) = event { run.failure = run.failure ?? failure.scrubbed(of: secrets) }
      guard event.isContent else { continue }
      if run.firstTokenMicroseconds == nil { run.firstTokenMicroseconds = elapsed }
      if !isServed { run.hasBegun = true }
    }
  }

  private func tell(_ event: CallEvent, _ run: inout AttemptRun) async throws {
    guard !run.callerLeft else { return }
    do {
      try await sink(event)
    } catch {
      guard drains else { throw error }
      run.callerLeft = true
      run.wasInterrupted = true
    }
  }

  private func checkCancellation(_ run: AttemptRun) throws {
    if !run.callerLeft { try Task.checkCancellation() }
  }

  /// The event as the caller gets it.
  private func told(_ event: ChatEvent) -> ChatEvent {
    guard isServed, case .usage(var usage) = event else { return scrubbed(event) }
    usage.reportedCost = price(usage).amount?.count
    return .usage(usage)
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
