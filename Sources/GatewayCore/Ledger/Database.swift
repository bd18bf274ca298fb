// One SQLite connection and its statements. The only file that holds SQLite's pointers.
import CSQLite
import Glibc

/// A value as SQLite stores it.
enum SQLValue: Sendable, Equatable {
  case null
  case int(Int64)
  case text(String)
  case bytes([UInt8])

  init(_ number: Int64?) { self = number.map(SQLValue.int) ?? .null }
  init(_ number: Int?) { self.init(number.map(Int64.init)) }
  init(_ text: String?) { self = text.map(SQLValue.text) ?? .null }
}

/// Owns a connection and its prepared statements.
///
/// For one thread at a time.
final class Database {
  enum Access { case readWrite, readOnly }

  private let handle: OpaquePointer
  private let busyMilliseconds: Int32
  private var statements: [String: Statement] = [:]
  private var books = [Statement?](repeating: nil, count: SQL.allCases.count)

  /// Opens a file that is there already.
  init(path: String, access: Access, busyMilliseconds: Int32) throws(LedgerFailure) {
    _ = Self.isConfigured
    // Extended codes, no mutex: a connection is used by one thread at a time.
    let mode = access == .readWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(path, &opened, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard let handle = opened, code == SQLITE_OK else {
      let failure = LedgerFailure(code: code, systemError: opened.map(sqlite3_system_errno), task: "open the ledger")
      sqlite3_close_v2(opened)
      throw failure
    }
    self.handle = handle
    self.busyMilliseconds = busyMilliseconds
    sqlite3_busy_timeout(handle, busyMilliseconds)
    // The last one to close would else checkpoint outside the write lock; see docs/decisions/0006.
    let configured = sqlite_leave_log_on_close(handle)
    guard configured == SQLITE_OK else { throw failure(configured, "open the ledger") }
  }

  deinit {
    // Finalized before the connection goes.
    statements.removeAll()
    books.removeAll()
    sqlite3_close_v2(handle)
  }

  /// Runs one or more statements without values.
  func execute(_ sql: String, _ task: String) throws(LedgerFailure) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    if code != SQLITE_OK { throw failure(code, task) }
  }

  /// The statement for `sql`, prepared once.
  func statement(_ sql: String, _ task: String) throws(LedgerFailure) -> Statement {
    if let known = statements[sql] { return known }
    let statement = try prepare(sql, task)
    statements[sql] = statement
    return statement
  }

  private func statement(_ sql: SQL, _ task: String) throws(LedgerFailure) -> Statement {
    if let known = books[sql.rawValue] { return known }
    let statement = try prepare(sql.text, task)
    books[sql.rawValue] = statement
    return statement
  }

