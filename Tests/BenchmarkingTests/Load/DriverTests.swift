// What the driver says of itself.

import GatewayCore
import Glibc
import Synchronization
import Testing

@testable import Benchmarking

struct TheDriver {
  private func samples(_ count: Int, late: Int, by microseconds: Int64) -> [Sample] {
    (0..<count).map { number in
      let intended = Int64(number) * 1_000
      let started = intended + (number < late ? microseconds : 0)
      return Sample(
        target: 0, number: number, intended: intended, started: started, ended: started + 5, status: .ok, operation: "")
    }
  }

  @Test(
    arguments: [
      (0, 1_000_000, 0), (10, 10_001, 0), (11, 10_000, 0), (11, 10_001, 1),
    ] as [(Int, Int64, Int)])
  func `is not to be trusted when more than 1 % left more than 10 ms late`(
    _ late: Int, _ microseconds: Int64, _ isInvalid: Int
  ) {
    let report = RunRecord.DriverReport(
      DriverOverhead(median: 1, p99: 2, mostPerSecond: 3), samples: samples(1_000, late: late, by: microseconds),
      elapsed: 1_000_000, used: (100_000, 100_000), processors: 2)
    #expect((report.invalid != nil) == (isInvalid == 1))
  }

  @Test(
    arguments: [(900_000, 900_000, false), (1_000_000, 910_000, true), (1_810_000, 800_000, true)]
      as [(Int64, Int64, Bool)])
  func `is not to be trusted when a thread or the machine was busy with it`(
    _ process: Int64, _ thread: Int64, _ isInvalid: Bool
  ) {
    let report = RunRecord.DriverReport(
      DriverOverhead(median: 7, p99: 9, mostPerSecond: 3), samples: samples(10, late: 0, by: 0), elapsed: 1_000_000,
      used: (process, thread), processors: 2)
    #expect((report.invalid != nil) == isInvalid)
    #expect(report.cpuMicroseconds == process && report.overheadMedian == 7 && report.overheadP99 == 9)
  }

  @Test func `measures what the processors did for it`() {
    let before = ProcessorMeter.now()
    var sum = 0
    while ProcessorMeter.now().microseconds(since: before) < 20_000 { sum &+= 1 }
    let after = ProcessorMeter.now()
    #expect(after.microseconds(since: before) >= 20_000 && sum > 0)
    #expect(after.busiestThread(since: before) > 0)
  }

  @Test(
    arguments: [
      ("", nil), ("POST / HTTP/1.1\r\n\r\n", 19), ("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n", nil),
      ("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab", 40), ("GET / HTTP/1.1\r\n\r\nGET", 18),
      ("POST / HTTP/1.1\r\ncontent-length:   3\r\nx: y\r\n\r\nabcd", 49),
    ] as [(String, Int?)])
  func `finds whole requests in what its own server has read`(_ text: String, _ length: Int?) {
    #expect(LoopbackConnection.lengthOfFirstRequest(in: Array(text.utf8)) == length)
  }

  @Test func `measures what a request costs it against a server of its own`() async throws {
    let environment = Environment(variables: [:])
    let transport = Transport()
    defer { transport.shutdown() }
    // A clock that goes on by 10 us each time somebody looks: what is measured is the number of looks.
    let clock = Mutex<Int64>(0)
    let runtime = Runtime(
      now: { Timestamp(microseconds: 0) },
      uptimeMicroseconds: {
        clock.withLock { now in
          now += 10
          return now
        }
      }, sleep: { _ in }, makeID: { "op" }, random: { 0.5 })
    let gateway = Gateway(
      catalog: Catalog(settings: Settings(), environment: environment), environment: environment, keys: nil,
      transport: transport, ledger: .failure(LedgerFailure(.other, "open the ledger", "there is none")),
      runtime: runtime, version: "test")
    let overhead = try #require(await DriverOverhead.measure(runtime, with: gateway))
    #expect(overhead.median >= 20 && overhead.median % 10 == 0)
    #expect(overhead.p99 >= overhead.median)
    #expect(overhead.mostPerSecond > 0 && overhead.mostPerSecond < 100_000)
  }

  @Test func `does all the work of a run on one thread`() async {
    let seen = ThreadsSeen()
    let sum = await DriverThread.run {
      await withTaskGroup(of: Int.self) { group in
        for number in 1...50 {
          group.addTask {
            seen.note()
            await Task.yield()
            seen.note()
            return number
          }
        }
        return await group.reduce(0, +)
      }
    }
    #expect(sum == 1_275)
    #expect(seen.all.count == 1)
    #expect(!seen.all.contains(pthread_self()))
  }
}

private final class ThreadsSeen: Sendable {
  private let threads = Mutex<Set<pthread_t>>([])
  func note() { threads.withLock { _ = $0.insert(pthread_self()) } }
  var all: Set<pthread_t> { threads.withLock { $0 } }
}
