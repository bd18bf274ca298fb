// Locks on files that belong to an open file description: they end with it, whoever else opens or closes the file.
import Glibc

/// Owns an open lock file, and the lock on it if taken.
///
/// Closing it gives the lock up.
struct FileLock: ~Copyable {
  /// For who has something to say in the file; ends with this value.
  let descriptor: Int32

  /// Opens, and creates if need be, the file to lock (mode 0600); `nil` when the system will not, `errno` says why.
  init?(path: String) {
    descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// Takes the whole file for this description alone (fcntl(2), F_OFD_SETLK); false when someone has it.
  func tryLock() -> Bool { setLock(Int16(F_WRLCK)) }

  func unlock() { _ = setLock(Int16(F_UNLCK)) }

  /// False once the file has been removed: a lock on it is worth nothing to those who look for it by name.
  var isReachable: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_nlink > 0
  }

  /// F_OFD_SETLK of linux/fcntl.h, which the C library's module leaves out.
  private static let setLockOfDescription: Int32 = 37

  private func setLock(_ type: Int16) -> Bool {
    var range = flock()
    range.l_type = type
    range.l_whence = Int16(SEEK_SET)
    while true {
      if fcntl(descriptor, Self.setLockOfDescription, &range) == 0 { return true }
      guard errno == EINTR else { return false }
    }
  }
}

/// The right to write to one ledger, over all processes: for transactions and for checkpoints alike.
///
/// SQLite before 3.51.3 may lose pages when a commit resets the log just as another connection's checkpoint starts
/// (sqlite.org/wal.html#walresetbug). Who writes or checkpoints only under this lock cannot meet that race.
struct WriteLock: ~Copyable {
  private let file: FileLock
  private let patience: Duration

  init(path: String, patience: Duration) throws(LedgerFailure) {
    guard let file = FileLock(path: path) else { throw LedgerFailure(errno: errno, "open the ledger's lock") }
    self.file = file
    self.patience = patience
  }

  /// Waits for the lock at most as long as `patience`, then runs `body` under it.
  func hold<Result>(
    _ task: String, _ body: () throws(LedgerFailure) -> Result
  ) throws(LedgerFailure) -> Result {
    let deadline = ContinuousClock.now + patience
    var pause: useconds_t = 100
    while !file.tryLock() {
      guard ContinuousClock.now < deadline else {
        throw LedgerFailure(.locked, task, "another process is writing to it")
      }
      // The kernel's waiting lock knows no time-out, and a stopped process must not stop all others.
      usleep(pause)
      pause = min(pause * 2, 4_000)
    }
    defer { file.unlock() }
    return try body()
  }
}

extension LedgerFailure {
  /// What a failed system call means.
  init(errno code: Int32, _ task: String) {
    let text = String(cString: strerror(code))
    switch code {
    case ENOSPC, EDQUOT: self.init(.full, task, "the disk is full")
    case EROFS: self.init(.readOnly, task, "the file system may not be written to")
    case EACCES, EPERM: self.init(.permission, task, text)
    default: self.init(.other, task, text)
    }
  }
}
