// `keys.json`: the keys that were handed over with `llmgw keys set`, readable by their owner alone.

import Glibc
import Wire

/// The file that holds keys by provider.
public struct KeyStore: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// The stored key of a provider; `nil` when there is none.
  package func key(of provider: String) throws(KeyFailure) -> String? { try load()[provider]?.string }

  /// The providers that have one, in order of their names.
  package func providers() throws(KeyFailure) -> [String] { try load().members.map(\.name).sorted() }

  /// Stores a key in place of an earlier one.
  package func set(_ key: String, for provider: String) throws(KeyFailure) {
    var keys = try load()
    keys[provider] = .string(key)
    try save(keys)
  }

  /// Takes a key away; false when there was none.
  package func remove(_ provider: String) throws(KeyFailure) -> Bool {
    var keys = try load()
    guard keys[provider] != nil else { return false }
    keys[provider] = nil
    try save(keys)
    return true
  }

  /// True when others than the owner may read the file.
  package var isOpenToOthers: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
  }

  private func load() throws(KeyFailure) -> JSONObject {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path, limit: 1 << 20)
    } catch {
      if error.isMissing { return JSONObject() }
      throw .unreadable(what: path, why: error.why)
    }
    guard let keys = (try? JSON.parse(bytes))?.object, keys.members.allSatisfy({ $0.value.string != nil }) else {
      throw .unreadable(what: path, why: "it is not a JSON object of texts")
    }
    return keys
  }

  private func save(_ keys: JSONObject) throws(KeyFailure) {
    do {
      try replaceFile(path, with: Array((JSON.object(keys).indentedText + "\n").utf8), mode: 0o600)
    } catch {
      throw .unreadable(what: path, why: error.why)
    }
  }
}

extension String {
  /// What may be shown of a key: eight digits that tell it from others and give nothing of it away.
  package var keyFingerprint: String { String(ContentHash.fnv1a128("llmgw key " + self).prefix(8)) }
}
