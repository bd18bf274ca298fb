// Where log lines go.
import Glibc

/// Standard error, or a file that only grows; for one thread.
struct LogFile: ~Copyable {
  private let path: String?
  private var descriptor: CInt

  static var standardError: LogFile { LogFile(path: nil, descriptor: STDERR_FILENO) }

  private init(path: String?, descriptor: CInt) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Fails with the error's number.
  init(appendingTo path: String) throws(AccessLog.Failure) {
    self.init(path: path, descriptor: try Self.open(path))
  }

  deinit {
    if path != nil { close(descriptor) }
  }

  /// Opens the path anew, since the file may have been moved away; goes on with the old one when it cannot.
  mutating func reopen() throws(AccessLog.Failure) {
    guard let path else { return }
    let opened = try Self.open(path)
    close(descriptor)
    descriptor = opened
  }

  /// Writes all of it, however long that takes; false when it cannot.
  func write(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var question = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&question, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  private static func open(_ path: String) throws(AccessLog.Failure) -> CInt {
    let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o600)
    guard descriptor >= 0 else {
      throw AccessLog.Failure(description: "\(path): \(String(cString: strerror(errno)))")
    }
    return descriptor
  }
}
