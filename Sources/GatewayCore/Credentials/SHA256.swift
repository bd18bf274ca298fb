// SHA-256 (FIPS 180-4) and its keyed form (RFC 2104): all that signing for Amazon's cloud needs.
// Why it is here and not a library's: docs/decisions/0010-cryptography.md

/// The digest of bytes that are all there.
enum SHA256 {
  private static let blockSize = 64

  /// The digest of `bytes`: 32 bytes.
  static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var state = initialState
    var words = [UInt32](repeating: 0, count: 64)
    let wholeBlocks = bytes.count / blockSize * blockSize
    for start in stride(from: 0, to: wholeBlocks, by: blockSize) { mix(bytes, at: start, into: &state, &words) }
    // A one, zeros up to the last eight bytes of a block, and the length in bits.
    var ending = Array(bytes[wholeBlocks...])
    ending.append(0x80)
    while ending.count % blockSize != blockSize - 8 { ending.append(0) }
    ending += bigEndian(UInt64(bytes.count) * 8)
    for start in stride(from: 0, to: ending.count, by: blockSize) { mix(ending, at: start, into: &state, &words) }
    return state.flatMap(bigEndian)
  }

  /// The digest of `bytes` in lower-case hexadecimal.
  static func hex(_ bytes: [UInt8]) -> String { digest(bytes).hexadecimal }

  /// The digest of `message` under `key` (HMAC-SHA256).
  static func authentication(of message: some Sequence<UInt8>, key: [UInt8]) -> [UInt8] {
    var block = key.count > blockSize ? digest(key) : key
    block += [UInt8](repeating: 0, count: blockSize - block.count)
    return digest(block.map { $0 ^ 0x5c } + digest(block.map { $0 ^ 0x36 } + message))
  }

  // MARK: One block

  private static func mix(_ bytes: [UInt8], at start: Int, into state: inout [UInt32], _ words: inout [UInt32]) {
    schedule(bytes, at: start, in: &words)
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for round in 0..<64 {
      let sum1 = e.rotated(6) ^ e.rotated(11) ^ e.rotated(25)
      let one = h &+ sum1 &+ ((e & f) ^ (~e & g)) &+ roundConstants[round] &+ words[round]
      let sum0 = a.rotated(2) ^ a.rotated(13) ^ a.rotated(22)
      let two = sum0 &+ ((a & b) ^ (a & c) ^ (b & c))
      (h, g, f, e) = (g, f, e, d &+ one)
      (d, c, b, a) = (c, b, a, one &+ two)
    }
    for (place, word) in [a, b, c, d, e, f, g, h].enumerated() { state[place] &+= word }
  }

  private static func schedule(_ bytes: [UInt8], at start: Int, in words: inout [UInt32]) {
    for index in 0..<16 {
      let place = start + index * 4
      words[index] =
        UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16 | UInt32(bytes[place + 2]) << 8
        | UInt32(bytes[place + 3])
    }
    for index in 16..<64 {
      let (early, late) = (words[index - 15], words[index - 2])
      let sigma0 = early.rotated(7) ^ early.rotated(18) ^ (early >> 3)
      let sigma1 = late.rotated(17) ^ late.rotated(19) ^ (late >> 10)
      words[index] = words[index - 16] &+ sigma0 &+ words[index - 7] &+ sigma1
    }
  }

  private static func bigEndian<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
    stride(from: Word.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
  }

  /// The first 32 bits of the fractions of the square roots of the first 8 primes.
  private static let initialState: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]

  /// The first 32 bits of the fractions of the cube roots of the first 64 primes.
  private static let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}

extension UInt32 {
  fileprivate func rotated(_ places: UInt32) -> UInt32 { self >> places | self << (32 - places) }
}

extension [UInt8] {
  /// Two lower-case hexadecimal digits for each byte.
  var hexadecimal: String {
    reduce(into: "") { text, byte in text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
  }
}
