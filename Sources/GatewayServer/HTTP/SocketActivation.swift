// A socket that systemd opened for us (sd_listen_fds(3)): connections wait in it while the server starts or is replaced.
import Glibc

/// What the environment says of sockets that were handed over at the start.
package enum SocketActivation {
  private static let firstDescriptor: CInt = 3

  /// The socket for this process; `nil` when there is none for it.
  ///
  /// `environment` looks a variable up. The socket is kept from children, who would get it by its number otherwise.
  package static func socket(
    process: Int32, environment: (String) -> String?
  ) throws(HTTPServer.StartFailure) -> CInt? {
    // Variables that a parent was started with and left to us are not about us.
    guard let owner = environment("LISTEN_PID"), Int32(owner) == process else { return nil }
    guard let text = environment("LISTEN_FDS") else { return nil }
    guard let count = Int(text), count >= 0 else {
      throw HTTPServer.StartFailure(description: "LISTEN_FDS is no number")
    }
    guard count > 0 else { return nil }
    guard count == 1 else {
      throw HTTPServer.StartFailure(description: "\(count) sockets were handed over (LISTEN_FDS), and one is served")
    }
    return try check(firstDescriptor)
  }

  /// The descriptor, when it is a socket that listens for connections.
  static func check(_ descriptor: CInt) throws(HTTPServer.StartFailure) -> CInt {
    var listens: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0, listens == 1 else {
      throw HTTPServer.StartFailure(description: "what was handed over (LISTEN_FDS) is no socket that listens")
    }
    keepFromChildren(descriptor)
    return descriptor
  }

  /// A child of the process does not get the descriptor.
  static func keepFromChildren(_ descriptor: CInt) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
}
