// Bytes to a tree, by way of the scanner.

extension JSON {
  /// Reads one JSON text with nothing after it.
  ///
  /// Throws where it breaks RFC 8259 or `limits`; see `JSONScanner`.
  public static func parse(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(WireError) -> JSON {
    try parse(bytes[...], limits: limits)
  }

  /// Reads one JSON text with nothing after it.
  public static func parse(_ text: String, limits: JSONLimits = .standard) throws(WireError) -> JSON {
    try parse(Array(text.utf8)[...], limits: limits)
  }

  /// Reads one JSON text with nothing after it.
  public static func parse(_ bytes: ArraySlice<UInt8>, limits: JSONLimits = .standard) throws(WireError) -> JSON {
    var scanner = try JSONScanner(bytes, limits: limits)
    let value = try scanner.value()
    try scanner.finish()
    return value
  }
}

extension JSONScanner {
  /// Builds the next value.
  ///
  /// Recursion ends at the depth limit.
  public mutating func value() throws(WireError) -> JSON {
    switch try kind() {
    case .object: return .object(try object())
    case .array: return .array(try array())
    case .string: return .string(try string() ?? "")
    case .number: return .number(JSONNumber(text: try raw().text))
    case .bool: return .bool(try bool() ?? false)
    case .null:
      try skip()
      return .null
    }
  }

  private mutating func object() throws(WireError) -> JSONObject {
    var object = JSONObject()
    object.members.reserveCapacity(Self.usualMembers)
    try enterObject()
    while let name = try nextMember() {
      object.members.append(.init(name: name.checkedText, value: try value()))
    }
    return object
  }

  /// Most objects have no more: one piece of memory instead of four that grow.
  private static let usualMembers = 8

  private mutating func array() throws(WireError) -> [JSON] {
    var elements: [JSON] = []
    try enterArray()
    while try nextElement() { elements.append(try value()) }
    return elements
  }
}
