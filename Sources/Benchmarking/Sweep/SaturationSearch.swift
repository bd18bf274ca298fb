// Where a target can take no more: the load is doubled until it does not take it, then the point in between is found.

import Glibc

/// Which load to try next, given how the last ones went.
package struct SaturationSearch: Sendable, Equatable {
  package enum Kind: String, CaseIterable, Sendable {
    /// Requests a second, in an open loop.
    case rate
    /// Requests at a time, in a closed loop.
    case concurrency
  }

  /// What a sweep found.
  package struct Finding: Sendable, Equatable {
    /// Of rates the highest that was taken; of requests at a time the fewest with which throughput was at its highest.
    package var level: Double
    /// Good answers a second: there, or the highest.
    package var throughput: Double
    /// False when the search ended before the target was saturated.
    package var isSaturated: Bool
  }

  package let kind: Kind
  private let start: Double
  private let most: Double
  package private(set) var steps: [StepResult] = []

  /// The point is known when it lies between two loads so close to each other.
  package static let precision = 1.05
  /// Doubling the requests at a time brings at least this much more throughput, or the target is saturated.
  package static let leastGain = 1.1
  /// A load that brings this share of the highest throughput is as good as saturation.
  package static let plateau = 0.95
  package static let mostSteps = 40

  /// Loads above `most` are not tried.
  package init(_ kind: Kind, from start: Double, atMost most: Double) {
    self.kind = kind
    self.start = start
    self.most = most
  }

  package mutating func note(_ step: StepResult) { steps.append(step) }

  /// The next load; `nil` when the point is known or cannot be.
  package var next: Double? {
    guard let lowest = sorted.first, let highest = sorted.last else { return start }
    guard steps.count < Self.mostSteps else { return nil }
    if let (taken, refused) = bracket { return middle(taken.level, refused.level) }
    if isTaken(highest) { return highest.level < most ? min(highest.level * 2, most) : nil }
    // Saturated from the first step on.
    return lowest.level > least ? max(rounded(lowest.level / 2), least) : nil
  }

  private func middle(_ low: Double, _ high: Double) -> Double? {
    guard high / low > Self.precision else { return nil }
    let middle = rounded((low * high).squareRoot())
    return middle > low && middle < high ? middle : nil
  }

  package var finding: Finding? {
    guard let lowest = sorted.first else { return nil }
    let isSaturated = !sorted.allSatisfy(isTaken)
    let best =
      kind == .rate
      ? sorted.last(where: isTaken) ?? lowest : sorted.first { !isTaken($0) } ?? sorted.last ?? lowest
    let throughput = kind == .rate ? best.throughput : sorted.map(\.throughput).max() ?? 0
    return Finding(level: best.level, throughput: throughput, isSaturated: isSaturated)
  }

  private var sorted: [StepResult] { steps.sorted { $0.level < $1.level } }

  /// The lowest load that was not taken, and the highest below it.
  private var bracket: (taken: StepResult, refused: StepResult)? {
    guard let refused = sorted.first(where: { !isTaken($0) }),
      let taken = sorted.last(where: { $0.level < refused.level })
    else { return nil }
    return (taken, refused)
  }

  /// More load brings more answers, or at least as many as are asked for.
  private func isTaken(_ step: StepResult) -> Bool {
    if step.trouble != nil { return false }
    guard kind == .concurrency, let plateau = plateauThroughput else { return true }
    return step.throughput < plateau * Self.plateau
  }

  /// The highest throughput, once more requests at a time have stopped to raise it.
  private var plateauThroughput: Double? {
    let isReached = zip(sorted, sorted.dropFirst()).contains { lower, higher in
      higher.level >= lower.level * 2 && higher.throughput < lower.throughput * Self.leastGain
    }
    return isReached ? sorted.map(\.throughput).max() : nil
  }

  private var least: Double { kind == .rate ? 0.01 : 1 }

  private func rounded(_ level: Double) -> Double {
    // Requests at a time are whole; of rates, three digits are more than a sweep can tell apart.
    guard kind == .rate else { return level.rounded() }
    let scale = pow(10, 2 - log10(level).rounded(.down))
    return (level * scale).rounded() / scale
  }
}
