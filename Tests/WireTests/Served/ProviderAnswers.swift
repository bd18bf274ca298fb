// Answers as providers write them: by the format's own encoder where we serve it, by hand where we only call it.

import Wire

extension DialectName {
  /// Those whose answers can be made here.
  static let answering = allCases.filter { (try? $0.bytes(of: ChatReply())) != nil }

  /// Whose seals the models of such a provider make.
  var sealFamily: Seal.Family {
    switch format {
    case .gemini: .gemini
    case .openAIResponses: .openAI
    default: .anthropic
    }
  }

  /// What is needed to read and write all that the format can say.
  var ownQuirks: Quirks {
    var quirks = Quirks()
    if format == .openAIChat { quirks.reasoningDetailsField = "reasoning_details" }
    return quirks
  }

  func bytes(of reply: ChatReply) throws -> [UInt8] {
    if let served = format.served { return served.encodeReply(reply, under: .sample).body }
    switch self {
    case .bedrockConverse: return ConverseAnswer(reply).body
    case .bedrockInvoke: return AnthropicMessages.encodeReply(reply, under: .sample).body
    case .cohereV2: return CohereAnswer(reply).body
    case .ollama: return OllamaAnswer(reply).body
    default: throw WireError(offset: 0, "no answers of \(rawValue) are known")
    }
  }

  func stream(of reply: ChatReply) throws -> [UInt8] {
    if let served = format.served { return served.stream(reply.events, under: .sample).bytes }
    switch self {
    case .bedrockConverse: return try ConverseAnswer(reply).stream
    case .bedrockInvoke: return framed(AnthropicMessages.stream(reply.events, under: .sample).bytes)
    case .cohereV2: return CohereAnswer(reply).stream
    case .ollama: return OllamaAnswer(reply).stream
    default: throw WireError(offset: 0, "no answers of \(rawValue) are known")
    }
  }
}

/// An answer in the words of Bedrock's Converse API.
private struct ConverseAnswer {
  let reply: ChatReply
  init(_ reply: ChatReply) { self.reply = reply }

  private var stopReason: JSON {
    switch reply.finish?.reason {
    case .toolCalls: "tool_use"
    case .length: "max_tokens"
    case .contentFilter: "content_filtered"
    default: "end_turn"
    }
  }

  private var usage: JSON {
    let cached = reply.usage?.cacheRead ?? 0
    return [
      "inputTokens": .number(JSONNumber((reply.usage?.input ?? 0) - cached)),
      "outputTokens": .number(JSONNumber(reply.usage?.output ?? 0)),
      "cacheReadInputTokens": .number(JSONNumber(cached)),
    ]
  }

  var body: [UInt8] {
    let content = reply.content.compactMap { part -> JSON? in
      switch part.kind {
      case .text(let text): ["text": .string(text)]
      case .toolCall(let call):
        [
          "toolUse": [
            "toolUseId": .string(call.id), "name": .string(call.name),
            "input": (try? JSON.parse(call.arguments)) ?? .null,
          ]
        ]
      case .reasoning(let block):
        [
          "reasoningContent": [
            "reasoningText": ["text": .string(block.text), "signature": .string(block.signature?.text ?? "")]
          ]
        ]
      default: nil
      }
    }
    let message: JSON = ["role": "assistant", "content": .array(content)]
    return (["output": ["message": message], "stopReason": stopReason, "usage": usage] as JSON).bytes
  }

  var stream: [UInt8] {
    get throws {
      var bytes: [UInt8] = []
      func add(_ type: String, _ payload: JSON) throws {
        let headers: [AWSEventStreamMessage.Header] = [
          .init(name: Array(":event-type".utf8)[...], value: .string(Array(type.utf8)[...])),
          .init(name: Array(":message-type".utf8)[...], value: .string(Array("event".utf8)[...])),
        ]
        try AWSEventStreamEncoder.append(
          AWSEventStreamMessage(headers: headers, payload: payload.bytes[...]), to: &bytes)
      }
      try add("messageStart", ["role": "assistant"])
      for (index, part) in reply.content.enumerated() {
        let place = JSON.number(JSONNumber(index))
        func delta(_ delta: JSON) throws {
          try add("contentBlockDelta", ["contentBlockIndex": place, "delta": delta])
        }
        switch part.kind {
        case .text(let text): try delta(["text": .string(text)])
        case .toolCall(let call):
          let start: JSON = ["toolUse": ["toolUseId": .string(call.id), "name": .string(call.name)]]
          try add("contentBlockStart", ["contentBlockIndex": place, "start": start])
          try delta(["toolUse": ["input": .string(call.arguments)]])
        case .reasoning(let block):
          try delta(["reasoningContent": ["text": .string(block.text)]])
          try delta(["reasoningContent": ["signature": .string(block.signature?.text ?? "")]])
        default: break
        }
        try add("contentBlockStop", ["contentBlockIndex": place])
      }
      try add("messageStop", ["stopReason": stopReason])
      try add("metadata", ["usage": usage])
      return bytes
    }
  }
}
