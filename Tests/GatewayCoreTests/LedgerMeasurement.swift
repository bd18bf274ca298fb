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

  @Test func `reports over a million calls`() throws {
    try fill(1_000_000)
    for by in [["model"], ["provider", "model"], ["day"], ["week", "project"], ["tag:team"], ["status", "origin"]] {
      let (cpu, start) = (cpuMicroseconds(), ContinuousClock.now)
      let report = try scratch.reader().spend(SpendQuery(by: by.compactMap { SpendDimension($0) }))
      let took = microseconds(since: start)
      print(
        "by \(by.joined(separator: ", ")): \(took / 1_000) ms (\((cpuMicroseconds() - cpu) / 1_000) CPU), \(report.rows.count) rows"
      )
      #expect(report.total.calls == 1_000_000)
      #expect(took < 1_000_000)
    }
    for (name, query) in try queries() {
      let start = ContinuousClock.now
      let count = try scratch.reader().list(query).count
      print("list \(name): \(microseconds(since: start) / 1_000) ms, \(count) rows")
    }
  }

  private func queries() throws -> [(String, LogQuery)] {
    var (failed, nothing, since) = (LogQuery(), LogQuery(), LogQuery())
    failed.status = .failed
    nothing.status = .rejected
    since.since = Timestamp(microseconds: 1_764_000_000_000_000 + 900_000 * 31_000_000)
    return [
      ("newest", LogQuery()), ("failed", failed), ("since", since), ("rejected, of which there are none", nothing),
    ]
  }

  /// A year of calls, one in twenty retried, half of them tagged.
  private func fill(_ count: Int) throws {
    try scratch.files.create()
    let lock = try WriteLock(path: scratch.files.lock, patience: .seconds(1))
    let database = try Database(writing: scratch.files, settings: LedgerSettings(), under: lock, now: mondayNoon)
    try database.execute(
      """
      PRAGMA synchronous = OFF;
      INSERT INTO names (id, text) VALUES (100, 'team'), (101, 'red'), (102, 'blue'), (103, 'green');
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
      INSERT INTO names (id, text) SELECT i, 'some-provider/some-model-' || i FROM n;
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
      INSERT INTO operations
        (id, status, origin, started_us, ended_us, process, model_asked, provider, model, project, dialect_in)
      SELECT printf('01JD%022d', i), CASE WHEN i % 17 = 0 THEN 'failed' ELSE 'ok' END,
        CASE i % 3 WHEN 0 THEN 'cli' ELSE 'server' END, 1764000000000000 + i * 31000000,
        1764000000900000 + i * 31000000, 6148914691236517204 + i % 40, 1 + i % 20, 30 + i % 5, 1 + i % 20, 50 + i % 12,
        70
      FROM n;
      INSERT INTO attempts
        (operation, number, status, started_us, provider, model, cost_source, cost_pusd, input_tokens, output_tokens,
         cache_read_tokens, reasoning_tokens, cause, ended_us, streams, price, estimated_input_tokens, estimated_pusd,
         first_byte_us, first_token_us, http_status, request_id, finish_reason, changes)
      SELECT seq, 1, status, started_us, provider, model, CASE WHEN seq % 10 = 0 THEN 'reported' ELSE 'computed' END,
        1234567890 + seq * 7, 1200 + seq % 900, 300 + seq % 70, 100, 50, 'primary', ended_us, 1, 3, 1200, 15000000,
        300000, 400000, 200, 'chatcmpl-abcdefghijklmnopqrstuv' || seq, 'stop', 80
      FROM operations;
      INSERT INTO attempts (operation, number, status, started_us, provider, model, cost_source, cost_pusd, cause, streams)
      SELECT operation, 2, status, started_us + 1, provider, model, 'computed', 5, 'retry', 1 FROM attempts
      WHERE operation % 20 = 0;
      INSERT INTO tags SELECT seq, 100, 101 + seq % 3 FROM operations WHERE seq % 2 = 0;
      """, "fill")
    try database.checkpoint()
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
