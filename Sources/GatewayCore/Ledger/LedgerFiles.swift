// Where the ledger is on disk and what must be true of that place before SQLite may see it.
import CSQLite
import Glibc

/// The files of one ledger: `ledger.db` with its log, its lock, and one file for each running process.
public struct LedgerFiles: Sendable, Equatable {
  public let directory: String

  /// `directory` is the data directory, such as `~/.local/share/llmgw`.
  public init(directory: String) { self.directory = directory }

  public var database: String { directory + "/ledger.db" }
  var lock: String { directory + "/ledger.lock" }
  var running: String { directory + "/running" }

  /// True once a ledger was begun there.
  public var exist: Bool { access(database, F_OK) == 0 }

  /// The size of the write-ahead log, 0 when there is none.
  ///
  /// Asked by name: nobody but SQLite opens these files.
  var logBytes: Int64 {
    var status = stat()
    return stat(database + "-wal", &status) == 0 ? Int64(status.st_size) : 0
  }

  /// Makes the directories (0700) and an empty database file (0600), if they are not there.
  func create() throws(LedgerFailure) {
    try Self.makeDirectories(running)
    try Self.refuseNetwork(fileSystem: file_system_type(directory))
    if !exist { try createFile(database, "create the ledger") }
  }

  /// Makes a file (0600) with all that is in it, unless it is there already.
  ///
  /// Made under another name and linked into place when closed: closing a database file outside SQLite drops all
  /// locks this process has on it (sqlite.org/howtocorrupt.html, 2.2).
  func createFile(_ path: String, holding bytes: [UInt8] = [], _ task: String) throws(LedgerFailure) {
    let draft = "\(path).\(getpid()).\(UInt64.random(in: .min ... .max)).new"
    let descriptor = open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw LedgerFailure(errno: errno, task) }
    defer { unlink(draft) }
    // A file as small as these is written at once or not at all.
    let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && (bytes.isEmpty || fsync(descriptor) == 0)
    let problem = errno
    close(descriptor)
    guard isWritten else { throw LedgerFailure(errno: problem, task) }
    guard link(draft, path) == 0 || errno == EEXIST else { throw LedgerFailure(errno: errno, task) }
  }

  private static func makeDirectories(_ path: String) throws(LedgerFailure) {
    var prefix = path.hasPrefix("/") ? "" : "."
    for component in path.split(separator: "/") {
      prefix += "/" + component
      if mkdir(prefix, 0o700) != 0, errno != EEXIST {
        // An ancestor that is there may forbid to try.
        let reason = errno
        if access(prefix, X_OK) != 0 { throw LedgerFailure(errno: reason, "create the data directory") }
      }
    }
  }

  /// Throws for a file system over which SQLite's locks and shared memory do not work.
  static func refuseNetwork(fileSystem: Int) throws(LedgerFailure) {
    guard let name = networkFileSystems[fileSystem] else { return }
    throw LedgerFailure(.networkFileSystem, "open the ledger", "its directory is on a network file system (\(name))")
  }

  /// By the magic numbers of statfs(2).
  private static let networkFileSystems = [
    0x6969: "NFS", 0x517b: "SMB", 0xff53_4d42: "CIFS", 0xfe53_4d42: "SMB2", 0x5346_414f: "AFS", 0x7375_7245: "Coda",
    0x0102_1997: "9P", 0x00c3_6400: "Ceph", 0x0bd0_0bd0: "Lustre", 0x564c: "NCP", 0x4750_4653: "GPFS",
    0x0116_1970: "GFS2", 0x7461_636f: "OCFS2",
  ]
}
