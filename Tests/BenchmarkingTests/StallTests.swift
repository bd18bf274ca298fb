// Coordinated omission: a server that stands still for a second, seen from the intended starts.

import Benchmarking
import GatewayCore
import Testing

struct StallTests {
  /// 100 requests a second for 100 s to a server that takes 1 ms for each and stands still from 50 s to 51 s.
  ///
  /// The client sends the next one when the last has come back, as a client with one connection does.
  static var run: RunRecord {
    var (samples, free): ([Sample], Int64) = ([], 0)
    for number in 0..<10_000 {
      let intended = Int64(number) * 10_000
      let started = max(intended, free)
      let isStalled = (50_000_000..<51_000_000).contains(started)
      free = (isStalled ? 51_000_000 : started) + 1_000
      var sample = Sample(
        target: 0, number: number, intended: intended, started: started, ended: free, status: .ok, operation: "o")
      sample.firstToken = free
      sample.lastToken = free
      samples.append(sample)
    }
    return RunRecord(
      id: "01STALL", startedAt: Timestamp(microseconds: 0), elapsed: free, targets: ["a"],
      load: .open(perSecond: 100, .constant), seed: 1, samples: samples, driver: RunRecord.DriverReport(),
      environment: RunRecord.Environment(version: "0", system: "test", processors: 1))
  }

  /// A queue of 100 requests forms in the stall and is gone 1/(1 - 0.1) s after its beginning.
  ///
  /// Each second brings 100 requests, and 1,000 can be served. Request k of it waits 1,001 - 9 k ms: 112 of 10,000, which is 1.12 %.
  @Test func `a stall of 1 s shows in response latency as queueing theory says, and not in service latency`() throws {
    let target = try #require(RunSummary(Self.run).targets.first)
    let (service, response) = (try #require(target.times[.e2e]), try #require(target.times[.response]))
    #expect(service.value(.p99) <= 1_001)
    #expect(service.value(.max) == 1_001_000)
    #expect(service.value(.mean) - 1_000 < 101)
    #expect(response.value(.max) == 1_001_000)
    // The 100 slowest are k = 0 to 99; the next one, k = 100, waits 101 ms, and so is the 99th percentile.
    #expect(abs(response.value(.p99) - 101_000) <= 1_000)
    // The sum of 1,000 - 9 k ms for k = 0 to 111 is 56.06 s beyond the millisecond each takes.
    #expect(abs(response.value(.mean) - (1_000 + 5_606)) < 10)
    #expect(response.value(.p50) == 1_000)
  }

  @Test func `a stall makes the interval of what it touches wide`() throws {
    let response = try #require(RunSummary(Self.run).targets.first?.times[.response])
    let mean = try #require(response.interval(.mean))
    // As if there were 30 batches, of which one has all of it: the truth of other runs may be none, or twice as much.
    #expect(mean.upperBound - mean.lowerBound > 8_000)
  }
}
