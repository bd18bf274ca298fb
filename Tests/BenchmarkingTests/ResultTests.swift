// What is kept of a run and written into files is what it was.

import Benchmarking
import GatewayCore
import Testing
import Wire

struct ResultTests {
  /// Every field of a sample has a value of its own.
  static var fullSample: Sample {
    var sample = Sample(
      target: 1, number: 12, intended: 5_000_000, started: 5_000_300, ended: 6_000_000, status: .truncated,
      operation: "01OPERATION")
    sample.isWarmUp = true
    sample.connection = .init(isReused: false, nameLookup: 11, connect: 22, tls: 33)
    sample.firstByte = 5_100_000
    sample.firstToken = 5_200_000
    sample.firstVisibleToken = 5_300_000
    sample.lastToken = 5_900_000
    sample.gaps = [0, 1, 127, 128, 70_000, .max]
    sample.usage = Usage(input: 100, output: 200)
    sample.usage.cacheRead = 3
    sample.usage.cacheWrite = 4
    sample.usage.cacheWriteOneHour = 5
    sample.usage.reasoning = 6
    sample.usage.audioInput = 7
    sample.usage.audioOutput = 8
    sample.usage.imageInput = 9
    sample.usage.imageOutput = 10
    sample.usage.searches = 11
    sample.usage.queries = 12
    sample.usageIsEstimated = true
    sample.finishReason = "stop"
    sample.httpStatus = 200
    sample.failure = "cut"
    sample.cost = Cost(
      amount: Picodollars(12_345), source: .reported, priceID: "abc", computed: Picodollars(-1))
    sample.requestID = "req_1\u{0}é"
    return sample
  }

  static var fullRun: RunRecord {
    var driver = RunRecord.DriverReport()
    driver.overheadMedian = 41
    driver.overheadP99 = 97
    driver.cpuMicroseconds = 1_234_567
    driver.slip = 0.0125
    driver.invalid = "late"
    return RunRecord(
      id: "01RUN", startedAt: Timestamp(microseconds: 1_700_000_000_123_456), elapsed: 60_000_001,
      targets: ["a/b", "c\"d"], load: .open(perSecond: 12.5, .poisson), seed: .max,
      objectives: [Objective(.ttft, limit: 500_000)], samples: [fullSample], driver: driver,
      environment: RunRecord.Environment(version: "1.2.3", system: "Linux", processors: 4), endedEarly: "Ctrl-C")
  }

  @Test func `a run that is kept comes back as it was`() throws {
    let run = Self.fullRun
    #expect(try BenchmarkRow(run).run() == run)
    var closed = RunRecord.scripted(
      [ScriptedTarget(name: "a"), ScriptedTarget(name: "b")], requests: 1_300, seed: 2, hasGaps: true)
    closed.load = .closed(concurrency: 8)
    let row = BenchmarkRow(closed)
    #expect(row.parts.count == 3)
    #expect(try row.run() == closed)
    // Some bytes for a request, two for a gap.
    #expect(row.parts.reduce(0) { $0 + $1.count } < 2_600 * (70 + 15 * 2))
  }

  @Test func `an extreme number is kept, and none crashes`() throws {
    var run = Self.fullRun
    run.samples[0].intended = .min
    run.samples[0].started = .max
    run.samples[0].ended = .min
    #expect(try BenchmarkRow(run).run() == run)
  }

  @Test func `damaged bytes are told from samples, wherever they end`() throws {
    let row = BenchmarkRow(Self.fullRun)
    let bytes = try #require(row.parts.first)
    for end in 1..<bytes.count {
      var damaged = row
      damaged.parts = [Array(bytes[..<end])]
      let result = Result { () throws(DamagedSamples) in try damaged.run() }
      switch result {
      case .success: Issue.record("\(end) of \(bytes.count) bytes were read")
      case .failure: break
      }
    }
  }

  @Test(arguments: 0..<64)
  func `no bytes crash the reader`(_ seed: Int) {
    var numbers = SeededNumbers(seed: UInt64(seed))
    var row = BenchmarkRow(Self.fullRun)
    for place in row.parts[0].indices where numbers.next() % 8 == 0 {
      row.parts[0][place] = UInt8.random(in: 0...255, using: &numbers)
    }
    if case .success(let run) = Result(catching: { try row.run() }) { _ = RunSummary(run) }
  }

