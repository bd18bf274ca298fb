// What is counted of a run, and what is left out and said.

import Benchmarking
import GatewayCore
import Testing

struct SummaryTests {
  /// One target with these samples.
  static func summary(_ samples: [Sample], objectives: [Objective] = []) -> RunSummary {
    RunSummary(
      RunRecord(
        id: "01R", startedAt: Timestamp(microseconds: 0), elapsed: 2_000_000, targets: ["a"],
        load: .closed(concurrency: 1), seed: 1, objectives: objectives, samples: samples,
        driver: RunRecord.DriverReport(),
        environment: RunRecord.Environment(version: "0", system: "test", processors: 2)))
  }

  static func sample(_ number: Int, took: Int64, status: CallStatus = .ok, failure: String? = nil) -> Sample {
    let start = Int64(number) * 1_000_000
    var sample = Sample(
      target: 0, number: number, intended: start, started: start, ended: start + took, status: status, operation: "o")
    sample.firstToken = start + took / 2
    sample.lastToken = start + took
    sample.usage.output = 11
    sample.failure = failure
    sample.cost = Cost(amount: Picodollars(1_000_000), source: .computed)
    return sample
  }

  @Test func `times are those of good answers, errors are counted of all that were measured`() throws {
    var warmUp = Self.sample(0, took: 900_000)
    warmUp.isWarmUp = true
    let failed = Self.sample(1, took: 5, status: .failed, failure: "overloaded")
    let refused = Self.sample(2, took: 7, status: .refused)
    let stopped = Self.sample(5, took: 700_000, status: .interrupted)
    let good = [Self.sample(3, took: 100_000), Self.sample(4, took: 200_000, status: .truncated)]
    let target = try #require(Self.summary([warmUp, failed, refused] + good + [stopped]).targets.first)
    #expect(target.requests == 4 && target.good == 2 && target.warmUps == 1 && target.unfinished == 1)
    #expect(target.errorRate == 0.5)
    #expect(target.failures.map(\.kind) == ["overloaded", "refused"])
    #expect(target.times[.e2e]?.count == 2 && target.times[.e2e]?.value(.max) == 200_000)
    #expect(target.times[.itl] == nil)
    // From the first measured start at 1 s to the last end at 4.2 s.
    #expect(target.span == 3_200_000)
    #expect(target.requestRate == 0.625)
    #expect(target.outputRate == 6.875)
  }

  @Test func `money is exact, and what has no price is in no sum`() throws {
    var samples = (0..<3).map { Self.sample($0, took: 1_000) }
    samples[1].cost = Cost(amount: Picodollars(2_000_001), source: .reported)
    samples[2].cost = .unpriced
    let summary = Self.summary(samples)
    let money = try #require(summary.targets.first).money
    #expect(money.spent.decimalText == "0.000003000001")
    #expect(money.unpriced == 1 && money.source == .mixed)
    // Half of 3,000,001 picodollars, rounded half up.
    #expect(money.perRequest?.decimalText == "0.000001500001")
    // 3,000,001 picodollars for 22 tokens.
    #expect(money.perMillionOutputTokens?.decimalText == "0.136363681818")
    #expect(summary.warnings.contains { $0.contains("no price is known for 1 of the requests") })
  }

  @Test func `without any price there is no cost, rather than none to pay`() throws {
    var sample = Self.sample(0, took: 1_000)
    sample.cost = .unpriced
    let money = try #require(Self.summary([sample]).targets.first).money
    #expect(money.perRequest == nil && money.perMillionOutputTokens == nil && money.source == nil)
  }

  @Test func `goodput counts the answers that keep every objective, of all requests`() throws {
    let samples = [
      Self.sample(0, took: 100_000), Self.sample(1, took: 400_000), Self.sample(2, took: 1, status: .failed),
    ]
    let target = try #require(
      Self.summary(samples, objectives: try Objective.list("ttft:100ms,e2e:1s,itl:1ms")).targets.first)
    #expect(target.kept == 1)
    #expect(Self.summary(samples).targets.first?.kept == nil)
  }

  @Test func `connections that had to be made stand apart from those that were there`() throws {
    var samples = (0..<4).map { Self.sample($0, took: 100_000) }
    samples[0].connection = .init(isReused: false, nameLookup: 1_000, connect: 20_000, tls: 40_000)
    samples[1].connection = .init(isReused: true)
    samples[2].connection = .init(isReused: true)
    let target = try #require(Self.summary(samples).targets.first)
    #expect(target.newConnections?.count == 1 && target.reusedConnections?.count == 2)
    #expect(target.network?.nameLookup == 1_000 && target.network?.tls == 40_000)
  }

  @Test func `what makes figures doubtful is said`() {
    var sample = Self.sample(0, took: 1_000)
    sample.usageIsEstimated = true
    var summary = Self.summary([sample])
    summary.run.driver.invalid = "the driver was saturated"
    summary.run.endedEarly = "interrupted"
    let said = summary.warnings.joined(separator: "\n")
    for part in ["not valid: the driver was saturated", "ended early: interrupted", "too few", "our own estimate"] {
      #expect(said.contains(part), "\(part)")
    }
    #expect(Self.summary([]).warnings == ["a: no request got a good answer."])
  }

  @Test(arguments: [
    ("ttft", "'ttft' is not a limit"), ("", "'' is not a limit"), ("ttft:500ms,", "'' is not a limit"),
    ("tfft:500ms", "'tfft' is not a measure"), ("ttft:500", "'500' is not a time"), ("itl:5us", "'5us' is not a time"),
    ("ttft:0ms", "'0ms' is not a time"), ("ttft:1s,ttft:2s", "'ttft' stands twice in 'ttft:1s,ttft:2s'"),
  ])
  func `an objective that cannot be meant is refused`(_ text: String, _ problem: String) {
    let result = Result { () throws(UnreadableText) in try Objective.list(text) }
    switch result {
    case .success(let objectives): Issue.record("read as \(objectives)")
    case .failure(let error):
      #expect(error.problem == problem)
      #expect(error.advice != nil)
    }
  }

  @Test func `objectives are read with their units`() throws {
    let objectives = try Objective.list("ttft:500ms,itl:50ms,e2e:2s,response:1m")
    #expect(objectives.map(\.limit) == [500_000, 50_000, 2_000_000, 60_000_000])
    #expect(objectives.map(\.text) == ["ttft:500ms", "itl:50ms", "e2e:2000ms", "response:60000ms"])
  }
}
