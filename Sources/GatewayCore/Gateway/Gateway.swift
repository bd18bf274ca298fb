// The one path of every call: prepare, attempt (and again), settle. The command line and the server both go this way.

import Wire

/// Makes calls and books them.
public final class Gateway: Sendable {
  public let catalog: Catalog
  let environment: Environment
  let keys: KeyStore?
  let keyCommands = KeyCommands()
  let tokens = TokenCache()
  let transport: Transport
  /// The open ledger, or why there is none: calls are made all the same, and the outcome says so.
  let ledger: Result<Ledger, LedgerFailure>
  let runtime: Runtime
  /// The program's version, as providers are told it.
  let version: String

  public init(
    catalog: Catalog, environment: Environment, keys: KeyStore?, transport: Transport,
    ledger: Result<Ledger, LedgerFailure>,
    runtime: Runtime, version: String
  ) {
    self.catalog = catalog
    self.environment = environment
    self.keys = keys
    self.transport = transport
    self.ledger = ledger
    self.runtime = runtime
    self.version = version
  }

  /// Makes a call and tells `sink` what happens as it happens.
  ///
  /// A slow sink slows the provider down. When it throws, or the task is cancelled, the call ends as interrupted.
  /// Whatever happens, the call is booked once before this returns.
  public func answer(_ call: Call, to sink: @escaping (CallEvent) async throws -> Void) async -> Outcome {
    let began = runtime.uptimeMicroseconds()
    var books = Books(ledger: ledger, call: call, id: runtime.makeID(), startedAt: runtime.now())

    let prepared: PreparedCall
    do {
      prepared = try prepare(call)
    } catch {
      return await reject(call, because: error, &books, began: began)
    }

    var run = await attempt(1, prepared, &books, sink)
    while let wait = retryWait(after: run, of: call) {
      await books.close(run, run.closing(prepared, at: runtime.now()), prepared)
      run.isClosed = true
      do {
        if let failure = run.failure {
          try await sink(.retrying(number: run.number, of: call.retries, after: failure, wait: wait))
        }
        try await runtime.sleep(wait)
      } catch {
        run.wasInterrupted = true
        break
      }
      run = await attempt(run.number + 1, prepared, &books, sink)
    }
    return await settle(call, run, prepared, &books, began: began)
  }

  /// How long to wait before the next attempt; `nil` when there is none.
  private func retryWait(after run: AttemptRun, of call: Call) -> Duration? {
    // What is held for a limited call pays for one answer: one that may have been made is not asked for again.
    let isPaidFor = call.costLimit != nil && run.mayBeBilled
    let isOver = run.hasBegun || run.isHopeless || run.wasInterrupted || isPaidFor
    guard let failure = run.failure, run.number <= call.retries, !isOver else { return nil }
    return RetryPolicy.wait(after: failure, attempt: run.number, random: runtime.random())
  }

  private func settle(
    _ call: Call, _ run: AttemptRun, _ prepared: PreparedCall, _ books: inout Books, began: Int64
  ) async -> Outcome {
    let now = runtime.now()
    let reply = run.reply.reply
    let closing = run.closing(prepared, at: now)
    let operation = OperationClosing(
      endedAt: now, status: closing.status, provider: call.target.provider.id, model: call.target.model,
      failureKind: closing.failureKind, failureMessage: closing.failureMessage, reply: reply.content.contentsText)
    await books.settle(run.isClosed ? nil : (run, closing), operation, prepared)

    var outcome = Outcome(id: books.operationID, status: closing.status, target: call.target)
    outcome.reply = reply
    outcome.sideReply = run.sideReply
    outcome.usage = closing.usage
    outcome.usageIsEstimated = closing.usageIsEstimated
    outcome.attempts = books.attempts
    outcome.cost = Cost.sum(of: books.attempts.map(\.cost))
    outcome.changes = prepared.changes
    outcome.failure = run.wasInterrupted ? nil : run.failure
    outcome.bookkeeping = books.failure
    outcome.keyOrigin = prepared.keyOrigin
    let attemptBegan = run.beganMicroseconds - began
    outcome.firstByteMicroseconds = run.firstByteMicroseconds.map { attemptBegan + $0 }
    outcome.firstTokenMicroseconds = run.firstTokenMicroseconds.map { attemptBegan + $0 }
    outcome.totalMicroseconds = runtime.uptimeMicroseconds() - began
    return outcome
  }

  /// Books a call that is not made.
  private func reject(
    _ call: Call, because rejection: Rejection, _ books: inout Books, began: Int64
  ) async -> Outcome {
    await books.settle(
      nil,
      OperationClosing(
        endedAt: runtime.now(), status: .rejected, provider: call.target.provider.id, model: call.target.model,
        failureKind: rejection.kind), nil)
    var outcome = Outcome(id: books.operationID, status: .rejected, target: call.target)
    outcome.rejection = rejection
    outcome.cost = Cost.sum(of: [])
    outcome.bookkeeping = books.failure
    outcome.totalMicroseconds = runtime.uptimeMicroseconds() - began
    if case .changes(let changes) = rejection { outcome.changes = changes }
    return outcome
  }
}