  private func prepare(_ sql: String, _ task: String) throws(LedgerFailure) -> Statement {
    var raw: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &raw, nil)
    guard code == SQLITE_OK, let raw else { throw failure(code, task) }
    return Statement(adopting: raw, of: self, task: task)
  }

  /// Runs a statement that gives no rows; tells how many rows it changed.
  @discardableResult
  func run(_ sql: SQL, _ values: [SQLValue], _ task: String) throws(LedgerFailure) -> Int {
    try run(statement(sql, task), values)
  }

  /// Runs a statement that gives no rows; tells how many rows it changed.
  @discardableResult
  func run(_ sql: String, _ values: [SQLValue] = [], _ task: String) throws(LedgerFailure) -> Int {
    try run(statement(sql, task), values)
  }

  private func run(_ statement: Statement, _ values: [SQLValue]) throws(LedgerFailure) -> Int {
    try statement.start(values)
    defer { statement.reset() }
    return try finish(statement)
  }

  /// The same with the parameters that `bind` gives.
  @discardableResult
  func run(
    _ sql: SQL, _ task: String, _ bind: (inout Parameters) throws(LedgerFailure) -> Void
  ) throws(LedgerFailure) -> Int {
    let statement = try statement(sql, task)
    defer { statement.reset() }
    var parameters = Parameters(of: statement)
    try bind(&parameters)
    guard parameters.code == SQLITE_OK else { throw failure(parameters.code, task) }
    return try finish(statement)
  }

  private func finish(_ statement: Statement) throws(LedgerFailure) -> Int {
    while try statement.next() {}
    return Int(sqlite3_changes(handle))
  }

  /// The first column of the first row, when there is a row and it is a number.
  func int(_ sql: SQL, _ values: [SQLValue], _ task: String) throws(LedgerFailure) -> Int64? {
    try int(statement(sql, task), values)
  }

  /// The first column of the first row, when there is a row and it is a number.
  func int(_ sql: String, _ values: [SQLValue] = [], _ task: String) throws(LedgerFailure) -> Int64? {
    try int(statement(sql, task), values)
  }

  private func int(_ statement: Statement, _ values: [SQLValue]) throws(LedgerFailure) -> Int64? {
    try statement.start(values)
    defer { statement.reset() }
    return try statement.next() ? statement.int(0) : nil
  }

  /// Reads every row of a statement.
  func rows<Row>(
    _ sql: String, _ values: [SQLValue] = [], _ task: String, read: (Statement) -> Row
  ) throws(LedgerFailure) -> [Row] {
    let statement = try statement(sql, task)
    try statement.start(values)
    defer { statement.reset() }
    var rows: [Row] = []
    while try statement.next() { rows.append(read(statement)) }
    return rows
  }

  var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

  /// Runs `body` in a transaction that has the right to write from its first moment; undone when it throws.
  func transaction<Result>(
    _ task: String, _ body: () throws(LedgerFailure) -> Result
  ) throws(LedgerFailure) -> Result {
    try run(.begin, [], task)
    do {
      let result = try body()
      try run(.commit, [], task)
      return result
    } catch {
      // After some failures (a full disk) SQLite has rolled back already.
      if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
      throw error
    }
  }

  /// Runs `body` with everything it reads as of one moment.
  func reading<Result>(_ body: () throws(LedgerFailure) -> Result) throws(LedgerFailure) -> Result {
    let task = "read the ledger"
    try execute("BEGIN", task)
    do {
      let result = try body()
      try execute("COMMIT", task)
      return result
    } catch {
      if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
      throw error
    }
  }

  /// Copies the write-ahead log into the file and empties it as far as no reader needs it, without waiting for one.
  func checkpoint() throws(LedgerFailure) {
    // With a reader in the way this would wait for him, and all who want to write would wait with us.
    sqlite3_busy_timeout(handle, 0)
    defer { sqlite3_busy_timeout(handle, busyMilliseconds) }
    let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    if code & 0xff != SQLITE_OK, code & 0xff != SQLITE_BUSY { throw failure(code, "checkpoint the ledger") }
  }

  fileprivate func failure(_ code: Int32, _ task: String) -> LedgerFailure {
    LedgerFailure(code: code, systemError: sqlite3_system_errno(handle), task: task)
  }

  /// Done once, before the first connection.
  private static let isConfigured: Void = sqlite_count_no_memory()

  /// The library was built with FTS5.
  static var hasFullTextSearch: Bool { sqlite3_compileoption_used("ENABLE_FTS5") == 1 }

  /// `3.40.1`: the library that is loaded.
  static var libraryVersion: String { String(cString: sqlite3_libversion()) }
}

/// Owns a prepared statement; kept by its `Database`, which outlives it.
final class Statement {
  private let raw: OpaquePointer
  private unowned let database: Database
  private let task: String

  fileprivate init(adopting raw: OpaquePointer, of database: Database, task: String) {
    self.raw = raw
    self.database = database
    self.task = task
  }

  deinit { sqlite3_finalize(raw) }

