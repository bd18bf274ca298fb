// What is large, handed on often and changed seldom.

/// A value in one place, however often it is handed on.
///
/// Read a part of it where it stands (`call.value.origin`): what is read whole is copied, with a reference count for
/// each of its dozens of parts.
public final class Kept<Value: Sendable>: Sendable {
  public let value: Value
  public init(_ value: Value) { self.value = value }
}

extension Kept: Equatable where Value: Equatable {
  public static func == (left: Kept, right: Kept) -> Bool { left === right || left.value == right.value }
}

/// Keeps a part of a struct in one place however often the struct is copied.
///
/// Changing it makes a value of its own, as for every struct.
@propertyWrapper
public struct Shared<Value: Sendable>: Sendable {
  private var kept: Kept<Value>

  public init(wrappedValue: Value) { kept = Kept(wrappedValue) }

  public var wrappedValue: Value {
    _read { yield kept.value }
    set { kept = Kept(newValue) }
  }
}

extension Shared: Equatable where Value: Equatable {}
