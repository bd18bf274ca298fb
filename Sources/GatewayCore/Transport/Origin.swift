// The part of an address that may be named in an error, and that decides whether a proxy is used.

/// Host and port of an http(s) address.
struct Origin: Equatable {
  let host: String
  let port: String

  /// `nil` when `url` is not an absolute http(s) address of printable ASCII without blanks.
  init?(url: String) {
    // By bytes: this is asked for every request.
    let bytes = Array(url.utf8)
    guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      bytes[colon...].starts(with: "://".utf8)
    else { return nil }
    let defaultPort: String
    switch String(decoding: bytes[..<colon], as: UTF8.self).lowercased() {
    case "http": defaultPort = "80"
    case "https": defaultPort = "443"
    default: return nil
    }
    let authority = bytes[(colon + 3)...].prefix {
      $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
    }
    let hostAndPort = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[($0 + 1)...] } ?? authority
    let hostEnd = hostAndPort.lastIndex(of: UInt8(ascii: "]")).map { $0 + 1 } ?? hostAndPort.startIndex
    let portMark = hostAndPort[hostEnd...].firstIndex(of: UInt8(ascii: ":")) ?? hostAndPort.endIndex
    host = String(decoding: hostAndPort[..<portMark].map(HTTPSyntax.lowercase), as: UTF8.self)
    port =
      portMark == hostAndPort.endIndex
      ? defaultPort : String(decoding: hostAndPort[(portMark + 1)...], as: UTF8.self)
    isLoopback = Self.isLoopback(host)
    guard !host.isEmpty, let number = UInt16(port), number > 0 else { return nil }
  }

  /// Whether it is this machine.
  let isLoopback: Bool

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" || isLoopbackIPv4(host)
  }

  private static func isLoopbackIPv4(_ host: String) -> Bool {
    guard host.utf8.starts(with: "127.".utf8) else { return false }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

extension Origin: CustomStringConvertible {
  var description: String { "\(host):\(port)" }
}
