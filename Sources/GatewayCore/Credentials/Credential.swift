// What makes requests to a provider authorized ones: a key, keys to sign with, or a way to get tokens.

/// What was found for a provider.
package enum Credential: Sendable {
  /// Goes where the provider looks for a key.
  case key(ProviderKey)
  /// Goes as a bearer token, wherever a key would go.
  case bearer(ProviderKey)
  case signature(SignatureV4, origin: String)
  case token(TokenGrant)

  /// Where it was found, which may be shown.
  package var origin: String {
    switch self {
    case .key(let key), .bearer(let key): key.origin
    case .signature(_, let origin): origin
    case .token(let grant): grant.origin
    }
  }

  /// A key's value, by which it may be told from others; the clouds' credentials are more than one text.
  package var text: ProviderKey? {
    switch self {
    case .key(let key), .bearer(let key): key
    case .signature, .token: nil
    }
  }

  /// What must not be shown.
  var secrets: [String] {
    switch self {
    case .key(let key), .bearer(let key): [key.value]
    case .signature(let signature, _): [signature.keys.secretAccessKey, signature.keys.sessionToken].compactMap(\.self)
    case .token(let grant): grant.secrets
    }
  }
}
