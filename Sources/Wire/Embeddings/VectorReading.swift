// Vectors as numbers or as Base64. A reply may hold millions of numbers: each is read where it lies.

enum VectorReading {
  /// No model has longer vectors; a list that goes on is no vector.
  static let maximumDimensions = 1 << 16

  /// Reads a list of numbers, or Base64 of little-endian 32-bit floats, that comes next.
  static func vector(_ scanner: inout JSONScanner) throws(WireError) -> [Float] {
    switch try scanner.kind() {
    case .array: return try numbers(&scanner)
    case .string:
      guard let text = try scanner.string(), let vector = vector(base64: text) else {
        throw WireError(offset: 0, "a vector is a list of numbers, or Base64 of 32-bit floats")
      }
      return vector
    default: throw WireError(offset: 0, "a vector is a list of numbers, or Base64")
    }
  }

  private static func numbers(_ scanner: inout JSONScanner) throws(WireError) -> [Float] {
    var vector: [Float] = []
    try scanner.enterArray()
    while try scanner.nextElement() {
      guard vector.count < maximumDimensions else { throw WireError(offset: 0, "a vector of more than 65536 numbers") }
      guard let number = try scanner.number(), let value = Float(number.text) else {
        throw WireError(offset: 0, "a vector holds only numbers")
      }
      vector.append(value)
    }
    return vector
  }

  static func vector(base64 text: String) -> [Float]? {
    guard let bytes = bytes(base64: text), bytes.count % 4 == 0, bytes.count / 4 <= maximumDimensions else {
      return nil
    }
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      let bits = (0..<4).reduce(0 as UInt32) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
      return Float(bitPattern: bits)
    }
  }
}

extension [Float] {
  /// Each number's four bytes, the lowest first (IEEE 754 single precision).
  public var littleEndianBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * count)
    for value in self {
      for shift in stride(from: 0 as UInt32, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
      }
    }
    return bytes
  }

  /// The numbers as a JSON list: the shortest text that is read back as the same float.
  public var json: JSON {
    var text: [UInt8] = [UInt8(ascii: "[")]
    for (index, value) in enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      // JSON has no word for what is no number.
      text += (value.isFinite ? value.description : "null").utf8
    }
    text.append(UInt8(ascii: "]"))
    return .raw(text)
  }
}
