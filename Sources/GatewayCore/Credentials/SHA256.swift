// SHA-256 (FIPS 180-4) and its keyed form (RFC 2104), by the system's libcrypto: docs/decisions/0010-cryptography.md

import CCrypto

/// libcrypto is missing or cannot do what is asked of it; says what to do about it.
package struct CryptographyFailure: Error, Equatable {
  package var problem: String
}

/// Digests of bytes that are all there.
package enum SHA256 {
  /// The digest of `bytes`: 32 bytes.
  package static func digest(_ bytes: [UInt8]) throws(CryptographyFailure) -> [UInt8] {
    try make { ccrypto_sha256(bytes, bytes.count, $0) }
  }

  /// The digest of `bytes` in lower-case hexadecimal.
  package static func hex(_ bytes: [UInt8]) throws(CryptographyFailure) -> String { try digest(bytes).hexadecimal }

  /// The digest of `message` under `key` (HMAC-SHA256): 32 bytes.
  package static func authentication(of message: [UInt8], key: [UInt8]) throws(CryptographyFailure) -> [UInt8] {
    try make { ccrypto_hmac_sha256(key, key.count, message, message.count, $0) }
  }

  private static func make(
    _ digest: (UnsafeMutablePointer<UInt8>) -> UnsafePointer<CChar>?
  ) throws(CryptographyFailure) -> [UInt8] {
    var problem: UnsafePointer<CChar>?
    let bytes = [UInt8](unsafeUninitializedCapacity: ccrypto_digest_size) { buffer, count in
      problem = buffer.baseAddress.flatMap(digest)
      count = problem == nil ? buffer.count : 0
    }
    if let problem { throw CryptographyFailure(problem: String(cString: problem)) }
    return bytes
  }
}

extension [UInt8] {
  /// Two lower-case hexadecimal digits for each byte.
  package var hexadecimal: String {
    reduce(into: "") { text, byte in text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
  }
}
