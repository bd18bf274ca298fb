// Which of two is faster, said only where chance is no explanation.

/// One figure of two targets side by side.
package struct Comparison: Sendable {
  /// How the second lies to the first.
  package enum Verdict: String, Sendable {
    case lower, higher
    /// The interval of the difference includes zero.
    case undecided
  }

  package let measure: Measure
  package let statistic: Statistic
  package let first: String
  package let second: String
  package let firstValue: Double
  package let secondValue: Double
  package let verdict: Verdict
  /// Of the intervals: what is left of 95 % when many comparisons share it.
  package let confidence: Double
  private let bootstraps: (first: BootstrapDistribution, second: BootstrapDistribution)

  /// Microseconds by which the second is above the first.
  package var difference: ClosedRange<Double> {
    bootstraps.second.difference(to: bootstraps.first, confidence: confidence)
  }

  /// The second by the first; `nil` where zeros are among them.
  package var ratio: ClosedRange<Double>? {
    bootstraps.second.ratio(to: bootstraps.first, confidence: confidence)
  }

  /// `nil` when one of them has not got the figure.
  init?(_ pair: Pair, _ measure: Measure, _ statistic: Statistic, confidence: Double) {
    guard let first = pair.first.times[measure], let second = pair.second.times[measure],
      let one = first.bootstrap(statistic), let other = second.bootstrap(statistic)
    else { return nil }
    self.measure = measure
    self.statistic = statistic
    self.first = pair.first.name
    self.second = pair.second.name
    firstValue = first.value(statistic)
    secondValue = second.value(statistic)
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

  /// The figures that are compared: the middle and the slow end.
  static let statistics = [Statistic.p50, .p95]
  /// One of each kind: what the others add is hardly news.
  static let measures = [Measure.ttft, .tpot, .e2e, .response]

  /// Every target with every other; so that all verdicts together are wrong in at most 5 % of runs between equals,
  /// each takes its part of the 5 % (Bonferroni).
  package static func all(_ targets: [TargetSummary]) -> [Comparison] {
    let pairs = targets.indices.flatMap { first in
      targets.indices.dropFirst(first + 1).map { Pair(first: targets[first], second: targets[$0]) }
    }
    return all(pairs)
  }

  static func all(_ pairs: [Pair]) -> [Comparison] {
    let asked = pairs.flatMap { pair in
      measures.flatMap { measure in
        statistics.filter { isComparable(pair, measure, $0) }.map { (pair, measure, $0) }
      }
    }
    let confidence = 1 - 0.05 / Double(max(asked.count, 1))
    return asked.compactMap { Comparison($0, $1, $2, confidence: confidence) }
  }

  private static func isComparable(_ pair: Pair, _ measure: Measure, _ statistic: Statistic) -> Bool {
    guard let first = pair.first.times[measure], let second = pair.second.times[measure] else { return false }
    // What someone has to wait takes the place of what the request took, where the two differ.
    let waits = [pair.first, pair.second].contains { $0.times[.response] != $0.times[.e2e] }
    if measure == (waits ? .e2e : .response) { return false }
    return first.isDense(at: statistic) && second.isDense(at: statistic)
  }
}
