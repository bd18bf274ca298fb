// The ledger for those who look things up: reports, lists, one call in full.

/// A ledger open for reading, and for tidying where it may be written.
///
/// For one thread at a time.
package final class LedgerReader {
  let files: LedgerFiles
  let database: Database
  /// `nil` when the ledger may only be read.
  private let lock: WriteLock?
  package let isWritable: Bool

  /// Opens the ledger and settles what dead processes left open; `nil` when none was begun yet.
  package init?(_ files: LedgerFiles, settings: LedgerSettings = LedgerSettings(), now: Timestamp) throws(LedgerFailure)
  {
    guard files.exist else { return nil }
    var writable: Database?
    var held: WriteLock?
    do throws(LedgerFailure) {
      try files.create()
      let lock = try WriteLock(path: files.lock, patience: settings.patience)
      let database = try Database(writing: files, settings: settings, under: lock, now: now)
      try DeadProcesses.settle(in: files, database, under: lock, except: nil)
      writable = database
      held = consume lock
    } catch {
      guard [.readOnly, .permission, .full].contains(error.kind) else { throw error }
    }
    self.files = files
    isWritable = writable != nil
    lock = held.take()
    if let writable { database = writable } else { database = try Database(reading: files) }
  }

  /// Hands `body` the write lock, not yet held; throws `.readOnly` when the ledger may only be read.
  func withLock<Result>(
    _ task: String, _ body: (borrowing WriteLock) throws(LedgerFailure) -> Result
  ) throws(LedgerFailure) -> Result {
    switch lock {
    case .some(let lock): return try body(lock)
    case .none: throw LedgerFailure(.readOnly, task, "the ledger may not be written to")
    }
  }

  /// Runs `body` in a transaction under the write lock.
  func writing<Result>(
    _ task: String, _ body: () throws(LedgerFailure) -> Result
  ) throws(LedgerFailure) -> Result {
    try withLock(task) { (lock: borrowing WriteLock) throws(LedgerFailure) in
      try lock.hold(task) { () throws(LedgerFailure) in try database.transaction(task, body) }
    }
  }

  /// Sums up what was spent.
  package func spend(_ query: SpendQuery) throws(LedgerFailure) -> SpendReport {
    var scan = SpendScan(query)
    return try scan.run(database)
  }
}

extension Database {
  /// Opens the file of `files` for reading only; its tables must be up to date already.
  convenience init(reading files: LedgerFiles) throws(LedgerFailure) {
    try self.init(path: files.database, access: .readOnly, busyMilliseconds: 1_000)
    guard try schemaVersion() == Migration.all.count else {
      throw LedgerFailure(.readOnly, "open the ledger", "its tables are of an earlier version and may not be changed")
    }
  }
}
