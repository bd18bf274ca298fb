/// How a provider departs from its dialect: named flags, set by the provider's data file, read by the dialect.
public struct Quirks: Sendable, Equatable {
  public init() {}
}
