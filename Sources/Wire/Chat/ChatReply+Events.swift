// A whole reply told as a stream, for callers who asked for one. `ChatReplyBuilder` is the way back.

extension ChatReply {
  /// What a stream of this reply would have said, each part in one piece.
  ///
  /// Extras are not part of it.
  public var events: [ChatEvent] {
    var events: [ChatEvent] = []
    if id != nil || model != nil { events.append(.started(id: id, model: model)) }
    var callCount = 0
    for (place, part) in content.enumerated() {
      // Two texts in a row are two parts.
      if case .text = part.kind, place > 0, case .text = content[place - 1].kind { events.append(.textPartStarted) }
      events += part.events(callIndex: callCount)
      if case .toolCall = part.kind { callCount += 1 }
    }
    for (index, choice) in otherChoices.enumerated() {
      for case .text(let text) in choice.map(\.kind) { events.append(.otherChoice(index: index + 1, text: text)) }
    }
    if let finish { events.append(.finished(finish)) }
    if let usage { events.append(.usage(usage)) }
    return events
  }
}

extension ContentPart {
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
        .toolCallStarted(index: callIndex, id: call.id, name: call.name, runsAtProvider: call.runsAtProvider),
        .toolArguments(index: callIndex, call.arguments),
      ]
    case .image, .document, .audio, .toolResult, .other: return [.part(self)]
    }
  }
}
