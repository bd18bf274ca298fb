// What reaches a target, in virtual time.

import GatewayCore
import Testing

@testable import Benchmarking

private func plan(_ load: RunRecord.Load, requests: Int, targets: Int = 1) -> LoadPlan {
  var plan = LoadPlan(targets: targets, load: load, seed: 3)
  plan.requests = requests
  return plan
}

struct AClosedLoop {
  @Test(arguments: [1, 4, 32]) func `keeps exactly so many requests under way`(_ concurrency: Int) {
    let time = VirtualTime()
    let target = QueueingTarget(time) { _ in 10_000 }
    let log = run(plan(.closed(concurrency: concurrency), requests: 320), on: target, time)
    #expect(target.mostUnderWay == concurrency)
    #expect(log.samples.count == 320 && time.now == Int64(320 / concurrency) * 10_000)
    #expect(log.stopped == nil)
  }

  @Test func `lets its workers begin one after another during a ramp`() {
    let time = VirtualTime()
    let target = QueueingTarget(time) { _ in 1_000_000_000 }
    var rising = plan(.closed(concurrency: 4), requests: 4)
    rising.ramp = 4_000
    rising.warmUp = .requests(4)
    let starts = run(rising, on: target, time).samples.prefix(4).map(\.started)
    #expect(starts == [0, 1_000, 2_000, 3_000])
  }
}

struct AnOpenLoop {
  @Test func `starts every request at its time, however slow the answers are`() {
    let time = VirtualTime()
    let target = QueueingTarget(time, places: 1) { $0.number == 50 ? 1_000_000 : 1_000 }
    let log = run(plan(.open(perSecond: 100, .constant), requests: 300), on: target, time)
    #expect(log.samples.map(\.started) == (0..<300).map { Int64($0) * 10_000 })
    #expect(Slip.share(of: log.samples) == 0)
  }

  /// Who comes t after the stall of 1 s began waits for its end and for those before: 1 s - t + 1 ms for each of them.
  @Test func `shows in response times what a stall does to those behind it`() {
    let time = VirtualTime()
    let target = QueueingTarget(time, places: 1) { $0.number == 50 ? 1_000_000 : 1_000 }
    let log = run(plan(.open(perSecond: 100, .constant), requests: 300), on: target, time)
    for behind in 1...100 {
      let expected = max(1_000_000 - Int64(behind) * 10_000, 0) + Int64(behind) * 1_000
      #expect(log.samples[50 + behind].responseTime == expected)
    }
    #expect(log.samples[299].responseTime == 1_000)
  }

  @Test func `gives up when more are under way than a target that keeps up would have`() {
    let time = VirtualTime()
    let target = QueueingTarget(time, places: 1) { _ in 100_000 }
    let log = run(plan(.open(perSecond: 10_000, .constant), requests: 100_000), on: target, time)
    #expect(log.stopped?.kind == .tooManyUnderWay)
    #expect(target.mostUnderWay == LoadPlan.mostUnderWay)
  }
}

struct AnyLoad {
  private static let loads: [RunRecord.Load] = [.closed(concurrency: 4), .open(perSecond: 100, .poisson)]

  @Test(arguments: loads) func `ends at once when the first requests all fail`(_ load: RunRecord.Load) {
    let time = VirtualTime()
    let target = QueueingTarget(time, fails: { _ in true }) { _ in 1_000 }
    let log = run(plan(load, requests: 1_000), on: target, time)
    #expect(log.stopped == LoadStop(.failing, "the first 20 requests all failed (overloaded)"))
    #expect((20...24).contains(log.samples.count))
  }

  @Test(arguments: loads) func `goes on when some fail`(_ load: RunRecord.Load) {
    let time = VirtualTime()
    let target = QueueingTarget(time, fails: { $0.number > 3 }) { _ in 1_000 }
    let log = run(plan(load, requests: 100), on: target, time)
    #expect(log.stopped == nil && log.samples.count == 100 && log.progress.failed == 96)
  }

  @Test(arguments: loads) func `that is interrupted keeps what came until then`(_ load: RunRecord.Load) {
    let time = VirtualTime()
    let target = QueueingTarget(time) { _ in 40_000 }
    let plan = plan(load, requests: 1_000_000)
    let log = RunLog(plan)
    time.run {
      await withTaskGroup { group in
        group.addTask { await LoadGenerator(plan, into: log, runtime: time.runtime, began: 0, send: target.send).run() }
        try? await time.sleep(1_010_000)
        group.cancelAll()
      }
    }
    #expect(log.stopped?.kind == .interrupted && time.now == 1_010_000)
    #expect(log.samples.count { $0.isGood } > 50 && log.samples.contains { $0.status == .interrupted })
    #expect(log.progress.failed == 0 && log.progress.underWay == 0)
  }

  @Test(arguments: loads) func `is over when its sender will spend no more`(_ load: RunRecord.Load) {
    let time = VirtualTime()
    let target = QueueingTarget(time) { _ in 1_000 }
    let log = RunLog(plan(load, requests: 1_000))
    let stop = LoadStop(.budget, "no more money")
    time.run {
      await LoadGenerator(self.plan(load), into: log, runtime: time.runtime, began: 0) { request in
        request.number < 10 ? await target.send(request) : .failure(stop)
      }.run()
    }
    #expect(log.stopped == stop && log.samples.count == 10)
  }

  private func plan(_ load: RunRecord.Load, requests: Int = 1_000) -> LoadPlan {
    var plan = LoadPlan(targets: 1, load: load, seed: 3)
    plan.requests = requests
    return plan
  }
}
