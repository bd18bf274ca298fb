// Web pages: what a browser may send here on somebody else's behalf.
import GatewayCore

/// Whether a request that a browser may have been made to send is let through.
///
/// A server on the loopback address can be reached by every page its user looks at: by a form, by a script, or under a name
/// that the page's owner has pointed at 127.0.0.1. Without keys nothing else would stop them.
struct Door: Sendable {
  let corsOrigins: [String]

  enum Refusal: Sendable, Equatable {
    case host, origin, contentType

    var problem: String {
      switch self {
      case .host: "the Host header does not name this machine; make a key with: llmgw access create"
      case .origin: "a web page of another origin may not call a gateway without keys; see server.cors_origins"
      case .contentType: "the body must be sent as application/json"
      }
    }
  }

  /// Why a request to a server without keys is not served; `nil` when it is.
  func refusal(of request: ServerRequest) -> Refusal? {
    guard let host = request.headers["host"], Self.isLoopback(host: Substring(host)) else { return .host }
    if let origin = request.headers["origin"], !allows(origin), !Self.isLoopback(origin: origin) { return .origin }
    let isJSON = request.headers["content-type"]?.lowercased().hasPrefix("application/json") == true
    return request.body.isEmpty || isJSON ? nil : .contentType
  }

  /// Whether pages of an origin may read what is answered.
  func allows(_ origin: String) -> Bool { corsOrigins.contains("*") || corsOrigins.contains(origin) }

  /// The header fields that let a page of an allowed origin read the answer.
  func headers(for request: ServerRequest) -> [(name: String, value: String)] {
    guard let origin = request.headers["origin"], allows(origin) else { return [] }
    return [
      ("access-control-allow-origin", origin), ("vary", "origin"),
      ("access-control-expose-headers", "*"),
    ]
  }

  /// The answer to a browser that asks whether it may send a request.
  func preflightHeaders(for request: ServerRequest) -> [(name: String, value: String)] {
    let own = headers(for: request)
    guard !own.isEmpty else { return [] }
    let asked = request.headers["access-control-request-headers"] ?? "authorization, content-type"
    return own + [
      ("access-control-allow-methods", "GET, POST, PATCH, DELETE"), ("access-control-allow-headers", asked),
      ("access-control-max-age", "600"),
    ]
  }

  private static func isLoopback(origin: String) -> Bool {
    for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
      return isLoopback(host: origin.dropFirst(scheme.count))
    }
    return false
  }

  /// `localhost:4000`, `127.0.0.1`, `[::1]:4000`.
  private static func isLoopback(host: Substring) -> Bool {
    if host.hasPrefix("[") { return host.hasPrefix("[::1]") && isPort(host.dropFirst(5)) }
    let name = host.prefix { $0 != ":" }
    return (name.lowercased() == "localhost" || name == "127.0.0.1") && isPort(host.dropFirst(name.count))
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.isEmpty || text.first == ":" && text.dropFirst().allSatisfy(\.isNumber)
  }
}
