// A whole reply told as a stream, for callers who asked for one. `ChatReplyBuilder` is the way back.

extension ChatReply {
  /// What a stream of this reply would have said, each part in one piece.
  public var events: [ChatEvent] {
    var events: [ChatEvent] = []
    if id != nil || model != nil { events.append(.started(id: id, model: model)) }
    events += content.events
    if !logprobs.isEmpty { events.append(.logprobs(logprobs)) }
    if !extras.isEmpty { events.append(.extras(extras)) }
    for (index, choice) in otherChoices.enumerated() {
      events += choice.events.map { .otherChoice(index: index + 1, $0) }
    }
    if let finish { events.append(.finished(finish)) }
    if let usage { events.append(.usage(usage)) }
    return events
  }
}

extension Choice {
  fileprivate var events: [ChatEvent] {
    var events = content.events
    if !extras.isEmpty { events.append(.extras(extras)) }
    if let finish { events.append(.finished(finish)) }
    return events
  }
}

extension [ContentPart] {
  fileprivate var events: [ChatEvent] {
    var events: [ChatEvent] = []
    var callCount = 0
    for (place, part) in enumerated() {
      if place > 0, part.goesOn(self[place - 1]) { events.append(.textPartStarted) }
      events += part.events(callIndex: callCount)
      if let signature = part.signature { events.append(.partSignature(signature)) }
      if !part.extras.isEmpty, part.isToldInPieces { events.append(.partExtras(part.extras)) }
      if case .toolCall = part.kind { callCount += 1 }
    }
    return events
  }
}

extension ContentPart {
  /// Whether its text would be taken for more of the text of `part`, were it not said that it is another.
  fileprivate func goesOn(_ part: ContentPart) -> Bool {
    switch (part.kind, kind) {
    case (.text, .text), (.refusal, .refusal): true
    case (.reasoning(let before), .reasoning): before.signature == nil && before.encrypted == nil
    default: false
    }
  }

  /// Parts that are told whole have their extras in them.
  fileprivate var isToldInPieces: Bool {
    switch kind {
    case .text, .refusal, .reasoning, .toolCall: true
    case .image, .document, .audio, .toolResult, .other: false
    }
  }

  fileprivate func events(callIndex: Int) -> [ChatEvent] {
    switch kind {
    case .text(let text): return [.text(text)]
    case .refusal(let text): return [.refusal(text)]
    case .reasoning(let block):
      let text: [ChatEvent] = block.text.isEmpty ? [] : [.reasoning(block.text)]
      let proof = block.signature.map { ChatEvent.reasoningSignature($0) }
      return text + [proof, block.encrypted.map { .encryptedReasoning($0) }].compactMap { $0 }
    case .toolCall(let call):
      return [
        .toolCallStarted(index: callIndex, id: call.id, name: call.name, kind: call.kind),
        .toolArguments(index: callIndex, call.arguments),
      ]
    case .image, .document, .audio, .toolResult, .other:
      // Its proof is told after it, as that of any other part.
      var bare = self
      bare.signature = nil
      return [.part(bare)]
    }
  }
}
