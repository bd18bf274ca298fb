// Which request comes when.

import Testing

@testable import Benchmarking

/// All requests of a plan, each handed out at the time it is meant for, or `apart` microseconds after the one before.
private func requests(_ plan: LoadPlan, apart: Int64 = 1_000) -> [PlannedRequest] {
  var schedule = LoadSchedule(plan)
  var all: [PlannedRequest] = []
  while let request = schedule.next(at: Int64(all.count) * apart) { all.append(request) }
  return all
}

private func plan(
  _ targets: Int = 1, _ load: RunRecord.Load = .closed(concurrency: 1), _ change: (inout LoadPlan) -> Void
) -> LoadPlan {
  var plan = LoadPlan(targets: targets, load: load, seed: 7)
  change(&plan)
  return plan
}

struct ARound {
  @Test func `asks each target once with the same prompt`() {
    let all = requests(plan(3) { $0.requests = 200 })
    #expect(all.count == 600)
    for round in 0..<200 { #expect(Set(all.filter { $0.round == round }.map(\.target)) == [0, 1, 2]) }
    #expect(all.map(\.number) == Array(0..<600))
  }

  @Test func `puts each target first about as often as the others`() {
    let all = requests(plan(3) { $0.requests = 3_000 })
    for target in 0..<3 {
      let first = stride(from: 0, to: all.count, by: 3).count { all[$0].target == target }
      #expect((900...1_100).contains(first))
    }
  }

  @Test func `comes in the same order with the same seed and in another with another`() {
    let one = plan(2) { $0.requests = 50 }
    var other = one
    other.seed = 8
    #expect(requests(one) == requests(one))
    #expect(requests(one).map(\.target) != requests(other).map(\.target))
  }
}

struct WarmUp {
  @Test(arguments: [
    (LoadPlan.WarmUp.requests(0), 0), (.requests(3), 3), (.time(1), 1), (.time(4_000), 2), (.time(4_001), 3),
  ])
  func `is whole rounds, and what counts comes after it`(_ warmUp: LoadPlan.WarmUp, _ rounds: Int) {
    let all = requests(
      plan(2) {
        $0.requests = 5
        $0.warmUp = warmUp
      })
    #expect(all.prefix { $0.isWarmUp }.count == rounds * 2)
    #expect(all.count { !$0.isWarmUp } == 10)
    #expect(all.drop { $0.isWarmUp }.allSatisfy { !$0.isWarmUp })
  }

  @Test func `lasts as long as the load rises`() {
    let all = requests(
      plan(1, .open(perSecond: 10, .constant)) {
        $0.requests = 5
        $0.ramp = 2_000_000
      })
    #expect(all.allSatisfy { $0.isWarmUp == ($0.intended < 2_000_000) })
    #expect(all.count { $0.isWarmUp } == 10)
  }
}

struct ADuration {
  @Test func `is counted from the first request that counts`() {
    let all = requests(
      plan {
        $0.duration = 10_000
        $0.warmUp = .time(5_000)
      })
    #expect(all.filter { !$0.isWarmUp }.map(\.intended) == Array(stride(from: 5_000, to: 15_000, by: 1_000)))
  }

  @Test func `ends the run before the number does when it is over first`() {
    let both = plan {
      $0.duration = 10_000
      $0.requests = 4
    }
    #expect(requests(both).count == 4)
    #expect(requests(both, apart: 5_000).count == 2)
  }
}

struct OpenArrivals {
  private func moments(_ kind: RunRecord.Load.Arrivals, _ count: Int, ramp: Int64 = 0, seed: UInt64 = 1) -> [Int64] {
    var arrivals = ArrivalTimes(perSecond: 1_000, kind, ramp: ramp, seed: seed)
    return (0..<count).map { _ in arrivals.next() }
  }

  @Test func `at a constant rate are evenly apart, without drifting`() {
    let all = moments(.constant, 10_001)
    #expect(all[0] == 0 && all[1] == 1_000 && all[10_000] == 10_000_000)
    #expect(zip(all, all.dropFirst()).allSatisfy { $1 - $0 == 1_000 })
  }

  @Test func `of people are apart by exponential times of the same mean`() {
    let all = moments(.poisson, 20_000)
    let gaps = zip(all, all.dropFirst()).map { Double($1 - $0) }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let deviation = (gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)).squareRoot()
    #expect(abs(mean - 1_000) < 30 && abs(deviation - 1_000) < 50)
    // Of exponential times 1 - 1/e are below the mean.
    #expect(abs(Double(gaps.count { $0 < 1_000 }) / Double(gaps.count) - 0.632) < 0.015)
    #expect(moments(.poisson, 100) == moments(.poisson, 100))
    #expect(moments(.poisson, 100) != moments(.poisson, 100, seed: 2))
  }

  @Test(arguments: [RunRecord.Load.Arrivals.constant, .poisson])
  func `rise evenly during a ramp: half as many in all, a quarter of those in its first half`(
    _ kind: RunRecord.Load.Arrivals
  ) {
    let all = moments(kind, 30_000, ramp: 20_000_000)
    let (rising, firstHalf) = (all.count { $0 < 20_000_000 }, all.count { $0 < 10_000_000 })
    #expect(abs(rising - 10_000) < 400)
    #expect(abs(firstHalf - 2_500) < 200)
    #expect(abs(all.count { (20_000_000..<30_000_000).contains($0) } - 10_000) < 400)
  }
}

struct WhatAPlanExpects {
  @Test(
    arguments: [
      (RunRecord.Load.closed(concurrency: 4), 10, nil, 21, nil), (.closed(concurrency: 4), nil, 5, nil, 5),
      (.open(perSecond: 10, .constant), nil, 5, 51, 5), (.open(perSecond: 10, .poisson), 10, nil, 21, 2),
      (.open(perSecond: 10, .constant), 10, 1, 11, 1),
    ] as [(RunRecord.Load, Int?, Int?, Int?, Int?)])
  func `is known as far as it depends on the plan alone`(
    _ load: RunRecord.Load, _ requests: Int?, _ seconds: Int?, _ count: Int?, _ lasts: Int?
  ) {
    let plan = plan(2, load) {
      $0.requests = requests
      $0.duration = seconds.map { Int64($0) * 1_000_000 }
      $0.warmUp = .time(1)
    }
    #expect(plan.expectedRequests.map { abs($0 - (count ?? 0)) <= 1 } == count.map { _ in true })
    #expect(plan.expectedTime.map { Int($0 / 1_000_000) } == lasts)
  }
}
