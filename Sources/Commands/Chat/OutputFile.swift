// `--output`: a file in the place of standard output, replaced whole or not at all.

import GatewayCore
import Glibc
import Synchronization

/// Takes what is printed; `commit` puts it where it belongs.
///
/// Opened before anything is asked, so that a mistyped path costs nothing.
final class OutputFile: Sendable {
  let path: String
  private let descriptor: Int32
  /// The file beside `target` that is written; `nil` when what was named is a device or a pipe and is written itself.
  private let temporary: Mutex<String?>
  private let target: String

  /// Fails as the command does when there is no way to write there.
  init(path: String, id: String) throws(CommandFailure) {
    self.path = path
    let target = Self.resolved(path)
    var status = stat()
    let exists = stat(target, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists, kind == S_IFDIR { throw Self.failure(path, "it is a directory") }
    if exists, access(target, W_OK) != 0 { throw Self.failure(path, errorText(errno)) }
    let isDirect = exists && kind != S_IFREG
    let slash = target.lastIndex(of: "/")
    let folder = slash.map { target[...$0] } ?? ""
    let name = slash.map { target[target.index(after: $0)...] } ?? target[...]
    guard !name.isEmpty else { throw Self.failure(path, "it is a directory") }
    let written = isDirect ? target : "\(folder).\(name.prefix(200)).\(id)"
    let flags = isDirect ? O_WRONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    descriptor = open(written, flags, 0o666)
    guard descriptor >= 0 else { throw Self.failure(path, errorText(errno)) }
    if exists, !isDirect { fchmod(descriptor, status.st_mode & 0o7777) }
    self.target = target
    temporary = Mutex(isDirect ? nil : written)
  }

  deinit {
    close(descriptor)
    if let left = temporary.withLock({ $0 }) { unlink(left) }
  }

  var stream: OutputStream { OutputStream(descriptor: descriptor, isTerminal: false, hasColor: false) }

  /// Replaces what was there by what was written.
  func commit() throws(CommandFailure) {
    guard let written = temporary.withLock({ $0 }) else { return }
    guard fsync(descriptor) == 0, rename(written, target) == 0 else { throw Self.failure(path, errorText(errno)) }
    temporary.withLock { $0 = nil }
  }

  /// Where a symbolic link leads, so that the link stays one.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  static func failure(_ path: String, _ why: String) -> CommandFailure {
    CommandFailure(.general, "output '\(path)': \(why)")
  }
}
