// Which of two is faster, said only where chance is no explanation.

/// One figure of two targets side by side.
package struct Comparison: Sendable {
  /// What is compared: less of it is better.
  package enum Figure: Sendable, Equatable {
    case time(Measure, Statistic)
    /// The mean of what a good answer costs.
    case cost

    /// `ttft p50`.
    package var text: String {
      switch self {
      case .time(let measure, let statistic): "\(measure.rawValue) \(statistic.rawValue)"
      case .cost: "cost per request"
      }
    }

    package var statistic: Statistic {
      if case .time(_, let statistic) = self { statistic } else { .mean }
    }

    func values(of target: TargetSummary) -> Distribution? {
      if case .time(let measure, _) = self { target.times[measure] } else { target.costs }
    }
  }

  /// How the second lies to the first.
  package enum Verdict: String, Sendable {
    case lower, higher
    /// The interval of the difference includes zero.
    case undecided
  }

  package let figure: Figure
  package let first: String
  package let second: String
  /// Microseconds, or picodollars.
  package let firstValue: Double
  package let secondValue: Double
  package let verdict: Verdict
  /// Of the intervals: what is left of 95 % when many comparisons share it.
  package let confidence: Double
  private let bootstraps: (first: BootstrapDistribution, second: BootstrapDistribution)

  /// Microseconds or picodollars by which the second is above the first.
  package var difference: ClosedRange<Double> {
    bootstraps.second.difference(to: bootstraps.first, confidence: confidence)
  }

  /// The second by the first; `nil` where zeros are among them.
  package var ratio: ClosedRange<Double>? {
    bootstraps.second.ratio(to: bootstraps.first, confidence: confidence)
  }

  /// `nil` when one of them has not got the figure.
  init?(_ pair: Pair, _ figure: Figure, confidence: Double) {
    guard let first = figure.values(of: pair.first), let second = figure.values(of: pair.second),
      let one = first.bootstrap(figure.statistic), let other = second.bootstrap(figure.statistic)
    else { return nil }
    self.figure = figure
    self.first = pair.first.name
    self.second = pair.second.name
    firstValue = first.value(figure.statistic)
    secondValue = second.value(figure.statistic)
    self.confidence = confidence
    bootstraps = (one, other)
    let tail = (1 - confidence) / 2
    let (below, above) = other.signs(minus: one)
    verdict = 1 - above < tail ? .higher : 1 - below < tail ? .lower : .undecided
  }

  // MARK: Many of them

  /// Two targets that are compared.
  struct Pair {
    var first: TargetSummary
    var second: TargetSummary
  }

  /// The middle and the slow end of one time of each kind, and the cost: what the others add is hardly news.
  static let figures =
    [Measure.ttft, .tpot, .e2e, .response].flatMap { measure in
      [Statistic.p50, .p95].map { Figure.time(measure, $0) }
    } + [.cost]

  /// Every target with every other; so that all verdicts together are wrong in at most 5 % of runs between equals,
  /// each takes its part of the 5 % (Bonferroni).
  package static func all(_ targets: [TargetSummary]) -> [Comparison] {
    let pairs = targets.indices.flatMap { first in
      targets.indices.dropFirst(first + 1).map { Pair(first: targets[first], second: targets[$0]) }
    }
    return all(pairs)
  }

  static func all(_ pairs: [Pair]) -> [Comparison] {
    let asked = pairs.flatMap { pair in figures.filter { isComparable(pair, $0) }.map { (pair, $0) } }
    let confidence = 1 - 0.05 / Double(max(asked.count, 1))
    return asked.compactMap { Comparison($0, $1, confidence: confidence) }
  }

  private static func isComparable(_ pair: Pair, _ figure: Figure) -> Bool {
    guard let first = figure.values(of: pair.first), let second = figure.values(of: pair.second) else { return false }
    // What someone has to wait takes the place of what the request took, where the two differ.
    let waits = [pair.first, pair.second].contains { $0.times[.response] != $0.times[.e2e] }
    if case .time(let measure, _) = figure, measure == (waits ? .e2e : .response) { return false }
    return first.isDense(at: figure.statistic) && second.isDense(at: figure.statistic)
  }
}
