// A file that stays open while a run lasts.

import GatewayCore
import Glibc

/// Owns a descriptor.
final class OpenFile: Sendable {
  let descriptor: Int32
  let name: String
  private let isOwned: Bool

  /// `task` is what is said when it fails, such as `output 'x'`.
  init(_ path: String, _ flags: Int32, mode: mode_t = 0o600, task: String) throws(CommandFailure) {
    name = task
    descriptor = open(path, flags | O_CLOEXEC, mode)
    isOwned = true
    if descriptor < 0 { throw CommandFailure(.general, "\(task): \(errorText(errno))") }
  }

  private init(standardInput descriptor: Int32) {
    (self.descriptor, name, isOwned) = (descriptor, "standard input", false)
  }

  static var standardInput: OpenFile { OpenFile(standardInput: STDIN_FILENO) }

  deinit { if isOwned { close(descriptor) } }

  /// What the system says about it; all zeros when it says nothing.
  var status: stat {
    var status = stat()
    fstat(descriptor, &status)
    return status
  }

  var isRegular: Bool { status.st_mode & S_IFMT == S_IFREG }

  /// Up to 64 KiB; empty at the end.
  func read() throws(CommandFailure) -> [UInt8] {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 { return Array(chunk.prefix(count)) }
      guard errno == EINTR else { throw failure() }
    }
  }

  /// The bytes of a place; fewer when the file ends before.
  func read(at offset: Int, count: Int) throws(CommandFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let read = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
      }
      if read < 0, errno == EINTR { continue }
      guard read >= 0 else { throw failure() }
      if read == 0 { break }
      done += read
    }
    return Array(bytes.prefix(done))
  }

  /// Writes all of it where the descriptor stands, and returns when the disk has it.
  func append(_ bytes: [UInt8]) throws(CommandFailure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0 else { throw failure() }
  }

  /// Cuts it to `size` bytes and goes to its end.
  func cut(to size: Int) throws(CommandFailure) {
    guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else { throw failure() }
  }

  /// Keeps other processes from locking it; false when one has it.
  func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  private func failure() -> CommandFailure { CommandFailure(.general, "\(name): \(errorText(errno))") }
}
