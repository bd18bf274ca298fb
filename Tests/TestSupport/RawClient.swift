// A client that speaks bytes over a real socket, and waits for nothing longer than a minute.

import Glibc

package final class RawClient {
  package private(set) var socket: Int32
  private var unread: [UInt8] = []

  /// Of the socket's own receive buffer, so that little fits in between.
  package init?(port: Int, ipv6: Bool = false, receiveBuffer: Int32? = nil) {
    socket = Glibc.socket(ipv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return nil }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    if var size = receiveBuffer {
      setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    guard ipv6 ? connect6(port) : connect4(port) else {
      close()
      return nil
    }
  }

  deinit { close() }

  private func connect4(_ port: Int) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private func connect6(_ port: Int) -> Bool {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = in_port_t(UInt16(port).bigEndian)
    address.sin6_addr = in6addr_loopback
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
      }
    }
  }

  /// False when the server takes no more.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let written = bytes.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard written > 0 else { return false }
      sent += written
    }
    return true
  }

  @discardableResult
  package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// A `GET` without more.
  @discardableResult
  package func get(_ path: String, _ headers: String = "") -> Bool {
    send("GET \(path) HTTP/1.1\r\nHost: a\r\n\(headers)\r\n")
  }

  /// The next whole answer; `nil` when the connection ends before it does, or nothing comes.
  package func answer(hasBody: Bool = true) -> TestAnswer? {
    while true {
      var rest = unread[...]
      if let answer = TestAnswer.take(from: &rest, hasBody: hasBody) {
        unread = Array(rest)
        return answer
      }
      // As much as there is before the next look: a large answer is not looked through for every packet.
      guard receive() > 0 else { return nil }
      while isReadable, receive() > 0 {}
    }
  }

  private var isReadable: Bool {
    var question = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return poll(&question, 1, 0) == 1
  }

  /// Whether that text comes next, at some time.
  package func reads(_ text: String) -> Bool {
    while unread.firstRange(of: Array(text.utf8)) == nil {
      guard receive() > 0 else { return false }
    }
    return true
  }

  /// What comes until the server closes; `nil` when it does not.
  package func rest() -> String? {
    while true {
      let count = receive()
      if count < 0 { return nil }
      if count == 0 { return String(decoding: unread, as: UTF8.self) }
    }
  }

  /// 0 at the end, also when it is a reset; negative when nothing came.
  private func receive() -> Int {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(socket, &chunk, chunk.count, 0)
    if count > 0 { unread += chunk[..<count] }
    return count < 0 && errno == ECONNRESET ? 0 : count
  }

  /// No more will be sent; answers are still read.
  package func endSending() { shutdown(socket, Int32(SHUT_WR)) }

  package func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    close()
  }

  package func close() {
    if socket >= 0 { Glibc.close(socket) }
    socket = -1
  }
}
