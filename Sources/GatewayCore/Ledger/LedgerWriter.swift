// The one thread of a process that writes to its ledger. What arrives while it commits goes into the next commit.
import Glibc

/// Owns the writing connection.
///
/// `@unchecked Sendable`: all but `inbox` is touched by the writer thread alone once `start` has been called.
final class LedgerWriter: @unchecked Sendable {
  /// Entries that are committed together, and whom to tell.
  struct Unit: Sendable {
    let entries: [LedgerEntry]
    /// Where it ends in the journal, if it lies there: it is kept until it can be booked.
    var position: Journal.Position?
    let reply: @Sendable (Result<Void, LedgerFailure>) -> Void
  }

  let inbox: Inbox<Unit>
  /// What a caller waits for is then a record in it, not a commit.
  let journal: Journal?
  private let files: LedgerFiles
  private let database: Database
  private let bookkeeper: Bookkeeper
  private let lock: WriteLock
  private var presence: RunningProcess?
  private let retention: Duration?
  private let openedAt: Timestamp
  private var logBytesForCheckpoint = LedgerWriter.logBytes
  private var turnBegan = ContinuousClock.now
  private let ended: @Sendable () -> Void

  /// The size of the log at which it is copied into the file.
  ///
  /// No call is booked meanwhile, about 10 ms for two `fsync`: seldom is better. A commit of one call writes 20 KiB.
  private static let logBytes: Int64 = 16 << 20
  /// A log this small is left to the next process, which reads it on opening (1 MiB: under 2 ms).
  private static let logBytesLeftBehind: Int64 = 1 << 20
  /// In nanoseconds: many calls a commit, and a reader still sees a call before he can ask for it.
  private static let patienceWithJournal = 250_000_000
  /// Two for each call: half a millisecond of work, and a fifth of it for the commit, which is done at a stretch.
  private static let unitsAtOnce = 64
  /// How long it works at a stretch while nobody waits for it: about as long as the commit at the end takes in any case.
  ///
  /// Shorter turns cost more than they gain: each end of one is a switch of threads.
  private static let turn = Duration.microseconds(100)

  /// `ended` runs on the writer thread as its last act.
  init(
    files: LedgerFiles, database: Database, lock: consuming WriteLock, presence: consuming RunningProcess,
    settings: LedgerSettings, now: Timestamp, ended: @escaping @Sendable () -> Void
  ) {
    self.files = files
    self.database = database
    self.lock = lock
    bookkeeper = Bookkeeper(database: database, process: presence.mark, keepsContents: settings.keepsContents)
    // What a power cut must not take waits for the disk in any case.
    journal = settings.usesJournal && settings.sync == .normal ? presence.makeJournal() : nil
    inbox = journal == nil ? Inbox() : Inbox(patience: Self.patienceWithJournal, enough: Self.unitsAtOnce)
    self.presence = consume presence
    retention = settings.contentsRetention
    openedAt = now
    self.ended = ended
  }

  /// Starts the thread; it ends when the inbox is closed and empty.
  func start() throws(LedgerFailure) {
    let code = DetachedThread.start(named: "llmgw-ledger") { [self] in run() }
    guard code == 0 else { throw LedgerFailure(errno: code, "start the ledger's thread") }
  }

  private func run() {
    var kept: [Unit] = []
    while let units = inbox.takeAll() {
      kept = book(kept.isEmpty ? units : kept + units)
      checkpoint(from: logBytesForCheckpoint)
    }
    forgetOldTexts()
    checkpoint(from: Self.logBytesLeftBehind)
    leave(hasBooked: kept.isEmpty)
    ended()
  }

  /// Returns what could not be booked and waits in the journal: it is tried again with what comes next.
  private func book(_ units: [Unit]) -> [Unit] {
    var kept: [Unit] = []
    var booked: Journal.Position?
    for (unit, result) in zip(units, commit(units)) {
      if unit.position != nil, !kept.isEmpty || result.mayPass {
        kept.append(unit)
      } else {
        unit.reply(result)
        booked = unit.position ?? booked
      }
    }
    if let booked { journal?.release(upTo: booked) }
    return kept
  }

