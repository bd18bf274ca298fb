// Values to bytes, appended to one buffer: piece by piece, or a tree at once.

/// Writes JSON front to back; puts the commas itself.
public struct JSONWriter: Sendable {
  public enum Style: Sendable {
    /// No white space at all.
    case compact
    /// A line for each member and element, two spaces for each level.
    case indented
  }

  public var bytes: [UInt8]
  private let style: Style
  private var depth = 0
  private var followsValue = false
  private var followsName = false

  /// Appends to `bytes`.
  public init(_ bytes: [UInt8] = [], style: Style = .compact) {
    self.bytes = bytes
    self.style = style
  }

  public mutating func beginObject() { open(ASCII.openBrace) }
  public mutating func endObject() { close(ASCII.closeBrace) }
  public mutating func beginArray() { open(ASCII.openBracket) }
  public mutating func endArray() { close(ASCII.closeBracket) }

  /// Begins a member; its value must be written next.
  public mutating func name(_ name: String) {
    beginValue()
    appendQuoted(name)
    bytes.append(ASCII.colon)
    if style == .indented { bytes.append(ASCII.space) }
    followsName = true
  }

  public mutating func write(_ text: String) {
    beginValue()
    appendQuoted(text)
  }

  public mutating func write(_ value: Int) { write(verbatim: String(value).utf8) }

  public mutating func write(_ value: Bool) { write(verbatim: (value ? "true" : "false").utf8) }

  /// Writes bytes that are a JSON value already.
  public mutating func write(verbatim value: some Collection<UInt8>) {
    beginValue()
    bytes += value
  }

  /// Writes a tree: numbers by their text, `.raw` parts as they are.
  public mutating func write(_ value: JSON) {
    switch value {
    case .null: write(verbatim: "null".utf8)
    case .bool(let value): write(value)
    case .number(let number): write(verbatim: number.text.utf8)
    case .string(let text): write(text)
    case .raw(let raw): write(verbatim: raw)
    case .array(let elements):
      beginArray()
      for element in elements { write(element) }
      endArray()
    case .object(let object): write(object)
    }
  }

  public mutating func write(_ object: JSONObject) {
    beginObject()
    for member in object.members {
      name(member.name)
      write(member.value)
    }
    endObject()
  }

  // MARK: Layout

  private mutating func beginValue() {
    if followsName {
      followsName = false
    } else {
      if followsValue { bytes.append(ASCII.comma) }
      if depth > 0 { beginLine() }
    }
    followsValue = true
  }

  private mutating func open(_ bracket: UInt8) {
    beginValue()
    bytes.append(bracket)
    depth += 1
    followsValue = false
  }

  private mutating func close(_ bracket: UInt8) {
    depth -= 1
    if followsValue { beginLine() }
    bytes.append(bracket)
    followsValue = true
  }

  private mutating func beginLine() {
    guard style == .indented else { return }
    bytes.append(ASCII.lineFeed)
    bytes.append(contentsOf: repeatElement(ASCII.space, count: 2 * depth))
  }

  // MARK: Strings

  private mutating func appendQuoted(_ text: String) { Self.append(quoted: text, to: &bytes) }

  /// Appends `text` as a JSON string.
  package static func append(quoted text: String, to bytes: inout [UInt8]) {
    bytes.append(ASCII.quote)
    var text = text
    text.withUTF8 { utf8 in
      var written = 0
      for (index, byte) in utf8.enumerated() where byte < ASCII.space || byte == ASCII.quote || byte == ASCII.backslash
      {
        bytes += utf8[written..<index]
        appendEscape(byte, to: &bytes)
        written = index + 1
      }
      bytes += utf8[written...]
    }
    bytes.append(ASCII.quote)
  }

  private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(ASCII.backslash)
    switch byte {
    case ASCII.quote, ASCII.backslash: bytes.append(byte)
    case ASCII.lineFeed: bytes.append(UInt8(ascii: "n"))
    case ASCII.carriageReturn: bytes.append(UInt8(ascii: "r"))
    case ASCII.tab: bytes.append(UInt8(ascii: "t"))
    default:
      bytes += byte < 0x10 ? "u000".utf8 : "u001".utf8
      bytes += String(byte & 0xF, radix: 16).utf8
    }
  }
}

extension JSON {
  /// The value as compact JSON.
  public var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }

  /// The value as compact JSON text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The value laid out for reading: two spaces for each level.
  public var indentedText: String {
    var writer = JSONWriter(style: .indented)
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
