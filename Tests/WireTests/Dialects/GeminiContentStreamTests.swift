// Streams: what each chunk says, when the answer is complete, and that nothing a provider sends is fatal.

import Testing

@testable import Wire

struct GeminiContentStreams {
  @Test func `each chunk says its parts, usage replaces usage`() throws {
    let events = try decode([
      #"{"candidates":[{"content":{"parts":[{"text":"t","thought":true}]}}],"responseId":"r","modelVersion":"m","#
        + #""usageMetadata":{"promptTokenCount":2}}"#,
      #"{"candidates":[{"content":{"parts":[{"thoughtSignature":"s","text":"u","thought":true},{"text":"a"}]}}],"#
        + #""responseId":"r","modelVersion":"m","usageMetadata":{"promptTokenCount":2}}"#,
      #"{"candidates":[{"content":{"parts":[{"text":"b"}]}}],"responseId":"r","modelVersion":"m"}"#,
      #"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"x": 1}},"thoughtSignature":"p"},"#
        + #"{"functionCall":{"name":"g","id":"i"}}]},"finishReason":"STOP"}],"responseId":"r","modelVersion":"m2","#
        + #""usageMetadata":{"promptTokenCount":2,"candidatesTokenCount":3}}"#,
    ])
    #expect(
      events.withoutUsage == [
        .started(id: "r", model: "m"), .reasoning("t"), .reasoning("u"), .reasoningSignature(seal("s")), .text("a"),
        .text("b"), .toolCallStarted(index: 0, id: "r-0", name: "f", kind: .function),
        .toolArguments(index: 0, #"{"x":1}"#), .partSignature(seal("p")),
        .toolCallStarted(index: 1, id: "i", name: "g", kind: .function), .toolArguments(index: 1, "{}"),
        .finished(Finish(.toolCalls, word: "STOP")), .started(id: "r", model: "m2"),
      ])
    #expect(events.usages.map(\.output) == [nil, 3])
  }

