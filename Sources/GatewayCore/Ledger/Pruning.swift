// Deletes old prompts and replies for good. The books stay: no cost, no token and no call is lost.

/// What was deleted.
package struct PruneResult: Sendable, Equatable {
  package var texts = 0
  package var bytes: Int64 = 0
  /// Space in the file that is free now and will be used again; `compact` gives it back to the disk.
  package var freeBytes: Int64 = 0

  package init() {}
}

extension LedgerReader {
  /// Deletes the texts of finished calls that began before `cutoff`, a few at a time.
  package func prune(before cutoff: Timestamp) throws(LedgerFailure) -> PruneResult {
    let task = "delete old texts"
    try database.execute("PRAGMA secure_delete = ON", task)
    var result = PruneResult()
    while true {
      let batch = try writing(task) { () throws(LedgerFailure) in try deleteSome(before: cutoff, task) }
      if batch.texts == 0 { break }
      result.texts += batch.texts
      result.bytes += batch.bytes
    }
    if result.texts > 0 { try forgetDeletedWords(task) }
    result.freeBytes = try freeBytes(task)
    return result
  }

  /// Whether there is a text of a call that began before `cutoff`; the oldest one tells.
  package func hasTexts(before cutoff: Timestamp) throws(LedgerFailure) -> Bool {
    let oldest = try database.int(
      "SELECT o.started_us FROM contents c JOIN operations o ON o.seq = c.operation ORDER BY c.seq LIMIT 1", [],
      "look for old texts")
    return oldest.map { $0 < cutoff.microseconds } ?? false
  }

  /// Rewrites the file without its free space; takes as long as copying it, and as much space meanwhile.
  package func compact() throws(LedgerFailure) {
    let task = "compact the ledger"
    try holdingLock(task) { () throws(LedgerFailure) in
      try database.execute("VACUUM", task)
      try database.checkpoint()
    }
  }

  private func deleteSome(before cutoff: Timestamp, _ task: String) throws(LedgerFailure) -> PruneResult {
    let rows = try database.rows(
      """
      SELECT c.seq, length(CAST(c.text AS BLOB)) FROM contents c JOIN operations o ON o.seq = c.operation
      WHERE o.started_us < ? AND o.status <> 'open' LIMIT 200
      """, [.int(cutoff.microseconds)], task
    ) { (seq: $0.number(0), bytes: $0.number(1)) }
    var result = PruneResult()
    let hasIndex = try hasWordIndex(task)
    for row in rows {
      if hasIndex { try database.run(Self.deleteWords, [.int(row.seq)], task) }
      try database.run("DELETE FROM contents WHERE seq = ?", [.int(row.seq)], task)
      result.texts += 1
      result.bytes += row.bytes
    }
    // Numbers above the highest row are given out again: those must count as not indexed.
    try database.run(
      "UPDATE indexed_contents SET up_to = min(up_to, (SELECT coalesce(max(seq), 0) FROM contents))", [], task)
    return result
  }

  /// The index must be told the text it is to forget, and only of rows that it has.
  private static let deleteWords = """
    INSERT INTO contents_words (contents_words, rowid, text)
    SELECT 'delete', seq, text FROM contents WHERE seq = ? AND seq <= (SELECT up_to FROM indexed_contents)
    """

  /// Deleted words stay in the index until its parts are merged, and all texts in the log until it is emptied.
  private func forgetDeletedWords(_ task: String) throws(LedgerFailure) {
    if try hasWordIndex(task) {
      try writing(task) { () throws(LedgerFailure) in
        try database.execute("INSERT INTO contents_words (contents_words) VALUES ('optimize')", task)
      }
    }
    try holdingLock(task) { () throws(LedgerFailure) in try database.checkpoint() }
  }

  private func hasWordIndex(_ task: String) throws(LedgerFailure) -> Bool {
    try database.int("SELECT count(*) FROM sqlite_schema WHERE name = 'contents_words'", [], task) == 1
  }

  private func freeBytes(_ task: String) throws(LedgerFailure) -> Int64 {
    let pages = try database.int("PRAGMA freelist_count", [], task) ?? 0
    return pages * (try database.int("PRAGMA page_size", [], task) ?? 0)
  }
}
