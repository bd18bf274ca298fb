// A server on this machine's own address that answers every chat at once: what a request takes there is what it takes here.

import GatewayCore
import Glibc
import Synchronization

/// Answers on one thread until it is stopped.
package final class LoopbackServer: Sendable {
  /// What a provider's address would be.
  package let base: String
  private let listener: Int32
  private let stopped = Atomic(false)

  /// Connections beyond these are closed at once.
  static let mostConnections = 256

  /// Fails when the system gives no socket or no thread.
  package init?() {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { return nil }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, Int32(Self.mostConnections)) == 0
          && getsockname(listener, $0, &size) == 0
      }
    }
    guard isListening else {
      close(listener)
      return nil
    }
    self.listener = listener
    base = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/v1"
    guard DetachedThread.start(named: "llmgw-loopback", { [self] in serve() }) == 0 else {
      close(listener)
      return nil
    }
  }

  /// Its thread closes what is open and ends.
  package func stop() {
    stopped.store(true, ordering: .relaxed)
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func serve() {
    var connections: [LoopbackConnection] = []
    while !stopped.load(ordering: .relaxed) {
      var waiting = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
      waiting += connections.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
      guard poll(&waiting, nfds_t(waiting.count), -1) > 0 else { continue }
      for index in connections.indices.reversed() where waiting[index + 1].revents != 0 {
        if !connections[index].answer() { close(connections.remove(at: index).socket) }
      }
      if waiting[0].revents != 0, let connection = accepted() {
        if connections.count < Self.mostConnections { connections.append(connection) } else { close(connection.socket) }
      }
    }
    for connection in connections { close(connection.socket) }
    close(listener)
  }

  private func accepted() -> LoopbackConnection? {
    let socket = accept(listener, nil, nil)
    guard socket >= 0, fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 else { return nil }
    var isOn: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    return LoopbackConnection(socket: socket)
  }
}
