// How the books tell a living process from a dead one: each holds a lock on a file of its own for as long as it lives.
import Glibc

/// The random number of a process; its file in `running/` has it in hexadecimal.
struct ProcessMark: Sendable, Hashable {
  let number: Int64

  init(number: Int64) { self.number = number }

  /// Reads a file's name; `nil` for a file that someone else put there.
  init?(fileName: String) {
    guard fileName.utf8.count == 16, let bits = UInt64(fileName, radix: 16) else { return nil }
    number = Int64(bitPattern: bits)
    guard self.fileName == fileName else { return nil }
  }

  var fileName: String {
    let digits = String(UInt64(bitPattern: number), radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}

/// This process, marked as running.
///
/// Its mark stands in the rows it opens.
struct RunningProcess: ~Copyable {
  let mark: ProcessMark
  private let path: String
  private let lock: FileLock

  init(in files: LedgerFiles) throws(LedgerFailure) {
    while true {
      let mark = ProcessMark(number: .random(in: .min ... .max))
      let path = files.running + "/" + mark.fileName
      guard let lock = FileLock(path: path) else { throw LedgerFailure(errno: errno, "mark this process as running") }
      // Someone tidying up may have taken the new file for a dead process's; then another one is made.
      if lock.tryLock(), lock.isReachable {
        self.mark = mark
        self.path = path
        self.lock = lock
        return
      }
    }
  }

  /// A journal in the file; to be closed before this value ends.
  func makeJournal() -> Journal? { Journal(in: lock.descriptor) }

  /// Removes the mark; for an orderly end, with nothing left open.
  consuming func leave() { unlink(path) }
}

/// Settles what processes that are gone left open.
enum DeadProcesses {
  /// Closes what they left open as lost, in `database`, and removes their marks.
  ///
  /// A process is dead when the lock on its mark can be taken, and it is held while its journal is booked and its rows
  /// are closed; a number in the books without a file has no one who could hold its lock. Any number of processes may
  /// do this at once.
  static func settle(
    in files: LedgerFiles, _ database: Database, under lock: borrowing WriteLock, except own: ProcessMark?
  ) throws(LedgerFailure) {
    let task = "settle what a dead process left open"
    let booked = try database.rows(SQL.processesWithOpenOperations.text, [], task) {
      $0.int(0).map(ProcessMark.init(number:))
    }
    let withOpenRows = Set(booked.compactMap { $0 })
    for mark in withOpenRows.union(marks(in: files)) where mark != own {
      let path = files.running + "/" + mark.fileName
      guard let presence = FileLock(path: path), presence.tryLock(),
        let journal = try JournalFormat.units(in: presence.descriptor, task)
      else { continue }
      // The first look may have been before the rows were written: look again now that nobody can write any more.
      let hasOpenRows = try database.int(.hasOpenOperations, [.int(mark.number)], task) != nil
      if hasOpenRows || !journal.isEmpty {
        try lock.hold(task) { () throws(LedgerFailure) in
          try database.transaction(task) { () throws(LedgerFailure) in
            try Bookkeeper(database: database, process: mark, keepsContents: true).book(journal)
            try database.run(SQL.loseAttemptsOfProcess, [.int(mark.number)], task)
            try database.run(SQL.loseOperationsOfProcess, [.int(mark.number)], task)
          }
        }
      }
      unlink(path)
      _ = consume presence
    }
  }

  private static func marks(in files: LedgerFiles) -> [ProcessMark] {
    guard let directory = opendir(files.running) else { return [] }
    defer { closedir(directory) }
    var marks: [ProcessMark] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let mark = ProcessMark(fileName: name) { marks.append(mark) }
    }
    return marks
  }
}
