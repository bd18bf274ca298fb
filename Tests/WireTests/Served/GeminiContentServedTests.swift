// What clients of Gemini's format are told, beyond what holds for every format.

import Testing

@testable import Wire

struct GeminiContentServed {
  @Test func `a whole answer comes back as it was, proofs and all`() throws {
    var reply = ChatReply()
    reply.id = "r"
    reply.model = "m"
    reply.content = [
      ContentPart(.reasoning(ReasoningBlock(text: "t", signature: Seal("not Base64", of: .anthropic)))),
      ContentPart(.reasoning(ReasoningBlock(text: "", encrypted: Seal("QQ==", of: .openAI)))),
      ContentPart(.reasoning(ReasoningBlock(text: "u", signature: Seal("s s", of: nil)))),
      ContentPart(.text("a")), signed(.text("b"), Seal("Qg==", of: .gemini)),
      signed(.toolCall(ToolCall(id: "i", name: "f", arguments: #"{"x":1.50}"#)), Seal("Qw==", of: .gemini)),
      signed(.other(type: "executableCode", ["executableCode": ["code": "1"]]), Seal("RA==", of: .gemini)),
      ContentPart(.image(Media(.base64("AA=="), mediaType: "image/png"))),
      ContentPart(.other(type: "groundingMetadata", ["groundingMetadata": ["q": 1]])),
    ]
    reply.finish = Finish(.toolCalls, word: "STOP")
    reply.usage = GeminiContentUsage.decode(["promptTokenCount": 3, "totalTokenCount": 9, "toolUsePromptTokenCount": 1])
    reply.logprobs = [TokenLogprob("a", JSONNumber(text: "-0.5"), top: [TokenLogprob("b", JSONNumber(-1))])]
    reply.otherChoices = [Choice([ContentPart(.text("z"))], finish: Finish(.length, word: "MAX_TOKENS"))]
    let encoded = GeminiContent.encodeReply(reply, under: .answer(in: .gemini))
    #expect(encoded.changes == [])
    #expect(try GeminiContent.decodeReply(encoded.body, quirks: Quirks()) == reply)

    for isArray in [false, true] {
      let (bytes, changes) = GeminiContent.stream(reply.events, under: .client(isArray: isArray))
      #expect(changes == [])
      for size in chunkSizes {
        var decoder = GeminiContentStreamDecoder()
        var builder = ChatReplyBuilder()
        var events: [ChatEvent] = []
        for chunk in bytes.chunks(of: size) { try decoder.decode(chunk, into: &events) }
        try decoder.finish(into: &events)
        for event in events { try builder.add(event) }
        #expect(builder.reply.content == reply.content)
        #expect(builder.reply.finish == reply.finish)
        #expect(builder.reply.usage == reply.usage)
        #expect(builder.reply.logprobs == reply.logprobs)
        #expect(builder.reply.otherChoices == reply.otherChoices)
        #expect(decoder.isComplete)
      }
    }
  }

  @Test func `a stream as events, and as one array`() throws {
    let events: [ChatEvent] = [
      .started(id: "r", model: "m"), .text("a\n"), .toolCallStarted(index: 0, id: "1", name: "f", kind: .function),
      .toolCallStarted(index: 1, id: "2", name: "g", kind: .function), .toolArguments(index: 0, #"{"x""#),
      .toolArguments(index: 0, ":1}"), .finished(Finish(.toolCalls, word: "tool_calls")),
      .usage(Usage(input: 3, output: 4)),
    ]
    let ids = #","modelVersion":"m","responseId":"r"}"#
    let chunks = [
      #"{"candidates":[{"content":{"parts":[{"text":"a\n"}],"role":"model"},"index":0}]"#,
      #"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"x":1},"id":"1"}},"#
        + #"{"functionCall":{"name":"g","args":{},"id":"2"}}],"role":"model"},"index":0}]"#,
      #"{"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"#
        + #""usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"totalTokenCount":7}"#,
    ].map { $0 + ids }
    let asEvents = GeminiContent.stream(events, oneByOne: true, under: .client(isArray: false))
    #expect(String(decoding: asEvents.bytes, as: UTF8.self) == chunks.map { "data: \($0)\n\n" }.joined())
    let asArray = GeminiContent.stream(events, oneByOne: true, under: .client(isArray: true))
    #expect(String(decoding: asArray.bytes, as: UTF8.self) == "[" + chunks.joined(separator: "\n,") + "\n]\n")
    #expect(asEvents.changes == [])
  }

  @Test(arguments: [false, true])
  func `a stream always ends as it should`(_ isArray: Bool) throws {
    let streams: [[ChatEvent]] = [
      [], [.text("a")], [.failed(ProviderFailure(.overloaded, message: "busy"))],
      [.text("a"), .failed(ProviderFailure(.rateLimited, message: "slow")), .text("b")],
      [.finished(Finish(.contentFilter, word: "promptFeedback:SAFETY"))],
    ]
    for events in streams {
      var encoder = GeminiContent.makeStreamEncoder(under: .client(isArray: isArray))
      #expect(encoder.contentType == (isArray ? "application/json" : "text/event-stream"))
      var bytes: [UInt8] = []
      encoder.encode(events, into: &bytes)
      encoder.finish(into: &bytes)
      let hasFailed = events.contains { if case .failed = $0 { true } else { false } }
      let last: JSON?
      if isArray {
        last = try JSON.parse(bytes).array?.last
      } else {
        let frames = String(decoding: bytes, as: UTF8.self).split(separator: "\n\n")
        last = try JSON.parse(String(try #require(frames.last).dropFirst("data: ".count)))
      }
      #expect((last?["error"]?["message"] != nil) == hasFailed)
      let ends = last?["candidates"]?.array?.first?["finishReason"] ?? last?["promptFeedback"]?["blockReason"]
      #expect((ends != nil) == !hasFailed)
    }
  }

  @Test(
    arguments: [
      (Finish(.stop, word: "end_turn"), "STOP", []), (Finish(.length, word: "length"), "MAX_TOKENS", []),
      (Finish(.contentFilter, word: "refusal"), "SAFETY", []),
      (Finish(.contentFilter, word: "RECITATION"), "RECITATION", []),
      (Finish(.pause, word: "pause_turn"), "OTHER", ["converted finishReason"]),
      (Finish(.other, word: "odd"), "OTHER", ["converted finishReason"]),
      (Finish(.other, word: "MALFORMED_FUNCTION_CALL"), "MALFORMED_FUNCTION_CALL", []),
      (Finish(.stop, word: "stop_sequence", stopText: "Z"), "STOP", ["dropped finishReason"]), (nil, "STOP", []),
    ] as [(Finish?, String, [String])])
  func `a finish reason is told in the format's own words`(_ finish: Finish?, _ word: String, _ said: [String]) throws {
    var reply = ChatReply()
    reply.content = [ContentPart(.text("a"))]
    reply.finish = finish
    let encoded = GeminiContent.encodeReply(reply, under: .sample)
    #expect(try JSON.parse(encoded.body)["candidates"]?.array?.first?["finishReason"]?.string == word)
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == said)
    #expect(
      GeminiContent.stream(reply.events, under: .sample).changes.map { "\($0.what) \($0.field)" } == said)
  }

  @Test func `what the format has no place for is dropped and said`() throws {
    var reply = ChatReply()
    reply.content = [
      ContentPart(.toolCall(ToolCall(id: "1", name: "w", arguments: "{}", kind: .atProvider))),
      ContentPart(.other(type: "citations", ["type": "citations"])), ContentPart(.refusal("no")),
      ContentPart(.reasoning(ReasoningBlock(text: ""))),
    ]
    let encoded = GeminiContent.encodeReply(reply, under: .sample)
    let candidate = try JSON.parse(encoded.body)["candidates"]?.array?.first
    #expect(candidate?["content"]?["parts"]?.text == #"[{"text":"no"}]"#)
    #expect(encoded.changes.map(\.what) == [.dropped, .dropped, .converted])
    // A stream holds calls back, so that it says the same in another order.
    let streamed = GeminiContent.stream(reply.events, under: .sample).changes
    #expect(streamed.map(\.why).sorted() == encoded.changes.map(\.why).sorted())
  }

  @Test func `a proof told late stands in a part of its own`() throws {
    var encoder = GeminiContent.makeStreamEncoder(under: .sample)
    var bytes: [UInt8] = []
    for event in [
      ChatEvent.text("a"), .partSignature(Seal("QQ==", of: .gemini)), .reasoning("t"),
      .reasoningSignature(Seal("Qg==", of: .gemini)),
    ] { encoder.encode([event], into: &bytes) }
    encoder.finish(into: &bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains(#"[{"text":"","thoughtSignature":"QQ=="}]"#))
    #expect(text.contains(#"[{"text":"","thought":true,"thoughtSignature":"Qg=="}]"#))
  }

  @Test func `arguments without end are a failure`() throws {
    var encoder = GeminiContent.makeStreamEncoder(under: .sample)
    var bytes: [UInt8] = []
    encoder.encode([.toolCallStarted(index: 0, id: "1", name: "f", kind: .function)], into: &bytes)
    let piece = String(repeating: "x", count: 1 << 20)
    for _ in 0..<17 { encoder.encode([.toolArguments(index: 0, piece)], into: &bytes) }
    encoder.finish(into: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self).hasPrefix(#"data: {"error":{"code":502"#))
    #expect(bytes.count < 1000)
  }

  @Test(arguments: [
    Seal("AbC+/=", of: .anthropic), Seal("QQ==", of: .openAI), Seal("x.y.z", of: nil), Seal("not Base64", of: .gemini),
    Seal("QUI=", of: .gemini), Seal("", of: .anthropic),
  ])
  func `a seal survives a client that writes Base64 in the other alphabet`(_ seal: Seal) throws {
    for isEncrypted in [false, true] {
      let carried = GeminiContentSeal.carried(seal, isEncrypted: isEncrypted)
      let decoded = try #require(bytes(base64: carried))
      let padding = String(repeating: "=", count: (4 - base64URL(decoded).count % 4) % 4)
      for text in [carried, base64URL(decoded), base64URL(decoded) + padding] {
        let read = GeminiContentSeal.read(text)
        #expect(read.isEncrypted == isEncrypted)
        // Google reads either alphabet.
        if text == carried || seal.family != .gemini || isEncrypted { #expect(read.seal == seal) }
      }
    }
  }

  @Test(arguments: [
    (#"{"type":"STRING","nullable":true,"format":"date"}"#, #"{"type":["string","null"],"format":"date"}"#),
    (#"{"nullable":false,"type":"NUMBER"}"#, #"{"type":"number"}"#),
    (
      #"{"type":"ARRAY","minItems":"1","items":{"type":"OBJECT"}}"#,
      #"{"type":"array","minItems":1,"items":{"type":"object"}}"#
    ),
    (
      #"{"properties":{"type":{"type":"BOOLEAN"},"x_y":true}}"#,
      #"{"properties":{"type":{"type":"boolean"},"x_y":true}}"#
    ),
    (#"{"enum":["A_B"],"property_ordering":["a_b"]}"#, #"{"enum":["A_B"],"propertyOrdering":["a_b"]}"#),
    ("true", "true"),
  ])
  func `a schema in the older words`(_ old: String, _ new: String) throws {
    #expect(GeminiContentSchema.jsonSchema(try JSON.parse(old)).text == new)
  }

  @Test func `a body that is forwarded names no model of its own`() throws {
    let body = Array(#"{"model":"models/a", "contents":[ ]}"#.utf8)
    let forwarded = try GeminiContent.forward(body, model: "b", quirks: Quirks())
    #expect(try JSON.parse(forwarded.body) == ["contents": []])
    let plain = Array(#"{ "contents":[ ]}"#.utf8)
    #expect(try GeminiContent.forward(plain, model: "b", quirks: Quirks()).body == plain)
  }

  private func signed(_ kind: ContentPart.Kind, _ seal: Seal) -> ContentPart {
    var part = ContentPart(kind)
    part.signature = seal
    return part
  }
}

extension ReplyHeading {
  fileprivate static func client(isArray: Bool) -> ReplyHeading {
    var heading = answer(in: .gemini)
    heading.client.isArray = isArray
    return heading
  }
}
