// A whole answer, and what it and a stream have in common: parts, finish words, usage.

extension CohereV2 {
  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply {
    let answer = try JSON.parse(body)
    guard let message = answer["message"]?.object else { throw WireError(offset: 0, "an object `message` expected") }
    let word = answer["finish_reason"]?.string
    guard CohereV2Reply.failure(word: word, answer) == nil else {
      throw WireError(offset: 0, "the answer is an error")
    }
    var reply = ChatReply()
    reply.id = answer["id"]?.string
    reply.content = CohereV2Reply.parts(message)
    reply.finish = word.flatMap { Finish(cohereWord: $0) }
    reply.usage = CohereV2Usage.decode(answer["usage"])
    reply.extras = answer.object?.rest(besides: held) ?? JSONObject()
    return reply
  }

  /// Members of an answer, and of the end of a stream, that are read elsewhere.
  static let held: Set<String> = ["id", "message", "finish_reason", "usage"]
}

enum CohereV2Reply {
  /// The type under which citations, which say where stretches of the text are from, are a part.
  static let citations = "citations"

  static func parts(_ message: JSONObject) -> [ContentPart] {
    var parts = (message["content"]?.array ?? []).map(part)
    if let plan = message["tool_plan"]?.string, !plan.isEmpty {
      parts.append(ContentPart(.reasoning(ReasoningBlock(text: plan))))
    }
    for call in message["tool_calls"]?.array ?? [] {
      let arguments = call["function"]?["arguments"]?.string ?? ""
      parts.append(
        ContentPart(
          .toolCall(
            ToolCall(
              id: call["id"]?.string ?? "", name: call["function"]?["name"]?.string ?? "",
              arguments: arguments.isEmpty ? "{}" : arguments))))
    }
    if let list = message["citations"]?.array, !list.isEmpty { parts.append(citations(list)) }
    return parts
  }

  static func part(_ item: JSON) -> ContentPart {
    switch item["type"]?.string {
    case "text": ContentPart(.text(item["text"]?.string ?? ""))
    case "thinking": ContentPart(.reasoning(ReasoningBlock(text: item["thinking"]?.string ?? "")))
    case let type: ContentPart(.other(type: type ?? "", item))
    }
  }

  static func citations(_ list: [JSON]) -> ContentPart {
    ContentPart(.other(type: citations, ["citations": .array(list)]))
  }

  /// What a finish word that stands for a failure tells; `said` has its `error`.
  static func failure(word: String?, _ said: JSON) -> ProviderFailure? {
    switch word {
    case "ERROR"?, "TIMEOUT"?:
      let code = said["error_type"]?.string ?? (word == "TIMEOUT" ? word : nil)
      var body: JSONObject = ["message": .string(said["error"]?.string ?? "the provider gave up")]
      body["code"] = code.map { .string($0) }
      return FailureBody(.object(body)).failure(status: 200)
    default: return nil
    }
  }
}

extension Finish {
  /// docs.cohere.com/reference/chat, `finish_reason`; `ERROR_TOXIC` and `ERROR_LIMIT` are words of older models.
  init?(cohereWord word: String) {
    switch word {
    case "COMPLETE", "STOP_SEQUENCE": self.init(.stop, word: word)
    case "MAX_TOKENS", "ERROR_LIMIT": self.init(.length, word: word)
    case "TOOL_CALL": self.init(.toolCalls, word: word)
    case "ERROR_TOXIC": self.init(.contentFilter, word: word)
    default: self.init(.other, word: word)
    }
  }
}

enum CohereV2Usage {
  /// `tokens` counts what the model read and wrote, its template included; `billed_units` what is paid for.
  static func decode(_ json: JSON?) -> Usage? {
    guard let object = json?.object else { return nil }
    let tokens = object["tokens"]
    let billed = object["billed_units"]
    typealias Counts = AnthropicMessagesUsage
    var usage = Usage(
      input: Counts.count(tokens?["input_tokens"]) ?? Counts.count(billed?["input_tokens"]),
      output: Counts.count(tokens?["output_tokens"]) ?? Counts.count(billed?["output_tokens"]))
    usage.cacheRead = Counts.count(object["cached_tokens"])
    usage.imageInput = Counts.count(tokens?["image_tokens"])
    if billed?.object != nil {
      // What is not named there is not billed.
      usage.billed = Usage.Billed(
        input: Counts.count(billed?["input_tokens"]) ?? 0, output: Counts.count(billed?["output_tokens"]) ?? 0)
    }
    usage.raw = json
    return usage
  }
}
