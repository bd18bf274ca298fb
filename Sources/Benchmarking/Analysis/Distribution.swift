// How the values of one measure lie, and what its figures would be if the run were made again.

import Glibc
import Histogram

/// Many values as a histogram of three significant digits, in the order of size.
///
/// Percentiles are those of the histogram: the smallest value that so large a share of all does not exceed, at most
/// 0.1 % above the true one. Mean and maximum are exact.
package struct Distribution: Sendable, Equatable {
  /// Equal values, as far as three digits tell.
  package struct Cell: Sendable, Equatable {
    package var value: Int64
    /// How many values there are up to and with this one.
    package var upTo: Int
  }

  package let cells: [Cell]
  package let mean: Double
  package let deviation: Double
  package let skewness: Double
  /// How many independent values would tell as much, for each statistic that has an interval.
  package let effectiveCounts: [Statistic: Double]

  package var count: Int { cells.last?.upTo ?? 0 }

  /// From values in the order in which they were measured; `nil` without any.
  package init?(_ values: [Int64]) {
    guard !values.isEmpty else { return nil }
    var histogram = Histogram<UInt32>(numberOfSignificantValueDigits: .three)
    for value in values { histogram.record(UInt64(clamping: value)) }
    let highest = values.max() ?? 0
    var upTo = 0
    cells = histogram.recordedValues().map { recorded in
      upTo += Int(recorded.count)
      return Cell(value: min(Int64(clamping: recorded.value), highest), upTo: upTo)
    }
    (mean, deviation, skewness) = Self.moments(values)
    effectiveCounts = Self.effectiveCounts(values, cells)
  }

  /// From what was written down of one.
  init(
    cells: [Cell], mean: Double, deviation: Double, skewness: Double, effectiveCounts: [Statistic: Double]
  ) {
    self.cells = cells
    self.mean = mean
    self.deviation = deviation
    self.skewness = skewness
    self.effectiveCounts = effectiveCounts
  }

  /// The figure; percentiles by the nearest rank.
  package func value(_ statistic: Statistic) -> Double {
    switch statistic {
    case .mean: mean
    case .max: Double(cells.last?.value ?? 0)
    case .p50, .p90, .p95, .p99: Double(Self.value(perMille: statistic.perMille ?? 1_000, in: cells))
    }
  }

  /// Where the figure would lie in that share of repeated runs, by the bootstrap; `nil` for the maximum.
  package func interval(_ statistic: Statistic, confidence: Double = 0.95) -> ClosedRange<Double>? {
    bootstrap(statistic)?.interval(confidence: confidence)
  }

  /// Whether enough values lie beyond the figure on both sides to compare it with another.
  package func isDense(at statistic: Statistic) -> Bool {
    let perMille = statistic.perMille ?? 500
    return count * min(perMille, 1_000 - perMille) >= Self.leastBeyond * 1_000
  }

  /// Fewer values beyond a percentile say little about where it lies.
  private static let leastBeyond = 10

  func bootstrap(_ statistic: Statistic) -> BootstrapDistribution? {
    guard let effective = effectiveCounts[statistic] else { return nil }
    guard let perMille = statistic.perMille else {
      return BootstrapDistribution(meanOf: self, effectiveCount: effective)
    }
    return BootstrapDistribution(of: cells, rank: Self.rank(perMille, of: count), effectiveCount: effective)
  }

  // MARK: Counting

  private static func rank(_ perMille: Int, of count: Int) -> Int { max((perMille * count + 999) / 1_000, 1) }

  /// The smallest value that this share of all does not exceed.
  func value(share: Double) -> Double {
    Double(Self.value(rank: Int((share * Double(count)).rounded(.up)), in: cells))
  }

  private static func value(perMille: Int, in cells: [Cell]) -> Int64 {
    value(rank: rank(perMille, of: cells.last?.upTo ?? 0), in: cells)
  }

  private static func value(rank: Int, in cells: [Cell]) -> Int64 {
    var (low, high) = (0, cells.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cells[middle].upTo < rank { low = middle + 1 } else { high = middle }
    }
    return cells[low].value
  }

  private static func moments(_ values: [Int64]) -> (mean: Double, deviation: Double, skewness: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0) { $0 + Double($1) } / count
    var (squares, cubes) = (0.0, 0.0)
    for value in values {
      let distance = Double(value) - mean
      squares += distance * distance
      cubes += distance * distance * distance
    }
    guard values.count > 1, squares > 0 else { return (mean, 0, 0) }
    let spread = (squares / count).squareRoot()
    return (mean, (squares / (count - 1)).squareRoot(), cubes / count / (spread * spread * spread))
  }

  private static func effectiveCounts(_ values: [Int64], _ cells: [Cell]) -> [Statistic: Double] {
    var counts: [Statistic: Double] = [:]
    for statistic in Statistic.allCases where statistic != .max {
      let effect: Double
      if let perMille = statistic.perMille {
        let limit = value(perMille: perMille, in: cells)
        effect = designEffect(values) { $0 > limit ? 1 : 0 }
      } else {
        effect = designEffect(values) { Double($0) }
      }
      counts[statistic] = Double(values.count) / effect
    }
    return counts
  }

  /// How many times as much the means of batches vary as they would if the values did not depend on each other.
  ///
  /// Requests of one moment resemble each other (a stall, a busy minute), and so do the gaps of one request. Never
  /// below 1; 1 where there are too few values to tell.
  private static func designEffect(_ values: [Int64], of number: (Int64) -> Double) -> Double {
    // Many batches tell more surely what they tell, few of them see what lasts longer.
    max(designEffect(values, batches: 30, of: number), designEffect(values, batches: 10, of: number))
  }

  private static func designEffect(_ values: [Int64], batches: Int, of number: (Int64) -> Double) -> Double {
    let size = values.count / batches
    guard size > 1 else { return 1 }
    let used = values.prefix(size * batches)
    let mean = used.reduce(0) { $0 + number($1) } / Double(used.count)
    let variance = used.reduce(0) { $0 + (number($1) - mean) * (number($1) - mean) } / Double(used.count - 1)
    guard variance > 0 else { return 1 }
    var between = 0.0
    for batch in 0..<batches {
      let sum = used[(batch * size)..<((batch + 1) * size)].reduce(0) { $0 + number($1) }
      between += (sum / Double(size) - mean) * (sum / Double(size) - mean)
    }
    return max(between / Double(batches - 1) * Double(size) / variance, 1)
  }
}
