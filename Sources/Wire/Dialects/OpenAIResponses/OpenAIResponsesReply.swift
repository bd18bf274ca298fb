// A whole answer to a `ChatReply`, and what it and a stream have in common: how it ended, usage, probabilities.

extension OpenAIResponses {
  /// Reads a whole answer.
  ///
  /// Throws when it is none, or when it failed: the error within is for `decodeFailure`.
  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply {
    let response = try JSON.parse(body)
    guard let output = response["output"]?.array, response["status"] != "failed" else {
      let isError = response["error"]?.isNull == false
      throw WireError(offset: 0, isError ? "the answer is an error object" : "an answer has a list `output`")
    }
    var reply = ChatReply()
    reply.id = response["id"]?.string
    reply.model = response["model"]?.string
    for item in output {
      OpenAIResponsesItem.append(OpenAIResponsesItem.answer(item), to: &reply.content, replyID: reply.id)
      reply.logprobs += (item["content"]?.array ?? []).flatMap { OpenAIResponsesLogprobs.decode($0["logprobs"]) }
    }
    reply.finish = Finish(responses: response, hasCalls: !reply.toolCalls.isEmpty)
    reply.usage = OpenAIResponsesUsage.decode(response, quirks)
    reply.extras = extras(of: response)
    // An answer that is still being made says so.
    if reply.finish == nil { reply.extras["status"] = response["status"] }
    return reply
  }

  /// What a `response` says of itself besides the answer and what the request said.
  static func extras(of response: JSON) -> JSONObject {
    response.object?.rest(besides: OpenAIResponsesHead.told) ?? JSONObject()
  }
}

extension Finish {
  /// Why a `response` ended; `nil` while it is still being made.
  init?(responses response: JSON, hasCalls: Bool) {
    switch response["status"]?.string {
    case nil, "queued", "in_progress": return nil
    case "completed": self.init(hasCalls ? .toolCalls : .stop, word: "completed")
    case "incomplete":
      let word = response["incomplete_details"]?["reason"]?.string ?? "incomplete"
      switch word {
      case "max_output_tokens", "max_tokens": self.init(.length, word: word)
      case "content_filter": self.init(.contentFilter, word: word)
      default: self.init(.other, word: word)
      }
    case let word?: self.init(.other, word: word)
    }
  }
}

enum OpenAIResponsesUsage {
  /// The usage of a `response`, with the searches it was billed for.
  static func decode(_ response: JSON, _ quirks: Quirks) -> Usage? {
    guard let json = response["usage"] else { return nil }
    var quirks = quirks
    // A total of both says that reasoning is counted, as the format has it, whatever a provider does elsewhere.
    if let total = json["total_tokens"]?.int, let input = json["input_tokens"]?.int,
      let output = json["output_tokens"]?.int,
      input.addingReportingOverflow(output) == (total, false)
    {
      quirks.outputExcludesReasoning = false
    }
    var usage = OpenAIChatUsage.decode(json, serviceTier: response["service_tier"]?.string, quirks: quirks)
    if let searches = response["tool_usage"]?["web_search"]?["num_requests"]?.int, searches >= 0 {
      usage?.searches = searches
    }
    return usage
  }
}

enum OpenAIResponsesLogprobs {
  /// The tokens of a part's `logprobs`, which here are the list itself.
  static func decode(_ json: JSON?) -> [TokenLogprob] {
    json.map { OpenAIChatLogprobs.decode(["content": $0]) } ?? []
  }

  static func encode(_ tokens: [TokenLogprob]) -> JSON { OpenAIChatLogprobs.encode(tokens)["content"] ?? [] }
}
