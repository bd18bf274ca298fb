// Streams: the order of events, when an answer counts as complete, and what damage does.

import Testing

@testable import Wire

struct OpenAIChatStreams {
  @Test func `events come in order, the ids first, thinking before text`() throws {
    let events = try decode([
      #"{"choices":[{"delta":{"content":"b","reasoning":"a"},"index":0}],"id":"r","model":"m"}"#,
      #"{"id":"other","model":"m","choices":[{"index":0,"delta":{"content":"c"}}]}"#,
      #"{"id":"r","model":"m2","choices":[{"index":0,"delta":{"content":"d"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#,
    ])
    var usage = Usage(input: 1)
    usage.raw = ["prompt_tokens": 1]
    #expect(
      events == [
        .started(id: "r", model: "m"), .reasoning("a"), .text("b"), .text("c"), .text("d"),
        .finished(Finish(.stop, word: "stop")), .started(id: "r", model: "m2"), .usage(usage),
      ])
  }

  @Test func `signatures and encrypted thinking end a block`() throws {
    let events = try decode([
      #"{"choices":[{"index":0,"delta":{"reasoning_details":[{"type":"reasoning.text","text":"t"}]}}]}"#,
      #"{"choices":[{"index":0,"delta":{"reasoning_details":[{"type":"reasoning.text","signature":"s"},"#
        + #"{"type":"reasoning.encrypted","data":"e"}]}}]}"#,
    ])
    #expect(
      events == [
        .reasoning("t"), .partExtras(["type": "reasoning.text"]), .reasoningSignature(Seal("s", of: nil)),
        .encryptedReasoning(Seal("e", of: nil)), .partExtras(["type": "reasoning.encrypted"]),
      ])
  }

  @Test func `media and unknown parts are whole parts`() throws {
    let events = try decode([
      #"{"choices":[{"index":0,"delta":{"images":[{"image_url":{"url":"https://i"}}],"content":[{"type":"x","y":1}]}}]}"#,
      #"{"choices":[{"index":0,"delta":{"audio":{"data":"AA"},"refusal":"no"}}]}"#,
    ])
    #expect(
      events == [
        .part(ContentPart(.other(type: "x", ["type": "x", "y": 1]))),
        .part(ContentPart(.image(Media(.url("https://i"), mediaType: nil)))), .refusal("no"),
        .part(ContentPart(.audio(Media(.base64("AA"), mediaType: nil)))),
      ])
  }

  @Test func `further choices are told apart`() throws {
    let events = try decode([
      #"{"choices":[{"index":2,"delta":{"content":"x","tool_calls":[{"function":{"name":"f"}}]},"finish_reason":"stop"}]}"#
    ])
    #expect(
      events == [
        .otherChoice(index: 2, .text("x")),
        .otherChoice(index: 2, .toolCallStarted(index: 0, id: "choice-2-0", name: "f", kind: .function)),
        .otherChoice(index: 2, .finished(Finish(.stop, word: "stop"))),
      ])
  }

  @Test func `the thought signature of a call at a compatible endpoint is its seal`() throws {
    let events = try decode([
      #"{"choices":[{"delta":{"tool_calls":[{"id":"c","extra_content":{"google":{"thought_signature":"s"}},"#
        + #""function":{"name":"f","arguments":"{}"}}]}}]}"#
    ])
    #expect(
      events == [
        .toolCallStarted(index: 0, id: "c", name: "f", kind: .function), .partSignature(Seal("s", of: .gemini)),
        .toolArguments(index: 0, "{}"),
      ])
  }

  @Test func `how likely the tokens were is told`() throws {
    let events = try decode([
      #"{"choices":[{"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.1,"bytes":[97],"#
        + #""top_logprobs":[{"token":"b","logprob":-2}]}]}}]}"#
    ])
    let top = [TokenLogprob("b", JSONNumber(-2))]
    #expect(
      events == [.text("a"), .logprobs([TokenLogprob("a", JSONNumber(text: "-0.1"), bytes: [97], top: top)])])
  }

  @Test(arguments: [
    ("data: [DONE]\n\n", true), ("data: [DONE]", true), ("data: [DONE] \n\n", true),
    (#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n", true),
    (#"data: {"choices":[{"index":1,"delta":{},"finish_reason":"stop"}]}"# + "\n\n", false),
    (#"data: {"choices":[{"index":0,"delta":{},"finish_reason":""}]}"# + "\n\n", false),
    (#"data: {"choices":[{"index":0,"delta":{"content":"x"}}]}"# + "\n\n", false), ("", false), (": hello\n\n", false),
  ])
  func `an answer is complete once its end was told`(_ body: String, _ isComplete: Bool) throws {
    var decoder = OpenAIChat.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    try decoder.decode(Array(body.utf8), into: &events)
    try decoder.finish(into: &events)
    #expect(decoder.isComplete == isComplete)
  }

  @Test(arguments: [
    (#"{"error":{"message":"m","code":429}}"#, ProviderFailure.Kind.rateLimited), (#"{"error":"m"}"#, .server),
    (#"{"object":"error","message":"m","code":400}"#, .invalidRequest),
    (#"{"error":{"message":"m","type":"overloaded_error"}}"#, .overloaded),
    (#"{"choices":[{"index":0,"delta":{},"error":{"message":"m","code":502}}]}"#, .server),
  ])
  func `an error in a stream is told`(_ chunk: String, _ kind: ProviderFailure.Kind) throws {
    let failures = try decode([chunk]).compactMap { event in
      if case .failed(let failure) = event { failure } else { nil }
    }
    #expect(failures.map(\.kind) == [kind])
    #expect(failures.map(\.message) == ["m"])
    #expect(failures.map(\.status) == [200])
  }

  @Test func `an error that is null is none, and nothing is read after the end`() throws {
    #expect(try decode([#"{"error":null,"choices":null}"#, "[DONE]", #"{"error":{"message":"late"}}"#, "oops"]) == [])
  }

  @Test(arguments: ["{", "null", #"{"choices":[{"delta":{"content":"\uD83D"}},]}"#, "<html>", #"{"choices":[}"#])
  func `a whole chunk that is not JSON is an error, what came before stays`(_ chunk: String) {
    var decoder = OpenAIChat.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    let good = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}]}\n\n"
    #expect(throws: WireError.self) { try decoder.decode(Array("\(good)data: \(chunk)\n\n".utf8), into: &events) }
    #expect(events == [.text("x")])
  }

  @Test func `calls without end are refused`() {
    let calls = (0..<1100).map {
      #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":\#($0),"id":"i\#($0)"}]}}]}"#
    }
    #expect(throws: WireError.self) { try decode(calls) }
  }

  @Test(arguments: Fixture.all.filter { $0.isStream && $0.dialect == .openAIChat }, 0..<20)
  func `a damaged stream is an error or an answer, never fatal`(_ fixture: Fixture, _ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var body = fixture.body
    for _ in 0..<5 {
      body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    body.removeLast(Int.random(in: 0..<body.count, using: &random))
    let results = chunkSizes.map { size in
      Result { try OpenAIChat.observe(status: 200, isStream: true, body: body, quirks: Quirks(), chunkSize: size) }
    }
    for result in results { #expect((try? result.get()) == (try? results[0].get())) }
  }

  private func decode(_ chunks: [String]) throws -> [ChatEvent] { try OpenAIChat.events(ofData: chunks) }
}
