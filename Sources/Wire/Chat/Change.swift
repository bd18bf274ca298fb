/// Something a translation dropped, renamed, clamped or made up.
///
/// Nothing is changed without one.
public struct Change: Sendable, Equatable {
  public enum What: String, Sendable {
    case dropped, renamed, clamped, added, converted
  }
  /// The field as the caller named it: `top_k` or `messages[2].name`.
  public var field: String
  public var what: What
  /// One clause: `this provider has no such parameter`.
  public var why: String
  public init(_ field: String, _ what: What, _ why: String) {
    self.field = field
    self.what = what
    self.why = why
  }
}