  @Test func `a proof stays with its own part, two texts in one chunk are two parts`() throws {
    let events = try decode([
      #"{"candidates":[{"content":{"parts":[{"text":"a"},{"text":"b"},{"text":""}]}}]}"#,
      #"{"candidates":[{"content":{"parts":[{"text":"c"}]}}]}"#,
      #"{"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"s"}]}}]}"#,
      #"{"candidates":[{"content":{"parts":[{"text":"d","thoughtSignature":"t"},{"text":"e"}]}}]}"#,
      #"{"candidates":[{"content":{"parts":[{"toolCall":{"id":"x"},"thoughtSignature":"u"}]}}]}"#,
    ])
    #expect(
      events == [
        .text("a"), .textPartStarted, .text("b"), .text("c"), .textPartStarted, .text(""), .partSignature(seal("s")),
        .text("d"), .partSignature(seal("t")), .text("e"),
        .part(ContentPart(.other(type: "toolCall", ["toolCall": ["id": "x"]]))), .partSignature(seal("u")),
      ])
    var builder = ChatReplyBuilder()
    for event in events { try builder.add(event) }
    #expect(
      builder.reply.content.map(\.signature?.text) == [nil, nil, "s", "t", nil, "u"])
    // Told again, it is the same.
    var again = ChatReplyBuilder()
    for event in builder.reply.events { try again.add(event) }
    #expect(again.reply == builder.reply)
  }

  @Test func `where a text is from is told once, before the finish or at the end`() throws {
    let chunks = [
      #"{"candidates":[{"content":{"parts":[{"text":"a"}]},"groundingMetadata":{"q":1},"urlContextMetadata":{"u":1}}]}"#,
      #"{"candidates":[{"content":{"parts":[{"text":"b"}]},"groundingMetadata":{"q":2}}]}"#,
      #"{"candidates":[{"content":{"parts":[{"text":"c"}]},"groundingMetadata":{},"finishReason":"STOP"}]}"#,
    ]
    let sources: [ChatEvent] = [("groundingMetadata", ["q": 2]), ("urlContextMetadata", ["u": 1])].map { name, value in
      .part(ContentPart(.other(type: name, .object(JSONObject([(name, value)])))))
    }
    let finished = ChatEvent.finished(Finish(.stop, word: "STOP"))
    #expect(try decode(chunks) == [.text("a"), .text("b"), .text("c")] + sources + [finished])
    #expect(try decode(Array(chunks.dropLast())) == [.text("a"), .text("b")] + sources)
  }

  @Test func `citations come with the text they are of`() throws {
    let chunks = ["[1]", "[1,2]", "[3]"].map {
      #"{"candidates":[{"content":{"parts":[{"text":"a"}]},"citationMetadata":{"citationSources":\#($0)}}]}"#
    }
    let told = ContentPart(
      .other(type: "citationMetadata", ["citationMetadata": ["citationSources": [1, 2, 3]]]))
    #expect(try decode(chunks).last == .part(told))
    let many = (0..<2000).map(String.init).joined(separator: ",")
    let events = try decode(chunks + [chunks[0].replacing("[1]", with: "[\(many)]")])
    guard case .part(let part)? = events.last, case .other(_, let json) = part.kind else {
      Issue.record("no sources were told")
      return
    }
    #expect(json["citationMetadata"]?["citationSources"]?.array?.count == 1024)
  }

  @Test func `candidates, token probabilities and other things have their places`() throws {
    let events = try decode([
      #"{"candidates":[{"index":1,"content":{"parts":[{"functionCall":{"name":"f"}}]},"finishReason":"STOP"},"#
        + #"{"content":{"parts":[{"text":"a"}]},"logprobsResult":{"chosenCandidates":[{"token":"a"}]}}]}"#,
      #"{"promptFeedback":{"blockReason":"OTHER"},"unknown":[{}]}"#,
    ])
    #expect(
      events == [
        .otherChoice(index: 1, .toolCallStarted(index: 0, id: "call-0", name: "f", kind: .function)),
        .otherChoice(index: 1, .toolArguments(index: 0, "{}")),
        .otherChoice(index: 1, .finished(Finish(.toolCalls, word: "STOP"))), .text("a"),
        .logprobs([TokenLogprob("a", JSONNumber(0))]),
        .finished(Finish(.contentFilter, word: "promptFeedback:OTHER")), .extras(["unknown": [[:]]]),
      ])
  }

  @Test(
    arguments: [
      (#"{"candidates":[{"finishReason":"STOP"}]}"#, true), (#"{"promptFeedback":{"blockReason":"SAFETY"}}"#, true),
      (#"{"candidates":[{"index":1,"finishReason":"STOP"}]}"#, false), (#"{"promptFeedback":{}}"#, false),
      (#"{"error":{"code":500}}"#, false), ("{}", false),
    ])
  func `an answer is complete when it says why it ended`(_ chunk: String, _ isComplete: Bool) throws {
    for body in ["data: \(chunk)\r\n\r\n", "[\(chunk)]", " \n\u{FEFF}\(chunk)"] {
      var decoder = GeminiContentStreamDecoder()
      var events: [ChatEvent] = []
      try decoder.decode(Array(body.utf8), into: &events)
      try decoder.finish(into: &events)
      #expect(decoder.isComplete == isComplete, "\(body)")
    }
  }

  @Test(arguments: [
    "data: {\n\n", "data: null\n\n", "data: [1]\n\n", "[1]", "[{}}", "{}x", #"[{"a":,}]"#,
    #"data: {"candidates":[{"content":{"parts":[{"text":"a",}]}}]}"# + "\n\n",
  ])
  func `bytes that are not what they should be are an error, what came before stays`(_ rest: String) {
    let good = #"{"candidates":[{"content":{"parts":[{"text":"x"}]}}],"responseId":"r"}"#
    for size in chunkSizes {
      var decoder = GeminiContentStreamDecoder()
      var events: [ChatEvent] = []
      let body = rest.hasPrefix("data") ? "data: \(good)\n\n\(rest)" : "[\(good),\(rest.drop { $0 == "[" })"
      #expect(throws: WireError.self) {
        for chunk in Array(body.utf8).chunks(of: size) { try decoder.decode(chunk, into: &events) }
      }
      #expect(events == [.started(id: "r", model: nil), .text("x")])
    }
  }

  @Test func `candidates, calls and elements without end are refused`() {
    let candidates = (0..<300).map { #"{"index":\#($0),"content":{"parts":[{"text":"a"}]}}"# }
    let calls = Array(repeating: #"{"functionCall":{"name":"f"}}"#, count: 1100)
    #expect(throws: WireError.self) { try decode([#"{"candidates":[\#(candidates.joined(separator: ","))]}"#]) }
    #expect(throws: WireError.self) {
      try decode([#"{"candidates":[{"content":{"parts":[\#(calls.joined(separator: ","))]}}]}"#])
    }
    var decoder = JSONArrayDecoder(maximumElementBytes: 10)
    var elements: [ArraySlice<UInt8>] = []
    #expect(throws: WireError.self) {
      for _ in 0..<20 { try decoder.decode(Array("[{\"a".utf8), into: &elements) }
    }
  }

  @Test(arguments: Fixture.all.filter { $0.isStream && $0.dialect == .gemini }, 0..<20)
  func `a damaged stream is an error or an answer, never fatal`(_ fixture: Fixture, _ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var body = fixture.body
    for _ in 0..<5 {
      body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    body.removeLast(Int.random(in: 0..<body.count, using: &random))
    let results = chunkSizes.map { size in
      Result { try GeminiContent.observe(status: 200, isStream: true, body: body, quirks: Quirks(), chunkSize: size) }
    }
    for result in results { #expect((try? result.get()) == (try? results[0].get())) }
  }

  private func seal(_ text: String) -> Seal { Seal(text, of: .gemini) }

  private func decode(_ chunks: [String]) throws -> [ChatEvent] { try GeminiContent.events(ofData: chunks) }
}

extension [ChatEvent] {
  fileprivate var usages: [Usage] { compactMap { event in if case .usage(let usage) = event { usage } else { nil } } }
  fileprivate var withoutUsage: [ChatEvent] { filter { if case .usage = $0 { false } else { true } } }
}
