// Which request comes next, and when. Knows no clock and sends nothing.

/// Hands out the requests of a plan one after another.
package struct LoadSchedule: Sendable {
  private let plan: LoadPlan
  private var interleaving: Interleaving
  private var arrivals: ArrivalTimes?
  private var number = 0
  private var measured = 0
  /// When the first request that counts was meant to start.
  private var measuringSince: Int64?
  private var isWarmingUp = true

  package init(_ plan: LoadPlan) {
    self.plan = plan
    interleaving = Interleaving(targets: plan.targets, seed: plan.seed)
    if case .open(let perSecond, let kind) = plan.load {
      arrivals = ArrivalTimes(perSecond: perSecond, kind, ramp: plan.ramp, seed: plan.seed ^ Self.ofArrivals)
    }
  }

  /// So that order and arrivals are drawn apart.
  private static let ofArrivals: UInt64 = 0xA5A5_A5A5_A5A5_A5A5

  /// The next request; `nil` when the plan is fulfilled.
  ///
  /// In a closed loop it is meant to start now.
  package mutating func next(at now: Int64) -> PlannedRequest? {
    if let requests = plan.requests, measured >= requests * plan.targets { return nil }
    guard number < LoadPlan.mostRequests else { return nil }
    let intended = arrivals?.next() ?? now
    let place = interleaving.next()
    // Whole rounds, so that each target is warmed up as often as the others.
    if isWarmingUp, place.isFirstOfRound { isWarmingUp = isWarmUp(round: place.round, intended) }
    if !isWarmingUp {
      let since = measuringSince ?? intended
      measuringSince = since
      if let duration = plan.duration, intended - since >= duration { return nil }
      measured += 1
    }
    defer { number += 1 }
    return PlannedRequest(
      number: number, target: place.target, round: place.round, intended: intended, isWarmUp: isWarmingUp)
  }

  private func isWarmUp(round: Int, _ intended: Int64) -> Bool {
    if intended < plan.ramp { return true }
    switch plan.warmUp {
    case .requests(let count): return round < count
    case .time(let time): return intended < time
    }
  }

  /// Requests handed out so far.
  package var handedOut: Int { number }
}
