// What may stand where in a head of HTTP, seen by its bytes: asked for every field of every request.

package enum HTTPSyntax {
  /// Whether a text is a token, as names of fields and methods are (RFC 9110, 5.6.2).
  package static func isToken(_ text: String) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.allSatisfy { $0 < 128 && tokenBytes[Int($0 >> 6)] & (1 << ($0 & 63)) != 0 }
  }

  /// Whether two names of fields are one: ASCII case does not count.
  package static func areSame(_ one: String, _ other: String) -> Bool {
    let (left, right) = (one.utf8, other.utf8)
    return left.count == right.count && zip(left, right).allSatisfy { lowercase($0) == lowercase($1) }
  }

  static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  /// A bit for each byte of ASCII.
  private static let tokenBytes: [UInt64] = {
    var bits: [UInt64] = [0, 0]
    let marks = Array("!#$%&'*+-.^_`|~".utf8)
    for byte in UInt8(0)..<128
    where marks.contains(byte) || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) && byte >= 0x41 {
      bits[Int(byte >> 6)] |= 1 << (byte & 63)
    }
    return bits
  }()
}

extension HTTPResponse {
  /// The type of the body without parameters, in lower case: `text/event-stream`.
  var mediaType: String {
    guard let field = headers["content-type"] else { return "" }
    let type = field.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
    return String(decoding: type.map(HTTPSyntax.lowercase), as: UTF8.self)
  }

  /// Whether the body is a stream of server-sent events.
  var isEventStream: Bool { mediaType == "text/event-stream" }
}
