// Whole answers: their parts stay apart, and what has no place is kept beside them.

import Testing

@testable import Wire

struct OpenAIChatReplies {
  @Test func `thinking, text, refusal, media and calls are parts of their own`() throws {
    let reply = try decode(
      #"""
      {"id":"r","model":"m","system_fingerprint":"fp","choices":[{"index":0,"finish_reason":"stop","message":{
      "role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"},{"type":"ref","ids":[1]}],
      "reasoning":"t","refusal":"no","annotations":[{"type":"url_citation"}],
      "images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
      {"type":"image_url","image_url":{"url":"https://i"}}],
      "audio":{"id":"a1","data":"BBBB","transcript":"hello"},
      "tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{"x":1}},"extra_content":{"s":1}}]}}]}
      """#)
    let kinds = reply.content.map(\.kind)
    #expect(
      kinds == [
        .reasoning(ReasoningBlock(text: "t")), .text("a"), .text("b"),
        .other(type: "ref", ["type": "ref", "ids": [1]]), .refusal("no"),
        .image(Media(.base64("AAAA"), mediaType: "image/png")), .image(Media(.url("https://i"), mediaType: nil)),
        .audio(Media(.base64("BBBB"), mediaType: nil)),
        .toolCall(ToolCall(id: "c", name: "f", arguments: #"{"x":1}"#)),
      ])
    #expect(reply.text == "ab")
    #expect(reply.refusal == "no")
    #expect(reply.content[7].extras == ["id": "a1", "transcript": "hello"])
    #expect(reply.content[8].extras == ["extra_content": ["s": 1]])
    #expect(reply.extras == ["system_fingerprint": "fp", "message": ["annotations": [["type": "url_citation"]]]])
  }

  @Test func `thinking block by block keeps what its way back needs`() throws {
    let reply = try decode(
      #"{"choices":[{"message":{"content":"x","reasoning":"ab","reasoning_details":["#
        + #"{"type":"reasoning.text","text":"ab","signature":"s","format":"f","index":0},"#
        + #"{"type":"reasoning.encrypted","data":"e","id":"i"}]}}]}"#)
    #expect(
      reply.content.map(\.kind) == [
        .reasoning(ReasoningBlock(text: "ab", signature: Seal("s", of: Seal.Family(rawValue: "f")))),
        .reasoning(ReasoningBlock(text: "", encrypted: Seal("e", of: nil))),
        .text("x"),
      ])
    var request = ChatRequest(model: "m", messages: [Message(.assistant, reply.content)])
    request.model = "m"
    let echoed = try encode(request, quirks: ["reasoning_details_field": "reasoning_details"]).text
    #expect(
      echoed.contains(
        #""reasoning_details":[{"type":"reasoning.text","format":"f","index":0,"text":"ab","signature":"s"},"#
          + #"{"type":"reasoning.encrypted","id":"i","data":"e"}]"#))
  }

  @Test func `further choices are told apart from the first, wherever it stands`() throws {
    let reply = try decode(
      #"{"choices":[{"index":1,"message":{"content":"one"},"finish_reason":"length"},"#
        + #"{"index":0,"message":{"content":"zero"},"finish_reason":"stop"}]}"#)
    #expect(reply.text == "zero")
    #expect(reply.finish == Finish(.stop, word: "stop"))
    #expect(reply.otherChoices == [Choice([ContentPart(.text("one"))], finish: Finish(.length, word: "length"))])
  }

  @Test(arguments: [
    ("stop", Finish.Reason.stop), ("eos", .stop), ("length", .length), ("model_length", .length),
    ("tool_calls", .toolCalls), ("function_call", .toolCalls), ("content_filter", .contentFilter),
    ("sensitive", .contentFilter), ("insufficient_system_resource", .other),
  ])
  func `a finish reason keeps the provider's word`(_ word: String, _ reason: Finish.Reason) throws {
    let reply = try decode(#"{"choices":[{"message":{"content":"x"},"finish_reason":"\#(word)"}]}"#)
    #expect(reply.finish == Finish(reason, word: word))
  }

  @Test func `usage is counted kind by kind and kept as it came`() throws {
    let usage =
      #"{"prompt_tokens":10,"completion_tokens":20,"prompt_tokens_details":{"audio_tokens":1,"image_tokens":2},"#
      + #""completion_tokens_details":{"audio_tokens":3,"image_tokens":4},"num_search_queries":5,"odd":1.50}"#
    let read = try decode(#"{"choices":[{"message":{}}],"usage":\#(usage),"service_tier":"flex"}"#).usage
    #expect(read?.audioInput == 1)
    #expect(read?.imageInput == 2)
    #expect(read?.audioOutput == 3)
    #expect(read?.imageOutput == 4)
    #expect(read?.searches == 5)
    #expect(read?.serviceTier == "flex")
    #expect(read?.cacheRead == nil)
    #expect(read?.reportedCost == nil)
    #expect(read?.raw?.text == usage)
  }

  @Test(arguments: [
    #"{"prompt_tokens":-1,"completion_tokens":1.5}"#, #"{"prompt_tokens":null,"completion_tokens":"many"}"#,
    #"{"prompt_tokens":99999999999999999999,"completion_tokens":[]}"#, "{}",
  ])
  func `a count that is no count is unknown`(_ usage: String) throws {
    let read = try #require(try decode(#"{"choices":[{"message":{}}],"usage":\#(usage)}"#).usage)
    #expect(read.input == nil)
    #expect(read.output == nil)
  }

  @Test(arguments: [
    "", "{", "[]", "{}", #"{"choices":[]}"#, #"{"choices":null}"#, #"{"error":{"message":"x"}}"#, "<html>",
  ])
  func `what is no answer is an error`(_ body: String) {
    #expect(throws: WireError.self) { try decode(body) }
  }

  @Test func `nulls everywhere leave an empty answer`() throws {
    let reply = try decode(
      #"{"id":null,"model":null,"choices":[{"index":null,"message":{"role":null,"content":null,"tool_calls":null,"#
        + #""refusal":null,"reasoning":null,"audio":null,"function_call":null},"finish_reason":null}],"usage":null}"#)
    #expect(reply == ChatReply())
  }

  private func decode(_ text: String) throws -> ChatReply {
    try OpenAIChat.decodeReply(Array(text.utf8), quirks: Quirks())
  }
}
