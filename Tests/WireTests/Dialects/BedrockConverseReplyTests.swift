// Answers: parts, seals and extras beyond what the fixtures state, and that nothing a provider sends is fatal.

import Testing

@testable import Wire

struct BedrockConverseReplies {
  @Test func `parts keep what is needed to send them back`() throws {
    let body = #"""
      {"output":{"message":{"role":"assistant","content":[
        {"reasoningContent":{"reasoningText":{"text":"t","signature":"s"}}},
        {"reasoningContent":{"redactedContent":"aGk="}},
        {"citationsContent":{"content":[{"text":"x"}],"citations":[{"n":1}]}},
        {"image":{"format":"png","source":{"bytes":"AA=="}}},
        {"toolUse":{"toolUseId":"1","name":"code","input":{},"type":"server_tool_use"}},
        {"toolResult":{"toolUseId":"1"}}]}},
       "stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":2},"serviceTier":{"type":"flex"},"trace":null,"metrics":{"latencyMs":5}}
      """#
    let reply = try BedrockConverse.decodeReply(Array(body.utf8), quirks: Quirks())
    #expect(
      reply.content == [
        ContentPart(.reasoning(ReasoningBlock(text: "t", signature: Seal("s", of: .anthropic)))),
        ContentPart(.reasoning(ReasoningBlock(text: "", encrypted: Seal("hi", of: .anthropic)))),
        ContentPart(.text("x")),
        ContentPart(.other(type: "citationsContent", ["citationsContent": ["citations": [["n": 1]]]])),
        ContentPart(.image(Media(.base64("AA=="), mediaType: "image/png"))),
        ContentPart(.toolCall(ToolCall(id: "1", name: "code", arguments: "{}", kind: .atProvider))),
        ContentPart(.other(type: "toolResult", ["toolResult": ["toolUseId": "1"]])),
      ])
    #expect(reply.usage?.serviceTier == "flex")
    #expect(reply.usage?.raw == ["inputTokens": 1, "outputTokens": 2])
    #expect(reply.extras == ["metrics": ["latencyMs": 5]])
  }

  @Test func `tokens written for an hour are told apart`() throws {
    let body =
      #"{"output":{"message":{"content":[]}},"usage":{"inputTokens":1,"cacheWriteInputTokens":30,"#
      + #""cacheDetails":[{"ttl":"5m","inputTokens":10},{"ttl":"1h","inputTokens":20}]}}"#
    let usage = try BedrockConverse.decodeReply(Array(body.utf8), quirks: Quirks()).usage
    #expect(usage?.input == 31 && usage?.cacheWrite == 30 && usage?.cacheWriteOneHour == 20)
  }

  @Test(arguments: ["{}", "[]", #"{"output":{"message":{"content":{}}}}"#, #"{"message":"no"}"#])
  func `what is no answer is an error`(_ body: String) {
    #expect(throws: WireError.self) { try BedrockConverse.decodeReply(Array(body.utf8), quirks: Quirks()) }
  }

  @Test func `a stream tells citations and held blocks when they are whole`() throws {
    let events = try stream([
      ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"a"}}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"citation":{"n":1}}}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"citation":{"n":2}}}"#),
      ("contentBlockStop", #"{"contentBlockIndex":0}"#),
      ("contentBlockStart", #"{"contentBlockIndex":1,"start":{"toolResult":{"toolUseId":"1"}}}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"toolResult":[{"json":1}]}}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"toolResult":[{"json":2}]}}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"glyph":"g"}}"#),
      ("contentBlockStop", #"{"contentBlockIndex":1}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":2,"delta":{"text":"b"}}"#),
    ])
    #expect(
      events == [
        .text("a"),
        .part(
          ContentPart(.other(type: "citationsContent", ["citationsContent": ["citations": [["n": 1], ["n": 2]]]]))),
        .part(ContentPart(.other(type: "glyph_delta", ["glyph": "g"]))),
        .part(
          ContentPart(
            .other(type: "toolResult", ["toolResult": ["toolUseId": "1", "content": [["json": 1], ["json": 2]]]]))),
        .textPartStarted, .text("b"),
      ])
  }

  @Test(arguments: [
    [("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"toolUse":{"input":"x"}}}"#)],
    [("contentBlockDelta", "{")], [("messageStop", "")], [("contentBlockDelta", #"{"delta":{"text":"a"}"#)],
  ])
  func `an event that is none is an error`(_ events: [(String, String)]) {
    #expect(throws: WireError.self) { try stream(events) }
  }

  @Test func `what came whole before a broken frame is told`() throws {
    var bytes: [UInt8] = []
    try append(("contentBlockDelta", #"{"delta":{"text":"a"}}"#), to: &bytes)
    bytes += [UInt8](repeating: 0, count: 16)
    var decoder = BedrockConverseStreamDecoder()
    var events: [ChatEvent] = []
    #expect(throws: WireError.self) { try decoder.decode(bytes, into: &events) }
    #expect(events == [.text("a")])
  }

  @Test func `blocks and held pieces have bounds`() throws {
    let manyBlocks = (0..<2000).map { ("contentBlockDelta", #"{"contentBlockIndex":\#($0),"delta":{"text":"a"}}"#) }
    #expect(throws: WireError.self) { try stream(manyBlocks) }
    let start = ("contentBlockStart", #"{"contentBlockIndex":0,"start":{"toolResult":{}}}"#)
    let pieces = Array(repeating: ("contentBlockDelta", #"{"delta":{"toolResult":[1]}}"#), count: 5000)
    #expect(throws: WireError.self) { try stream([start] + pieces) }
    let large = String(repeating: "x", count: 9 << 20)
    let huge = Array(repeating: ("contentBlockDelta", #"{"delta":{"toolResult":["\#(large)"]}}"#), count: 2)
    #expect(throws: WireError.self) { try stream([start] + huge) }
  }

  private func stream(_ frames: [(String, String)]) throws -> [ChatEvent] {
    var bytes: [UInt8] = []
    for frame in frames { try append(frame, to: &bytes) }
    var decoder = BedrockConverseStreamDecoder()
    var events: [ChatEvent] = []
    try decoder.decode(bytes, into: &events)
    try decoder.finish(into: &events)
    return events
  }

  private func append(_ frame: (type: String, payload: String), to bytes: inout [UInt8]) throws {
    let headers = [(":message-type", "event"), (":event-type", frame.type)]
    try AWSEventStreamEncoder.append(Frames.message(headers, Array(frame.payload.utf8)[...]), to: &bytes)
  }
}

extension BedrockConverseReplies {
  @Test(arguments: 0..<200)
  func `a payload with wrong bytes says the same wherever its frames are split`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let streams = Fixture.all.filter { $0.dialect == .bedrockConverse && $0.isStream }
    let fixture = try #require(streams.randomElement(using: &random))
    var decoder = AWSEventStreamDecoder()
    var messages: [AWSEventStreamMessage] = []
    try decoder.decode(fixture.body, into: &messages)
    var bytes: [UInt8] = []
    for var message in messages {
      if var payload = Optional(Array(message.payload)), !payload.isEmpty, Bool.random(using: &random) {
        payload[Int.random(in: payload.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
        message.payload = payload[...]
      }
      try AWSEventStreamEncoder.append(message, to: &bytes)
    }
    let results = chunkSizes.map { size in
      Result { () throws(WireError) in
        try BedrockConverse.observe(status: 200, isStream: true, body: bytes, quirks: Quirks(), chunkSize: size)
      }
    }
    for result in results.dropFirst() { #expect(result == results.first) }
  }
}
