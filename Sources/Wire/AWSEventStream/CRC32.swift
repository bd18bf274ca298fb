// The checksum that frames carry: CRC-32 as in IEEE 802.3, reflected.

/// Computes CRC-32 over bytes that come in pieces.
struct CRC32 {
  private var state: UInt32 = 0xFFFF_FFFF

  /// The checksum of all bytes so far.
  var value: UInt32 { ~state }

  init() {}

  /// The checksum of `bytes`.
  init(of bytes: ArraySlice<UInt8>) {
    update(bytes)
  }

  mutating func update(_ bytes: ArraySlice<UInt8>) {
    let table = Self.table
    for byte in bytes { state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ (state >> 8) }
  }

  /// What each byte does to the state.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { state, _ in state & 1 == 1 ? (state >> 1) ^ 0xEDB8_8320 : state >> 1 }
  }
}
