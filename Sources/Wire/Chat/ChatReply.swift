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
  public var otherChoices: [Choice] = []
  /// How likely the tokens of the first choice's text were, where that was asked for.
  public var logprobs: [TokenLogprob] = []
  /// Fields no other member holds, in the words of the format that the answer came in.
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
      guard case .toolCall(let call) = part.kind, call.kind != .atProvider else { return nil }
      return call
    }
  }

  /// What the model said instead of answering.
  public var refusal: String? {
    let pieces = content.compactMap { part in if case .refusal(let text) = part.kind { text } else { nil } }
    return pieces.isEmpty ? nil : pieces.joined()
  }
}

/// A second or further answer to the same request.
public struct Choice: Sendable, Equatable {
  public var content: [ContentPart]
  public var finish: Finish?
  /// Fields no other member holds.
  public var extras: JSONObject
  public init(_ content: [ContentPart], finish: Finish? = nil, extras: JSONObject = JSONObject()) {
    self.content = content
    self.finish = finish
    self.extras = extras
  }
}

/// A token with the logarithm of its probability, and the likeliest in its place.
public struct TokenLogprob: Sendable, Equatable {
  public var token: String
  public var logprob: JSONNumber
  /// The token's UTF-8 bytes, where the provider says them.
  public var bytes: [UInt8]?
  public var top: [TokenLogprob]
  public init(_ token: String, _ logprob: JSONNumber, bytes: [UInt8]? = nil, top: [TokenLogprob] = []) {
    self.token = token
    self.logprob = logprob
    self.bytes = bytes
    self.top = top
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
