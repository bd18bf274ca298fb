// The servers of a ledger, for whoever wants to tell them something: each holds a lock on a file named after its process.
import Glibc

/// This process, marked as a server.
package struct ServingProcess: ~Copyable {
  private let path: String
  private let lock: FileLock

  /// Marks this process; waits for the disk.
  package init(in files: LedgerFiles, process: Int32) throws(LedgerFailure) {
    let task = "mark this process as a server"
    if mkdir(files.serving, 0o700) != 0, errno != EEXIST { throw LedgerFailure(errno: errno, task) }
    let path = "\(files.serving)/\(process)"
    guard let lock = FileLock(path: path) else { throw LedgerFailure(errno: errno, task) }
    _ = lock.tryLock()  // nobody else has this number
    self.path = path
    self.lock = lock
  }

  /// Removes the mark.
  package func leave() { unlink(path) }

  /// The processes that serve now; marks of dead ones are removed.
  package static func all(in files: LedgerFiles) -> [Int32] {
    guard let folder = opendir(files.serving) else { return [] }
    defer { closedir(folder) }
    var processes: [Int32] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      guard let process = Int32(name), process > 0 else { continue }
      if isGone("\(files.serving)/\(name)") {
        unlink("\(files.serving)/\(name)")
      } else {
        processes.append(process)
      }
    }
    return processes.sorted()
  }

  private static func isGone(_ path: String) -> Bool {
    guard let lock = FileLock(path: path) else { return false }
    return lock.tryLock()
  }
}

extension LedgerFiles {
  /// A file for each server.
  fileprivate var serving: String { directory + "/serving" }
}
