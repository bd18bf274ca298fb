// What may stand where in a head of HTTP, seen by its bytes: asked for every field of every request.

package enum HTTPSyntax {
  /// Whether a text is a token, as names of fields and methods are (RFC 9110, 5.6.2).
  package static func isToken(_ text: String) -> Bool { !text.isEmpty && areAll(text, isTokenByte) }

  /// Whether a text can be the value of a field: a line without control characters.
  package static func isFieldValue(_ text: String) -> Bool { areAll(text, isPlain) }

  /// Whether a byte can stand in the value of a field.
  package static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

  /// Whether two names of fields are one: ASCII case does not count.
  package static func areSame(_ one: String, _ other: String) -> Bool {
    let (left, right) = (one.utf8, other.utf8)
    return left.count == right.count && zip(left, right).allSatisfy { lowercase($0) == lowercase($1) }
  }

  static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  /// Letters, digits and !#$%&'*+-.^_`|~, a bit for each byte from 0 to 127.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    byte < 0x40
      ? 0x03FF_6CFA_0000_0000 as UInt64 >> UInt64(byte) & 1 != 0
      : byte < 0x80 && 0x57FF_FFFF_C7FF_FFFE as UInt64 >> UInt64(byte - 0x40) & 1 != 0
  }

  @inline(__always)
  private static func areAll(_ text: String, _ isGood: (UInt8) -> Bool) -> Bool {
    let bytes = text.utf8.span
    for index in bytes.indices where !isGood(bytes[index]) { return false }
    return true
  }
}

extension HTTPHeaders {
  /// The type of the body without parameters, in lower case; empty where none is told.
  var mediaType: String {
    guard let field = self["content-type"] else { return "" }
    let type = field.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
    let isLowercase = type.allSatisfy { HTTPSyntax.lowercase($0) == $0 }
    return isLowercase ? String(Substring(type)) : String(decoding: type.map(HTTPSyntax.lowercase), as: UTF8.self)
  }
}
