// The way of one call through the targets of its plan.

import Wire

/// A call as it was sent, and what came of it.
struct Attempted {
  let prepared: PreparedCall
  let run: AttemptRun
}

/// Where a call has been so far.
struct Way {
  /// The last target that was tried.
  private(set) var last: Attempted?
  /// Why the first target that could not be tried was not.
  private(set) var rejection: Rejection?
  private let plan: Plan
  private var steps: [Decision.Step] = []

  init(_ plan: Plan) {
    self.plan = plan
    steps = plan.passedOver.map { Decision.Step(target: $0.name, verdict: .skipped, why: $0.why) }
  }

  mutating func skip(_ target: Target, because rejection: Rejection) {
    self.rejection = self.rejection ?? rejection
    steps.append(Decision.Step(target: target.name, verdict: .skipped, why: rejection.kind))
  }

  mutating func took(_ prepared: PreparedCall, _ run: AttemptRun) { last = Attempted(prepared: prepared, run: run) }

  /// The next target is tried; the last attempt is closed in the books.
  mutating func leaveLast(because failure: ProviderFailure) {
    guard let target = last?.prepared.target else { return }
    last?.run.isClosed = true
    steps.append(Decision.Step(target: target.name, verdict: .failed, why: failure.kind.rawValue))
  }

  mutating func interruptLast() { last?.run.wasInterrupted = true }

  /// The record of it; `nil` without a route, where there was nothing to decide.
  @inline(never)  // what it works with would stand in the frame of the async caller
  func decision(endingWith run: AttemptRun?) -> Decision? {
    guard let route = plan.route else { return nil }
    var decision = Decision(route: route.name, strategy: route.strategy)
    decision.steps = steps
    let seen = Set(steps.map(\.target))
    if let last, !seen.contains(last.prepared.target.name) {
      let failure = run?.failure
      decision.steps.append(
        Decision.Step(
          target: last.prepared.target.name, verdict: failure == nil ? .taken : .failed, why: failure?.kind.rawValue))
    }
    let named = Set(decision.steps.map(\.target))
    decision.steps += plan.targets.filter { !named.contains($0.name) }.map {
      Decision.Step(target: $0.name, verdict: .unused)
    }
    return decision
  }
}
