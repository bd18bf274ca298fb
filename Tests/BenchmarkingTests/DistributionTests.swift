// Percentiles and intervals against truths that are known.

import Benchmarking
import GatewayCore
import Glibc
import Testing

struct DistributionTests {
  @Test func `percentiles of ten thousand requests are within 2 % or 1 ms of the truth`() throws {
    let run = RunRecord.scripted([ScriptedTarget(name: "a", firstToken: 200_000)], requests: 10_000, seed: 7)
    let times = try #require(RunSummary(run).targets.first?.times[.ttft])
    #expect(times.count == 10_000)
    for (statistic, deviate) in [(Statistic.p50, 0), (.p90, 1.281_552), (.p95, 1.644_854), (.p99, 2.326_348)] {
      let truth = 200_000 * LogNormal.percentile(deviate: deviate, variation: 0.2)
      #expect(abs(times.value(statistic) - truth) <= max(0.02 * truth, 1_000), "\(statistic)")
    }
  }

  @Test(arguments: [1, 2, 3, 19, 20, 100, 101, 1_000])
  func `a percentile is the value of the nearest rank`(_ count: Int) throws {
    var numbers = SeededNumbers(seed: 3)
    let values = (1...count).map(Int64.init).shuffled(using: &numbers)
    let distribution = try #require(Distribution(values))
    for (statistic, share) in [(Statistic.p50, 50), (.p90, 90), (.p95, 95), (.p99, 99)] {
      #expect(distribution.value(statistic) == Double((share * count + 99) / 100))
    }
    #expect(distribution.value(.max) == Double(count))
    #expect(distribution.value(.mean) == Double(count + 1) / 2)
  }

  @Test func `a percentile is not more than a thousandth above a value that was measured, and the maximum is exact`()
    throws
  {
    let values: [Int64] = [0, 1, 2_047, 2_049, 123_457, 9_999_999, 3_600_000_001, 86_400_000_123]
    for value in values {
      let distribution = try #require(Distribution([0, value, value, 86_400_000_123]))
      let median = distribution.value(.p50)
      #expect(median >= Double(value) && median <= Double(value) * 1.001)
      #expect(distribution.value(.max) == 86_400_000_123)
    }
    #expect(Distribution([]) == nil)
  }

  /// The truth is inside in 19 of 20 runs; 180 to 199 of 200 are within chance of that.
  @Test(arguments: [Statistic.p50, .p95, .mean])
  func `an interval of 95 % holds the truth in 95 % of runs`(_ statistic: Statistic) throws {
    let truth: Double =
      switch statistic {
      case .p50: 100_000
      case .p95: 100_000 * LogNormal.percentile(deviate: 1.644_854, variation: 0.5)
      default: 100_000 * 1.25.squareRoot()
      }
    let hits = (0..<200).count { seed in
      var numbers = SeededNumbers(seed: UInt64(seed))
      let values = (0..<400).map { _ in Int64(100_000 * numbers.logNormal(variation: 0.5)) }
      return Distribution(values)?.interval(statistic)?.contains(truth) ?? false
    }
    #expect((180...199).contains(hits), "\(hits)")
  }

  @Test func `values that resemble their neighbours tell less than as many independent ones`() throws {
    var numbers = SeededNumbers(seed: 5)
    let independent = (0..<3_000).map { _ in Int64(100_000 * numbers.logNormal(variation: 0.2)) }
    // A slow minute: the same values, but all the long ones beside each other.
    let sorted = independent.sorted()
    let one = try #require(Distribution(independent)?.interval(.p50))
    let other = try #require(Distribution(sorted)?.interval(.p50))
    #expect(other.upperBound - other.lowerBound > 3 * (one.upperBound - one.lowerBound))
  }

  @Test func `equal values have an interval of no width`() throws {
    let distribution = try #require(Distribution([Int64](repeating: 5_000, count: 100)))
    for statistic in [Statistic.p50, .p99, .mean] { #expect(distribution.interval(statistic) == 5_000...5_000) }
    #expect(distribution.interval(.max) == nil)
  }
}
