// The one path of every call: plan, prepare, attempt (and again, or elsewhere), settle. The command line and the server
// both go this way.

import Wire

/// Makes calls and books them.
public final class Gateway: Sendable {
  public let catalog: Catalog
  let credentials: CredentialShelf
  let tokens = TokenCache()
  let transport: Transport
  /// The open ledger, or why there is none: calls are made all the same, and the outcome says so.
  let ledger: Result<Ledger, LedgerFailure>
  let runtime: Runtime
  /// Whose calls are let in, and how many; `nil` where there are no virtual keys.
  let governance: Governance?
  /// The program's version, as providers are told it.
  let version: String

  public init(
    catalog: Catalog, environment: Environment, keys: KeyStore?, transport: Transport,
    ledger: Result<Ledger, LedgerFailure>, governance: Governance? = nil, runtime: Runtime, version: String
  ) {
    self.catalog = catalog
    credentials = CredentialShelf(environment: environment, keys: keys, runtime: runtime)
    self.transport = transport
    self.ledger = ledger
    self.governance = governance
    self.runtime = runtime
    self.version = version
  }

  /// Requests to providers that are under way.
  package var transfers: Int { transport.transfers }

  /// Units that wait to be booked.
  package var ledgerQueue: Int { (try? ledger.get())?.waiting ?? 0 }

  /// Ends of calls that could not be booked.
  package var ledgerFailures: Int { (try? ledger.get())?.failures ?? 0 }

  /// Why nothing can be booked at the moment; `nil` when all is well.
  package func ledgerProblem() async -> String? {
    switch ledger {
    case .failure(let failure): return failure.description
    case .success(let ledger):
      do {
        try await ledger.flush()
        return nil
      } catch {
        return error.description
      }
    }
  }

  /// Makes a call and tells `sink` what happens as it happens.
  ///
  /// A slow sink slows the provider down. When it throws, or the task is cancelled, the call ends as interrupted.
  /// Whatever happens, the call is booked once before this returns. `hasGoneOut` says that the caller has seen something
  /// that cannot be taken back, though no part of an answer was told: then no further attempt is made.
  public func answer(
    _ call: Call, hasGoneOut: () -> Bool = { false }, to sink: @escaping (CallEvent) async throws -> Void
  ) async -> Outcome {
    await answer(Kept(call), hasGoneOut: hasGoneOut, to: sink).value
  }

  /// The same for a call and an outcome that are kept in one place: as values they would stand in the frame of each
  /// function on the way.
  package func answer(
    _ call: Kept<Call>, hasGoneOut: () -> Bool = { false }, to sink: @escaping (CallEvent) async throws -> Void
  ) async -> Kept<Outcome> {
    let began = runtime.uptimeMicroseconds()
    let books = Books(ledger: ledger, call: call.value, id: runtime.makeID(), startedAt: runtime.now())
    var way = Way(call.value.plan)
    let hold: Hold?
    do {
      hold = try admit(call.value)
    } catch {
      return await reject(call, because: error, way, books, began: began)
    }
    defer { settle(hold, books.closings) }

    let targets = call.value.plan.targets
    for (index, target) in targets.enumerated() {
      guard let prepared = await prepared(call, for: target, &way) else { continue }
      let run = await attempts(of: call, prepared, after: way.last?.run, books, hasGoneOut, sink, began: began)
      way.took(prepared, run)
      guard index + 1 < targets.count, let failure = reasonToMoveOn(run, call, hasGoneOut, began: began) else { break }
      await books.close(run, run.closing(prepared, at: runtime.now()), prepared)
      way.leaveLast(because: failure)
      do {
        try await sink(.movingOn(from: target, after: failure))
      } catch {
        way.interruptLast()
        break
      }
    }
    guard let last = way.last else {
      return await reject(
        call, because: way.rejection ?? .invalidRequest("there is no target"), way, books, began: began)
    }
    return await settle(last, way, books, began: began)
  }

  /// The call as `target` gets it; `nil`, with the reason on the way, when it cannot be made there.
  @inline(never)  // what it works with would stand in the frame of its caller, for as long as a stream runs
  private func prepared(_ call: Kept<Call>, for target: Target, _ way: inout Way) async -> PreparedCall? {
    await credentials.load(for: target.provider)
    do {
      return try prepare(call.value, to: target)
    } catch {
      way.skip(target, because: error)
      return nil
    }
  }

  /// Why the next target is to be tried; `nil` when nothing more can or need be tried.
  @inline(never)  // as above
  private func reasonToMoveOn(
    _ run: AttemptRun, _ call: Kept<Call>, _ hasGoneOut: () -> Bool, began: Int64
  ) -> ProviderFailure? {
    guard let failure = run.failure, FailurePolicy.remedy(for: failure.kind) != .end, !isOver(run, call, hasGoneOut),
      timeLeft(of: call, began: began) > .zero
    else { return nil }
    return failure
  }

