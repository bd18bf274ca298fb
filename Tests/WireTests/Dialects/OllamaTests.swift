// Requests of Ollama's own format: each setting has its place, and what has none is reported.

import Testing

@testable import Wire

struct OllamaRequests {
  struct Case: Sendable, CustomTestStringConvertible {
    var model: String
    /// The body after `model` and `messages`.
    var body: String
    var changes: [String]
    var edit: @Sendable (inout ChatRequest, inout ModelTraits) -> Void
    var testDescription: String { model + body }
    init(
      _ body: String, _ changes: [String] = [], by model: String = "m",
      _ edit: @escaping @Sendable (inout ChatRequest, inout ModelTraits) -> Void
    ) {
      self.model = model
      self.body = body
      self.changes = changes
      self.edit = edit
    }
  }

  @Test(arguments: settings + tools + thinking)
  func `a setting has its place, or is reported`(_ row: Case) throws {
    var request = ChatRequest(model: row.model, messages: [Message(.user, "u")])
    var traits = ModelTraits()
    row.edit(&request, &traits)
    let encoded = try encode(request, traits)
    let head = #"{"model":"\#(row.model)","messages":[{"role":"user","content":"u"}]"#
    #expect(encoded.text == head + row.body + "}")
    #expect(encoded.said == row.changes)
  }

