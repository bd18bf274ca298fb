// A JSON value that keeps what it was: the order of members, the text of numbers.

/// A JSON value (RFC 8259).
public enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSON])
  case object(JSONObject)
  /// A part that was not looked into: its bytes, written back exactly as they came.
  case raw([UInt8])
}

/// Members in the order in which they came; a name may stand twice, the last one is read.
public struct JSONObject: Sendable, Equatable {
  public var members: [Member] = []
  public struct Member: Sendable, Equatable {
    public var name: String
    public var value: JSON
    public init(name: String, value: JSON) {
      self.name = name
      self.value = value
    }
  }
  public init() {}
  public var isEmpty: Bool { members.isEmpty }
  /// Reads the last member of that name; writing replaces it, or appends; `nil` removes.
  public subscript(name: String) -> JSON? {
    get { index(of: name).map { members[$0].value } }
    set {
      guard let newValue else { return members.removeAll { $0.name == name } }
      guard let index = index(of: name) else { return members.append(Member(name: name, value: newValue)) }
      members[index].value = newValue
    }
  }

  /// Where the last member of that name stands; looked for by place, so that no member is copied on the way.
  private func index(of name: String) -> Int? {
    var index = members.count
    while index > 0 {
      index -= 1
      if members[index].name == name { return index }
    }
    return nil
  }
}

extension JSONObject {
  /// Writes the members of `other` over those of the same names.
  mutating func overlay(_ other: JSONObject) {
    for member in other.members { self[member.name] = member.value }
  }

  static func + (left: JSONObject, right: JSONObject) -> JSONObject {
    var both = left
    both.overlay(right)
    return both
  }

  /// The members with other names, without those that say nothing: nulls and empty lists.
  func rest(besides known: Set<String>) -> JSONObject {
    var rest = self
    rest.members.removeAll { known.contains($0.name) || $0.value.isNull || $0.value == .array([]) }
    return rest
  }
}

// MARK: Looking inside

/// Each is `nil` when the value is something else; a `.raw` part is not looked into.
extension JSON {
  public var isNull: Bool { self == .null }

  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  public var number: JSONNumber? {
    if case .number(let value) = self { value } else { nil }
  }

  /// A whole number that fits.
  public var int: Int? { number?.int }

  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  public var array: [JSON]? {
    if case .array(let value) = self { value } else { nil }
  }

  public var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The member of that name, when this is an object that has it.
  public subscript(name: String) -> JSON? { object?[name] }
}

// MARK: What may be missing

extension JSON {
  /// The text, or null.
  package init(text: String?) { self = text.map { .string($0) } ?? .null }

  /// The number, or null.
  package init(count: Int?) { self = count.map { .number(JSONNumber($0)) } ?? .null }
}

// MARK: Literals

/// There is no literal for `.null`: `nil` where an optional value is meant would become one.
extension JSON: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(JSONObject(elements))
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }

  /// Members in that order.
  public init(_ elements: [(String, JSON)]) {
    members = elements.map { Member(name: $0.0, value: $0.1) }
  }
}
