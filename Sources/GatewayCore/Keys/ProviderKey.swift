// A provider's key: found when a call needs it, and where it came from.

import Glibc

/// A key and the place it was found, which may be shown.
package struct ProviderKey: Sendable {
  package var value: String
  /// `OPENAI_API_KEY`, `file ~/.keys/openai`, `command`: never the key.
  package var origin: String

  package init(value: String, origin: String) {
    self.value = value
    self.origin = origin
  }

  /// The key of `provider`; `nil` when it has none and needs none.
  ///
  /// What the config names goes first, then the usual variables, then what was stored.
  package static func find(
    for provider: Provider, environment: Environment, store: KeyStore?,
    runCommand: (String) throws(KeyFailure) -> String
  ) throws(KeyFailure) -> ProviderKey? {
    switch provider.key {
    case .variable(let name):
      guard let value = environment[name] else { throw .variableUnset(provider: provider.id, variable: name) }
      return ProviderKey(value: value, origin: name)
    case .file(let path):
      return ProviderKey(value: try firstLine(ofFile: environment.expandingHome(path)), origin: "file \(path)")
    case .command(let line):
      return ProviderKey(value: try runCommand(line), origin: "api_key_command")
    case nil:
      if let (name, value) = environment.first(of: provider.keyVariables) {
        return ProviderKey(value: value, origin: name)
      }
      if let value = try store?.key(of: provider.id) { return ProviderKey(value: value, origin: "llmgw keys") }
      if provider.keyIsOptional || provider.auth == .none { return nil }
      throw .missing(provider: provider.id, variables: provider.keyVariables)
    }
  }

  private static func firstLine(ofFile path: String) throws(KeyFailure) -> String {
    do {
      return try firstLine(of: readFile(path, limit: 64 << 10), what: "file \(path)")
    } catch let failure as FileFailure {
      throw .unreadable(what: "file \(path)", why: failure.why)
    } catch {
      throw .unreadable(what: "file \(path)", why: "it holds no key")
    }
  }

  package static func firstLine(of bytes: [UInt8], what: String) throws(KeyFailure) -> String {
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    let key = String(decoding: line, as: UTF8.self).split(separator: " ").joined()
    guard !key.isEmpty else { throw .unreadable(what: what, why: "its first line is empty") }
    return key
  }
}

/// Why there is no key.
package enum KeyFailure: Error, Sendable, Equatable {
  case missing(provider: String, variables: [String])
  /// Nor did the tools of its cloud leave any credentials.
  case noAccount(provider: String, advice: String)
  case variableUnset(provider: String, variable: String)
  case unreadable(what: String, why: String)
}
