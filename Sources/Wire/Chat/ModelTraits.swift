/// What is known of a model that decides how a request to it is written.
///
/// Unknown is `nil` or empty.
public struct ModelTraits: Sendable, Equatable {
  /// The most tokens it can write.
  public var maxOutputTokens: Int?
  /// What it refuses: `temperature`, `sampling`, `system`, `prefill`, `forced_tools`, `thinking_off`.
  public var refuses: Set<String> = []
  /// What it can: `reasoning`, `json_schema`, `tools`, `vision`, ...
  public var capabilities: Set<String> = []
  /// The effort words it takes.
  public var efforts: [String] = []
  /// The thinking budgets it takes, in tokens; `Int.max` where no largest is known.
  public var budget: ClosedRange<Int>?
  public init() {}
}
