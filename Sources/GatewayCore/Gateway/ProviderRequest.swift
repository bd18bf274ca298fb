// What every request to a provider carries, whatever it asks for: headers and the key.

import Wire

extension HTTPRequest {
  /// Who we are, what the provider requires, and what the config adds; the config's own value goes first.
  mutating func addHeaders(of provider: Provider, _ quirks: Quirks, version: String) {
    headers.append(("user-agent", "llmgw/\(version)"))
    for (name, value) in quirks.requiredHeaders.sorted(by: { $0.key < $1.key })
    where !provider.headers.contains(where: { HTTPSyntax.areSame($0.name, name) }) {
      headers.append((name, value.replacing("{version}", with: version)))
    }
    headers += provider.headers
  }

  /// Puts the key where the provider looks for it.
  mutating func authorize(
    for provider: Provider, key: String, speaking dialect: DialectName
  ) throws(Rejection) {
    switch provider.auth {
    case .authorization(let scheme): headers.append(("authorization", "\(scheme) \(key)"))
    case .header(let name): headers.append((name, key))
    case .entra(let name): headers.append((provider.keyHeader(name, speaking: dialect), key))
    case .signatureV4, .google: headers.append(("authorization", "Bearer \(key)"))
    case .none: headers.append(("authorization", "Bearer \(key)"))
    case .query(let name): url += (url.contains("?") ? "&" : "?") + "\(name)=\(key)"
    case .unsupported(let scheme):
      throw .invalidRequest("provider '\(provider.id)' wants '\(scheme)' authentication, which this version cannot do")
    }
  }
}

extension Provider {
  /// Header fields of the config may hold keys too; shorter values are words that a message must keep.
  var headerSecrets: [String] { headers.map(\.value).filter { $0.utf8.count >= Self.leastSecretBytes } }

  private static let leastSecretBytes = 8
}
