// Conversations in the ledger's file, under its lock.

package import Wire

/// Keeps conversations: adds to them, finds them, forgets them.
///
/// Waits for the disk and for other processes. For one thread at a time.
package final class ConversationStore {
  let ledger: LedgerReader
  var database: Database { ledger.database }
  package let files: LedgerFiles

  /// `nil` when there is no ledger yet.
  package init?(_ files: LedgerFiles, settings: LedgerSettings, now: Timestamp) throws(LedgerFailure) {
    guard let ledger = try LedgerReader(files, settings: settings, now: now) else { return nil }
    self.ledger = ledger
    self.files = files
  }

  // MARK: Sessions

  package func create(
    id: String, name: String?, directory: String?, terminal: String?, tip: Int64? = nil, settings: JSON, now: Timestamp
  ) throws(LedgerFailure) -> SessionRecord {
    let number = try ledger.writing("begin a conversation") { () throws(LedgerFailure) in
      try database.run(
        """
        INSERT INTO sessions (id, name, created_us, updated_us, directory, terminal, tip, settings)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .text(id), .optional(name), .int(now.microseconds), .int(now.microseconds), .optional(directory),
          .optional(terminal), tip.map { .int($0) } ?? .null, .text(settings.text),
        ], "begin a conversation")
      return database.lastInsertedRow
    }
    return SessionRecord(
      number: number, id: id, name: name, createdAt: now, updatedAt: now, directory: directory, terminal: terminal,
      tip: tip, settings: settings)
  }

  /// The one of that name or id, or whose id begins so when it is the only one.
  package func session(_ text: String) throws(LedgerFailure) -> SessionRecord? {
    if let found = try sessions("WHERE name = ?1 OR id = ?1", [.text(text)], limit: 1).first { return found }
    let found = try sessions("WHERE id >= ?1 AND id < ?1 || char(0x10ffff)", [.text(text)], limit: 2)
    return text.count >= 4 && found.count == 1 ? found.first : nil
  }

  /// The latest of a directory, of this terminal when it has one there.
  package func latest(directory: String, terminal: String?) throws(LedgerFailure) -> SessionRecord? {
    if let terminal {
      let own = try sessions("WHERE directory = ? AND terminal = ?", [.text(directory), .text(terminal)], limit: 1)
      if let session = own.first { return session }
    }
    return try sessions("WHERE directory = ?", [.text(directory)], limit: 1).first
  }

  /// The latest, the newest first.
  package func sessions(limit: Int) throws(LedgerFailure) -> [SessionRecord] { try sessions("", [], limit: limit) }

  func sessions(
    _ condition: String, _ values: [SQLValue], limit: Int
  ) throws(LedgerFailure) -> [SessionRecord] {
    try database.rows(
      """
      SELECT seq, id, name, created_us, updated_us, directory, terminal, tip, settings,
        (SELECT count(*) FROM messages WHERE session = sessions.seq),
        (SELECT substr(text, 1, 200) FROM messages WHERE session = sessions.seq AND role = 'user' ORDER BY seq LIMIT 1)
      FROM sessions \(condition) ORDER BY updated_us DESC, seq DESC LIMIT \(limit)
      """, values, "find a conversation"
    ) { SessionRecord(row: $0) }
  }

  /// Gives it a name, or another one; false when another conversation has that name.
  package func rename(_ session: Int64, to name: String) throws(LedgerFailure) -> Bool {
    let task = "rename a conversation"
    return try ledger.writing(task) { () throws(LedgerFailure) in
      let other = try database.int(
        "SELECT 1 FROM sessions WHERE name = ? AND seq <> ?", [.text(name), .int(session)], task)
      guard other == nil else { return false }
      return try database.run("UPDATE sessions SET name = ? WHERE seq = ?", [.text(name), .int(session)], task) == 1
    }
  }

  package func keep(_ settings: JSON, of session: Int64) throws(LedgerFailure) {
    try ledger.writing("keep the settings of a conversation") { () throws(LedgerFailure) in
      _ = try database.run(
        "UPDATE sessions SET settings = ? WHERE seq = ?", [.text(settings.text), .int(session)], "keep settings")
    }
  }

  /// Moves to another entry, such as the one before; what is left stays.
  package func move(_ session: Int64, to tip: Int64?, now: Timestamp) throws(LedgerFailure) {
    try ledger.writing("move in a conversation") { () throws(LedgerFailure) in
      try setTip(of: session, to: tip, now)
    }
  }

  private func setTip(of session: Int64, to tip: Int64?, _ now: Timestamp) throws(LedgerFailure) {
    _ = try database.run(
      "UPDATE sessions SET tip = ?, updated_us = ? WHERE seq = ?",
      [tip.map { .int($0) } ?? .null, .int(now.microseconds), .int(session)], "move in a conversation")
  }

  /// Deletes a conversation with all its branches, but for what others begin with.
  package func delete(_ session: Int64) throws(LedgerFailure) {
    try ledger.withLock("delete a conversation") { (lock: borrowing WriteLock) throws(LedgerFailure) in
      _ = try database.forget(sessions: "seq = ?", [.int(session)], under: lock)
      try database.forgetDeletedWords(under: lock)
    }
  }

  // MARK: Entries

  /// Adds an entry after `parent` and moves there.
  package func add(
    _ body: ConversationEntry.Body, to session: Int64, after parent: Int64?, model: String? = nil,
    operation: String? = nil, createdAt: Timestamp, now: Timestamp
  ) throws(LedgerFailure) -> ConversationEntry {
    var entry = ConversationEntry(number: 0, body, createdAt: createdAt, model: model, operation: operation)
    let task = "keep a message"
    let (role, stored, text) = (entry.role, entry.storedBody.text, entry.text)
    entry.number = try ledger.writing(task) { () throws(LedgerFailure) in
      try database.run(
        """
        INSERT INTO messages (session, parent, created_us, role, model, operation, body, text)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .int(session), parent.map { .int($0) } ?? .null, .int(createdAt.microseconds), .text(role), .optional(model),
          .optional(operation), .text(stored), .text(text),
        ], task)
      let number = database.lastInsertedRow
      try setTip(of: session, to: number, now)
      return number
    }
    return entry
  }

  /// The entries from the first one to `tip`.
  package func path(to tip: Int64?) throws(LedgerFailure) -> [ConversationEntry] {
    guard let tip else { return [] }
    return try database.rows(
      """
      WITH RECURSIVE path(seq, depth) AS (
        SELECT ?, 0 UNION ALL
        SELECT m.parent, depth + 1 FROM messages m JOIN path ON m.seq = path.seq
        WHERE m.parent IS NOT NULL AND depth < \(Self.longest))
      SELECT m.seq, created_us, model, operation, body FROM path JOIN messages m ON m.seq = path.seq
      ORDER BY depth DESC
      """, [.int(tip)], "read a conversation"
    ) { ConversationEntry(row: $0) }.compactMap(\.self)
  }

  /// The entries that a conversation may have on one branch.
  private static let longest = 100_000

  /// Whether an answer that began then was kept already.
  func hasAnswer(to parent: Int64, createdAt: Timestamp) throws(LedgerFailure) -> Bool {
    try database.int(
      "SELECT 1 FROM messages WHERE parent = ? AND created_us = ?", [.int(parent), .int(createdAt.microseconds)],
      "look for an answer") != nil
  }
}

extension SQLValue {
  static func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
}

extension ConversationEntry {
  /// `nil` when a later version wrote it.
  init?(row: Statement) {
    var row = RowReader(row)
    let (number, created, model, operation, body) = (row.int64(), row.moment(), row.text(), row.text(), row.text())
    guard let number, let created, let body = body.flatMap(Body.init(stored:)) else { return nil }
    self.init(number: number, body, createdAt: created, model: model, operation: operation)
  }
}

extension SessionRecord {
  fileprivate init(row: Statement) {
    var row = RowReader(row)
    number = row.int64() ?? 0
    id = row.text() ?? ""
    name = row.text()
    createdAt = row.moment() ?? Timestamp(microseconds: 0)
    updatedAt = row.moment() ?? Timestamp(microseconds: 0)
    directory = row.text()
    terminal = row.text()
    tip = row.int64()
    settings = row.text().flatMap { try? JSON.parse($0) } ?? .object(JSONObject())
    messages = row.int() ?? 0
    opening = row.text()
  }
}
