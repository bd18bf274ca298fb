// The secret of a virtual key. It is shown once; what is kept is a digest under a pepper that never leaves this machine.
import Glibc
import Wire

/// A virtual key as its owner sends it: `llmgw-` and 43 characters for 256 random bits.
package struct AccessSecret: Sendable {
  package let text: String

  static let prefix = "llmgw-"
  static let byteCount = 32
  /// The prefix and the Base64 of the bytes, not padded.
  static let textLength = prefix.utf8.count + (byteCount * 4 + 2) / 3

  package init(using random: inout some RandomNumberGenerator) {
    text = Self.prefix + base64URL((0..<Self.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) })
  }

  /// What may be shown of it: 24 of its 256 bits.
  var hint: String { Self.hint(of: text) }

  fileprivate static func hint(of text: some StringProtocol) -> String { text.prefix(prefix.count + 4) + "…" }
}

extension String {
  /// A path with no more than the hint of each virtual key that somebody put there.
  package var pathWithoutSecrets: String {
    guard utf8.count >= AccessSecret.textLength else { return self }
    return split(separator: "/", omittingEmptySubsequences: false).map { part in
      let isSecret = part.hasPrefix(AccessSecret.prefix) && part.utf8.count >= AccessSecret.textLength
      return isSecret ? AccessSecret.hint(of: part) : String(part)
    }.joined(separator: "/")
  }
}

/// The digest of a secret.
///
/// Two are compared in the same time whatever they have in common.
struct AccessDigest: Sendable, Hashable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// `nil` unless there are 32 bytes.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
  }

  init?(base64 text: String) {
    guard let bytes = bytes(base64: text) else { return nil }
    self.init(bytes)
  }

  var base64Text: String { withUnsafeBytes(of: words) { base64(Array($0)) } }

  static func == (left: Self, right: Self) -> Bool {
    (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
      | (left.words.3 ^ right.words.3) == 0
  }

  /// One word of a digest is as random as all of it.
  func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

/// What digests of secrets are made with: without it, a copy of the ledger tells nothing about the keys.
struct AccessPepper: Sendable, Equatable {
  private let bytes: [UInt8]

  static let byteCount = 32

  /// `nil` unless there are so many bytes as there must be.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// The digest of a secret; `nil` for a text that cannot be one.
  func digest(of secret: String) throws(CryptographyFailure) -> AccessDigest? {
    guard secret.utf8.count == AccessSecret.textLength, secret.hasPrefix(AccessSecret.prefix) else { return nil }
    return AccessDigest(try SHA256.authentication(of: Array(secret.utf8), key: bytes))
  }
}

extension LedgerFiles {
  /// The pepper lies beside the ledger, not in it.
  var pepper: String { directory + "/access.pepper" }

  /// Reads the pepper; `nil` when there is none.
  func readPepper() throws(LedgerFailure) -> AccessPepper? {
    let task = "read access.pepper"
    let descriptor = open(pepper, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    if descriptor < 0, errno == ENOENT { return nil }
    guard descriptor >= 0 else { throw LedgerFailure(errno: errno, task) }
    defer { close(descriptor) }
    // One byte more than there may be, to see that there are no more.
    var bytes = [UInt8](repeating: 0, count: AccessPepper.byteCount + 1)
    let count = read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw LedgerFailure(errno: errno, task) }
    guard let pepper = AccessPepper(Array(bytes[..<count])) else {
      throw LedgerFailure(.other, task, "it is damaged: no key can be checked. Restore it from a backup")
    }
    return pepper
  }

  /// Makes the pepper, unless another process has made it meanwhile.
  func makePepper(using random: inout some RandomNumberGenerator) throws(LedgerFailure) -> AccessPepper {
    let task = "create access.pepper"
    let bytes = (0..<AccessPepper.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    try createFile(pepper, holding: bytes, task)
    guard let made = try readPepper() else { throw LedgerFailure(.other, task, "it is gone again") }
    return made
  }
}
