// What the clients of the Responses format rely on beyond what every served format must do.

import Testing

@testable import Wire

struct OpenAIResponsesServed {
  @Test func `events come in their order, numbered`() throws {
    let frames = try frames(of: [
      .started(id: "resp_x", model: "m"), .reasoning("a"), .reasoningSignature(Seal("s", of: .anthropic)),
      .text("b"), .text("c"), .refusal("no"), .toolCallStarted(index: 0, id: "call_1", name: "f", kind: .function),
      .toolArguments(index: 0, "{"), .toolArguments(index: 0, "}"),
      .toolCallStarted(index: 1, id: "call_2", name: "g", kind: .custom), .toolArguments(index: 1, "free"),
      .finished(Finish(.toolCalls, word: "w")),
    ])
    #expect(
      frames.map { $0.type } == [
        "response.created", "response.in_progress",
        "response.output_item.added", "response.reasoning_summary_part.added", "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.done", "response.reasoning_summary_part.done", "response.output_item.done",
        "response.output_item.added", "response.content_part.added", "response.output_text.delta",
        "response.output_text.delta", "response.output_text.done", "response.content_part.done",
        "response.content_part.added", "response.refusal.delta", "response.refusal.done", "response.content_part.done",
        "response.output_item.done",
        "response.output_item.added", "response.function_call_arguments.delta",
        "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.output_item.done",
        "response.output_item.added", "response.custom_tool_call_input.delta", "response.custom_tool_call_input.done",
        "response.output_item.done",
        "response.completed",
      ])
    #expect(frames.map { $0.json["sequence_number"]?.int } == Array(0..<frames.count))
    #expect(frames.allSatisfy { $0.json["type"]?.string == $0.type })
    // What each item was when it ended is what the whole answer holds.
    let done = frames.filter { $0.type == "response.output_item.done" }.compactMap { $0.json["item"] }
    #expect(frames.last?.json["response"]?["output"] == .array(done))
    #expect(done.compactMap { $0["id"]?.string } == ["rs_x_0", "msg_x_1", "fc_x_2", "ctc_x_3"])
  }

  @Test func `a whole answer is the one a stream ends with`() throws {
    for sample in SampleReply.all {
      let whole = try JSON.parse(OpenAIResponses.encodeReply(sample.reply, under: .sample).body)
      #expect(try frames(of: sample.reply.events).last?.json["response"] == whole)
    }
  }

  @Test func `the request is told again`() throws {
    let body = """
      {"model":"m","instructions":"be brief","input":"hi","temperature":0.5,"max_output_tokens":9,"user":"u",
      "tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":true},{"type":"web_search"}],
      "tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false,"metadata":{"k":"v"},"store":true,
      "reasoning":{"effort":"low","summary":"auto"},"text":{"format":{"type":"json_object"},"verbosity":"low"},
      "truncation":"auto","previous_response_id":"resp_0"}
      """
    let client = try OpenAIResponses.decodeRequest(Array(body.utf8), at: RequestAddress())
    let heading = ReplyHeading(id: "resp_1", answering: client, createdAt: 5)
    let response = try JSON.parse(OpenAIResponses.encodeReply(ChatReply(), under: heading).body)
    let asked = try JSON.parse(body)
    for name in asked.object?.members.map(\.name) ?? [] where name != "input" && name != "store" {
      #expect(response[name]?.sorted == asked[name]?.sorted, "\(name)")
    }
    #expect(response["store"] == false, "nothing is kept here, whatever was asked for")
    #expect(response["id"] == "resp_1")
    #expect(response["created_at"] == 5)
    #expect(response["status"] == "completed")
  }

  @Test func `every member that the official clients want is there`() throws {
    let response = try JSON.parse(OpenAIResponses.encodeReply(ChatReply(), under: .sample).body)
    let required = [
      "id", "object", "created_at", "status", "error", "incomplete_details", "instructions", "metadata", "model",
      "output", "parallel_tool_calls", "temperature", "tool_choice", "tools", "top_p", "text", "reasoning", "usage",
    ]
    #expect(required.filter { response[$0] == nil } == [])
    let usage = try #require(
      try JSON.parse(OpenAIResponses.encodeReply(SampleReply.all[0].reply, under: .sample).body)["usage"])
    #expect(
      usage.text == #"{"input_tokens":100,"input_tokens_details":{"cached_tokens":30,"cache_write_tokens":0},"#
        + #""output_tokens":50,"output_tokens_details":{"reasoning_tokens":20},"total_tokens":150}"#)
  }

  @Test(
    arguments: [
      (Finish.Reason.length, "incomplete", "max_output_tokens", []),
      (.contentFilter, "incomplete", "content_filter", []), (.stop, "completed", nil, []),
      (.pause, "completed", nil, ["converted status"]), (.other, "completed", nil, ["converted status"]),
    ] as [(Finish.Reason, String, String?, [String])])
  func `how it ended`(_ reason: Finish.Reason, _ status: String, _ why: String?, _ said: [String]) throws {
    let encoded = OpenAIResponses.encodeReply(SampleReply("", [ContentPart(.text("x"))], reason).reply, under: .sample)
    let response = try JSON.parse(encoded.body)
    #expect(response["status"]?.string == status)
    #expect(response["incomplete_details"]?["reason"]?.string == why)
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == said)
  }

  // MARK: Seals

  @Test(arguments: [false, true])
  func `the seal of a call goes out in its id, whenever it is told before the call goes on`(_ isEarly: Bool) throws {
    let seal = Seal("s+/=", of: .gemini)
    let rest: [ChatEvent] = [.partSignature(seal), .toolArguments(index: 0, "{}")]
    let events = [.toolCallStarted(index: 0, id: "c", name: "f", kind: .function)] + (isEarly ? rest : rest.reversed())
    #expect(
      try returned(events, oneByOne: true) == [signed(.toolCall(ToolCall(id: "c", name: "f", arguments: "{}")), seal)])
  }

  @Test func `proofs of texts, images and calls that went on come back, too`() throws {
    let seal = Seal("s", of: .gemini)
    let back = try returned([
      .text("a"), .partSignature(seal), .text("b"), .partSignature(seal), .partSignature(seal),
      .toolCallStarted(index: 0, id: "c", name: "f", kind: .function), .toolArguments(index: 0, "{"),
      .toolArguments(index: 0, "}"), .partSignature(seal),
    ])
    let call = ToolCall(id: "c", name: "f", arguments: "{}")
    #expect(
      back == [
        signed(.text("a"), seal), signed(.text("b"), seal), signed(.text(""), seal), signed(.toolCall(call), seal),
      ])
  }

  @Test func `signed thinking that is not shown is told from encrypted thinking`() throws {
    let seal = Seal("s", of: .anthropic)
    let back = try returned([.reasoningSignature(seal), .encryptedReasoning(seal)])
    #expect(
      back == [
        ContentPart(.reasoning(ReasoningBlock(text: "", signature: seal))),
        ContentPart(.reasoning(ReasoningBlock(text: "", encrypted: seal))),
      ])
  }

  // MARK: Parts

  @Test func `where text is from, and how likely it was, stand with it`() throws {
    let notes: JSON = [["type": "url_citation", "url": "u"]]
    var text = ContentPart(.text("a"))
    text.extras["annotations"] = notes
    var reply = ChatReply()
    reply.content = [text, ContentPart(.text("b"))]
    reply.logprobs = [TokenLogprob("a", JSONNumber(text: "-0.5"), top: [TokenLogprob("b", JSONNumber(-2))])]
    reply.finish = Finish(.stop, word: "completed")
    let encoded = OpenAIResponses.encodeReply(reply, under: .answer(in: .openAIResponses))
    #expect(encoded.changes == [])
    let read = try OpenAIResponses.decodeReply(encoded.body, quirks: Quirks())
    #expect(read.content.map(\.kind) == [.text("a"), .text("b")])
    #expect(read.content[0].extras["annotations"] == notes)
    #expect(read.logprobs.map(\.token) == ["a"])
    #expect(read.logprobs[0].top.map(\.token) == ["b"])
  }

  @Test func `items of the format and images pass, what has no place is reported`() throws {
    let search: JSON = ["type": "web_search_call", "id": "ws_1", "status": "completed"]
    let (bytes, changes) = OpenAIResponses.stream(
      [
        .part(ContentPart(.other(type: "web_search_call", search))),
        .part(ContentPart(.image(Media(.base64("AAAA"), mediaType: "image/png")))),
        .part(ContentPart(.other(type: "web_search_tool_result", ["type": "web_search_tool_result"]))),
        .part(ContentPart(.image(Media(.url("https://i"), mediaType: nil)))),
        .part(ContentPart(.audio(Media(.base64("AAAA"), mediaType: nil)))),
        .partExtras(["annotations": [1]]),
        .toolCallStarted(index: 0, id: "c", name: "search", kind: .atProvider), .toolArguments(index: 0, "{}"),
        .otherChoice(index: 1, .text("x")), .otherChoice(index: 1, .text("y")),
        .logprobs([TokenLogprob("x", JSONNumber(-1))]), .finished(Finish(.stop, word: "w", stopText: "END")),
      ], under: .answer(in: .openAIResponses))
    let items = try #require(try frames(bytes).last?.json["response"]?["output"]?.array)
    #expect(items.first == search)
    #expect(items.dropFirst().map { $0["result"]?.string } == ["AAAA"])
    #expect(
      changes.map { "\($0.what) \($0.field)" } == [
        "dropped output", "dropped output", "dropped output", "dropped annotations", "dropped output",
        "dropped choices", "dropped logprobs", "dropped stop_sequence",
      ])
  }

  @Test func `calls whose arguments come by turns are each told whole`() throws {
    let back = try returned([
      .toolCallStarted(index: 0, id: "a", name: "f", kind: .function), .toolArguments(index: 0, #"{"x":"#),
      .toolCallStarted(index: 1, id: "b", name: "g", kind: .function), .toolArguments(index: 1, "{"),
      .toolArguments(index: 0, "1}"), .toolArguments(index: 1, "}"),
      .toolCallStarted(index: 2, id: "c", name: "h", kind: .function), .text("end"),
    ])
    #expect(
      back.map(\.kind) == [
        .toolCall(ToolCall(id: "a", name: "f", arguments: #"{"x":1}"#)),
        .toolCall(ToolCall(id: "b", name: "g", arguments: "{}")),
        .toolCall(ToolCall(id: "c", name: "h", arguments: "{}")), .text("end"),
      ])
  }

  @Test func `arguments that come after their call has ended are reported`() throws {
    let (_, changes) = OpenAIResponses.stream(
      [
        .toolCallStarted(index: 0, id: "a", name: "f", kind: .function), .toolArguments(index: 0, "{}"), .text("x"),
        .toolArguments(index: 0, "{}"),
      ], under: .sample)
    #expect(changes.map(\.field) == ["output[].arguments"])
  }

  // MARK: Failures

  @Test(arguments: ProviderFailure.Kind.allCases)
  func `a failure in a stream ends it, in words that clients know`(_ kind: ProviderFailure.Kind) throws {
    let frames = try frames(of: [.text("half"), .failed(ProviderFailure(kind, message: "it went wrong")), .text("no")])
    let response = try #require(frames.last?.json["response"])
    #expect(frames.last?.type == "response.failed")
    #expect(response["status"] == "failed")
    #expect(response["error"]?["message"] == "it went wrong")
    #expect(response["error"]?["code"]?.string?.isEmpty == false)
    #expect(!frames.contains { $0.json["delta"] == "no" })
  }

  @Test func `an answer larger than allowed fails instead of growing`() {
    var encoder = OpenAIResponsesStreamEncoder(.sample, isSilent: true)
    var none: [UInt8] = []
    let piece = String(repeating: "x", count: 1 << 20)
    for _ in 0..<63 { encoder.encode([.text(piece)], into: &none) }
    #expect(!encoder.isOver)
    encoder.encode([.text(piece)], into: &none)
    #expect(encoder.isOver)
  }

  @Test(arguments: [
    ("event: response.output_text.delta\ndata: {}\n\n", false),
    ("event: response.output_text.delta\r\ndata: {}\r\n\r\n", false),
    ("event: response.function_call_arguments.delta\n", false), ("event: response.completed\ndata: {}\n\n", true),
    ("data: {\"type\":\"response.output_text.delta\"}\n\n", true), ("event: error\n", true), ("", true),
  ])
  func `only pieces are passed over unread`(_ frame: String, _ isTelling: Bool) {
    #expect(OpenAIResponses.isTelling(Array(frame.utf8)[...]) == isTelling)
  }

  // MARK: What a client makes of it

  private struct Frame {
    var type: String
    var json: JSON
  }

  private func frames(of events: [ChatEvent]) throws -> [Frame] {
    try frames(OpenAIResponses.stream(events, under: .sample).bytes)
  }

  private func frames(_ bytes: [UInt8]) throws -> [Frame] {
    var decoder = ServerSentEventDecoder()
    var events: [ServerSentEvent] = []
    try decoder.decode(bytes, into: &events)
    return try events.map { Frame(type: $0.name.text, json: try JSON.parse($0.data)) }
  }

  /// The parts that come back when a client returns the output of the stream, without what they say of themselves.
  private func returned(_ events: [ChatEvent], oneByOne: Bool = false) throws -> [ContentPart] {
    let bytes = OpenAIResponses.stream(events, oneByOne: oneByOne, under: .sample).bytes
    let response = try #require(try frames(bytes).last?.json["response"])
    let next = try DialectName.openAIResponses.nextRequest(after: response)
    let request = try OpenAIResponses.decodeRequest(next, at: RequestAddress()).request
    return request.messages.filter { $0.role == .assistant }.flatMap(\.content).map { part in
      var part = part
      part.extras = JSONObject()
      return part
    }
  }

  private func signed(_ kind: ContentPart.Kind, _ seal: Seal) -> ContentPart {
    var part = ContentPart(kind)
    part.signature = seal
    return part
  }
}
