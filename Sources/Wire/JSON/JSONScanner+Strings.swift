// The inside of strings: where they end, that they are UTF-8, what their escapes mean.

extension JSONScanner {
  /// The content of a string, and whether it has escapes to undo.
  struct StringContent {
    var range: Range<Int>
    var hasEscapes: Bool
  }

  /// Passes the string that begins here, checking its escapes and its UTF-8.
  mutating func passString() throws(WireError) -> StringContent {
    let start = position + 1
    var isASCII = true
    var hasEscapes = false
    position = start
    while true {
      let end = bytes.span.indexOfStringEnd(from: position - bytes.startIndex)
      position = end.index + bytes.startIndex
      isASCII = isASCII && end.isASCII
      switch byte {
      case ASCII.quote:
        let range = start..<position
        if !isASCII { try checkUTF8(range) }
        position += 1
        return StringContent(range: range, hasEscapes: hasEscapes)
      case ASCII.backslash:
        hasEscapes = true
        try passEscape()
      case nil: throw problem("the end of a string expected")
      default: throw problem("a control character in a string")
      }
    }
  }

  /// The bytes a string stands for.
  func unescaped(_ content: StringContent) -> ArraySlice<UInt8> {
    let raw = bytes[content.range]
    return content.hasEscapes ? Self.unescape(raw) : raw
  }

  private mutating func passEscape() throws(WireError) {
    position += 1
    switch byte {
    case UInt8(ascii: "u"):
      for _ in 0..<4 {
        position += 1
        guard let byte, ASCII.hexValue(byte) != nil else { throw problem("four hexadecimal digits expected") }
      }
      position += 1
    case let byte? where Self.escapedByte(byte) != nil: position += 1
    default: throw problem("no such escape")
    }
  }

  private func checkUTF8(_ range: Range<Int>) throws(WireError) {
    let span = bytes.span.extracting((range.lowerBound - bytes.startIndex)..<(range.upperBound - bytes.startIndex))
    do {
      _ = try UTF8Span(validating: span)
    } catch {
      throw WireError(offset: range.lowerBound - bytes.startIndex + error.byteOffsets.lowerBound, "not UTF-8")
    }
  }

  private static func escapedByte(_ letter: UInt8) -> UInt8? {
    switch letter {
    case ASCII.quote, ASCII.backslash, UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): ASCII.lineFeed
    case UInt8(ascii: "r"): ASCII.carriageReturn
    case UInt8(ascii: "t"): ASCII.tab
    default: nil
    }
  }

  /// Undoes escapes whose form `passString` has checked.
  private static func unescape(_ raw: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var result: [UInt8] = []
    result.reserveCapacity(raw.count)
    var rest = raw
    while let backslash = rest.firstIndex(of: ASCII.backslash) {
      result += rest[..<backslash]
      rest = rest[(backslash + 1)...]
      guard let letter = rest.popFirst() else { break }
      if let byte = escapedByte(letter) {
        result.append(byte)
      } else {
        result += Unicode.UTF8.encode(scalar(takingFrom: &rest)) ?? Unicode.UTF8.encodedReplacementCharacter
      }
    }
    result += rest
    return result[...]
  }

  /// The character of `\uXXXX`, the `\u` already taken: with its other half when it is one of a surrogate pair.
  private static func scalar(takingFrom rest: inout ArraySlice<UInt8>) -> Unicode.Scalar {
    let first = hexNumber(rest.prefix(4))
    rest = rest.dropFirst(4)
    if (0xD800...0xDBFF).contains(first), rest.prefix(2).equals("\\u") {
      let second = hexNumber(rest.dropFirst(2).prefix(4))
      if (0xDC00...0xDFFF).contains(second) {
        rest = rest.dropFirst(6)
        return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)) ?? "\u{FFFD}"
      }
    }
    return Unicode.Scalar(first) ?? "\u{FFFD}"
  }

  private static func hexNumber(_ digits: ArraySlice<UInt8>) -> UInt32 {
    digits.reduce(0) { $0 << 4 | (ASCII.hexValue($1) ?? 0) }
  }
}

extension ArraySlice<UInt8> {
  /// The text of a string that the scanner has passed: it is UTF-8, and need not be looked through again.
  var checkedText: String { String(copying: UTF8Span(unchecked: span)) }
}
