// The books of every call. Each line is durable when its call returns; what a process leaves open is found again.
import Glibc
import Synchronization

/// How a ledger is kept.
public struct LedgerSettings: Sendable, Equatable {
  /// What survives a power cut; a crash of the process loses nothing either way.
  public enum Sync: String, Sendable, CaseIterable {
    /// The last second may be lost.
    case normal
    /// Nothing is lost; each commit waits for the disk.
    case full
  }

  /// Prompts and replies are kept, apart from the books.
  public var keepsContents: Bool
  public var sync: Sync
  /// How long to wait for another process that writes.
  public var patience: Duration
  /// How long prompts and replies are kept, `nil` for ever; the books stay in any case.
  public var contentsRetention: Duration?
  /// What is written is in the process's journal when the call returns, and in the tables some milliseconds later.
  ///
  /// For servers: nobody is told what could not be booked in the end, it is counted. Not with `Sync.full`.
  public var usesJournal: Bool

  public init(
    keepsContents: Bool = true, sync: Sync = .normal, patience: Duration = .seconds(10),
    contentsRetention: Duration? = nil, usesJournal: Bool = false
  ) {
    self.keepsContents = keepsContents
    self.sync = sync
    self.patience = patience
    self.contentsRetention = contentsRetention
    self.usesJournal = usesJournal
  }
}

/// A ledger open for writing.
///
/// Its calls return when what they say is committed, many in one commit; with a journal, when it is there.
public final class Ledger: Sendable {
  public let files: LedgerFiles
  private let writer: LedgerWriter
  private let ended: Latch
  private let failedPosts = FailedPosts()

  /// Opens the ledger in `files`, which is begun or brought up to date if need be, and settles what dead processes left
  /// open.
  ///
  /// Waits for the disk: not for an event loop.
  public convenience init(_ files: LedgerFiles, settings: LedgerSettings, now: Timestamp) throws(LedgerFailure) {
    try files.create()
    let lock = try WriteLock(path: files.lock, patience: settings.patience)
    let database = try Database(writing: files, settings: settings, under: lock, now: now)
    let presence = try RunningProcess(in: files)
    try DeadProcesses.settle(in: files, database, under: lock, except: presence.mark)
    try self.init(files, database, under: lock, as: presence, settings: settings, now: now)
  }

  /// Starts to write with what is open already.
  init(
    _ files: LedgerFiles, _ database: Database, under lock: consuming WriteLock, as presence: consuming RunningProcess,
    settings: LedgerSettings, now: Timestamp
  ) throws(LedgerFailure) {
    self.files = files
    let ended = Latch()
    self.ended = ended
    writer = LedgerWriter(
      files: files, database: database, lock: lock, presence: presence, settings: settings, now: now,
      ended: { ended.open() })
    try writer.start()
  }

  deinit { writer.inbox.close() }

  /// `3.40.1`: the SQLite that is loaded.
  package static var sqliteVersion: String { Database.libraryVersion }

  /// Books a call before anything of it leaves, with its first attempt if that is known.
  package func open(_ operation: OperationOpening, attempt: AttemptOpening? = nil) async throws(LedgerFailure) {
    try await record([.openOperation(operation)] + (attempt.map { [.openAttempt($0)] } ?? []))
  }

  /// Books an attempt before it leaves; its call must be open.
  package func openAttempt(_ attempt: AttemptOpening) async throws(LedgerFailure) {
    try await record([.openAttempt(attempt)])
  }

  /// Books how an attempt ended; `.notOpen` if that was booked before.
  package func closeAttempt(_ id: AttemptID, _ closing: AttemptClosing) async throws(LedgerFailure) {
    try await record([.closeAttempt(id, closing)])
  }

  /// Books how a call ended, after its attempts; `.notOpen` if that was booked before.
  package func closeOperation(_ id: String, _ closing: OperationClosing) async throws(LedgerFailure) {
    try await record([.closeOperation(id: id, closing)])
  }

  /// Books several entries in order and in one commit.
  ///
  /// One that is not open is skipped and reported; any other failure leaves none of them written. With a journal, what
  /// fails is counted instead.
  package func record(_ entries: [LedgerEntry]) async throws(LedgerFailure) {
    if !hasJournaled(entries, isUrgent: true) { try await commit(entries) }
  }

  /// Returns when all that was handed over before is committed.
  package func flush() async throws(LedgerFailure) { try await commit([]) }

  private func commit(_ entries: [LedgerEntry]) async throws(LedgerFailure) {
    let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Void, LedgerFailure>, _>) in
      let unit = LedgerWriter.Unit(entries: entries) { continuation.resume(returning: $0) }
      if !writer.inbox.put(unit) {
        continuation.resume(returning: .failure(LedgerFailure(.other, "book a call", "the ledger was closed")))
      }
    }
    try result.get()
  }

  /// Books entries for which nobody waits: they are committed within milliseconds, together with others.
  ///
  /// What is then not written is counted.
  package func post(_ entries: [LedgerEntry]) {
    if hasJournaled(entries, isUrgent: false) { return }
    let unit = LedgerWriter.Unit(entries: entries, reply: failedPosts.count)
    if !writer.inbox.put(unit, isUrgent: false) { failedPosts.count(.failure(.init(.other, "book a call", "closed"))) }
  }

  /// False without a journal, or when there is no room in it.
  private func hasJournaled(_ entries: [LedgerEntry], isUrgent: Bool) -> Bool {
    guard let journal = writer.journal else { return false }
    return journal.append(entries, isUrgent: isUrgent) { position in
      let unit = LedgerWriter.Unit(entries: entries, position: position, reply: failedPosts.count)
      return writer.inbox.put(unit, isUrgent: false)
    }
  }

  /// How often what nobody waited for could not be written.
  package var failures: Int { failedPosts.number }

  /// How much waits to be written.
  package var waiting: Int { writer.inbox.count }

  /// Writes what was handed over and lets go of the file.
  ///
  /// Calls after it fail.
  public func close() async {
    writer.inbox.close()
    await ended.wait()
  }
}

/// Counts what nobody is told of.
private final class FailedPosts: Sendable {
  private let failures = Atomic(0)
  var number: Int { failures.load(ordering: .relaxed) }

  func count(_ result: Result<Void, LedgerFailure>) {
    if case .failure = result { failures.add(1, ordering: .relaxed) }
  }
}

extension Database {
  /// Opens the file of `files` for writing, as all writers of a ledger must, with the latest tables.
  convenience init(
    writing files: LedgerFiles, settings: LedgerSettings, under lock: borrowing WriteLock, now: Timestamp
  ) throws(LedgerFailure) {
    let task = "open the ledger"
    try self.init(path: files.database, access: .readWrite, busyMilliseconds: 1_000)
    // Even looking at a file may find it busy, while another process begins it or reads its log after a crash.
    try retrying(for: settings.patience) { () throws(LedgerFailure) in
      try execute("PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = \(settings.sync.rawValue)", task)
      if try schemaVersion() < Migration.all.count {
        try lock.hold(task) { () throws(LedgerFailure) in
          try execute("PRAGMA journal_mode = WAL", task)
          try migrate(at: now)
        }
      }
    }
  }

  private func retrying(
    for patience: Duration, _ body: () throws(LedgerFailure) -> Void
  ) throws(LedgerFailure) {
    let deadline = ContinuousClock.now + patience
    while true {
      do throws(LedgerFailure) {
        return try body()
      } catch {
        guard error.kind == .locked, ContinuousClock.now < deadline else { throw error }
        usleep(1_000)
      }
    }
  }
}
