// Secrets of good keys that were seen lately, with their digests: a request need not compute what the one before did.

/// Digests by their secrets, in memory only.
///
/// It says nothing about whether a key is good.
struct KnownSecrets: Sendable {
  private struct Entry: Sendable {
    let secret: [UInt8]
    let digest: AccessDigest
  }

  /// More secrets than these at a time are digested anew.
  static let limit = 1024

  /// By a hash that nobody outside of this process can compute.
  private var entries: [Int: Entry] = [:]

  func digest(of secret: String) -> AccessDigest? {
    guard let entry = entries[secret.hashValue], Self.areEqual(entry.secret, secret) else { return nil }
    return entry.digest
  }

  mutating func remember(_ digest: AccessDigest, of secret: String) {
    if entries.count >= Self.limit { entries.removeAll() }
    entries[secret.hashValue] = Entry(secret: Array(secret.utf8), digest: digest)
  }

  /// In the same time whatever they have in common.
  private static func areEqual(_ left: [UInt8], _ right: String) -> Bool {
    var right = right
    return right.withUTF8 { right in
      guard left.count == right.count else { return false }
      var difference: UInt8 = 0
      for index in left.indices { difference |= left[index] ^ right[index] }
      return difference == 0
    }
  }
}