  /// One commit for all; if that cannot be, one for each, so that nobody fails for another's sake.
  private func commit(_ units: [Unit]) -> [Result<Void, LedgerFailure>] {
    do throws(LedgerFailure) {
      return try write(units)
    } catch {
      // Whoever waited for the lock in vain need not wait again for each.
      guard units.count > 1, error.kind != .locked else { return units.map { _ in .failure(error) } }
    }
    var kept: Result<Void, LedgerFailure>?
    return units.map { unit in
      // What comes after a unit that is kept may be about the same call.
      if unit.position != nil, let kept { return kept }
      do throws(LedgerFailure) {
        return try write([unit]).first ?? .success(())
      } catch {
        let result: Result<Void, LedgerFailure> = .failure(error)
        if unit.position != nil, result.mayPass { kept = result }
        return result
      }
    }
  }

  private func write(_ units: [Unit]) throws(LedgerFailure) -> [Result<Void, LedgerFailure>] {
    let task = "book a call"
    do throws(LedgerFailure) {
      return try lock.hold(task) { () throws(LedgerFailure) in
        try database.transaction(task) { () throws(LedgerFailure) in
          var results: [Result<Void, LedgerFailure>] = []
          for unit in units {
            results.append(try write(unit.entries))
            giveWay()
          }
          try bookkeeper.finish(afterEach: giveWay)
          return results
        }
      }
    } catch {
      bookkeeper.forget()
      throw error
    }
  }

  /// Ends a turn, so that a thread that has to answer and woke on this core runs now and not after the whole batch.
  ///
  /// Sleeps as shortly as the system can, some 60 microseconds. Who does not sleep here keeps the core for half a
  /// millisecond: one request in a hundred waited for that.
  private func giveWay() {
    guard ContinuousClock.now - turnBegan >= Self.turn, inbox.mayLie else { return }
    var least = timespec(tv_sec: 0, tv_nsec: 1)
    nanosleep(&least, nil)
    turnBegan = ContinuousClock.now
  }

  /// Writes all entries; one that is not open does not keep the others from being written, and is reported.
  private func write(_ entries: [LedgerEntry]) throws(LedgerFailure) -> Result<Void, LedgerFailure> {
    var result: Result<Void, LedgerFailure> = .success(())
    for entry in entries {
      do throws(LedgerFailure) {
        try bookkeeper.write(entry)
      } catch {
        guard error.kind == .notOpen else { throw error }
        if case .success = result { result = .failure(error) }
      }
    }
    return result
  }

  /// Copies the log into the file when it has grown to `bytes`.
  private func checkpoint(from bytes: Int64) {
    guard files.logBytes >= bytes else { return }
    do throws(LedgerFailure) {
      try lock.hold("checkpoint the ledger") { () throws(LedgerFailure) in try database.checkpoint() }
    } catch {
      // The log just stays; what is in it is safe.
    }
    // With a reader in the way it could not be emptied: try again only when it has grown as much again.
    logBytesForCheckpoint = files.logBytes + Self.logBytes
  }

  /// Once a day, when all that was to be booked is booked.
  private func forgetOldTexts() {
    guard let retention else { return }
    do throws(LedgerFailure) {
      try database.keep(retention, at: openedAt, under: lock)
    } catch {
      // The next run tries again.
    }
  }

  /// Without open rows the mark is no longer needed; with any, the next process will find them by it.
  private func leave(hasBooked: Bool) {
    journal?.close()
    guard let presence = presence.take() else { return }
    do throws(LedgerFailure) {
      let open = try database.int(.hasOpenOperations, [.int(presence.mark.number)], "close the ledger")
      if hasBooked, open == nil { presence.leave() }
    } catch {
      // Unknown is treated as open: the mark stays.
    }
  }
}

extension Result where Success == Void, Failure == LedgerFailure {
  /// It may be written later, as it is.
  fileprivate var mayPass: Bool {
    guard case .failure(let failure) = self else { return false }
    return [.locked, .full, .readOnly, .permission].contains(failure.kind)
  }
}
