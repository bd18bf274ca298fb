// Vectors to bytes and back. They are long and many: numbers are read where they lie, and no tree is built of them.

/// How much JSON an answer full of vectors may be.
extension JSONLimits {
  /// 2,048 vectors of 3,072 numbers are about 80 MiB.
  public static let vectors = JSONLimits(depth: 128, bytes: 256 << 20)
}

extension JSONScanner {
  /// The next value if it is a vector: a list of numbers, or Base64 text of one; anything else is skipped.
  ///
  /// Throws when a component is no number or does not fit.
  mutating func vector() throws(WireError) -> [Float]? {
    switch try kind() {
    case .array:
      var vector: [Float] = []
      try enterArray()
      while try nextElement() { vector.append(try component()) }
      return vector
    case .string:
      guard let text = try stringBytes(), let vector = [Float](base64: text) else {
        throw problem("Base64 text of 32-bit floats expected")
      }
      return vector
    default:
      try skip()
      return nil
    }
  }

  private mutating func component() throws(WireError) -> Float {
    guard try kind() == .number else { throw problem("a vector is a list of numbers") }
    let number = Float(jsonNumber: try raw())
    guard number.isFinite else { throw problem("a number too large for a vector") }
    return number
  }

  /// The next value if it is a list of vectors; each may stand in an object, in its member `name`.
  ///
  /// Objects may say the place of their vector by `index`.
  mutating func vectors(in name: StaticString = "embedding") throws(WireError) -> [[Float]] {
    guard try kind() == .array else {
      try skip()
      return []
    }
    var found: [(index: Int, vector: [Float])] = []
    try enterArray()
    while try nextElement() {
      if try kind() == .object {
        var (index, vector) = (found.count, [Float]())
        try enterObject()
        while let member = try nextMember() {
          if member.equals(name) {
            vector = try self.vector() ?? []
          } else if member.equals("index") {
            index = try int() ?? index
          }
        }
        found.append((index, vector))
      } else {
        found.append((found.count, try vector() ?? []))
      }
    }
    let isInOrder = zip(found, found.dropFirst()).allSatisfy { $0.index <= $1.index }
    return (isInOrder ? found : found.sorted { $0.index < $1.index }).map(\.vector)
  }
}

extension Float {
  /// Powers of ten that a `Double` holds exactly.
  private static let powersOfTen: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { power, _ in power * 10 }
  }

  /// The value of a number in JSON's grammar.
  ///
  /// Up to 15 digits with a small exponent are an exact `Double` divided or multiplied once by another exact one, and
  /// so rounded once (W. Clinger, How to read floating point numbers accurately, 1990); the rest goes the slow way.
  init(jsonNumber bytes: ArraySlice<UInt8>) {
    guard let value = Self.quickly(bytes) else {
      self = Float(bytes.text) ?? .infinity
      return
    }
    self = Float(value)
  }

  private static func quickly(_ bytes: ArraySlice<UInt8>) -> Double? {
    var (mantissa, digits, exponent) = (Int64(0), 0, 0)
    var (isNegative, isFraction) = (false, false)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      switch byte {
      case ASCII.minus: isNegative = true
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        guard let power = shortExponent(bytes[index...]) else { return nil }
        exponent += power
        index = bytes.endIndex
      default:
        mantissa = mantissa * 10 + Int64(byte - ASCII.digits.lowerBound)
        if mantissa > 0 { digits += 1 }
        guard digits <= 15 else { return nil }
        if isFraction { exponent -= 1 }
      }
    }
    guard abs(exponent) < powersOfTen.count else { return mantissa == 0 ? 0 : nil }
    let value = Double(mantissa)
    let scaled = exponent < 0 ? value / powersOfTen[-exponent] : value * powersOfTen[exponent]
    return isNegative ? -scaled : scaled
  }

  private static func shortExponent(_ bytes: ArraySlice<UInt8>) -> Int? {
    var digits = bytes
    let isNegative = digits.first == ASCII.minus
    if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    guard digits.count <= 3 else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 - ASCII.digits.lowerBound) }
    return isNegative ? -value : value
  }
}

extension [Float] {
  /// The vector behind Base64 text of 32-bit floats, the lowest byte first; `nil` when it is none.
  public init?(base64 text: ArraySlice<UInt8>) {
    guard let bytes = bytes(base64: text), bytes.count % 4 == 0 else { return nil }
    self = stride(from: 0, to: bytes.count, by: 4).map { start in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
      return Float(bitPattern: bits)
    }
    guard allSatisfy(\.isFinite) else { return nil }
  }

  /// The bytes of the 32-bit floats, the lowest byte first.
  public var littleEndianBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * count)
    for number in self {
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> shift))
      }
    }
    return bytes
  }
}

extension JSONWriter {
  /// Writes a vector: numbers with as many digits as they need.
  public mutating func write(_ vector: [Float], as encoding: VectorEncoding = .float) {
    guard encoding == .float else { return write(base64(vector.littleEndianBytes)) }
    beginArray()
    for number in vector { write(verbatim: number.description.utf8) }
    endArray()
  }
}
