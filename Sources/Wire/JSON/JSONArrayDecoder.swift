// A stream that is one JSON array, cut into its elements as they come.

/// Reads objects that come in pieces, split anywhere: the elements of an array, or one after another.
///
/// Only their beginnings and ends are found; whether they are well formed is for the reader of each to see.
public struct JSONArrayDecoder: Sendable {
  private let maximumElementBytes: Int
  /// What came of an element whose end has not.
  private var element: [UInt8] = []
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var bytesRead = 0

  /// Allows elements of up to 16 MiB unless told otherwise (images come in one).
  public init(maximumElementBytes: Int = 16 << 20) {
    self.maximumElementBytes = maximumElementBytes
  }

  /// Appends the elements that `bytes` completed.
  ///
  /// Throws when one grows too large, or is no object.
  public mutating func decode(_ bytes: [UInt8], into elements: inout [ArraySlice<UInt8>]) throws(WireError) {
    defer { bytesRead += bytes.count }
    var start = 0
    for index in bytes.indices {
      if depth > 0 {
        guard element.count + index - start < maximumElementBytes else {
          throw WireError(offset: bytesRead + index, "an element of more than \(maximumElementBytes) bytes")
        }
        readInside(bytes[index])
        if depth == 0 { elements.append(end(with: bytes[start...index])) }
      } else if bytes[index] == ASCII.openBrace {
        start = index
        depth = 1
      } else if !Self.mayStandBetween(bytes[index]) {
        throw WireError(offset: bytesRead + index, "an array of objects expected")
      }
    }
    if depth > 0 { element += bytes[start...] }
  }

  private mutating func readInside(_ byte: UInt8) {
    if isEscaped {
      isEscaped = false
    } else if isInString {
      if byte == ASCII.backslash { isEscaped = true }
      if byte == ASCII.quote { isInString = false }
    } else {
      switch byte {
      case ASCII.quote: isInString = true
      case ASCII.openBrace: depth += 1
      case ASCII.closeBrace: depth -= 1
      default: break
      }
    }
  }

  private mutating func end(with bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard !element.isEmpty else { return bytes }
    element += bytes
    defer { element = [] }
    return element[...]
  }

  private static func mayStandBetween(_ byte: UInt8) -> Bool {
    switch byte {
    case ASCII.openBracket, ASCII.closeBracket, ASCII.comma, ASCII.space, ASCII.tab, ASCII.lineFeed,
      ASCII.carriageReturn:
      true
    default: false
    }
  }
}
