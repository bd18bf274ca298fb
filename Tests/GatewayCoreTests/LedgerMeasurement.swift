// Measurements, run by hand: LLMGW_MEASURE=1 swift test -c release -Xswiftc -enable-testing --filter LedgerMeasurement
import Glibc
import Testing
import Wire

@testable import GatewayCore

@Suite(.enabled(if: getenv("LLMGW_MEASURE") != nil), .serialized)
struct LedgerMeasurement {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test(arguments: [1, 32, 256])
  func `booking calls`(_ callers: Int) async throws {
    let ledger = try scratch.ledger()
    let calls = callers == 1 ? 5_000 : 40_000
    let (cpu, clock) = (cpuMicroseconds(), ContinuousClock.now)
    let latencies = await withTaskGroup(of: [Int64].self) { group in
      for caller in 0..<callers {
        group.addTask {
          var latencies: [Int64] = []
          for index in 0..<(calls / callers) {
            // As ids made of the time are: near each other, but not in order.
            let id = "01JD\(index.padded(16))\((caller * 7_919 % 1_000_003).padded(6))"
            let entries = typicalCall(id)
            let start = ContinuousClock.now
            try? await ledger.record(Array(entries[..<2]))
            latencies.append(microseconds(since: start))
            try? await ledger.record(Array(entries[2...]))
          }
          return latencies
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }.sorted()
    let used = cpuMicroseconds() - cpu
    let took = microseconds(since: clock)
    await ledger.close()
    print(
      "\(callers) callers: \(used / Int64(calls)) us CPU and \(took / Int64(calls)) us a call; opening takes",
      "p50 \(latencies[latencies.count / 2]) p99 \(latencies[latencies.count * 99 / 100]) max \(latencies.last ?? 0) us"
    )
    #expect(try scratch.spend().total.calls == calls / callers * callers)
  }
}

/// What a gateway books for a streamed call.
private func typicalCall(_ id: String) -> [LedgerEntry] {
  var operation = opening(id, model: "openai/gpt-4.1-mini")
  (operation.project, operation.keyID, operation.dialectIn) = ("project", "key", "openai-chat")
  var closing = ending("0.00123", usage(1_200, 300) { ($0.cacheRead, $0.reasoning) = (100, 50) })
  (closing.requestID, closing.httpStatus, closing.finishReason) = ("chatcmpl-abcdefghijklmnopqrstuv\(id)", 200, "stop")
  (closing.firstByteMicroseconds, closing.firstTokenMicroseconds) = (300_000, 400_000)
  closing.changes = [Change("stream_options.include_usage", .added, "usage is needed for the books")]
  return [
    .openOperation(operation), .openAttempt(attempt(id, model: "gpt-4.1-mini", provider: "openai")),
    .closeAttempt(AttemptID(operationID: id, number: 1), closing), .closeOperation(id: id, end()),
  ]
}

private func microseconds(since start: ContinuousClock.Instant) -> Int64 {
  let (seconds, attoseconds) = (ContinuousClock.now - start).components
  return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
}

/// What this process has used of all processors so far.
private func cpuMicroseconds() -> Int64 {
  var used = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &used)
  return [used.ru_utime, used.ru_stime].reduce(0) { $0 + Int64($1.tv_sec) * 1_000_000 + Int64($1.tv_usec) }
}