  /// Binds `values` to the parameters in order; `reset` when done.
  func start(_ values: [SQLValue]) throws(LedgerFailure) {
    sqlite3_reset(raw)
    for (index, value) in zip(Int32(1)..., values) {
      let code =
        switch value {
        case .null: sqlite3_bind_null(raw, index)
        case .int(let number): bind(number, at: index)
        case .text(let text): bind(text, at: index)
        case .bytes(let bytes): bind(bytes, at: index)
        }
      if code != SQLITE_OK { throw database.failure(code, task) }
    }
  }

  /// Steps to the next row; false at the end.
  func next() throws(LedgerFailure) -> Bool {
    switch sqlite3_step(raw) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw database.failure(code, task)
    }
  }

  /// Lets go of locks and texts.
  func reset() {
    sqlite3_reset(raw)
    sqlite3_clear_bindings(raw)
  }

  /// Column `index` of the row, from 0; `nil` when NULL.
  func int(_ index: Int32) -> Int64? {
    sqlite3_column_type(raw, index) == SQLITE_NULL ? nil : sqlite3_column_int64(raw, index)
  }

  /// Column `index` of the row, from 0, with NULL as 0.
  func number(_ index: Int32) -> Int64 { sqlite3_column_int64(raw, index) }

  /// Column `index` of the row, from 0; `nil` when NULL.
  func text(_ index: Int32) -> String? {
    guard let bytes = sqlite3_column_text(raw, index) else { return nil }
    let count = Int(sqlite3_column_bytes(raw, index))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// Column `index` of the row, from 0; empty when NULL.
  func bytes(_ index: Int32) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(raw, index) else { return [] }
    return Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(raw, index))))
  }

  /// Gives SQLite's result code.
  func bind(_ bytes: [UInt8], at index: Int32) -> Int32 {
    // SQLITE_TRANSIENT: SQLite copies the bytes at once.
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    return bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return sqlite3_bind_zeroblob(raw, index, 0) }
      return sqlite3_bind_blob64(raw, index, start, UInt64(bytes.count), transient)
    }
  }

  /// Gives SQLite's result code.
  func bind(_ number: Int64, at index: Int32) -> Int32 { sqlite3_bind_int64(raw, index, number) }

  /// Gives SQLite's result code.
  func bind(_ text: String, at index: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        // SQLITE_TRANSIENT: SQLite copies the bytes at once. A nil start would bind NULL instead of an empty text.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        guard let start = characters.baseAddress else { return sqlite3_bind_text(raw, index, "", 0, transient) }
        return sqlite3_bind_text64(raw, index, start, UInt64(characters.count), transient, UInt8(SQLITE_UTF8))
      }
    }
  }
}

extension LedgerFailure {
  /// What SQLite's result code and the system's error behind it mean.
  fileprivate init(code: Int32, systemError: Int32?, task: String) {
    let (kind, problem) = Self.meaning(code, systemError)
    self.init(kind, task, problem, code: code)
  }

  private static func meaning(_ code: Int32, _ systemError: Int32?) -> (Kind, String) {
    switch (code & 0xff, systemError) {
    case (SQLITE_BUSY, _), (SQLITE_LOCKED, _): (.locked, "another process is writing to it")
    case (SQLITE_FULL, _), (SQLITE_IOERR, ENOSPC), (SQLITE_IOERR, EDQUOT), (SQLITE_IOERR, EFBIG):
      (.full, "the disk is full")
    case (SQLITE_READONLY, _), (SQLITE_IOERR, EROFS): (.readOnly, "it may not be written to")
    case (SQLITE_PERM, _), (SQLITE_AUTH, _), (SQLITE_CANTOPEN, _): (.permission, "it may not be opened")
    case (SQLITE_CORRUPT, _), (SQLITE_NOTADB, _): (.corrupt, "the file is damaged or no ledger")
    default: (.other, String(cString: sqlite3_errstr(code)))
    }
  }
}
