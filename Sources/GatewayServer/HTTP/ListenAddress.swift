// Where a server listens, as a setting says it.
import NIOCore

/// An address and a port: `127.0.0.1:4000`, `[::1]:4000`, `localhost:4000`, or `:4000` for every IPv4 address of the machine.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
  /// In numbers; names are not looked up.
  package let host: String
  /// 0 has the system choose one.
  package let port: Int

  /// `nil` when the text is none.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("[") && host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard host.contains(":") else { return nil }
    } else if host.contains(":") {
      return nil
    }
    switch host {
    case "": self.host = "0.0.0.0"
    case "localhost": self.host = "127.0.0.1"
    default: self.host = String(host)
    }
    self.port = Int(port)
    guard (try? socketAddress) != nil else { return nil }
  }

  init?(_ address: SocketAddress?) {
    guard let host = address?.ipAddress, let port = address?.port else { return nil }
    self.host = host
    self.port = port
  }

  /// Whether only programs on this machine can reach it.
  package var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" || host.hasPrefix("::ffff:127.") }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  var socketAddress: SocketAddress {
    get throws { try SocketAddress(ipAddress: host, port: port) }
  }
}
