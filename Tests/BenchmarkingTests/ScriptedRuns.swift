// Runs of which the truth is known: delays are drawn from a distribution, by a clock that nobody waits for.

import Benchmarking
import GatewayCore
import Glibc

/// Numbers of known distributions, the same on every machine.
struct SeededNumbers: RandomNumberGenerator {
  private var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func next() -> UInt64 { random.next() }

  /// Above 0, up to 1.
  mutating func uniform() -> Double { (Double(next() >> 11) + 1) / 9_007_199_254_740_992 }

  /// By Box and Muller.
  mutating func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()) }

  /// Of median 1.
  mutating func logNormal(variation: Double) -> Double { exp(normal() * LogNormal.sigma(variation: variation)) }
}

enum LogNormal {
  /// The deviation of the logarithm, from the coefficient of variation.
  static func sigma(variation: Double) -> Double { log(1 + variation * variation).squareRoot() }

  /// The true percentile of a distribution of median 1.
  static func percentile(deviate: Double, variation: Double) -> Double { exp(deviate * sigma(variation: variation)) }
}

/// A target that answers as a script says.
struct ScriptedTarget {
  var name: String
  /// Microseconds.
  var firstToken = 20_000.0
  var perToken = 2_000.0
  var variation = 0.2
  var tokens = 16
}

extension RunRecord {
  /// Requests one after the other, each target once in every round.
  static func scripted(_ targets: [ScriptedTarget], requests: Int, seed: UInt64, hasGaps: Bool = false) -> RunRecord {
    var numbers = SeededNumbers(seed: seed)
    var (samples, now): ([Sample], Int64) = ([], 0)
    samples.reserveCapacity(requests * targets.count)
    for round in 0..<requests {
      for (index, target) in targets.enumerated() {
        let first = Int64(target.firstToken * numbers.logNormal(variation: target.variation))
        let rest = Int64(
          target.perToken * Double(target.tokens - 1) * numbers.logNormal(variation: target.variation))
        var sample = Sample(
          target: index, number: round * targets.count + index, intended: now, started: now, ended: now + first + rest,
          status: .ok, operation: "op\(round)")
        sample.firstToken = now + first
        sample.firstVisibleToken = now + first
        sample.lastToken = now + first + rest
        sample.usage.output = target.tokens
        if hasGaps {
          sample.gaps = (1..<target.tokens).map { _ in
            UInt32(target.perToken * numbers.logNormal(variation: target.variation))
          }
        }
        samples.append(sample)
        now += first + rest
      }
    }
    return RunRecord(
      id: "01TEST", startedAt: Timestamp(microseconds: 0), elapsed: now, targets: targets.map(\.name),
      load: .closed(concurrency: 1), seed: seed, samples: samples, driver: DriverReport(),
      environment: Environment(version: "0", system: "test", processors: 1))
  }
}
