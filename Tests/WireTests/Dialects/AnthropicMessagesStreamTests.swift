// Streams: what each event becomes, when an answer counts as complete, and what damage does.

import Testing

@testable import Wire

struct AnthropicMessagesStreams {
  @Test func `blocks become parts, in order`() throws {
    let events = try decode([
      #"{"type":"message_start","message":{"id":"msg_1","model":"m-1","content":[]}}"#,
      start(0, #"{"type":"thinking","thinking":"T"}"#), delta(0, #""thinking":"u""#), delta(0, #""signature":"s""#),
      stop(0), start(1, #"{"type":"redacted_thinking","data":"e"}"#), stop(1),
      start(2, #"{"type":"text","text":"A"}"#), delta(2, #""text":"b""#), delta(2, #""text":"""#),
      delta(2, #""citation":{"cited_text":"no"}"#), stop(2), start(3, #"{"type":"text","text":""}"#),
      delta(3, #""text":"c""#), stop(3), finish("end_turn"), last,
    ])
    #expect(
      events == [
        .started(id: "msg_1", model: "m-1"), .reasoning("T"), .reasoning("u"), .reasoningSignature("s"),
        .encryptedReasoning("e"), .textPartStarted, .text("A"), .text("b"), .textPartStarted, .text("c"),
        .finished(Finish(.stop, word: "end_turn")),
      ])
  }

  @Test func `calls are counted from 0, whatever the numbers of their blocks`() throws {
    let events = try decode([
      start(0, #"{"type":"text","text":""}"#), stop(0), start(4, tool("a", "f")), delta(4, #""partial_json":"""#),
      delta(4, #""partial_json":"{\"x\"""#), start(9, tool("b", "g", #"{"whole": 1}"#)),
      delta(4, #""partial_json":":1}""#), stop(4), stop(9),
      start(10, #"{"type":"server_tool_use","id":"c","name":"web_search","input":{}}"#), stop(10),
    ])
    #expect(
      events == [
        .toolCallStarted(index: 0, id: "a", name: "f", runsAtProvider: false), .toolArguments(index: 0, #"{"x""#),
        .toolCallStarted(index: 1, id: "b", name: "g", runsAtProvider: false), .toolArguments(index: 0, ":1}"),
        .toolArguments(index: 1, #"{"whole":1}"#),
        .toolCallStarted(index: 2, id: "c", name: "web_search", runsAtProvider: true),
      ])
  }

  @Test func `pieces of arguments go before those of the start`() throws {
    let events = try decode([
      start(0, tool("a", "f", #"{"x":1}"#)), delta(0, #""partial_json":"{\"x\":2}""#), stop(0),
    ])
    #expect(events.last == .toolArguments(index: 0, #"{"x":2}"#))
    #expect(events.count == 2)
  }

  @Test func `what a tool of the provider found is a whole part`() throws {
    let found: JSON = ["type": "web_search_tool_result", "tool_use_id": "c", "content": [["url": "https://h/"]]]
    let events = try decode([
      start(0, found.text), delta(0, #""partial_json":"ignored""#), stop(0), start(1, #"{"type":"text","text":"t"}"#),
    ])
    #expect(
      events == [.part(ContentPart(.other(type: "web_search_tool_result", found))), .textPartStarted, .text("t")])
  }

  @Test(arguments: [[#"{\"a\""#, ":1}"], []])
  func `the answer tool's arguments are the text, and its stop is the model's own`(_ pieces: [String]) throws {
    let begun = pieces.isEmpty ? #"{"a":1}"# : "{}"
    let events = try decode(
      [start(0, tool("c", "answer_in_json", begun))] + pieces.map { delta(0, #""partial_json":"\#($0)""#) }
        + [stop(0), finish("tool_use"), last])
    let texts = events.compactMap { if case .text(let text) = $0 { text } else { nil } }
    #expect(texts.joined() == #"{"a":1}"#)
    #expect(events.last == .finished(Finish(.stop, word: "tool_use")))
    #expect(events.count == max(pieces.count, 1) + 1)
  }

  @Test func `counts are laid over those of the start, never added, and null changes nothing`() throws {
    let events = try decode([
      #"{"type":"message_start","message":{"usage":{"input_tokens":10,"cache_read_input_tokens":5,"output_tokens":1}}}"#,
      #"{"type":"message_delta","delta":{},"usage":{"output_tokens":20}}"#,
      #"{"type":"message_delta","delta":{"stop_reason":null},"usage":{"input_tokens":null,"cache_read_input_tokens":6,"output_tokens":30}}"#,
    ])
    let usages = events.compactMap { if case .usage(let usage) = $0 { usage } else { nil } }
    #expect(usages.map(\.input) == [15, 15, 16])
    #expect(usages.map(\.output) == [1, 20, 30])
  }

  @Test(arguments: [
    ("overloaded_error", ProviderFailure.Kind.overloaded), ("rate_limit_error", .rateLimited),
    ("api_error", .server), ("invalid_request_error", .invalidRequest), ("authentication_error", .authentication),
    ("not_found_error", .notFound), ("timeout_error", .timeout), ("permission_error", .permission),
  ])
  func `an error event is told and completes nothing`(_ type: String, _ kind: ProviderFailure.Kind) throws {
    var decoder = AnthropicMessages.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    let event = #"data: {"type":"error","error":{"type":"\#(type)","message":"m"}}"# + "\n\n"
    try decoder.decode(Array(event.utf8), into: &events)
    #expect(events == [.failed(ProviderFailure(kind, status: 200, message: "m", code: type))])
    #expect(!decoder.isComplete)
  }

  @Test func `only message_stop completes an answer, and nothing is read after it`() throws {
    var decoder = AnthropicMessages.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    try decoder.decode(Array("data: \(finish("end_turn"))\n\n".utf8), into: &events)
    #expect(!decoder.isComplete)
    let late = "data: \(last)\n\ndata: \(start(0, #"{"type":"text","text":"late"}"#))\n\ndata: oops\n\n"
    try decoder.decode(Array(late.utf8), into: &events)
    try decoder.finish(into: &events)
    #expect(decoder.isComplete)
    #expect(events == [.finished(Finish(.stop, word: "end_turn"))])
  }

  @Test(arguments: ["{", "null", "[]", "oops", #"{"type":"content_block_delta","delta":{"text":"\x"}}"#])
  func `an event that is not JSON is an error, what came before stays`(_ event: String) {
    var decoder = AnthropicMessages.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    let good = "data: \(start(0, #"{"type":"text","text":"x"}"#))\n\n"
    #expect(throws: WireError.self) { try decoder.decode(Array("\(good)data: \(event)\n\n".utf8), into: &events) }
    #expect(events == [.text("x")])
  }

  @Test(arguments: [
    "{}", #"{"type":null}"#, #"{"type":"content_block_delta","index":0}"#, #"{"type":"content_block_stop","index":7}"#,
    #"{"type":"content_block_delta","index":0,"delta":null}"#, #"{"type":"message_start"}"#,
    #"{"type":"message_delta"}"#, #"{"type":"content_block_start","index":0,"content_block":null}"#,
    #"{"type":"content_block_delta","index":"one","delta":{"text":5,"thinking":null,"partial_json":[]}}"#,
    #"{"type":"content_block_delta","index":99999999999999999999,"delta":{}}"#,
  ])
  func `events of odd shape say nothing`(_ event: String) throws {
    #expect(try decode([event]).allSatisfy { $0 == .started(id: nil, model: nil) })
  }
}

/// Damage and excess.
extension AnthropicMessagesStreams {
  @Test(arguments: [
    [delta(0, #""partial_json":"{}""#)],
    [start(0, tool("a", "f")), stop(0), delta(0, #""partial_json":"{}""#)],
    [start(0, tool("a", "f")), delta(1, #""partial_json":"{}""#)],
  ])
  func `arguments for a block that is not open are an error, not lost`(_ events: [String]) {
    #expect(throws: WireError.self) { try decode(events) }
  }

  @Test func `2,000 blocks one after the other are an answer`() throws {
    let blocks = (0..<2000).flatMap { [start($0, #"{"type":"text","text":"x"}"#), stop($0)] }
    let texts = try decode(blocks).filter { $0 == .text("x") }
    #expect(texts.count == 2000)
  }

  @Test(arguments: [(#"{"type":"text","text":"x"}"#, false), (tool("a", "f"), true)])
  func `2,000 blocks at once, or 2,000 calls, are none`(_ block: String, _ closes: Bool) {
    let blocks = (0..<2000).flatMap { closes ? [start($0, block), stop($0)] : [start($0, block)] }
    #expect(throws: WireError.self) { try decode(blocks) }
  }

  @Test(arguments: Fixture.all.filter { $0.isStream && $0.dialect == .anthropicMessages })
  func `a stream cut anywhere is the beginning of the answer`(_ fixture: Fixture) throws {
    let whole = try observe(fixture.body)
    for length in 0..<fixture.body.count {
      let cut = try observe(Array(fixture.body[..<length]))
      #expect(whole.text.utf8.starts(with: cut.text.utf8) && whole.reasoning.utf8.starts(with: cut.reasoning.utf8))
      #expect(cut.toolCalls.count <= whole.toolCalls.count)
      if cut.isComplete { #expect(cut == whole) }
    }
  }

  @Test(arguments: Fixture.all.filter { $0.isStream && $0.dialect == .anthropicMessages }, 0..<40)
  func `a damaged stream is an error or an answer, the same at every chunk size`(_ fixture: Fixture, _ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var body = fixture.body
    for _ in 0..<5 {
      body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    body.removeLast(Int.random(in: 0..<body.count / 2, using: &random))
    let results = chunkSizes.map { size in Result { try observe(body, chunkSize: size) } }
    for result in results { #expect((try? result.get()) == (try? results[0].get())) }
  }

  private func observe(_ body: [UInt8], chunkSize: Int? = nil) throws -> Observed {
    try AnthropicMessages.observe(status: 200, isStream: true, body: body, quirks: Quirks(), chunkSize: chunkSize)
  }

  private func decode(_ chunks: [String]) throws -> [ChatEvent] {
    var decoder = AnthropicMessages.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    for chunk in chunks { try decoder.decode(Array("data: \(chunk)\n\n".utf8), into: &events) }
    try decoder.finish(into: &events)
    return events
  }
}

private let last = #"{"type":"message_stop"}"#

private func start(_ index: Int, _ block: String) -> String {
  #"{"type":"content_block_start","index":\#(index),"content_block":\#(block)}"#
}

private func delta(_ index: Int, _ members: String) -> String {
  #"{"type":"content_block_delta","index":\#(index),"delta":{\#(members)}}"#
}

private func stop(_ index: Int) -> String { #"{"type":"content_block_stop","index":\#(index)}"# }

private func finish(_ reason: String) -> String {
  #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)","stop_sequence":null}}"#
}

private func tool(_ id: String, _ name: String, _ input: String = "{}") -> String {
  #"{"type":"tool_use","id":"\#(id)","name":"\#(name)","input":\#(input)}"#
}
