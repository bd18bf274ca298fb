// Bytes compared with literals, so that reading a name or a line needs no String.

/// Lets `switch` compare bytes with the UTF-8 of a literal.
package func ~= (literal: StaticString, bytes: ArraySlice<UInt8>) -> Bool {
  bytes.equals(literal)
}

extension ArraySlice<UInt8> {
  /// Whether these bytes are the UTF-8 of `literal`.
  package func equals(_ literal: StaticString) -> Bool {
    guard literal.utf8CodeUnitCount == count else { return false }
    return literal.withUTF8Buffer { literal in
      let span = span
      for index in literal.indices where span[index] != literal[index] { return false }
      return true
    }
  }

  /// The text these bytes spell; what is not UTF-8 becomes U+FFFD.
  package var text: String { String(decoding: self, as: UTF8.self) }
}

/// The bytes that mean something to the formats read here.
enum ASCII {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let colon = UInt8(ascii: ":")
  static let comma = UInt8(ascii: ",")
  static let minus = UInt8(ascii: "-")
  static let openBrace = UInt8(ascii: "{")
  static let closeBrace = UInt8(ascii: "}")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")
  static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The value of a hexadecimal digit.
  static func hexValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case digits: UInt32(byte - digits.lowerBound)
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