  @Test func `the JSON of a run has the figures of each target in milliseconds`() throws {
    let run = RunRecord.scripted(
      [ScriptedTarget(name: "a"), ScriptedTarget(name: "b")], requests: 300, seed: 1, hasGaps: true)
    let json = try JSON.parse(RunSummary(run).json.indentedText)
    let target = try #require(json["targets"]?.array?.first)
    #expect(target["target"]?.string == "a")
    for key in ["ttft_ms", "visible_ttft_ms", "itl_ms", "tpot_ms", "e2e_ms", "response_ms"] {
      let figures = try #require(target[key])
      for name in ["p50", "p90", "p95", "p99", "max", "mean"] {
        #expect(figures[name]?.number != nil, "\(key) \(name)")
      }
      let interval = try #require(figures["ci95"]?["p50"]?.array)
      #expect(interval.count == 2)
    }
    let median = try #require(RunSummary(run).targets[0].times[.ttft]).value(.p50)
    #expect(target["ttft_ms"]?["p50"] == .number(JSONNumber(Int64(median), places: 3)))
    #expect(json["seed"] == 1 && json["load"]?["concurrency"] == 1)
    #expect(target["cost"]?["usd_per_request"] == .null)
  }

  @Test func `a run that is read from its JSON compares as the run itself`() throws {
    let slower = ScriptedTarget(name: "b", firstToken: 22_000)
    let summary = RunSummary(.scripted([ScriptedTarget(name: "a"), slower], requests: 400, seed: 9, hasGaps: true))
    let read = try #require(RunSummary(json: try JSON.parse(summary.json.text)))
    #expect(read.run.targets == ["a", "b"])
    #expect(read.comparisons.count == summary.comparisons.count)
    for (one, other) in zip(read.comparisons, summary.comparisons) {
      #expect(one.verdict == other.verdict && one.firstValue == other.firstValue)
      #expect(abs(one.difference.lowerBound - other.difference.lowerBound) < 1)
    }
  }

  @Test(arguments: [
    "{}", "[]", #"{"format":"llmgw-bench-1"}"#,
    #"{"format":"llmgw-bench-2","id":"x","started_at":"2026-01-01T00:00:00Z","load":{"concurrency":1},"seed":1,"targets":[]}"#,
  ])
  func `a file that is no run is not read as one`(_ text: String) throws {
    #expect(RunSummary(json: try JSON.parse(text)) == nil)
  }

  @Test(arguments: ["[[5,1],[4,1]]", "[[5,0]]", "[[5]]", "[[-1,1]]", "[]", "[[5,1],[9223372036854775808,1]]", "3"])
  func `a histogram that cannot be is not read`(_ histogram: String) throws {
    let text = """
      {"format":"llmgw-bench-1","id":"x","started_at":"2026-01-01T00:00:00Z","load":{"concurrency":1},"seed":1,
      "targets":[{"target":"a","ttft_ms":{"mean":1,"histogram_us":\(histogram)}}]}
      """
    let summary = try #require(RunSummary(json: try JSON.parse(text)))
    #expect(summary.targets.first?.times.isEmpty == true)
  }

  @Test func `the table of requests has a cell for each title`() throws {
    let rows = SampleTable.rows(Self.fullRun)
    let row = try #require(rows.first)
    #expect(row.count == SampleTable.columns.count)
    let cells = Dictionary(zip(SampleTable.columns, row), uniquingKeysWith: { first, _ in first })
    #expect(cells["target"] == "c\"d" && cells["connection"] == "new" && cells["tls_ms"] == "0.033")
    #expect(cells["ttft_ms"] == "199.7" && cells["visible_ttft_ms"] == "299.7" && cells["e2e_ms"] == "999.7")
    #expect(
      cells["response_ms"] == "1000" && cells["cost_usd"] == "0.000000012345" && cells["operation"] == "01OPERATION")
  }
}
