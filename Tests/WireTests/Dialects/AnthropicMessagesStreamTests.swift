// Streams: what each event says, when the answer is complete, and that nothing a provider sends is fatal.

import Testing

@testable import Wire

struct AnthropicMessagesStreams {
  @Test func `each event says its part, usage replaces usage`() throws {
    let events = try decode([
      #"{"type":"message_start","message":{"id":"r","model":"m","usage":{"input_tokens":2,"output_tokens":1}}}"#,
      #"{"type":"ping"}"#,
      #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"t"}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}"#,
      #"{"type":"content_block_stop","index":0}"#,
      #"{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"e"}}"#,
      #"{"type":"content_block_stop","index":1}"#,
      #"{"type":"content_block_start","index":2,"content_block":{"type":"text","text":"a"}}"#,
      #"{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"b"}}"#,
      #"{"type":"content_block_stop","index":2}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"Z"},"#
        + #""usage":{"output_tokens":7}}"#,
      #"{"type":"message_stop"}"#,
    ])
    let usages = events.compactMap { event in if case .usage(let usage) = event { usage } else { nil } }
    #expect(usages.map(\.input) == [2, 2])
    #expect(usages.map(\.output) == [1, 7])
    #expect(usages.last?.raw == ["input_tokens": 2, "output_tokens": 7])
    #expect(
      events.filter { if case .usage = $0 { false } else { true } } == [
        .started(id: "r", model: "m"), .reasoning("t"), .reasoningSignature(Seal("s", of: .anthropic)),
        .encryptedReasoning(Seal("e", of: .anthropic)),
        .textPartStarted, .text("a"), .text("b"), .finished(Finish(.stop, word: "stop_sequence", stopText: "Z")),
      ])
  }

  @Test func `citations are told when their text is, unknown things as they are`() throws {
    let events = try decode([
      #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":[]}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"n":1}}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"n":2}}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"glyph_delta","glyph":"g"}}"#,
      #"{"type":"content_block_stop","index":0}"#,
      #"{"type":"content_block_start","index":1,"content_block":{"type":"hologram","data":"h"}}"#,
      #"{"type":"content_block_stop","index":1}"#,
      #"{"type":"content_block_start","index":2,"content_block":{"type":"mcp_tool_use","name":"n","input":{}}}"#,
      #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"k\""}}"#,
      #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":":1}"}}"#,
      #"{"type":"content_block_stop","index":2}"#, #"{"type":"whatever"}"#,
    ])
    #expect(
      events == [
        .text("a"), .part(ContentPart(.other(type: "glyph_delta", ["type": "glyph_delta", "glyph": "g"]))),
        .partExtras(["citations": [["n": 1], ["n": 2]]]),
        .part(ContentPart(.other(type: "hologram", ["type": "hologram", "data": "h"]))),
        .part(ContentPart(.other(type: "mcp_tool_use", ["type": "mcp_tool_use", "name": "n", "input": ["k": 1]]))),
      ])
  }

  @Test func `calls are counted from 0, whatever stands between them`() throws {
    let events = try decode([
      #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
      #"{"type":"content_block_start","index":3,"content_block":"#
        + #"{"type":"server_tool_use","id":"s","name":"w","input":{}}}"#,
      #"{"type":"content_block_start","index":7,"content_block":"#
        + #"{"type":"tool_use","id":"t","name":"f","input":{"x":1}}}"#,
      #"{"type":"content_block_stop","index":7}"#,
    ])
    #expect(
      events == [
        .toolCallStarted(index: 0, id: "s", name: "w", kind: .atProvider),
        .toolCallStarted(index: 1, id: "t", name: "f", kind: .function),
        .toolArguments(index: 1, #"{"x":1}"#),
      ])
  }

  @Test(
    arguments: [
      ("end_turn", .stop), ("stop_sequence", .stop), ("max_tokens", .length),
      ("model_context_window_exceeded", .length), ("tool_use", .toolCalls), ("refusal", .contentFilter),
      ("pause_turn", .pause), ("tea_time", .other),
    ] as [(String, Finish.Reason)])
  func `each word for the end has its reason`(_ word: String, _ reason: Finish.Reason) throws {
    let events = try decode([#"{"type":"message_delta","delta":{"stop_reason":"\#(word)","stop_sequence":null}}"#])
    #expect(events == [.finished(Finish(reason, word: word))])
    let reply = try AnthropicMessages.decodeReply(
      Array(#"{"content":[],"stop_reason":"\#(word)"}"#.utf8), quirks: Quirks())
    #expect(reply.finish == Finish(reason, word: word))
  }

  @Test(arguments: [
    ("data: {\"type\":\"message_stop\"}\n\n", true), ("data: {\"type\":\"message_stop\"}", true),
    ("event: message_stop\r\ndata: {\"type\":\"message_stop\"}\r\n\r\n", true),
    ("data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n", false),
    ("data: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"m\"}}\n\n", false),
    ("data: {\"type\":\"message_st", false), ("event: message_stop\n\n", false), (": ping\n\n", false), ("", false),
  ])
  func `only message_stop makes an answer complete`(_ body: String, _ isComplete: Bool) throws {
    var decoder = AnthropicMessages.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    try decoder.decode(Array(body.utf8), into: &events)
    try decoder.finish(into: &events)
    #expect(decoder.isComplete == isComplete)
  }

  @Test(
    arguments: [
      ("overloaded_error", .overloaded), ("rate_limit_error", .rateLimited), ("api_error", .server),
      ("invalid_request_error", .invalidRequest), ("authentication_error", .authentication),
    ] as [(String, ProviderFailure.Kind)])
  func `an error in a stream is told`(_ type: String, _ kind: ProviderFailure.Kind) throws {
    let events = try decode([#"{"type":"error","error":{"type":"\#(type)","message":"m"},"request_id":"r"}"#])
    #expect(events == [.failed(ProviderFailure(kind, status: 200, message: "m", code: type))])
  }

  @Test func `nothing is read after the end`() throws {
    #expect(try decode([#"{"type":"message_stop"}"#, #"{"type":"error","error":{"message":"late"}}"#, "oops"]) == [])
  }

  @Test(arguments: ["{", "null", "[1]", #"{"type":"content_block_delta","delta":{"text":"a",}}"#, "<html>"])
  func `an event that is not what it should be is an error, what came before stays`(_ event: String) {
    var decoder = AnthropicMessages.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    let good = #"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}"#
    #expect(throws: WireError.self) { try decoder.decode(Array("\(good)\n\ndata: \(event)\n\n".utf8), into: &events) }
    #expect(events == [.text("x")])
  }

  @Test func `blocks, citations and held arguments without end are refused`() {
    let starts = (0..<1100).map {
      #"{"type":"content_block_start","index":\#($0),"content_block":{"type":"text","text":""}}"#
    }
    let text = #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#
    let citation = #"{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{}}}"#
    let held = #"{"type":"content_block_start","index":0,"content_block":{"type":"mcp_tool_use","input":{}}}"#
    let filler = String(repeating: "x", count: 64 << 10)
    let piece =
      #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"\#(filler)"}}"#
    #expect(throws: WireError.self) { try decode(starts) }
    #expect(throws: WireError.self) { try decode([text] + Array(repeating: citation, count: 1100)) }
    #expect(throws: WireError.self) { try decode([held] + Array(repeating: piece, count: 20)) }
  }

  @Test(arguments: Fixture.all.filter { $0.isStream && $0.dialect == .anthropicMessages }, 0..<20)
  func `a damaged stream is an error or an answer, never fatal`(_ fixture: Fixture, _ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var body = fixture.body
    for _ in 0..<5 {
      body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    body.removeLast(Int.random(in: 0..<body.count, using: &random))
    let results = chunkSizes.map { size in
      Result {
        try AnthropicMessages.observe(status: 200, isStream: true, body: body, quirks: Quirks(), chunkSize: size)
      }
    }
    for result in results { #expect((try? result.get()) == (try? results[0].get())) }
  }

  private func decode(_ data: [String]) throws -> [ChatEvent] { try AnthropicMessages.events(ofData: data) }
}

struct AnthropicMessagesReplies {
  @Test(arguments: ["{}", "[]", "null", "1", #"{"content":"x"}"#, #"{"content":null}"#, "", "{", "<html>"])
  func `what is no message is an error`(_ body: String) {
    #expect(throws: WireError.self) { try AnthropicMessages.decodeReply(Array(body.utf8), quirks: Quirks()) }
  }

  @Test func `members without a place are kept`() throws {
    let reply = try AnthropicMessages.decodeReply(
      Array(#"{"id":"r","type":"message","role":"assistant","content":[],"container":{"id":"c"}}"#.utf8),
      quirks: Quirks())
    #expect(reply.extras == ["container": ["id": "c"]])
  }

  @Test(
    arguments: [
      (529, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, .overloaded, "Overloaded"),
      (429, #"{"type":"error","error":{"type":"rate_limit_error","message":"slow"}}"#, .rateLimited, "slow"),
      (400, #"{"type":"error","error":{"type":"invalid_request_error","message":"bad"}}"#, .invalidRequest, "bad"),
      (
        400, #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8"}}"#,
        .contextLength, "prompt is too long: 9 tokens > 8"
      ),
      (
        400, #"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}"#,
        .quota, "Your credit balance is too low"
      ),
      (401, #"{"type":"error","error":{"type":"authentication_error","message":"no"}}"#, .authentication, "no"),
      (403, #"{"type":"error","error":{"type":"permission_error","message":"no"}}"#, .permission, "no"),
      (404, #"{"type":"error","error":{"type":"not_found_error","message":"model: x"}}"#, .notFound, "model: x"),
      (500, #"{"type":"error","error":{"type":"api_error","message":"oops"}}"#, .server, "oops"),
      (502, "<html><title>Bad gateway</title></html>", .server, "Bad gateway"),
      (529, "", .overloaded, "status 529 without a message"), (200, "", .malformed, "status 200 without a message"),
    ] as [(Int, String, ProviderFailure.Kind, String)])
  func `a failure is read`(_ status: Int, _ body: String, _ kind: ProviderFailure.Kind, _ message: String) {
    let failure = AnthropicMessages.decodeFailure(status: status, body: Array(body.utf8))
    #expect(failure.kind == kind)
    #expect(failure.message == message)
    #expect(failure.status == status)
  }
}
