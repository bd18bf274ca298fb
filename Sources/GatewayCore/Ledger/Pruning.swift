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
    try withLock("delete old texts") { (lock: borrowing WriteLock) throws(LedgerFailure) in
      try database.prune(before: cutoff, under: lock)
    }
  }

  /// Rewrites the file without its free space; takes as long as copying it, and as much space meanwhile.
  package func compact() throws(LedgerFailure) {
    let task = "compact the ledger"
    try withLock(task) { (lock: borrowing WriteLock) throws(LedgerFailure) in
      try lock.hold(task) { () throws(LedgerFailure) in
        try database.execute("VACUUM", task)
        try database.checkpoint()
      }
    }
  }
}

extension Database {
  private static let pruning = "delete old texts"

  /// Deletes the texts of finished calls that began before `cutoff`, a few at a time: others get to write in between.
  func prune(before cutoff: Timestamp, under lock: borrowing WriteLock) throws(LedgerFailure) -> PruneResult {
    try execute("PRAGMA secure_delete = ON", Self.pruning)
    var result = PruneResult()
    var batch: PruneResult
    repeat {
      batch = try lock.hold(Self.pruning) { () throws(LedgerFailure) in
        try transaction(Self.pruning) { () throws(LedgerFailure) in try deleteSome(before: cutoff) }
      }
      result.texts += batch.texts
      result.bytes += batch.bytes
    } while batch.texts > 0
    result.texts += try forget(sessions: "updated_us < ?", [.int(cutoff.microseconds)], under: lock)
    if result.texts > 0 { try forgetDeletedWords(under: lock) }
    result.freeBytes = try freeBytes()
    return result
  }

  /// Does so when the last time is a day ago.
  func keep(_ retention: Duration, at now: Timestamp, under lock: borrowing WriteLock) throws(LedgerFailure) {
    let last = try int("SELECT pruned_us FROM upkeep", [], Self.pruning) ?? 0
    guard now.microseconds - last >= 86_400_000_000 else { return }
    let age = retention.components.seconds * 1_000_000
    _ = try prune(before: Timestamp(microseconds: now.microseconds - age), under: lock)
    try lock.hold(Self.pruning) { () throws(LedgerFailure) in
      _ = try run("UPDATE upkeep SET pruned_us = ?", [.int(now.microseconds)], Self.pruning)
    }
  }

  private func deleteSome(before cutoff: Timestamp) throws(LedgerFailure) -> PruneResult {
    let rows = try rows(
      """
      SELECT c.seq, length(CAST(c.text AS BLOB)) FROM contents c JOIN operations o ON o.seq = c.operation
      WHERE o.started_us < ? AND o.status <> 'open' LIMIT 200
      """, [.int(cutoff.microseconds)], Self.pruning
    ) { (seq: $0.number(0), bytes: $0.number(1)) }
    var result = PruneResult()
    for row in rows {
      try WordIndex.contents.remove("seq = ?", [.int(row.seq)], in: self, Self.pruning)
      try run("DELETE FROM contents WHERE seq = ?", [.int(row.seq)], Self.pruning)
      result.texts += 1
      result.bytes += row.bytes
    }
    try WordIndex.contents.settle(in: self, Self.pruning)
    return result
  }

  /// Words that were deleted stay in an index until its parts are merged, and texts in the log until it is emptied.
  func forgetDeletedWords(under lock: borrowing WriteLock) throws(LedgerFailure) {
    try lock.hold(Self.pruning) { () throws(LedgerFailure) in
      for index in WordIndex.all { try index.merge(in: self, Self.pruning) }
      try checkpoint()
    }
  }

  private func freeBytes() throws(LedgerFailure) -> Int64 {
    let pages = try int("PRAGMA freelist_count", [], Self.pruning) ?? 0
    return pages * (try int("PRAGMA page_size", [], Self.pruning) ?? 0)
  }
}

extension Database {
  /// Deletes sessions, and the messages that none of those that stay leads back to; the number of messages.
  func forget(
    sessions condition: String, _ values: [SQLValue], under lock: borrowing WriteLock
  ) throws(LedgerFailure) -> Int {
    let task = "delete a conversation"
    let rows = "session NOT IN (SELECT seq FROM sessions) AND seq NOT IN (SELECT seq FROM kept)"
    try execute("PRAGMA secure_delete = ON", task)
    return try lock.hold(task) { () throws(LedgerFailure) in
      try transaction(task) { () throws(LedgerFailure) in
        guard try run("DELETE FROM sessions WHERE \(condition)", values, task) > 0 else { return 0 }
        try WordIndex.messages.remove(rows, with: Self.keptMessages, in: self, task)
        let count = try run("\(Self.keptMessages) DELETE FROM messages WHERE \(rows)", [], task)
        try WordIndex.messages.settle(in: self, task)
        return count
      }
    }
  }

  /// The messages that a session leads back to.
  private static let keptMessages = """
    WITH RECURSIVE kept(seq) AS (
      SELECT seq FROM messages WHERE session IN (SELECT seq FROM sessions)
      UNION SELECT tip FROM sessions WHERE tip IS NOT NULL
      UNION SELECT parent FROM messages JOIN kept USING (seq) WHERE parent IS NOT NULL)
    """
}
