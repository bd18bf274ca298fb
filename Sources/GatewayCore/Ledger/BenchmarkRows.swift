// Runs of the benchmark, kept beside the books so that they can be looked at and compared later.

/// A run as it is stored; what is in it, only the benchmark knows.
package struct BenchmarkRow: Sendable, Equatable {
  package var id: String
  package var startedAt: Timestamp
  /// JSON with all but the requests.
  package var head: String
  /// The requests, some in each; empty where only heads were asked for.
  package var parts: [[UInt8]]

  package init(id: String, startedAt: Timestamp, head: String, parts: [[UInt8]] = []) {
    self.id = id
    self.startedAt = startedAt
    self.head = head
    self.parts = parts
  }
}

/// What an id, or the beginning of one, stands for.
package enum BenchmarkMatch: Sendable, Equatable {
  case none
  case one(BenchmarkRow)
  /// Some of the ids that begin so.
  case several([String])
}

extension LedgerReader {
  /// Keeps a run.
  package func keep(_ row: BenchmarkRow) throws(LedgerFailure) {
    let task = "keep a benchmark"
    try writing(task) { () throws(LedgerFailure) in
      try database.run(
        "INSERT INTO benchmarks (id, started_us, head) VALUES (?, ?, ?)",
        [.text(row.id), .int(row.startedAt.microseconds), .text(row.head)], task)
      let number = database.lastInsertedRow
      for (part, bytes) in row.parts.enumerated() {
        try database.run(
          "INSERT INTO benchmark_samples VALUES (?, ?, ?)", [.int(number), .int(Int64(part)), .bytes(bytes)], task)
      }
    }
  }

  /// The heads of the latest runs, the last one first.
  package func benchmarks(limit: Int) throws(LedgerFailure) -> [BenchmarkRow] {
    try heads("ORDER BY started_us DESC, seq DESC LIMIT ?", [.int(Int64(limit))])
  }

  /// The run of that id, or the one whose id begins so, with its requests.
  package func findBenchmark(_ id: String) throws(LedgerFailure) -> BenchmarkMatch {
    let task = "find a benchmark"
    return try database.reading { () throws(LedgerFailure) in
      var found = try heads("WHERE id = ?", [.text(id)])
      if found.isEmpty {
        found = try heads("WHERE id >= ?1 AND id < ?1 || char(0x10ffff) ORDER BY id LIMIT 9", [.text(id)])
      }
      guard found.count <= 1 else { return .several(found.map(\.id)) }
      guard var row = found.first else { return .none }
      row.parts = try database.rows(
        """
        SELECT samples FROM benchmark_samples WHERE benchmark = (SELECT seq FROM benchmarks WHERE id = ?) ORDER BY part
        """, [.text(row.id)], task
      ) { $0.bytes(0) }
      return .one(row)
    }
  }

  private func heads(_ condition: String, _ values: [SQLValue]) throws(LedgerFailure) -> [BenchmarkRow] {
    try database.rows("SELECT id, started_us, head FROM benchmarks \(condition)", values, "list benchmarks") { row in
      BenchmarkRow(
        id: row.text(0) ?? "", startedAt: Timestamp(microseconds: row.number(1)), head: row.text(2) ?? "")
    }
  }
}
