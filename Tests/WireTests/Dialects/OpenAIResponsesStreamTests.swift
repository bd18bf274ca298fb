// Streams: the order of events, when an answer counts as complete, and what damage does.

import Testing

@testable import Wire

struct OpenAIResponsesStreams {
  @Test func `items become events in the order in which they are told`() throws {
    let events = try decode([
      #"{"type":"response.created","response":{"id":"r","model":"m"}}"#,
      #"{"type":"response.in_progress","response":{"id":"r","model":"m"}}"#,
      #"{"type":"response.output_item.added","output_index":0,"item":{"id":"rs","type":"reasoning","encrypted_content":"early"}}"#,
      #"{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"a"}"#,
      #"{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"b"}"#,
      #"{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"c"}"#,
      #"{"type":"response.reasoning_text.delta","output_index":0,"content_index":0,"delta":"d"}"#,
      #"{"type":"response.output_item.done","output_index":0,"item":{"id":"rs","type":"reasoning","encrypted_content":"E"}}"#,
      #"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"x","logprobs":"#
        + #"[{"token":"x","logprob":-0.5,"top_logprobs":[]}]}"#,
      #"{"type":"response.output_text.delta","output_index":1,"content_index":1,"delta":"y","logprobs":[]}"#,
      #"{"type":"response.content_part.done","output_index":1,"content_index":1,"part":"#
        + #"{"type":"output_text","text":"y","annotations":[{"type":"n"}]}}"#,
      #"{"type":"response.output_item.done","output_index":2,"item":{"id":"ws","type":"web_search_call"}}"#,
      #"{"type":"response.output_item.added","output_index":3,"item":{"id":"fc","type":"function_call","call_id":"c","name":"f","arguments":""}}"#,
      #"{"delta":"{}","item_id":"fc","output_index":3,"type":"response.function_call_arguments.delta"}"#,
      #"{"type":"response.completed","response":{"id":"r","model":"m2","status":"completed","service_tier":"flex","usage":{"input_tokens":1}}}"#,
    ])
    var usage = Usage(input: 1)
    usage.serviceTier = "flex"
    usage.raw = ["input_tokens": 1]
    #expect(
      events == [
        .started(id: "r", model: "m"), .reasoning("a"), .partExtras(["id": "rs"]), .reasoning("b"),
        .textPartStarted, .reasoning("c"), .textPartStarted, .reasoning("d"), .partExtras(["type": "reasoning_text"]),
        .reasoningSignature(Seal("E", of: .openAI)), .text("x"),
        .logprobs([TokenLogprob("x", JSONNumber(text: "-0.5"))]), .textPartStarted, .text("y"),
        .partExtras(["annotations": [["type": "n"]]]),
        .part(ContentPart(.other(type: "web_search_call", ["id": "ws", "type": "web_search_call"]))),
        .toolCallStarted(index: 0, id: "c", name: "f", kind: .function), .partExtras(["id": "fc"]),
        .toolArguments(index: 0, "{}"), .started(id: "r", model: "m2"),
        .finished(Finish(.toolCalls, word: "completed")), .usage(usage),
      ])
  }

  @Test func `a seal that comes after other items is encrypted thinking of its own`() throws {
    let events = try decode([
      #"{"type":"response.reasoning_text.delta","output_index":0,"delta":"a"}"#,
      #"{"type":"response.output_text.delta","output_index":1,"delta":"b"}"#,
      #"{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","encrypted_content":"E"}}"#,
      #"{"type":"response.output_text.delta","output_index":1,"delta":"c"}"#,
    ])
    #expect(
      events == [
        .reasoning("a"), .partExtras(["type": "reasoning_text"]), .text("b"),
        .encryptedReasoning(Seal("E", of: .openAI)), .text("c"),
      ])
  }

  @Test func `an image is a part that can be shown and sent back`() throws {
    let item: JSON = ["id": "ig", "type": "image_generation_call", "result": "AAAA", "output_format": "webp"]
    let events = try decode([(["type": "response.output_item.done", "output_index": 0, "item": item] as JSON).text])
    var part = ContentPart(.image(Media(.base64("AAAA"), mediaType: "image/webp")))
    part.extras = ["id": "ig", "type": "image_generation_call", "output_format": "webp"]
    #expect(events == [.part(part)])
    let encoded = try encodeResponses(ChatRequest(model: "m", messages: [Message(.assistant, [part])]))
    #expect(encoded.body["input"]?.array?.first?.sorted == item.sorted)
  }

  @Test(arguments: [
    (#"{"type":"response.completed","response":{"status":"completed"}}"#, true),
    (#"{"type":"response.incomplete","response":{"status":"incomplete"}}"#, true),
    (#"{"type":"response.failed","response":{"status":"failed"}}"#, true),
    (#"{"type":"error","message":"m"}"#, false), (#"{"type":"response.output_text.done","text":"x"}"#, false),
    ("[DONE]", false), (#"{"type":"response.new"}"#, false), ("{}", false),
  ])
  func `an answer is complete once its end was told`(_ event: String, _ isComplete: Bool) throws {
    for ending in ["\n\n", ""] {
      var decoder = OpenAIResponses.makeStreamDecoder(quirks: Quirks())
      var events: [ChatEvent] = []
      try decoder.decode(Array("data: \(event)\(ending)".utf8), into: &events)
      try decoder.finish(into: &events)
      #expect(decoder.isComplete == isComplete)
    }
  }

  @Test(arguments: [
    ("max_output_tokens", Finish.Reason.length), ("content_filter", .contentFilter), ("new_reason", .other),
  ])
  func `why an answer is incomplete`(_ word: String, _ reason: Finish.Reason) throws {
    let events = try decode([
      #"{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"\#(word)"}}}"#
    ])
    #expect(events == [.finished(Finish(reason, word: word))])
  }

  @Test(arguments: [
    (#"{"type":"error","code":"rate_limit_exceeded","message":"m","param":null}"#, ProviderFailure.Kind.rateLimited),
    (#"{"type":"error","error":{"type":"invalid_request_error","message":"m"}}"#, .invalidRequest),
    (#"{"error":{"code":503,"message":"m"}}"#, .overloaded),
    (#"{"type":"response.failed","response":{"error":{"code":"server_error","message":"m"}}}"#, .server),
    (
      #"{"type":"response.failed","response":{"error":{"code":"context_length_exceeded","message":"m"}}}"#,
      .contextLength
    ),
  ])
  func `an error in a stream is told`(_ event: String, _ kind: ProviderFailure.Kind) throws {
    guard case .failed(let failure)? = try decode([event]).last else {
      Issue.record("no failure was told")
      return
    }
    #expect(failure.kind == kind)
    #expect(failure.message == "m")
    #expect(failure.status == 200)
  }

  @Test func `nothing is read after the end`() throws {
    let end = #"{"type":"response.completed","response":{"status":"completed"}}"#
    #expect(try decode([end, #"{"type":"response.output_text.delta","delta":"x"}"#, "{"]).count == 1)
  }

  @Test(
    arguments: [
      { #"{"type":"response.output_item.added","output_index":\#($0),"item":{"type":"message"}}"# },
      { #"{"type":"response.output_item.added","output_index":0,"item":{"id":"\#($0)","type":"message"}}"# },
      { #"{"type":"response.output_text.delta","output_index":0,"content_index":\#($0),"delta":"x"}"# },
      {
        #"{"type":"response.content_part.done","content_index":\#($0),"part":{"type":"output_text","annotations":[1]}}"#
      },
    ] as [@Sendable (Int) -> String])
  func `an answer without end is refused`(_ event: @Sendable (Int) -> String) throws {
    var decoder = OpenAIResponses.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    let result = Result {
      for index in 0..<20_000 { try decoder.decode(Array("data: \(event(index))\n\n".utf8), into: &events) }
    }
    #expect(throws: WireError.self) { try result.get() }
  }

  @Test(arguments: Fixture.all.filter { $0.isStream && $0.dialect == .openAIResponses }, 0..<20)
  func `a damaged stream is an error or an answer, never fatal`(_ fixture: Fixture, _ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var body = fixture.body
    for _ in 0..<5 {
      body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    body.removeLast(Int.random(in: 0..<body.count, using: &random))
    let results = chunkSizes.map { size in
      Result {
        try OpenAIResponses.observe(status: 200, isStream: true, body: body, quirks: Quirks(), chunkSize: size)
      }
    }
    for result in results { #expect((try? result.get()) == (try? results[0].get())) }
  }

  private func decode(_ data: [String]) throws -> [ChatEvent] { try OpenAIResponses.events(ofData: data) }
}

struct OpenAIResponsesReplies {
  @Test(arguments: [
    "{}", "[]", "null", "1", #"{"output":null}"#, #"{"output":"x"}"#, "", "{", "<html>",
    #"{"output":[],"status":"failed","error":{"code":"server_error","message":"m"}}"#,
  ])
  func `what is no answer is an error`(_ body: String) {
    #expect(throws: WireError.self) { try OpenAIResponses.decodeReply(Array(body.utf8), quirks: Quirks()) }
  }

  @Test func `a failed answer tells why`() {
    let body =
      #"{"object":"response","output":[],"status":"failed","error":{"code":"rate_limit_exceeded","message":"m"}}"#
    let failure = OpenAIResponses.decodeFailure(status: 200, body: Array(body.utf8))
    #expect(failure.kind == .rateLimited)
    #expect(failure.message == "m")
  }

  @Test func `items are parts that keep what their way back needs`() throws {
    let items = """
      [{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"a"}],"content":[
      {"type":"reasoning_text","text":"b"}],"encrypted_content":"E","status":"completed"},
      {"id":"rs_2","type":"reasoning","summary":[],"encrypted_content":"F"},
      {"id":"ws_1","type":"web_search_call","status":"completed"},
      {"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[
      {"type":"output_text","text":"x","annotations":[{"type":"n"}],"logprobs":[{"token":"x","logprob":-1}]},
      {"type":"refusal","refusal":"no"}],"phase":"commentary"},
      {"id":"fc_1","type":"function_call","call_id":"c1","name":"f","arguments":"","status":"completed"},
      {"id":"ct_1","type":"custom_tool_call","call_id":"c2","name":"g","input":""}]
      """
    let body =
      #"{"id":"r","model":"m","status":"completed","metadata":{"k":"v"},"billing":{"payer":"developer"},"output":\#(items)}"#
    let reply = try OpenAIResponses.decodeReply(Array(body.utf8), quirks: Quirks())
    #expect(
      reply.content == [
        part(.reasoning(ReasoningBlock(text: "a")), ["id": "rs_1"]),
        part(
          .reasoning(ReasoningBlock(text: "b", signature: Seal("E", of: .openAI))), ["type": "reasoning_text"]),
        part(.reasoning(ReasoningBlock(text: "", encrypted: Seal("F", of: .openAI))), ["id": "rs_2"]),
        part(.other(type: "web_search_call", ["id": "ws_1", "type": "web_search_call", "status": "completed"]), [:]),
        part(
          .text("x"),
          ["annotations": [["type": "n"]], "item": ["id": "msg_1", "phase": "commentary"]]),
        part(.refusal("no"), [:]),
        part(.toolCall(ToolCall(id: "c1", name: "f", arguments: "{}")), ["id": "fc_1"]),
        part(.toolCall(ToolCall(id: "c2", name: "g", arguments: "", kind: .custom)), ["id": "ct_1"]),
      ])
    #expect(reply.logprobs == [TokenLogprob("x", JSONNumber(-1))])
    #expect(reply.finish == Finish(.toolCalls, word: "completed"))
    // What the request said and the answer repeats is none of the answer.
    #expect(reply.extras == ["billing": ["payer": "developer"]])
  }

  @Test(arguments: [("queued", true), ("in_progress", true), ("cancelled", false)])
  func `an answer that is still being made says so`(_ status: String, _ isMade: Bool) throws {
    let body = #"{"status":"\#(status)","output":[]}"#
    let reply = try OpenAIResponses.decodeReply(Array(body.utf8), quirks: Quirks())
    #expect(reply.finish == (isMade ? nil : Finish(.other, word: status)))
    #expect(reply.extras["status"]?.string == (isMade ? status : nil))
  }

  @Test func `searches are counted where they are told`() throws {
    let body = #"{"output":[],"usage":{"input_tokens":1},"tool_usage":{"web_search":{"num_requests":3}}}"#
    #expect(try OpenAIResponses.decodeReply(Array(body.utf8), quirks: Quirks()).usage?.searches == 3)
  }

  private func part(_ kind: ContentPart.Kind, _ extras: JSONObject) -> ContentPart {
    var part = ContentPart(kind)
    part.extras = extras
    return part
  }
}