  private static let settings: [Case] = [
    Case(#","stream":false"#) { _, _ in },
    Case(
      #","stream":true,"options":{"num_predict":9,"temperature":0.70,"top_p":1e-1,"top_k":40,"seed":7,"#
        + #""frequency_penalty":1,"presence_penalty":0,"stop":["a"]}"#
    ) { request, _ in
      request.maxOutputTokens = 9
      request.stop = ["a"]
      request.sampling.temperature = JSONNumber(text: "0.70")
      request.sampling.topP = JSONNumber(text: "1e-1")
      request.sampling.topK = JSONNumber(40)
      request.sampling.seed = JSONNumber(7)
      request.sampling.frequencyPenalty = JSONNumber(1)
      request.sampling.presencePenalty = JSONNumber(0)
      request.streams = true
    },
    Case(
      #","stream":false"#, ["dropped n", "dropped metadata", "dropped service_tier", "dropped user"]
    ) { request, _ in
      request.choices = 2
      request.metadata = ["a": 1]
      request.serviceTier = "flex"
      request.user = "u"
    },
    Case(#","stream":false,"logprobs":true,"top_logprobs":3"#) { request, _ in request.logprobs = 3 },
    Case(
      #","stream":false,"options":{"num_predict":8,"num_ctx":4096},"keep_alive":"5m""#,
      ["clamped max_tokens", "dropped stream_options", "dropped options.num_predict"]
    ) { request, traits in
      request.maxOutputTokens = 9
      traits.maxOutputTokens = 8
      request.extras = [
        "keep_alive": "5m", "options": ["num_ctx": 4096, "num_predict": 1], "stream_options": [:],
      ]
    },
    Case(#","stream":false,"format":"json""#) { request, _ in request.output = .jsonObject },
    Case(#","stream":false,"format":{"type":"object"}"#, ["dropped response_format.strict"]) { request, _ in
      request.output = .jsonSchema(name: "n", schema: ["type": "object"], strict: false)
    },
  ]

  private static let f = #"{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}"#

  private static let tools: [Case] = [
    Case(
      #","stream":false,"tools":[\#(f)]"#,
      ["dropped parallel_tool_calls", "dropped tools[0].strict", "dropped tools[0].cache_control"]
    ) { request, _ in
      request.tools = [Tool(name: "f", strict: true, cacheControl: [:])]
      request.parallelToolCalls = true
      request.toolChoice = .auto
    },
    Case(#","stream":false,"tools":[\#(f)]"#, ["converted tool_choice"]) { request, _ in
      request.tools = [Tool(name: "f")]
      request.toolChoice = .required
    },
    Case(#","stream":false"#, ["converted tool_choice"]) { request, _ in
      request.tools = [Tool(name: "f")]
      request.toolChoice = ToolChoice.none
    },
    Case(#","stream":false"#, ["dropped tools[0]", "dropped tool_choice"]) { request, _ in
      request.tools = [Tool(name: "s", vendorDefinition: ["type": "s"])]
      request.toolChoice = .tool(name: "s")
    },
  ]

  private static let thinking: [Case] = [
    Case(#","stream":false,"think":true"#) { request, _ in request.reasoning = ReasoningRequest() },
    Case(#","stream":false,"think":false"#) { request, _ in request.reasoning = ReasoningRequest(effort: "none") },
    Case(
      #","stream":false,"think":true"#, ["converted reasoning_effort", "dropped thinking_budget"]
    ) { request, _ in request.reasoning = ReasoningRequest(effort: "low", budgetTokens: 5) },
    Case(#","stream":false,"think":"medium""#, by: "gpt-oss:20b") { request, _ in
      request.reasoning = ReasoningRequest(effort: "medium")
    },
    Case(#","stream":false,"think":"high""#, ["clamped reasoning_effort"], by: "gpt-oss:20b") { request, _ in
      request.reasoning = ReasoningRequest(effort: "max")
    },
    Case(#","stream":false,"think":"low""#, ["converted thinking_budget"], by: "gpt-oss:20b") { request, _ in
      request.reasoning = ReasoningRequest(budgetTokens: 100)
    },
    Case(#","stream":false,"think":"low""#, ["dropped thinking_budget"], by: "gpt-oss:20b") { request, _ in
      request.reasoning = ReasoningRequest(effort: "low", budgetTokens: 100)
    },
    Case(#","stream":false,"think":true"#, by: "gpt-oss:20b") { request, _ in request.reasoning = ReasoningRequest() },
    Case(#","stream":false"#, ["dropped reasoning_effort"]) { request, traits in
      request.reasoning = ReasoningRequest(effort: "low")
      traits.capabilities = ["tools"]
    },
  ]

  // MARK: Turns

  @Test func `a conversation with tools, images and thinking`() throws {
    let image = ContentPart(.image(Media(.base64("AA=="), mediaType: nil, detail: "low")))
    let call = ContentPart(.toolCall(ToolCall(id: "1", name: "f", arguments: #"{"a":1}"#)))
    let odd = ContentPart(.toolCall(ToolCall(id: "2", name: "g", arguments: "[1]")))
    let thought = ContentPart(.reasoning(ReasoningBlock(text: "hm", signature: Seal("s", of: .anthropic))))
    let results = ["1", "9"].map { id in
      ContentPart(.toolResult(ToolResult(callID: id, content: [ContentPart(.text("r")), image], isError: id == "9")))
    }
    let request = ChatRequest(
      model: "m",
      messages: [
        Message(.developer, "s"), Message(.assistant, [thought, call, odd]), Message(.user, results),
        Message(
          .user,
          [
            ContentPart(.text("a"), cacheControl: [:]), ContentPart(.document(Media(.text("d"), mediaType: nil))),
            ContentPart(.image(Media(.url("data:image/png;base64,BB=="), mediaType: nil))),
            ContentPart(.image(Media(.url("https://h/i.png"), mediaType: nil))),
            ContentPart(.document(Media(.base64("CC=="), mediaType: nil))),
          ], name: "n"),
      ])
    let encoded = try encode(request)
    #expect(
      encoded.body["messages"]?.array?.map(\.text) == [
        #"{"role":"system","content":"s"}"#,
        #"{"role":"assistant","content":"","thinking":"hm","tool_calls":[{"id":"1","function":{"name":"f","#
          + #""arguments":{"a":1}}},{"id":"2","function":{"name":"g","arguments":{"arguments":"[1]"}}}]}"#,
        #"{"role":"tool","tool_name":"f","tool_call_id":"1","content":"r","images":["AA=="]}"#,
        #"{"role":"tool","tool_call_id":"9","content":"r","images":["AA=="]}"#,
        #"{"role":"user","content":"a\n\nd","images":["BB=="]}"#,
      ])
    #expect(
      encoded.said == [
        "dropped messages[1].content[0].signature", "converted messages[1].content[2].arguments",
        "dropped messages[2].content[0].content[1].detail", "dropped messages[2].content[1].is_error",
        "dropped messages[2].content[1].content[1].detail", "dropped messages[3].name",
        "dropped messages[3].content[0].cache_control", "converted messages[3].content[1]",
        "dropped messages[3].content[3]", "dropped messages[3].content[4]", "converted messages[3].content",
      ])
  }

  @Test func `an answer keeps its counts and its times`() throws {
    let body =
      #"{"model":"m","message":{"content":"a"},"logprobs":[{"token":"a","logprob":-0.5,"bytes":[97]}],"done":true,"#
      + #""eval_count":2,"eval_duration":5}"#
    let reply = try Ollama.decodeReply(Array(body.utf8), quirks: Quirks())
    #expect(reply.usage?.raw == ["eval_count": 2])
    #expect(reply.logprobs == [TokenLogprob("a", JSONNumber(text: "-0.5"), bytes: [97])])
    #expect(reply.extras == ["eval_duration": 5])
  }

  @Test func `an answer of the other method has its texts elsewhere`() throws {
    let first = #"{"model":"m","thinking":"hm","response":"a","done":false}"# + "\n"
    let last = #"{"model":"m","response":"b","done":true,"done_reason":"stop","eval_count":2,"context":[1,2]}"#
    var decoder = OllamaStreamDecoder()
    var events: [ChatEvent] = []
    try decoder.decode(Array((first + last).utf8), into: &events)
    try decoder.finish(into: &events)
    let reply = try ChatReply(telling: events)
    #expect(reply.content.map(\.kind) == [.reasoning(ReasoningBlock(text: "hm")), .text("ab")])
    #expect(decoder.isComplete && reply.usage?.output == 2 && reply.extras.isEmpty)
    #expect(try Ollama.decodeReply(Array(last.utf8), quirks: Quirks()).content.map(\.kind) == [.text("b")])
  }

  @Test(arguments: ["{}", "[]", #"{"message":"no"}"#, #"{"error":"e"}"#])
  func `what is no answer is an error`(_ body: String) {
    #expect(throws: WireError.self) { try Ollama.decodeReply(Array(body.utf8), quirks: Quirks()) }
  }

  @Test(arguments: ["text\n", #"{"message":{"content":"a"},}"#, #"{"done":tru}"#])
  func `a stream that makes no sense is refused`(_ line: String) {
    var decoder = Ollama.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    #expect(throws: WireError.self) { try decoder.decode(Array(line.utf8), into: &events) }
  }

  private func encode(_ request: ChatRequest, _ traits: ModelTraits = ModelTraits()) throws -> EncodedMessages {
    let encoded = try Ollama.encode(request, to: traits, quirks: Quirks())
    return EncodedMessages(
      text: encoded.body[...].text, body: try JSON.parse(encoded.body), changes: encoded.changes)
  }
}
