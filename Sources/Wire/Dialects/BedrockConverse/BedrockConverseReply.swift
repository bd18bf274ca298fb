// A whole answer, and what it and a stream have in common: blocks, stop reasons, usage.

extension BedrockConverse {
  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply {
    let answer = try JSON.parse(body)
    guard let blocks = answer["output"]?["message"]?["content"]?.array else {
      throw WireError(offset: 0, "an `output.message` with a list `content` expected")
    }
    var reply = ChatReply()
    reply.content = blocks.flatMap(BedrockConverseBlock.parts)
    let answers = blocks.contains { BedrockConverseBlock.isAnswer($0["toolUse"]) } && reply.toolCalls.isEmpty
    reply.finish = Finish(converseWord: answer["stopReason"]?.string, answersByTool: answers)
    reply.usage = BedrockConverseUsage.decode(answer)
    reply.extras = answer.object?.rest(besides: held) ?? JSONObject()
    return reply
  }

  /// Members of an answer, of `messageStop` and of `metadata` that are read elsewhere.
  static let held: Set<String> = ["output", "stopReason", "usage", "serviceTier", "p"]
}

enum BedrockConverseBlock {
  /// A block as parts: a text with citations is two.
  static func parts(_ block: JSON) -> [ContentPart] {
    guard let member = block.object?.members.first(where: { !$0.value.isNull }) else { return [] }
    let value = member.value
    switch member.name {
    case "text": return [ContentPart(.text(value.string ?? ""))]
    case "reasoningContent": return reasoning(value).map { [ContentPart(.reasoning($0))] } ?? []
    case "toolUse": return [isAnswer(value) ? ContentPart(.text(value["input"]?.text ?? "{}")) : call(value)]
    case "citationsContent":
      let text = (value["content"]?.array ?? []).compactMap { $0["text"]?.string }.joined()
      return [ContentPart(.text(text)), citations(value["citations"]?.array ?? [])]
    case "image":
      guard let data = value["source"]?["bytes"]?.string else { return [other(member.name, block)] }
      return [ContentPart(.image(Media(.base64(data), mediaType: value["format"]?.string.map { "image/\($0)" })))]
    default: return [other(member.name, block)]
    }
  }

  /// The call that stands for an answer in JSON (see `AnthropicMessages.answerTool`).
  static func isAnswer(_ toolUse: JSON?) -> Bool { toolUse?["name"]?.string == AnthropicMessages.answerTool }

  static func other(_ type: String, _ block: JSON) -> ContentPart { ContentPart(.other(type: type, block)) }

  /// Where the text before it is from, as a part of its own: a stream has told the text by then.
  static func citations(_ list: [JSON]) -> ContentPart {
    other("citationsContent", ["citationsContent": ["citations": .array(list)]])
  }

  static func kind(ofToolUse use: JSON) -> ToolCall.Kind {
    use["type"] == "server_tool_use" ? .atProvider : .function
  }

  private static func call(_ use: JSON) -> ContentPart {
    var part = ContentPart(
      .toolCall(
        ToolCall(
          id: use["toolUseId"]?.string ?? "", name: use["name"]?.string ?? "", arguments: use["input"]?.text ?? "{}",
          kind: kind(ofToolUse: use))))
    part.extras = extras(ofToolUse: use)
    return part
  }

  static func extras(ofToolUse use: JSON) -> JSONObject {
    use.object?.rest(besides: ["toolUseId", "name", "input", "type"]) ?? JSONObject()
  }

  private static func reasoning(_ content: JSON) -> ReasoningBlock? {
    if let redacted = content["redactedContent"]?.string {
      return ReasoningBlock(text: "", encrypted: Seal(redactedContent: redacted))
    }
    guard let text = content["reasoningText"] else { return nil }
    return ReasoningBlock(
      text: text["text"]?.string ?? "", signature: text["signature"]?.string.map { Seal($0, of: .anthropic) })
  }
}

extension Finish {
  /// `nil` while no word is there.
  init?(converseWord word: String?, answersByTool: Bool) {
    switch word {
    case "guardrail_intervened"?, "content_filtered"?: self.init(.contentFilter, word: word ?? "")
    default: self.init(anthropicWord: word, stopText: nil, answersByTool: answersByTool)
    }
  }
}

enum BedrockConverseUsage {
  /// From an answer or a `metadata` event.
  ///
  /// `inputTokens` leaves cached tokens out; ours counts them (API_runtime_TokenUsage).
  static func decode(_ answer: JSON) -> Usage? {
    guard let object = answer["usage"]?.object else { return nil }
    typealias Counts = AnthropicMessagesUsage
    var usage = Usage(input: Counts.count(object["inputTokens"]), output: Counts.count(object["outputTokens"]))
    usage.cacheRead = Counts.count(object["cacheReadInputTokens"])
    usage.cacheWrite = Counts.count(object["cacheWriteInputTokens"])
    let oneHour = (object["cacheDetails"]?.array ?? []).filter { $0["ttl"] == "1h" }
    usage.cacheWriteOneHour = oneHour.first.flatMap { Counts.count($0["inputTokens"]) }
    usage.serviceTier = answer["serviceTier"]?["type"]?.string
    if let fresh = usage.input {
      usage.input = Counts.clampedSum(fresh, Counts.clampedSum(usage.cacheRead ?? 0, usage.cacheWrite ?? 0))
    }
    usage.raw = .object(object)
    return usage
  }
}
