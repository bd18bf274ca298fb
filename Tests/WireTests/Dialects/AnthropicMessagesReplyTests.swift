// Whole answers: each block is a part of its own, and what the format says beside them is kept.

import Testing

@testable import Wire

struct AnthropicMessagesWholeReplies {
  @Test func `each block is a part, with what came beside it`() throws {
    let reply = try decode(
      #"""
      {"id":"msg_1","type":"message","role":"assistant","model":"m-1","container":{"id":"c"},"content":[
      {"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"e"},
      {"type":"text","text":"a","citations":[{"cited_text":"x"}]},{"type":"text","text":"b","citations":null},
      {"type":"tool_use","id":"c1","name":"f","input":{"x": 1.50},"caller":{"type":"direct"}},
      {"type":"server_tool_use","id":"c2","name":"web_search","input":{}},
      {"type":"web_search_tool_result","tool_use_id":"c2","content":[]},"no block"],
      "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":2}}
      """#)
    #expect(
      reply.content.map(\.kind) == [
        .reasoning(ReasoningBlock(text: "t", signature: Seal("s", of: .anthropic))),
        .reasoning(ReasoningBlock(text: "", encrypted: Seal("e", of: .anthropic))),
        .text("a"), .text("b"), .toolCall(ToolCall(id: "c1", name: "f", arguments: #"{"x":1.50}"#)),
        .toolCall(ToolCall(id: "c2", name: "web_search", arguments: "{}", kind: .atProvider)),
        .other(
          type: "web_search_tool_result",
          ["type": "web_search_tool_result", "tool_use_id": "c2", "content": []]),
      ])
    #expect(reply.content[2].extras == ["citations": [["cited_text": "x"]]])
    #expect(reply.content[3].extras == [:])
    #expect(reply.content[4].extras == ["caller": ["type": "direct"]])
    #expect(reply.toolCalls.map(\.id) == ["c1"])
    #expect(reply.extras == ["container": ["id": "c"]])
    #expect([reply.id, reply.model] == ["msg_1", "m-1"])
  }

  @Test func `an answer goes back as it came`() throws {
    let content =
      #"[{"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"e"},"#
      + #"{"type":"text","text":"a","citations":[{"cited_text":"x"}]},"#
      + #"{"type":"server_tool_use","id":"c2","name":"web_search","input":{"query":"q"}},"#
      + #"{"type":"web_search_tool_result","tool_use_id":"c2","content":[]},"#
      + #"{"type":"tool_use","id":"c1","name":"f","input":{"x":1.50}}]"#
    let reply = try decode(#"{"content":\#(content)}"#)
    let encoded = try encodeMessages(ChatRequest(model: "m", messages: [Message(.assistant, reply.content)]))
    #expect(encoded.text.contains(#""messages":[{"role":"assistant","content":\#(content)}]"#))
    #expect(encoded.changes.map(\.field) == ["max_tokens"])
  }

  @Test(arguments: [
    ("end_turn", Finish.Reason.stop), ("stop_sequence", .stop), ("max_tokens", .length),
    ("model_context_window_exceeded", .length), ("tool_use", .toolCalls), ("refusal", .contentFilter),
    ("pause_turn", .pause), ("compaction", .other),
  ])
  func `a stop reason keeps the provider's word`(_ word: String, _ reason: Finish.Reason) throws {
    #expect(try decode(#"{"content":[],"stop_reason":"\#(word)"}"#).finish == Finish(reason, word: word))
  }

  @Test func `the stop text that was met is told`() throws {
    let reply = try decode(#"{"content":[],"stop_reason":"stop_sequence","stop_sequence":"END"}"#)
    #expect(reply.finish == Finish(.stop, word: "stop_sequence", stopText: "END"))
  }

  @Test(arguments: [#"null"#, #""""#, "5"])
  func `a stop reason that is none is unknown`(_ reason: String) throws {
    #expect(try decode(#"{"content":[],"stop_reason":\#(reason)}"#).finish == nil)
  }

  @Test func `an answer by the answer tool is text, and the model stopped by itself`() throws {
    let reply = try decode(
      #"{"content":[{"type":"tool_use","id":"c","name":"answer_in_json","input":{"a":[1.0]}}],"stop_reason":"tool_use"}"#
    )
    #expect(reply.content == [ContentPart(.text(#"{"a":[1.0]}"#))])
    #expect(reply.finish == Finish(.stop, word: "tool_use"))
  }

  @Test func `usage counts what was cached too, and is kept as it came`() throws {
    let usage =
      #"{"input_tokens":10,"cache_creation_input_tokens":300,"cache_read_input_tokens":2000,"#
      + #""cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":200},"output_tokens":20,"#
      + #""output_tokens_details":{"thinking_tokens":7},"server_tool_use":{"web_search_requests":3},"#
      + #""service_tier":"priority"}"#
    let read = try #require(try decode(#"{"content":[],"usage":\#(usage)}"#).usage)
    #expect([read.input, read.output, read.cacheRead, read.cacheWrite] == [2310, 20, 2000, 300])
    #expect([read.cacheWriteOneHour, read.reasoning, read.searches] == [200, 7, 3])
    #expect(read.serviceTier == "priority")
    #expect(read.raw?.text == usage)
  }

  @Test(
    arguments: [
      ("{}", nil, nil), (#"{"input_tokens":-1,"output_tokens":1.5}"#, nil, nil),
      (#"{"input_tokens":null,"cache_read_input_tokens":5}"#, nil, nil),
      (#"{"input_tokens":"7","output_tokens":"many"}"#, 7, nil),
      (#"{"input_tokens":9223372036854775807,"cache_read_input_tokens":1,"output_tokens":0}"#, Int.max, 0),
    ] as [(String, Int?, Int?)])
  func `a count that is no count is unknown, and no sum overflows`(
    _ usage: String, _ input: Int?, _ output: Int?
  ) throws {
    let read = try #require(try decode(#"{"content":[],"usage":\#(usage)}"#).usage)
    #expect(read.input == input)
    #expect(read.output == output)
  }

  @Test(arguments: [
    "", "{", "[]", "{}", #"{"content":"text"}"#, #"{"content":null}"#, "<html>",
    #"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#,
  ])
  func `what is no answer is an error`(_ body: String) {
    #expect(throws: WireError.self) { try decode(body) }
  }

  @Test(arguments: [
    (400, "invalid_request_error", "bad", ProviderFailure.Kind.invalidRequest),
    (400, "invalid_request_error", "prompt is too long: 200001 tokens > 200000 maximum", .contextLength),
    (400, "invalid_request_error", "Your credit balance is too low", .quota),
    (401, "authentication_error", "invalid x-api-key", .authentication),
    (403, "permission_error", "no", .permission), (404, "not_found_error", "model: m", .notFound),
    (413, "request_too_large", "too big", .contextLength), (429, "rate_limit_error", "slow", .rateLimited),
    (500, "api_error", "Internal server error", .server), (529, "overloaded_error", "Overloaded", .overloaded),
    (200, "overloaded_error", "Overloaded", .overloaded),
  ])
  func `an error body is read`(_ status: Int, _ type: String, _ message: String, _ kind: ProviderFailure.Kind) {
    let body = #"{"type":"error","error":{"type":"\#(type)","message":"\#(message)"},"request_id":"req_1"}"#
    let failure = AnthropicMessages.decodeFailure(status: status, body: Array(body.utf8))
    #expect(failure == ProviderFailure(kind, status: status, message: message, code: type))
  }

  private func decode(_ text: String) throws -> ChatReply {
    try AnthropicMessages.decodeReply(Array(text.utf8), quirks: Quirks())
  }
}