  /// Attempts at one target: one, and more while waiting may help.
  @inline(never)  // as above
  private func attempts(
    of call: Kept<Call>, _ prepared: PreparedCall, after before: AttemptRun?, _ books: Books,
    _ hasGoneOut: () -> Bool, _ sink: @escaping (CallEvent) async throws -> Void, began: Int64
  ) async -> AttemptRun {
    let firstNumber = (before?.number ?? 0) + 1
    prepared.end(within: timeLeft(of: call, began: began))
    var run = await attempt(firstNumber, before == nil ? .primary : .fallback, prepared, books, hasGoneOut, sink)
    while let retry = retry(after: run, number: run.number - firstNumber + 1, call, hasGoneOut, began: began) {
      await books.close(run, run.closing(prepared, at: runtime.now()), prepared)
      run.isClosed = true
      do {
        try await sink(retry.event)
        try await runtime.sleep(retry.wait)
      } catch {
        run.wasInterrupted = true
        break
      }
      prepared.end(within: timeLeft(of: call, began: began))
      run = await attempt(run.number + 1, .retry, prepared, books, hasGoneOut, sink)
    }
    return run
  }

  /// How long to wait before attempt `number` is made again, and what the caller is told of it; `nil` when it is not.
  @inline(never)  // as above
  private func retry(
    after run: AttemptRun, number: Int, _ call: Kept<Call>, _ hasGoneOut: () -> Bool, began: Int64
  ) -> (wait: Duration, event: CallEvent)? {
    let most = call.value.mostRetries
    guard let failure = run.failure, !isOver(run, call, hasGoneOut), number <= most,
      let wait = FailurePolicy.wait(after: failure, attempt: number, random: runtime.random()),
      wait < timeLeft(of: call, began: began)
    else { return nil }
    return (wait, .retrying(number: number, of: most, after: failure, wait: wait))
  }

  /// How long the call may still take, all its attempts and waits together.
  private func timeLeft(of call: Kept<Call>, began: Int64) -> Duration {
    guard let total = call.value.timeouts.total else { return .seconds(Int64.max / 2) }
    return total - .microseconds(runtime.uptimeMicroseconds() - began)
  }

  /// Whether nothing more can be tried, whatever the failure.
  private func isOver(_ run: AttemptRun, _ call: Kept<Call>, _ hasGoneOut: () -> Bool) -> Bool {
    // What is held for a limited call pays for one answer: one that may have been made is not asked for again.
    let isPaidFor = call.value.costLimit != nil && run.mayBeBilled
    return run.hasBegun || hasGoneOut() || run.isHopeless || run.wasInterrupted || isPaidFor
  }

  @inline(never)  // as above
  private func settle(_ last: Attempted, _ way: Way, _ books: Books, began: Int64) async -> Kept<Outcome> {
    let end = end(of: last, way)
    await books.settle(
      last.run.isClosed ? nil : (last.run, end.value.attempt), end.value.operation, last.prepared)
    return outcome(of: last, end, books, began: began)
  }

  /// How a call is closed in the books.
  private struct End {
    var attempt: AttemptClosing
    var operation: OperationClosing
    var reply: ChatReply
  }

  @inline(never)  // as above
  private func end(of last: Attempted, _ way: Way) -> Kept<End> {
    let now = runtime.now()
    let reply = last.run.reply.reply
    let closing = last.run.closing(last.prepared, reply, at: now)
    let target = last.prepared.target
    var operation = OperationClosing(
      endedAt: now, status: closing.status, provider: target.provider.id, model: target.model,
      failureKind: closing.failureKind, failureMessage: closing.failureMessage,
      reply: reply.content.contentsText)
    operation.decision = way.decision(endingWith: last.run)?.json.text
    return Kept(End(attempt: closing, operation: operation, reply: reply))
  }

  @inline(never)  // as above
  private func outcome(of last: Attempted, _ end: Kept<End>, _ books: Books, began: Int64) -> Kept<Outcome> {
    let (prepared, run) = (last.prepared, last.run)
    let closing = end.value.attempt
    var outcome = Outcome(id: books.operationID, status: closing.status, target: prepared.target)
    outcome.reply = end.value.reply
    if let side = run.sideReply { outcome.sideReply = side }
    outcome.body = run.body
    outcome.usage = closing.usage
    outcome.usageIsEstimated = closing.usageIsEstimated
    outcome.attempts = books.attempts
    outcome.cost = Cost.sum(of: books.attempts.map(\.cost))
    outcome.changes = closing.changes
    outcome.failure = run.wasInterrupted ? nil : run.failure
    outcome.bookkeeping = books.failure
    outcome.keyOrigin = prepared.keyOrigin
    let attemptBegan = run.beganMicroseconds - began
    outcome.firstByteMicroseconds = run.firstByteMicroseconds.map { attemptBegan + $0 }
    outcome.firstTokenMicroseconds = run.firstTokenMicroseconds.map { attemptBegan + $0 }
    outcome.totalMicroseconds = runtime.uptimeMicroseconds() - began
    return Kept(outcome)
  }

  /// Books a call that is not made.
  @inline(never)  // twice in the frame of its caller otherwise, for as long as a stream runs
  private func reject(
    _ call: Kept<Call>, because rejection: Rejection, _ way: Way, _ books: Books, began: Int64
  ) async -> Kept<Outcome> {
    let target = call.value.target
    var closing = OperationClosing(
      endedAt: runtime.now(), status: .rejected, provider: target.provider.id, model: target.model,
      failureKind: rejection.kind)
    closing.decision = way.decision(endingWith: nil)?.json.text
    await books.settle(nil, closing, nil)
    var outcome = Outcome(id: books.operationID, status: .rejected, target: target)
    outcome.rejection = rejection
    outcome.cost = Cost.sum(of: [])
    outcome.bookkeeping = books.failure
    outcome.totalMicroseconds = runtime.uptimeMicroseconds() - began
    if case .changes(let changes) = rejection { outcome.changes = changes }
    return Kept(outcome)
  }
}
