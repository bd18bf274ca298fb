// The part of an address that may be named in an error, and that decides whether a proxy is used.

/// Host and port of an http(s) address.
struct Origin: Equatable {
  let host: String
  let port: String

  /// `nil` when `url` is not an absolute http(s) address of printable ASCII without blanks.
  init?(url: String) {
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let (scheme, rest) = Self.split(url[...], at: "://")
    else { return nil }
    let defaultPort: String
    switch scheme.lowercased() {
    case "http": defaultPort = "80"
    case "https": defaultPort = "443"
    default: return nil
    }
    let authority = rest.prefix { !"/?#".contains($0) }
    let hostAndPort = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    let hostEnd = hostAndPort.lastIndex(of: "]").map(hostAndPort.index(after:)) ?? hostAndPort.startIndex
    let colon = hostAndPort[hostEnd...].firstIndex(of: ":") ?? hostAndPort.endIndex
    host = hostAndPort[..<colon].lowercased()
    port = colon == hostAndPort.endIndex ? defaultPort : String(hostAndPort[hostAndPort.index(after: colon)...])
    guard !host.isEmpty, let number = UInt16(port), number > 0 else { return nil }
  }

  var isLoopback: Bool {
    host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" || isLoopbackIPv4
  }

  private var isLoopbackIPv4: Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  private static func split(_ text: Substring, at mark: String) -> (Substring, Substring)? {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix(mark) else { return nil }
    return (text[..<colon], text[text.index(colon, offsetBy: mark.count)...])
  }
}

extension Origin: CustomStringConvertible {
  var description: String { "\(host):\(port)" }
}
