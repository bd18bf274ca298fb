// The one error of everything that reads bytes here.

/// Bytes that are not what a format says they should be.
public struct WireError: Error, Sendable, Equatable {
  /// How many bytes in.
  public var offset: Int
  /// What was expected or found, as one clause.
  public var problem: String
  public init(offset: Int, _ problem: String) {
    self.offset = offset
    self.problem = problem
  }
}
