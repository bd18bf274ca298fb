// Verdicts: seldom wrong between equals, seldom silent about a difference that is there.

import Benchmarking
import GatewayCore
import Testing

struct ComparisonTests {
  /// Six figures are compared in each run; one wrong verdict makes the run wrong.
  @Test func `two identical targets are called different in at most 5 % of 200 runs`() {
    let wrong = (0..<200).count { seed in
      let targets = [ScriptedTarget(name: "a"), ScriptedTarget(name: "b")]
      let comparisons = RunSummary(.scripted(targets, requests: 250, seed: UInt64(seed))).comparisons
      #expect(comparisons.count == 6)
      return comparisons.contains { $0.verdict != .undecided }
    }
    #expect(wrong <= 10, "\(wrong)")
  }

  /// Log-normal delays with a coefficient of variation of 0.2.
  @Test func `a target that is 10 % slower is found in at least 95 % of runs of 1,000 requests`() {
    let found = (0..<40).count { seed in
      let slower = ScriptedTarget(name: "b", firstToken: 22_000, perToken: 2_200)
      let run = RunRecord.scripted([ScriptedTarget(name: "a"), slower], requests: 1_000, seed: UInt64(seed))
      return RunSummary(run).comparisons.allSatisfy { $0.verdict == .higher }
    }
    #expect(found >= 38, "\(found)")
  }

  @Test func `the interval of a difference holds the truth and excludes zero where there is a verdict`() throws {
    let slower = ScriptedTarget(name: "b", firstToken: 22_000)
    let run = RunRecord.scripted([ScriptedTarget(name: "a"), slower], requests: 1_000, seed: 1)
    let comparison = try #require(
      RunSummary(run).comparisons.first { $0.figure == .time(.ttft, .p50) })
    #expect(comparison.verdict == .higher)
    #expect(comparison.difference.contains(2_000) && comparison.difference.lowerBound > 0)
    #expect(try #require(comparison.ratio).contains(1.1))
    let equal = try #require(RunSummary(run).comparisons.first { $0.figure == .time(.tpot, .p50) })
    #expect(equal.verdict == .undecided && equal.difference.contains(0))
    #expect(try #require(equal.ratio).contains(1))
  }

  @Test func `the order of the targets turns a verdict round`() {
    let (fast, slow) = (ScriptedTarget(name: "a"), ScriptedTarget(name: "b", firstToken: 30_000, perToken: 3_000))
    let verdicts = RunSummary(.scripted([slow, fast], requests: 300, seed: 1)).comparisons.map(\.verdict)
    #expect(verdicts.count == 6 && verdicts.allSatisfy { $0 == .lower })
  }

  @Test(arguments: [(19, 0), (20, 3), (199, 3), (1_000, 6)])
  func `a figure is compared only where ten requests lie beyond it`(_ requests: Int, _ comparisons: Int) {
    // Constant delays, so that no request is lost to resemblance.
    let targets = ["a", "b"].map { ScriptedTarget(name: $0, variation: 0) }
    #expect(RunSummary(.scripted(targets, requests: requests, seed: 1)).comparisons.count == comparisons)
  }

  @Test func `three targets make three pairs, and each takes a smaller part of the 5 %`() throws {
    let targets = ["a", "b", "c"].map { ScriptedTarget(name: $0) }
    let comparisons = RunSummary(.scripted(targets, requests: 50, seed: 1)).comparisons
    #expect(comparisons.count == 9)
    let confidence = try #require(comparisons.first).confidence
    #expect(abs(1 - confidence - 0.05 / 9) < 1e-12)
  }

  @Test func `what costs more is called dearer, and what costs the same is not`() throws {
    var run = RunRecord.scripted(["a", "b", "c"].map { ScriptedTarget(name: $0) }, requests: 100, seed: 3)
    for index in run.samples.indices {
      // Of b every answer costs a tenth more; of c they cost the same as of a.
      let cost = Int64(1_000_000 + run.samples[index].number / 3 % 7 * 1_000)
      run.samples[index].cost = Cost(
        amount: Picodollars(run.samples[index].target == 1 ? cost * 11 / 10 : cost), source: .computed)
    }
    let summary = RunSummary(run)
    let verdicts = summary.comparisons.filter { $0.figure == .cost }.map(\.verdict)
    #expect(verdicts == [.higher, .undecided, .lower])
    #expect(summary.verdicts.contains { $0.hasPrefix("b is dearer than a: cost per request by 10.0 % (") })
    run.samples[0].cost = .unpriced
    #expect(RunSummary(run).comparisons.filter { $0.figure == .cost }.count == 1)
  }
}
