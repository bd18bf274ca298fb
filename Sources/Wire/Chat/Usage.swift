// What a call consumed, counted the same way for every provider.

/// Tokens by kind.
///
/// `nil` is unknown, never zero.
///
/// Comparable across providers: `input` = fresh + cache read + cache write, `output` includes reasoning.
public struct Usage: Sendable, Equatable {
  /// All tokens read, cached ones included.
  public var input: Int?
  /// All tokens written, reasoning included.
  public var output: Int?
  /// Part of `input`: read from the provider's prompt cache.
  public var cacheRead: Int?
  /// Part of `input`: written to the prompt cache, all lifetimes together.
  public var cacheWrite: Int?
  /// Part of `cacheWrite`: kept for an hour.
  public var cacheWriteOneHour: Int?
  /// Part of `output`: thinking.
  public var reasoning: Int?
  /// Part of `input`.
  public var audioInput: Int?
  /// Part of `output`.
  public var audioOutput: Int?
  /// Part of `input`.
  public var imageInput: Int?
  /// Part of `output`.
  public var imageOutput: Int?
  /// Searches the provider ran and bills one by one.
  public var searches: Int?
  /// Queries the provider bills one by one: one and more of a rerank call.
  public var queries: Int?
  /// The tokens the provider bills, where it bills others than it counts.
  public var billed: Billed?
  /// What the provider says the call cost, in picodollars (10^-12 USD).
  public var reportedCost: Int64?
  /// The service tier that was really used, the provider's own word.
  public var serviceTier: String?
  /// The provider's own usage object.
  public var raw: JSON?

  /// Tokens as they are billed.
  public struct Billed: Sendable, Equatable {
    public var input: Int
    public var output: Int
    public init(input: Int, output: Int) {
      self.input = input
      self.output = output
    }
  }

  public init(input: Int? = nil, output: Int? = nil) {
    self.input = input
    self.output = output
  }
}
