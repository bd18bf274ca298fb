// What load a run lays on its targets, and how much of it.

/// How many requests are sent, and when.
package struct LoadPlan: Sendable, Equatable {
  /// What is sent first and counts for nothing: connections are made, caches of the servers fill.
  package enum WarmUp: Sendable, Equatable {
    /// So many requests to each target.
    case requests(Int)
    /// All that starts in the first microseconds.
    case time(Int64)
  }

  /// How many targets there are.
  package var targets: Int
  /// For all targets together.
  package var load: RunRecord.Load
  /// So many to each target, warm-up not counted; `nil` for as many as the duration allows.
  package var requests: Int?
  /// Microseconds from the first request that counts to the last that may start.
  package var duration: Int64?
  package var warmUp = WarmUp.requests(0)
  /// Microseconds in which the load rises to its full height; what starts in them is warm-up.
  package var ramp: Int64 = 0
  /// Of the order, of Poisson arrivals and of what synthetic prompts say.
  package var seed: UInt64

  package init(targets: Int, load: RunRecord.Load, seed: UInt64) {
    self.targets = targets
    self.load = load
    self.seed = seed
  }

  /// All samples of a run are held in memory.
  package static let mostRequests = 1_000_000
  /// More under way at once are more than a target that keeps up would have.
  package static let mostUnderWay = 4_096

  /// How many requests there will be, warm-up included; `nil` when only time tells.
  package var expectedRequests: Int? {
    var expected: Double?
    if let requests { expected = Double(requests) * Double(targets) }
    if case .open(let perSecond, _) = load, let duration {
      expected = min(expected ?? .infinity, perSecond * Double(duration) / 1_000_000)
    }
    return expected.map { Int(min($0.rounded(.up) + warmUpRequests, 1e15)) }
  }

  private var warmUpRequests: Double {
    let rate: Double = if case .open(let perSecond, _) = load { perSecond } else { 0 }
    // While the load rises it is half of the full one.
    let rising = Double(ramp) / 2
    switch warmUp {
    case .requests(let count): return max(Double(count * targets), rate * rising / 1_000_000)
    case .time(let time): return rate * max(Double(time) - rising, rising) / 1_000_000
    }
  }

  /// Microseconds until the last request starts; `nil` when only the answers tell.
  package var expectedTime: Int64? {
    if let duration, requests == nil { return duration + ramp }
    guard case .open(let perSecond, _) = load, let expectedRequests else { return duration.map { $0 + ramp } }
    return Int64(Double(expectedRequests) / perSecond * 1_000_000) + ramp / 2
  }
}

/// One request that is to be sent.
package struct PlannedRequest: Sendable, Equatable {
  /// Its place in the run, counted from 0.
  package var number: Int
  package var target: Int
  /// In a round each target gets the same prompt once.
  package var round: Int
  /// When it is meant to start, in microseconds since the run began.
  package var intended: Int64
  package var isWarmUp: Bool
}
