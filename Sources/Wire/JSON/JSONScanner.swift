// Reads JSON where it lies: members are walked, values read, skipped or taken as they are, and no tree is built.
// Strict as RFC 8259 (2017) has it; two liberties: a byte order mark may come first, and half a surrogate pair is read
// as U+FFFD, because streams have been seen to cut an escaped emoji in two.

/// How much JSON is read at most.
public struct JSONLimits: Sendable {
  /// How many containers may stand inside one another.
  public var depth: Int
  /// The longest text, in bytes.
  public var bytes: Int
  public init(depth: Int, bytes: Int) {
    self.depth = depth
    self.bytes = bytes
  }
  /// 128 levels, 64 MiB.
  public static let standard = JSONLimits(depth: 128, bytes: 64 << 20)
}

/// Walks one JSON text from front to back.
///
///     try scanner.enterObject()
///     while let name = try scanner.nextMember() {
///       if case "id" = name { id = try scanner.string() }  // a value that is not read is skipped
///     }
///
/// An entered container must be walked to its end before the one around it goes on.
public struct JSONScanner: Sendable {
  /// What kind of value comes next.
  public enum Kind: Sendable {
    case null, bool, number, string, array, object
  }

  private enum Place {
    case containerStart, valueDue, afterValue
  }

  let bytes: ArraySlice<UInt8>
  var position: Int
  private var place = Place.valueDue
  private var depth = 0
  private let maximumDepth: Int
  /// Where the string read last stands, as it was written, quotes left out; empty before the first.
  private(set) var stringPlace = 0..<0

  /// Starts at the front of `bytes`.
  ///
  /// Throws when there are more than `limits` allow.
  public init(_ bytes: ArraySlice<UInt8>, limits: JSONLimits = .standard) throws(WireError) {
    guard bytes.count <= limits.bytes else {
      throw WireError(offset: limits.bytes, "JSON is longer than \(limits.bytes) bytes")
    }
    self.bytes = bytes
    maximumDepth = limits.depth
    position = bytes.startIndex + (bytes.starts(with: ASCII.byteOrderMark) ? ASCII.byteOrderMark.count : 0)
  }

  // MARK: Containers

  /// Goes into the object that comes next.
  public mutating func enterObject() throws(WireError) { try enter(ASCII.openBrace, "an object expected") }

  /// Goes into the array that comes next.
  public mutating func enterArray() throws(WireError) { try enter(ASCII.openBracket, "an array expected") }

  /// The name of the next member, its value to be read next; `nil` at the object's end, which is then left.
  public mutating func nextMember() throws(WireError) -> ArraySlice<UInt8>? {
    guard let name = try passMemberName() else { return nil }
    return unescaped(name)
  }

  private mutating func passMemberName() throws(WireError) -> StringContent? {
    guard try advance(before: ASCII.closeBrace, "',' or '}' expected") else { return nil }
    guard byte == ASCII.quote else { throw problem("a member name expected") }
    let name = try passString()
    skipWhitespace()
    guard byte == ASCII.colon else { throw problem("':' expected") }
    position += 1
    place = .valueDue
    return name
  }

  /// Whether the array has another element, to be read next; at its end the array is left.
  public mutating func nextElement() throws(WireError) -> Bool {
    guard try advance(before: ASCII.closeBracket, "',' or ']' expected") else { return false }
    place = .valueDue
    return true
  }

  private mutating func enter(_ opening: UInt8, _ expectation: String) throws(WireError) {
    skipWhitespace()
    guard byte == opening else { throw problem(expectation) }
    guard depth < maximumDepth else { throw problem("more than \(maximumDepth) containers inside one another") }
    depth += 1
    position += 1
    place = .containerStart
  }

  private mutating func advance(before closing: UInt8, _ expectation: String) throws(WireError) -> Bool {
    if place == .valueDue { try skip() }
    skipWhitespace()
    if byte == closing {
      position += 1
      depth -= 1
      place = .afterValue
      return false
    }
    if place == .afterValue {
      guard byte == ASCII.comma else { throw problem(expectation) }
      position += 1
      skipWhitespace()
    }
    return true
  }

  // MARK: Values

  /// What the next value is, judged by its first byte.
  public mutating func kind() throws(WireError) -> Kind {
    skipWhitespace()
    switch byte {
    case ASCII.quote: return .string
    case ASCII.openBrace: return .object
    case ASCII.openBracket: return .array
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case ASCII.minus: return .number
    case let byte? where ASCII.digits.contains(byte): return .number
    default: throw problem("a value expected")
    }
  }

  /// Passes the next value, checking its grammar.
  public mutating func skip() throws(WireError) {
    switch try kind() {
    case .object:
      try enterObject()
      while try passMemberName() != nil {}
    case .array:
      try enterArray()
      while try nextElement() {}
    case .string: _ = try passString()
    case .number: try passNumber()
    case .bool: try passLiteral(byte == UInt8(ascii: "t") ? "true" : "false")
    case .null: try passLiteral("null")
    }
    place = .afterValue
  }

  /// The bytes of the next value as they stand.
  public mutating func raw() throws(WireError) -> ArraySlice<UInt8> {
    skipWhitespace()
    let start = position
    try skip()
    return bytes[start..<position]
  }

  /// The next value if it is a string; anything else is skipped.
  public mutating func string() throws(WireError) -> String? {
    try stringBytes()?.checkedText
  }

  /// The UTF-8 of the next value if it is a string, escapes undone; anything else is skipped.
  public mutating func stringBytes() throws(WireError) -> ArraySlice<UInt8>? {
    guard try kind() == .string else {
      try skip()
      return nil
    }
    let content = try passString()
    place = .afterValue
    stringPlace = content.range
    return unescaped(content)
  }

  /// The next value if it is a number, or a string that spells one; anything else is skipped.
  public mutating func number() throws(WireError) -> JSONNumber? {
    switch try kind() {
    case .number: return JSONNumber(text: try raw().text)
    case .string: return try string().flatMap { JSONNumber(checking: $0) }
    default:
      try skip()
      return nil
    }
  }

  /// The next value if it is a whole number that fits, or a string that spells one; anything else is skipped.
  public mutating func int() throws(WireError) -> Int? { try number()?.int }

  /// The next value if it is `true` or `false`; anything else is skipped.
  public mutating func bool() throws(WireError) -> Bool? {
    let value: Bool? = try kind() == .bool ? byte == UInt8(ascii: "t") : nil
    try skip()
    return value
  }

  /// Throws unless only white space is left.
  public mutating func finish() throws(WireError) {
    if place == .valueDue { try skip() }
    skipWhitespace()
    guard position == bytes.endIndex else { throw problem("nothing more expected after the value") }
  }

  // MARK: Bytes

  /// The byte at hand, `nil` at the end.
  var byte: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  @inline(__always)
  private mutating func skipWhitespace() {
    while let byte, byte <= ASCII.space {
      guard byte == ASCII.space || byte == ASCII.lineFeed || byte == ASCII.carriageReturn || byte == ASCII.tab else {
        return
      }
      position += 1
    }
  }

  private mutating func passLiteral(_ literal: StaticString) throws(WireError) {
    let end = position + literal.utf8CodeUnitCount
    guard end <= bytes.endIndex, bytes[position..<end].equals(literal) else { throw problem("a value expected") }
    position = end
  }

  func problem(_ text: String) -> WireError {
    WireError(offset: position - bytes.startIndex, position == bytes.endIndex ? "\(text), the text ends" : text)
  }
}
