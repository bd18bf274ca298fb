// The socket a server listens on. NIO's own would be inherited by every child of the process (a command that prints a key,
// say), and go on taking connections there after the server has closed it.
import Glibc
import NIOCore

enum ListeningSocket {
  /// A socket that listens at `address` and that children do not get; owned by whom it is given to.
  static func make(at address: SocketAddress, backlog: CInt, sharesPort: Bool) throws(IOError) -> CInt {
    let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(CInt(address.protocol.rawValue), kind, 0)
    guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
    do throws(IOError) {
      try enable(SO_REUSEADDR, descriptor)
      if sharesPort { try enable(SO_REUSEPORT, descriptor) }
      let bound = address.withSockAddr { bind(descriptor, $0, socklen_t($1)) }
      guard bound == 0 else { throw IOError(errnoCode: errno, reason: "bind to \(address)") }
      guard listen(descriptor, backlog) == 0 else { throw IOError(errnoCode: errno, reason: "listen") }
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  private static func enable(_ option: CInt, _ descriptor: CInt) throws(IOError) {
    var isOn: CInt = 1
    guard setsockopt(descriptor, SOL_SOCKET, option, &isOn, socklen_t(MemoryLayout<CInt>.size)) == 0 else {
      throw IOError(errnoCode: errno, reason: "setsockopt")
    }
  }
}
