// Where a target saturates, found by a search over runs in virtual time.

import Testing

@testable import Benchmarking

/// Sweeps a target that answers `places` requests at a time, each in `service` microseconds.
private func sweep(
  _ kind: SaturationSearch.Kind, places: Int, service: Int64, atMost most: Double = 4_096,
  _ arrivals: RunRecord.Load.Arrivals = .constant
) -> SaturationSearch {
  var search = SaturationSearch(kind, from: 1, atMost: most)
  while let level = search.next {
    let time = VirtualTime()
    let target = QueueingTarget(time, places: places) { _ in service }
    var plan = LoadPlan(
      targets: 1, load: kind == .rate ? .open(perSecond: level, arrivals) : .closed(concurrency: Int(level)), seed: 9)
    // Of what arrives by chance more is needed, or the load of a step is not the one that was meant.
    plan.duration = arrivals == .poisson ? 40_000_000 : 10_000_000
    let log = run(plan, on: target, time)
    search.note(StepResult(level: level, of: log.samples, stop: log.stopped))
  }
  return search
}

struct ASweep {
  @Test(arguments: [(1, 100_000), (4, 50_000), (8, 200_000), (50, 1_000_000), (2, 3_000)])
  func `over rates finds the capacity of a target within a tenth`(_ places: Int, _ service: Int64) throws {
    let capacity = Double(places) * 1_000_000 / Double(service)
    for arrivals in RunRecord.Load.Arrivals.allCases {
      let finding = try #require(sweep(.rate, places: places, service: service, arrivals).finding)
      #expect(finding.isSaturated)
      #expect(abs(finding.level / capacity - 1) < 0.1, "\(arrivals): \(finding) of \(capacity)")
    }
  }

  @Test(arguments: [(1, 100_000), (4, 50_000), (13, 200_000), (50, 400_000)])
  func `over requests at a time finds how many a target has room for, and what it then answers`(
    _ places: Int, _ service: Int64
  ) throws {
    let finding = try #require(sweep(.concurrency, places: places, service: service).finding)
    #expect(finding.isSaturated)
    #expect(abs(finding.level / Double(places) - 1) <= 0.1, "\(finding)")
    #expect(abs(finding.throughput / (Double(places) * 1_000_000 / Double(service)) - 1) < 0.1)
  }

  @Test(arguments: SaturationSearch.Kind.allCases)
  func `says so when the target takes all that may be sent`(_ kind: SaturationSearch.Kind) throws {
    let finding = try #require(sweep(kind, places: 1_000, service: 100_000, atMost: 50).finding)
    #expect(!finding.isSaturated && finding.level == 50)
  }

  @Test func `goes below the first load when that is too much already`() throws {
    var search = SaturationSearch(.rate, from: 100, atMost: 1_000)
    while let level = search.next {
      search.note(StepResult(level: level, throughput: min(level, 9), trouble: level > 9 ? "slow" : nil))
    }
    let finding = try #require(search.finding)
    #expect(abs(finding.level / 9 - 1) < 0.1)
  }

  @Test func `takes many failures for saturation`() {
    var samples: [Sample] = []
    for number in 0..<100 {
      let start = Int64(number) * 10_000
      var sample = Sample(
        target: 0, number: number, intended: start, started: start, ended: start + 1_000, status: .ok, operation: "")
      if number.isMultiple(of: 20) { (sample.status, sample.failure) = (.failed, "rate_limited") }
      samples.append(sample)
    }
    #expect(StepResult(level: 100, of: samples, stop: nil).trouble == "5 % of the requests failed")
    #expect(StepResult(level: 100, of: samples.filter(\.isGood), stop: nil).trouble == nil)
  }
}
