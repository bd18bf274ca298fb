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

/// A number as it was written. Nothing is rounded.
public struct JSONNumber: Sendable, Equatable {
  public var text: String
  public init(text: String) { self.text = text }
  public init(_ value: Int) { text = String(value) }
  /// The value, when it is a whole number that fits.
  public var int: Int? { Int(text) }
}

/// Members in the order in which they came; a name may stand twice, the last one is read.
public struct JSONObject: Sendable, Equatable {
  public var members: [Member] = []
  public struct Member: Sendable, Equatable {
    public var name: String
    public var value: JSON
  }
  public init() {}
  public var isEmpty: Bool { members.isEmpty }
  /// Reads the last member of that name; writing replaces it, or appends; `nil` removes.
  public subscript(name: String) -> JSON? {
    get { members.last { $0.name == name }?.value }
    set {
      guard let newValue else { return members.removeAll { $0.name == name } }
      guard let index = members.lastIndex(where: { $0.name == name }) else {
        return members.append(Member(name: name, value: newValue))
      }
      members[index].value = newValue
    }
  }
}
