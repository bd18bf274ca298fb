// An answer to the message a client expects. `AnthropicMessages.decodeReply` is the way back.

extension AnthropicMessages: ServedDialect {
  public static func encodeReply(_ reply: ChatReply, under heading: ReplyHeading) -> EncodedReply {
    var encoder = AnthropicMessagesReplyEncoder(extras: ReplyExtras(heading, in: .anthropicMessages))
    let content = reply.content.flatMap { encoder.blocks($0) }
    encoder.dropOtherChoices(reply.otherChoices.count)
    encoder.dropLogprobs(reply.logprobs)
    let finish = encoder.stopReason(reply.finish)
    var message: JSONObject = [
      "id": .string(reply.id ?? heading.id), "type": "message", "role": "assistant",
      "model": .string(reply.model ?? heading.client.request.model), "content": .array(content.map { .object($0) }),
      "stop_reason": .string(finish), "stop_sequence": reply.finish?.stopText.map { .string($0) } ?? .null,
      "usage": .object(AnthropicMessagesUsage.encode(reply.usage ?? Usage(input: 0, output: 0))),
    ]
    message.fill(from: encoder.extras.keep(reply.extras, of: ReplyExtras.reply))
    return EncodedReply(body: JSON.object(message).bytes, changes: encoder.changes + encoder.extras.changes)
  }

  public static func makeStreamEncoder(under heading: ReplyHeading) -> AnthropicMessagesStreamEncoder {
    AnthropicMessagesStreamEncoder(heading)
  }

  /// Stands before the seal of a part in the data of `redacted_thinking`: clients return such blocks as they are, and
  /// a call or a text of this format has no place for a seal.
  static let partSealMark = "llmgw.part."
}

/// Writes the parts of an answer as blocks.
struct AnthropicMessagesReplyEncoder {
  private(set) var changes: [Change] = []
  var extras: ReplyExtras

  init(extras: ReplyExtras) { self.extras = extras }

  /// The blocks of one part: none when the format has no place for it, two when a seal goes before it.
  mutating func blocks(_ part: ContentPart) -> [JSONObject] {
    guard var block = block(part.kind) else { return [] }
    block.fill(from: extras.keep(part.extras, of: ReplyExtras.part))
    return [part.signature.map(Self.sealBlock), block].compactMap { $0 }
  }

  static func sealBlock(_ seal: Seal) -> JSONObject {
    ["type": "redacted_thinking", "data": .string(AnthropicMessages.partSealMark + seal.carried(in: .anthropic))]
  }

  private mutating func block(_ kind: ContentPart.Kind) -> JSONObject? {
    switch kind {
    case .text(let text), .refusal(let text): return ["type": "text", "text": .string(text)]
    case .reasoning(let block): return block.saysNothing ? nil : Self.thinking(block)
    case .toolCall(let call): return toolUse(call)
    case .other(let type, let json):
      guard extras.isOwn, let object = json.object else { return drop(type) }
      return object
    case .image: return drop("image")
    case .audio: return drop("audio")
    case .document: return drop("document")
    case .toolResult: return drop("tool_result")
    }
  }

  static func thinking(_ block: ReasoningBlock) -> JSONObject {
    if let encrypted = block.encrypted {
      return ["type": "redacted_thinking", "data": .string(encrypted.carried(in: .anthropic))]
    }
    return [
      "type": "thinking", "thinking": .string(block.text),
      "signature": .string(block.signature?.carried(in: .anthropic) ?? ""),
    ]
  }

  private mutating func toolUse(_ call: ToolCall) -> JSONObject {
    [
      "type": .string(Self.type(of: call.kind)), "id": .string(call.id), "name": .string(call.name),
      "input": input(call),
    ]
  }

  static func type(of kind: ToolCall.Kind) -> String { kind == .atProvider ? "server_tool_use" : "tool_use" }

  private mutating func input(_ call: ToolCall) -> JSON {
    if call.kind != .custom, let input = try? JSON.parse(call.arguments), input.object != nil { return input }
    changes.append(
      Change("content", .converted, "the arguments of `\(call.name)` are no JSON object: they stand in `arguments`"))
    return ["arguments": .string(call.arguments)]
  }

  mutating func drop(_ field: String, _ what: String) {
    changes.append(Change(field, .dropped, what))
  }

  private mutating func drop(_ type: String) -> JSONObject? {
    changes.append(Change("content", .dropped, "a part of the type `\(type)` has no place in this format"))
    return nil
  }

  mutating func dropOtherChoices(_ count: Int) {
    if count > 0 { changes.append(Change("choices", .dropped, "this format has one answer: \(count) more came")) }
  }

  mutating func dropLogprobs(_ tokens: [TokenLogprob]) {
    if !tokens.isEmpty { changes.append(Change("logprobs", .dropped, "this format has no place for them")) }
  }

  mutating func stopReason(_ finish: Finish?) -> String {
    if finish?.reason == .other {
      changes.append(Change("stop_reason", .converted, "this format has no word for `\(finish?.word ?? "")`"))
    }
    return finish?.anthropicWord ?? "end_turn"
  }
}

extension Finish {
  /// The format's word for the reason.
  var anthropicWord: String {
    switch reason {
    case .stop: stopText == nil ? "end_turn" : "stop_sequence"
    case .length: "max_tokens"
    case .toolCalls: "tool_use"
    case .contentFilter: "refusal"
    case .pause: "pause_turn"
    case .other: "end_turn"
    }
  }
}
