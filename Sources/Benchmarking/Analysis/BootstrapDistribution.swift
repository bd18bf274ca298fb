// The bootstrap without drawing: what a figure becomes when a run is resampled endlessly often has a closed form.

import Glibc

/// The values a statistic takes in resamples of what was measured, each with its probability.
///
/// The k-th smallest of n values drawn with replacement is the value at place `U` of those measured, `U` being the k-th
/// smallest of n uniform numbers, which has a beta distribution: that is a percentile's. The one of a mean is a normal
/// distribution corrected for skewness (Cornish and Fisher). So there is no seed, no error of simulation, and any
/// number of digits in the tails, which many comparisons need.
struct BootstrapDistribution: Sendable {
  /// In the order of size; the weights add up to 1.
  private var values: [Double]
  private var weights: [Double]

  /// Places at which a density is looked at, this many deviations to each side of its mean.
  private static let places = 480
  private static let reach = 12.0

  /// Of the `rank`-th smallest value of `cells`, as uncertain as if there were `effectiveCount` of them.
  init(of cells: [Distribution.Cell], rank: Int, effectiveCount: Double) {
    let count = Double(cells.last?.upTo ?? 0)
    let share = Double(rank) / (count + 1)
    let size = max(effectiveCount, 1) + 1
    let deviation = (share * (1 - share) / (size + 1)).squareRoot()
    let low = max(0, share - Self.reach * deviation)
    let step = (min(1, share + Self.reach * deviation) - low) / Double(Self.places)
    let places = (0..<Self.places).map { low + (Double($0) + 0.5) * step }
    let logarithms = places.map { (share * size - 1) * log($0) + ((1 - share) * size - 1) * log(1 - $0) }
    let highest = logarithms.max() ?? 0
    var cell = 0
    values = places.map { place in
      while cell < cells.count - 1, Double(cells[cell].upTo) < place * count { cell += 1 }
      return Double(cells[cell].value)
    }
    weights = Self.normalized(logarithms.map { exp($0 - highest) })
  }

  /// Of the mean.
  init(meanOf distribution: Distribution, effectiveCount: Double) {
    let root = max(effectiveCount, 1).squareRoot()
    // Beyond a half the correction would no longer grow with the deviate.
    let skew = min(max(distribution.skewness / root, -0.25), 0.25)
    let deviates = (0..<Self.places).map { Self.reach * ((Double($0) + 0.5) / Double(Self.places) - 0.5) }
    values = deviates.map { distribution.mean + distribution.deviation / root * ($0 + skew / 6 * ($0 * $0 - 1)) }
    weights = Self.normalized(deviates.map { exp(-$0 * $0 / 2) })
  }

  private static func normalized(_ weights: [Double]) -> [Double] {
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The smallest range of the middle that has this probability.
  func interval(confidence: Double) -> ClosedRange<Double> {
    let tail = (1 - confidence) / 2
    let (low, high) = (quantile(tail), quantile(1 - tail))
    return min(low, high)...max(low, high)
  }

  private func quantile(_ probability: Double) -> Double {
    var sum = 0.0
    for (value, weight) in zip(values, weights) {
      sum += weight
      if sum >= probability { return value }
    }
    return values.last ?? 0
  }

  // MARK: Two of them

  /// How probable it is that the difference to `other` is below zero, and that it is above; equal values are neither.
  func signs(minus other: BootstrapDistribution) -> (below: Double, above: Double) {
    (probability(minus: other, isBelow: 0), other.probability(minus: self, isBelow: 0))
  }

  /// The interval of this value minus the other.
  func difference(to other: BootstrapDistribution, confidence: Double) -> ClosedRange<Double> {
    let tail = (1 - confidence) / 2
    // The upper end is the lower end of the difference the other way round.
    let low = lowerEnd(minus: other, tail)
    let high = -other.lowerEnd(minus: self, tail)
    return min(low, high)...max(low, high)
  }

  /// The interval of this value by the other; `nil` when one of them can be 0.
  func ratio(to other: BootstrapDistribution, confidence: Double) -> ClosedRange<Double>? {
    guard let mine = logarithms, let theirs = other.logarithms else { return nil }
    let range = mine.difference(to: theirs, confidence: confidence)
    return exp(range.lowerBound)...exp(range.upperBound)
  }

  private var logarithms: BootstrapDistribution? {
    guard let first = values.first, first > 0 else { return nil }
    var copy = self
    copy.values = values.map { log($0) }
    return copy
  }

  /// The largest number that the difference is below with at most this probability.
  private func lowerEnd(minus other: BootstrapDistribution, _ probability: Double) -> Double {
    var low = (values.first ?? 0) - (other.values.last ?? 0)
    var high = (values.last ?? 0) - (other.values.first ?? 0)
    let precision = max(abs(low), abs(high)) * 1e-6
    while high - low > precision {
      let middle = low + (high - low) / 2
      if self.probability(minus: other, isBelow: middle) <= probability { low = middle } else { high = middle }
    }
    return low
  }

  /// How probable `self - other < limit` is.
  private func probability(minus other: BootstrapDistribution, isBelow limit: Double) -> Double {
    var (sum, below, index) = (0.0, 0.0, 0)
    for place in other.values.indices {
      while index < values.count, values[index] < other.values[place] + limit {
        below += weights[index]
        index += 1
      }
      sum += below * other.weights[place]
    }
    return sum
  }
}
