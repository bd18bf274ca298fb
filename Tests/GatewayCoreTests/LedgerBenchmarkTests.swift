// Runs of the benchmark beside the books.

import Testing
import Wire

@testable import GatewayCore

struct LedgerBenchmarkTests {
  private func row(_ id: String, minute: Int64 = 0, parts: [[UInt8]] = []) -> BenchmarkRow {
    let startedAt = Timestamp(microseconds: mondayNoon.microseconds + minute * 60_000_000)
    return BenchmarkRow(id: id, startedAt: startedAt, head: "{\"é\":1}", parts: parts)
  }

  private func store() throws -> (Scratch, LedgerReader) {
    let scratch = try Scratch()
    _ = try scratch.ledger()
    return (scratch, try scratch.reader())
  }

  @Test func `a run comes back with its bytes in their order`() throws {
    let (_, reader) = try store()
    let kept = row("01AB", parts: [[0, 255, 0], [], [UInt8](repeating: 7, count: 100_000)])
    try reader.keep(kept)
    #expect(try reader.findBenchmark("01AB") == .one(kept))
    #expect(try reader.findBenchmark("01") == .one(kept))
  }

  @Test func `the list has the latest first, without requests`() throws {
    let (_, reader) = try store()
    for (index, id) in ["01A", "01B", "01C"].enumerated() {
      try reader.keep(row(id, minute: Int64(index), parts: [[1]]))
    }
    #expect(try reader.benchmarks(limit: 2) == [row("01C", minute: 2), row("01B", minute: 1)])
  }

  @Test func `a beginning that several have is told, an id that is one is that one`() throws {
    let (_, reader) = try store()
    for id in ["01A", "01AB", "01AC"] { try reader.keep(row(id)) }
    #expect(try reader.findBenchmark("01") == .several(["01A", "01AB", "01AC"]))
    #expect(try reader.findBenchmark("01A") == .one(row("01A")))
    #expect(try reader.findBenchmark("02") == .none)
    #expect(try reader.findBenchmark("%") == .none)
  }

  @Test func `an id stands once`() throws {
    let (_, reader) = try store()
    try reader.keep(row("01A"))
    #expect(throws: LedgerFailure.self) { try reader.keep(row("01A")) }
    #expect(try reader.benchmarks(limit: 9).count == 1)
  }
}
