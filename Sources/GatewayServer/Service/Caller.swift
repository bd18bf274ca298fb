// Who a request is from: the virtual key in any of the places where clients put one.
import GatewayCore

/// Whoever is let in.
struct Caller: Sendable {
  /// `nil` on a server without keys.
  var key: Kept<AccessKey>?
}

extension ServerRequest {
  /// The secret a client sent, wherever its API wants it.
  var secret: String? {
    if let value = headers["authorization"] {
      let scheme = value.utf8.prefix { $0 != 0x20 }
      let rest = value.utf8[scheme.endIndex...].drop { $0 == 0x20 }
      if !rest.isEmpty, HTTPSyntax.areSame(String(Substring(scheme)), "bearer") { return String(Substring(rest)) }
    }
    return headers["x-api-key"] ?? headers["x-goog-api-key"] ?? headers["api-key"] ?? queryValue("key")
  }

  /// The path, for logs and messages: some client may have its key there.
  var shownPath: String { path.pathWithoutSecrets }

  /// The value of a parameter of the query.
  func queryValue(_ name: String) -> String? {
    for parameter in query?.split(separator: "&") ?? [] {
      let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts[0] == name { return parts.count == 2 ? parts[1].percentDecoded : "" }
    }
    return nil
  }
}

extension AccessBook {
  /// Who sent the request, and whether that may use the surface.
  ///
  /// Where no key was ever made, everyone who reaches the server may use it.
  func caller(of request: ServerRequest, for surface: Surface, now: Timestamp) -> Result<Caller, AccessDenial> {
    if surface.audience == .anyone { return .success(Caller()) }
    if isEmpty { return .success(Caller()) }
    switch authenticate(request.secret ?? "", from: request.remoteAddress, now: now) {
    case .failure(let denial): return .failure(denial)
    case .success(let key):
      let isAllowed = surface.audience == .administrators ? key.value.isAdmin : key.value.allows(surface: surface.name)
      return isAllowed ? .success(Caller(key: key)) : .failure(.surface(surface.name))
    }
  }
}
