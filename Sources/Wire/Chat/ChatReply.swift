// What a model answered, whole.

/// A finished answer, or as much of one as arrived.
public struct ChatReply: Sendable, Equatable {
  /// The provider's id of the answer.
  public var id: String?
  /// The model as the provider names it.
  public var model: String?
  /// The parts of the first choice, in order.
  public var content: [ContentPart] = []
  public var finish: Finish?
  public var usage: Usage?
  /// The second and further choices of a request with `n` above one.
  public var otherChoices: [[ContentPart]] = []
  public var extras = JSONObject()

  public init() {}

  /// The visible text: the text parts with nothing between them.
  public var text: String {
    content.reduce(into: "") { text, part in if case .text(let piece) = part.kind { text += piece } }
  }

  /// The thinking that may be shown: the reasoning parts with nothing between them.
  public var reasoningText: String {
    content.reduce(into: "") { text, part in if case .reasoning(let block) = part.kind { text += block.text } }
  }

  /// The calls the client is to make; those of tools the provider ran itself are left out.
  public var toolCalls: [ToolCall] {
    content.compactMap { part in
      guard case .toolCall(let call) = part.kind, !call.runsAtProvider else { return nil }
      return call
    }
  }

  /// What the model said instead of answering.
  public var refusal: String? {
    let pieces = content.compactMap { part in if case .refusal(let text) = part.kind { text } else { nil } }
    return pieces.isEmpty ? nil : pieces.joined()
  }
}

/// Why the model stopped.
public struct Finish: Sendable, Equatable {
  public enum Reason: String, Sendable {
    case stop
    /// The output limit or the context window was reached.
    case length
    case toolCalls = "tool_calls"
    case contentFilter = "content_filter"
    /// The provider paused a long turn; sending the answer back goes on with it.
    case pause
    case other
  }
  public var reason: Reason
  /// The provider's own word.
  public var word: String
  /// Which stop text was met.
  public var stopText: String?
  public init(_ reason: Reason, word: String, stopText: String? = nil) {
    self.reason = reason
    self.word = word
    self.stopText = stopText
  }
}
