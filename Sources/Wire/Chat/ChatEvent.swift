// What a stream says, piece by piece. A plain answer is told as the same events in one go.

/// One piece of a streamed answer, about the first choice unless it says otherwise.
public enum ChatEvent: Sendable, Equatable {
  /// The provider's ids; sent once, or again when they change.
  case started(id: String?, model: String?)
  case text(String)
  /// A new text part begins: what follows is not to be joined with the part before.
  case textPartStarted
  case refusal(String)
  case reasoning(String)
  /// The proof for the reasoning block that just ran; the block is over.
  case reasoningSignature(Seal)
  /// A whole block of thinking that is only shown encrypted.
  case encryptedReasoning(Seal)
  /// The proof for the part told last, a text or a tool call; without one, for an empty text.
  case partSignature(Seal)
  /// What else the provider says of the part told last: citations, an id. A member told again replaces the one before.
  case partExtras(JSONObject)
  /// A tool call begins. `index` counts the calls of this answer from 0, whatever the provider's numbering.
  case toolCallStarted(index: Int, id: String, name: String, kind: ToolCall.Kind)
  /// More of the arguments of call `index`, split anywhere.
  case toolArguments(index: Int, String)
  /// A whole part this vocabulary has no word for.
  indirect case part(ContentPart)
  /// Why the model stopped. The last one counts.
  case finished(Finish)
  /// All the usage known so far. Each one replaces the one before; they are never added.
  indirect case usage(Usage)
  /// The provider reported a failure inside a stream that began well.
  indirect case failed(ProviderFailure)
  /// How likely the tokens of the text were that just came.
  case logprobs([TokenLogprob])
  /// What else the provider says of the answer, or within `otherChoice` of that one.
  case extras(JSONObject)
  /// Something about a further choice (`n` above one), counted from 1: any event that tells of content, or its finish.
  indirect case otherChoice(index: Int, ChatEvent)
}

extension [ChatEvent] {
  /// The same with pieces of one text that follow one another as one piece.
  package var joiningText: [ChatEvent] {
    var joined: [ChatEvent] = []
    for event in self {
      switch (joined.last, event) {
      case (.text(let before), .text(let more)): joined[joined.count - 1] = .text(before + more)
      case (.refusal(let before), .refusal(let more)): joined[joined.count - 1] = .refusal(before + more)
      case (.reasoning(let before), .reasoning(let more)): joined[joined.count - 1] = .reasoning(before + more)
      default: joined.append(event)
      }
    }
    return joined
  }
}
