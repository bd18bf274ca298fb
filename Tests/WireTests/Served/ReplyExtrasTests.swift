// What an answer says that only its own format has words for: told in streams as in whole answers, written back for a
// client of the same format, reported to any other.

import Testing
import Wire

struct RepliesInTheirOwnWords {
  @Test(arguments: AnswerTwice.all)
  func `a stream gives the same reply as the whole answer`(_ answer: AnswerTwice) throws {
    let whole = try answer.format.dialect.decodeReply(Array(answer.whole.utf8), quirks: Quirks())
    for size in chunkSizes { #expect(try answer.streamed(chunkSize: size).sorted == whole.sorted) }
  }

  @Test(arguments: AnswerTwice.all)
  func `a reply told as events is the same reply`(_ answer: AnswerTwice) throws {
    let whole = try answer.format.dialect.decodeReply(Array(answer.whole.utf8), quirks: Quirks())
    #expect(try ChatReply(telling: whole.events) == whole)
  }

  @Test(arguments: AnswerTwice.all.filter { $0.format.served != nil })
  func `a client of the same format gets all of it back`(_ answer: AnswerTwice) throws {
    let served = try #require(answer.format.served)
    let whole = try served.decodeReply(Array(answer.whole.utf8), quirks: Quirks())
    let encoded = served.encodeReply(whole, under: .answer(in: answer.format))
    #expect(encoded.changes == [])
    let read = try served.decodeReply(encoded.body, quirks: Quirks())
    #expect(read.allExtras == whole.allExtras)
    #expect(read.content.map(\.kind) == whole.content.map(\.kind))

    let (bytes, changes) = served.stream(whole.events, under: .answer(in: answer.format))
    #expect(changes == [])
    #expect(try AnswerTwice(answer.format, "", bytes, []).streamed(chunkSize: nil).allExtras == whole.allExtras)
  }

  @Test(arguments: AnswerTwice.all, DialectName.allServed)
  func `a client of another format is told what it does not get, field by field, once`(
    _ answer: AnswerTwice, _ client: DialectName
  ) throws {
    guard client.format != answer.format else { return }
    let served = try #require(client.served)
    let whole = try answer.format.dialect.decodeReply(Array(answer.whole.utf8), quirks: Quirks())
    let encoded = served.encodeReply(whole, under: .answer(in: answer.format))
    let (bytes, changes) = served.stream(
      try answer.events(chunkSize: 7), oneByOne: true, under: .answer(in: answer.format))
    for (told, body) in [(encoded.changes, encoded.body), (changes, bytes)] {
      let fields = told.map(\.field).filter { $0.hasPrefix("reply.") }
      #expect(fields.sorted() == answer.lost.sorted())
      let text = String(decoding: body, as: UTF8.self)
      #expect(!text.contains("MARK"), "\(text)")
    }
  }

  @Test func `what is said of a part that was not told is said of an empty text`() throws {
    let events: [ChatEvent] = [
      .reasoning("t"), .textPartStarted, .partExtras(["a": 1]), .text("x"), .partExtras(["b": 2]),
      .partExtras(["b": 3, "c": 4]), .textPartStarted, .text("y"),
    ]
    let content = try ChatReply(telling: events).content
    #expect(content.map(\.kind) == [.reasoning(ReasoningBlock(text: "t")), .text(""), .text("x"), .text("y")])
    #expect(content.map(\.extras) == [[:], ["a": 1], ["b": 3, "c": 4], [:]])
    #expect(try ChatReply(telling: [.partExtras(["a": 1])]).content.map(\.extras) == [["a": 1]])
  }

  @Test func `extras count against the bound of an answer`() {
    var builder = ChatReplyBuilder(maximumBytes: 20)
    #expect(throws: Never.self) { try builder.add(.extras(["a": "b"])) }
    #expect(throws: WireError.self) { try builder.add(.partExtras(["a": "a long text"])) }
  }
}

/// One answer, whole and streamed.
struct AnswerTwice: Sendable, CustomTestStringConvertible {
  let format: DialectName
  let whole: String
  let stream: [UInt8]
  /// What another format has no words for.
  let lost: [String]
  var testDescription: String { format.rawValue }

  init(_ format: DialectName, _ whole: String, _ stream: [UInt8], _ lost: [String]) {
    self.format = format
    self.whole = whole
    self.stream = stream
    self.lost = lost
  }

  private init(_ format: DialectName, _ whole: String, events: [String], _ lost: [String]) {
    self.init(format, whole, Array(events.map { "data: \($0)\n\n" }.joined().utf8), lost)
  }

  func events(chunkSize: Int?) throws -> [ChatEvent] {
    try format.dialect.events(of: stream.chunks(of: chunkSize))
  }

