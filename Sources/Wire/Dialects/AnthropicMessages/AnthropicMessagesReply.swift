// A whole answer, and what it and a stream have in common: blocks, stop reasons, usage.

extension AnthropicMessages {
  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply {
    let message = try JSON.parse(body)
    guard let blocks = message["content"]?.array else {
      throw WireError(offset: 0, "a message with a list `content` expected")
    }
    var reply = ChatReply()
    reply.id = message["id"]?.string
    reply.model = message["model"]?.string
    reply.content = blocks.compactMap(AnthropicMessagesBlock.part)
    let answers = blocks.contains(where: \.isAnswerByTool) && reply.toolCalls.isEmpty
    reply.finish = Finish(
      anthropicWord: message["stop_reason"]?.string, stopText: message["stop_sequence"]?.string, answersByTool: answers)
    reply.usage = message["usage"]?.object.map(AnthropicMessagesUsage.decode)
    reply.extras = message.object?.rest(besides: heldOfMessage) ?? JSONObject()
    return reply
  }

  /// Members of a message, of its beginning and its end in a stream, that are read elsewhere.
  static let heldOfMessage: Set<String> = [
    "id", "model", "content", "stop_reason", "stop_sequence", "usage", "type", "role", "delta",
  ]
}

enum AnthropicMessagesBlock {
  /// The extra of a text that says where it is from.
  static let citations = "citations"

  /// Members of the blocks that are told piece by piece, which are read elsewhere.
  static let heldOfBlock: Set<String> = [
    "type", "text", "thinking", "signature", "data", "id", "name", "input", "cache_control",
  ]

  /// A block as a part; `nil` for what is no object.
  static func part(_ block: JSON) -> ContentPart? {
    guard let object = block.object else { return nil }
    if block.isAnswerByTool { return ContentPart(.text(object["input"]?.text ?? "{}")) }
    let type = object["type"]?.string ?? ""
    switch type {
    case "text": return part(.text(object["text"]?.string ?? ""), object, besides: ["type", "text"])
    case "thinking":
      let reasoning = ReasoningBlock(
        text: object["thinking"]?.string ?? "",
        signature: (object["signature"]?.string).map { Seal($0, of: .anthropic) })
      return part(.reasoning(reasoning), object, besides: ["type", "thinking", "signature"])
    case "redacted_thinking":
      let reasoning = ReasoningBlock(text: "", encrypted: Seal(object["data"]?.string ?? "", of: .anthropic))
      return part(.reasoning(reasoning), object, besides: ["type", "data"])
    case "tool_use", "server_tool_use":
      let call = ToolCall(
        id: object["id"]?.string ?? "", name: object["name"]?.string ?? "", arguments: object["input"]?.text ?? "{}",
        kind: type == "tool_use" ? .function : .atProvider)
      return part(.toolCall(call), object, besides: ["type", "id", "name", "input"])
    default: return ContentPart(.other(type: type, block))
    }
  }

  private static func part(_ kind: ContentPart.Kind, _ object: JSONObject, besides known: Set<String>) -> ContentPart {
    var part = ContentPart(kind)
    part.extras = object.rest(besides: known)
    return part
  }
}

extension JSON {
  /// The call that stands for an answer in JSON (see `AnthropicMessages.answerTool`).
  var isAnswerByTool: Bool { self["type"] == "tool_use" && self["name"]?.string == AnthropicMessages.answerTool }
}

extension Finish {
  /// `nil` while no word is there.
  init?(anthropicWord word: String?, stopText: String?, answersByTool: Bool) {
    guard let word, !word.isEmpty else { return nil }
    let reason: Reason =
      switch word {
      case "end_turn", "stop_sequence": .stop
      case "max_tokens", "model_context_window_exceeded": .length
      case "tool_use": answersByTool ? .stop : .toolCalls
      case "refusal": .contentFilter
      case "pause_turn": .pause
      default: .other
      }
    self.init(reason, word: word, stopText: stopText)
  }
}

enum AnthropicMessagesUsage {
  /// `input_tokens` leaves cached tokens out; ours counts them (docs.anthropic.com, prompt caching).
  static func decode(_ object: JSONObject) -> Usage {
    var usage = Usage(input: count(object["input_tokens"]), output: count(object["output_tokens"]))
    usage.cacheRead = count(object["cache_read_input_tokens"])
    usage.cacheWrite = count(object["cache_creation_input_tokens"])
    usage.cacheWriteOneHour = count(object["cache_creation"]?["ephemeral_1h_input_tokens"])
    usage.reasoning = count(object["output_tokens_details"]?["thinking_tokens"])
    usage.searches = count(object["server_tool_use"]?["web_search_requests"])
    usage.serviceTier = object["service_tier"]?.string
    if let fresh = usage.input {
      usage.input = clampedSum(fresh, clampedSum(usage.cacheRead ?? 0, usage.cacheWrite ?? 0))
    }
    usage.raw = .object(object)
    return usage
  }

  /// As Anthropic writes it; what is not known is left out, but for the two counts its clients require.
  static func encode(_ usage: Usage) -> JSONObject {
    let cached = clampedSum(usage.cacheRead ?? 0, usage.cacheWrite ?? 0)
    var object: JSONObject = [
      "input_tokens": .number(JSONNumber(max((usage.input ?? 0) - cached, 0))),
      "output_tokens": .number(JSONNumber(usage.output ?? 0)),
    ]
    object["cache_read_input_tokens"] = usage.cacheRead.map { .number(JSONNumber($0)) }
    object["cache_creation_input_tokens"] = usage.cacheWrite.map { .number(JSONNumber($0)) }
    if let written = usage.cacheWrite, let long = usage.cacheWriteOneHour {
      object["cache_creation"] = [
        "ephemeral_5m_input_tokens": .number(JSONNumber(max(written - long, 0))),
        "ephemeral_1h_input_tokens": .number(JSONNumber(long)),
      ]
    }
    if let reasoning = usage.reasoning {
      object["output_tokens_details"] = ["thinking_tokens": .number(JSONNumber(reasoning))]
    }
    if let searches = usage.searches {
      object["server_tool_use"] = ["web_search_requests": .number(JSONNumber(searches))]
    }
    object["service_tier"] = usage.serviceTier.map { .string($0) }
    object["cost"] = usage.reportedCost.map { .number(JSONNumber($0, places: 12)) }
    return object
  }

  static func count(_ json: JSON?) -> Int? {
    guard let count = json?.int ?? json?.string.flatMap(Int.init), count >= 0 else { return nil }
    return count
  }

  static func clampedSum(_ left: Int, _ right: Int) -> Int {
    let (sum, isHuge) = left.addingReportingOverflow(right)
    return isHuge ? .max : sum
  }
}