  func streamed(chunkSize: Int?) throws -> ChatReply { try ChatReply(telling: try events(chunkSize: chunkSize)) }

  static let all = [
    AnswerTwice(
      .openAIChat,
      #"{"id":"c","object":"chat.completion","created":1,"model":"m","system_fingerprint":"fpMARK","choices":[{"#
        + #""index":0,"message":{"role":"assistant","content":"a","refusal":null,"annotations":["MARK"],"tool_calls":["#
        + #"{"id":"i","type":"function","function":{"name":"f","arguments":"{}"},"provider_specific":{"x":"MARK"}}]},"#
        + #""logprobs":null,"finish_reason":"tool_calls","content_filter_results":{"hate":"MARK"}}]}"#,
      events: [
        #"{"id":"c","created":1,"model":"m","obfuscation":"xx","system_fingerprint":"fpMARK","choices":[{"index":0,"#
          + #""delta":{"role":"assistant","content":"a","refusal":null,"annotations":["MARK"]},"finish_reason":null,"#
          + #""content_filter_results":{}}]}"#,
        #"{"id":"c","created":1,"model":"m","obfuscation":"y","system_fingerprint":"fpMARK","choices":[{"index":0,"#
          + #""delta":{"tool_calls":[{"index":0,"id":"i","type":"function","function":{"name":"f","arguments":""},"#
          + #""provider_specific":{"x":"MARK"}}]},"content_filter_results":{"hate":"MARK"}}]}"#,
        #"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]},"#
          + #""finish_reason":"tool_calls"}]}"#,
      ],
      [
        "reply.system_fingerprint", "reply.message.annotations", "reply.choice.content_filter_results",
        "reply.content[].provider_specific.x",
      ]),
    AnswerTwice(
      .anthropicMessages,
      #"{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"a","citations":["#
        + #"{"cited_text":"MARK"}]},{"type":"text","text":"b","citations":[]},{"type":"tool_use","id":"t","name":"f","#
        + #""input":{},"caller":{"kind":"MARK"}}],"stop_reason":"tool_use","stop_sequence":null,"#
        + #""container":{"id":"MARK"},"context_management":{"applied_edits":["MARK"]}}"#,
      events: [
        #"{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"#
          + #""container":null}}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":[]}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"cited_text":"MARK"}}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"b"}}"#,
        #"{"type":"content_block_stop","index":1}"#,
        #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t","name":"f","input":{},"#
          + #""caller":{"kind":"MARK"}}}"#,
        #"{"type":"content_block_stop","index":2}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use","container":{"id":"MARK"}},"#
          + #""context_management":{"applied_edits":["MARK"]}}"#,
        #"{"type":"message_stop"}"#,
      ],
      [
        "reply.content[].citations", "reply.content[].caller.kind", "reply.container.id",
        "reply.context_management.applied_edits",
      ]),
    AnswerTwice(
      .openAIResponses,
      #"{"id":"r","model":"m","status":"completed","temperature":1,"tools":[],"billing":{"payer":"MARK"},"output":"#
        + responsesItems + "}",
      events: [
        #"{"type":"response.created","response":{"id":"r","model":"m"}}"#,
        #"{"type":"response.output_item.added","output_index":0,"item":{"id":"rsMARK","type":"reasoning","summary":[]}}"#,
        #"{"type":"response.output_item.done","output_index":0,"item":{"id":"rsMARK","type":"reasoning","summary":[],"#
          + #""encrypted_content":"E"}}"#,
        #"{"type":"response.output_item.added","output_index":1,"item":{"id":"m1MARK","type":"message","phase":"MARK","#
          + #""status":"in_progress","content":[]}}"#,
        #"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"a"}"#,
        #"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"b"}"#,
        #"{"type":"response.content_part.done","output_index":1,"content_index":0,"part":{"type":"output_text","#
          + #""text":"ab","annotations":[{"type":"url_citation","url":"MARK"}],"logprobs":[]}}"#,
        #"{"type":"response.content_part.done","output_index":1,"content_index":1,"part":{"type":"refusal","#
          + #""refusal":"no"}}"#,
        #"{"type":"response.output_item.done","output_index":1,"item":{"id":"m1MARK","type":"message","content":[]}}"#,
        #"{"type":"response.output_item.added","output_index":2,"item":{"id":"m2MARK","type":"message"}}"#,
        #"{"type":"response.output_text.delta","output_index":2,"content_index":0,"delta":"c"}"#,
        #"{"type":"response.output_item.added","output_index":3,"item":{"id":"fcMARK","type":"function_call","#
          + #""status":"in_progress","call_id":"i","name":"f","arguments":""}}"#,
        #"{"type":"response.function_call_arguments.delta","output_index":3,"delta":"{}"}"#,
        #"{"type":"response.completed","response":{"id":"r","model":"m","status":"completed","tools":[],"#
          + #""billing":{"payer":"MARK"},"output":\#(responsesItems)}}"#,
      ],
      [
        "reply.content[].id", "reply.content[].item.id", "reply.content[].item.phase", "reply.content[].annotations",
        "reply.billing.payer",
      ]),
    AnswerTwice(
      .gemini,
      #"{"responseId":"r","modelVersion":"m","createTime":"MARK","candidates":[{"content":{"parts":[{"text":"a"},"#
        + #"{"functionCall":{"name":"f","args":{},"id":"i"},"partMetadata":{"k":"MARK"}}],"role":"model"},"#
        + #""finishReason":"STOP","safetyRatings":[{"probability":"MARK"}],"avgLogprobs":-0.5}]}"#,
      events: [
        #"{"responseId":"r","modelVersion":"m","createTime":"MARK","candidates":[{"content":{"parts":[{"text":"a"}]},"#
          + #""safetyRatings":[{"probability":"LOW"}]}]}"#,
        #"{"responseId":"r","modelVersion":"m","createTime":"MARK","candidates":[{"content":{"parts":["#
          + #"{"functionCall":{"name":"f","args":{},"id":"i"},"partMetadata":{"k":"MARK"}}]},"finishReason":"STOP","#
          + #""safetyRatings":[{"probability":"MARK"}],"avgLogprobs":-0.5}]}"#,
      ],
      [
        "reply.createTime", "reply.content[].partMetadata.k", "reply.candidate.safetyRatings",
        "reply.candidate.avgLogprobs",
      ]),
    AnswerTwice(
      .bedrockConverse,
      #"{"output":{"message":{"content":[{"text":"a"},{"toolUse":{"toolUseId":"i","name":"f","input":{},"#
        + #""note":"MARK"}}]}},"stopReason":"tool_use","metrics":{"latencyMs":5},"trace":{"guardrail":"MARK"}}"#,
      Frames.bytes(
        Array(
          #"""
          messageStart {"role":"assistant"}
          contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"a"},"p":"abc"}
          contentBlockStop {"contentBlockIndex":0}
          contentBlockStart {"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"i","name":"f","note":"MARK"}}}
          contentBlockDelta {"contentBlockIndex":1,"delta":{"toolUse":{"input":"{}"}}}
          contentBlockStop {"contentBlockIndex":1}
          messageStop {"stopReason":"tool_use"}
          metadata {"metrics":{"latencyMs":5},"trace":{"guardrail":"MARK"},"p":"abcdef"}
          """#.utf8)),
      ["reply.content[].note", "reply.metrics.latencyMs", "reply.trace.guardrail"]),
    AnswerTwice(
      .ollama,
      #"{"model":"m","created_at":"2025","message":{"role":"assistant","content":"ab"},"done":true,"#
        + #""done_reason":"stop","total_duration":7}"#,
      Array(
        (#"{"model":"m","created_at":"2025","message":{"role":"assistant","content":"a"},"done":false}"# + "\n"
          + #"{"model":"m","created_at":"2026","message":{"role":"assistant","content":"b"},"done":true,"#
          + #""done_reason":"stop","total_duration":7}"# + "\n").utf8),
      ["reply.total_duration"]),
  ]

  private static let responsesItems =
    #"[{"id":"rsMARK","type":"reasoning","summary":[],"encrypted_content":"E"},"#
    + #"{"id":"m1MARK","type":"message","role":"assistant","status":"completed","phase":"MARK","content":["#
    + #"{"type":"output_text","text":"ab","annotations":[{"type":"url_citation","url":"MARK"}],"logprobs":[]},"#
    + #"{"type":"refusal","refusal":"no"}]},"#
    + #"{"id":"m2MARK","type":"message","role":"assistant","content":[{"type":"output_text","text":"c"}]},"#
    + #"{"id":"fcMARK","type":"function_call","status":"completed","call_id":"i","name":"f","arguments":"{}"}]"#
}

extension ChatReply {
  fileprivate var allExtras: [JSON] { [JSON.object(extras).sorted] + content.map { JSON.object($0.extras).sorted } }

  /// With extras in the order of their names.
  fileprivate var sorted: ChatReply {
    var reply = self
    reply.extras = JSON.object(extras).sorted.object ?? extras
    for index in content.indices {
      reply.content[index].extras = JSON.object(content[index].extras).sorted.object ?? JSONObject()
    }
    return reply
  }
}
