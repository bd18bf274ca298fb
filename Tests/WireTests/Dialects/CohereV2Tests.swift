// Requests of Cohere's second chat format: each setting has its place, and what has none is reported. What its answers
// keep beyond what the fixtures state.

import Testing

@testable import Wire

struct CohereV2Requests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// The body after `model` and `messages`.
    var body: String
    var changes: [String]
    var capabilities: Set<String>
    var edit: @Sendable (inout ChatRequest) -> Void
    var testDescription: String { body }
    init(
      _ body: String, _ changes: [String] = [], can capabilities: Set<String> = [],
      _ edit: @escaping @Sendable (inout ChatRequest) -> Void
    ) {
      self.body = body
      self.changes = changes
      self.capabilities = capabilities
      self.edit = edit
    }
  }

  @Test(arguments: settings + tools + thinking)
  func `a setting has its place, or is reported`(_ row: Case) throws {
    var request = ChatRequest(model: "m", messages: [Message(.user, "u")])
    row.edit(&request)
    let encoded = try encode(request, row.capabilities)
    let head = #"{"model":"m","messages":[{"role":"user","content":"u"}]"#
    #expect(encoded.text == head + row.body + "}")
    #expect(encoded.said == row.changes)
  }

  private static let settings: [Case] = [
    Case(#","stream":false"#) { _ in },
    Case(
      #","max_tokens":9,"stop_sequences":["a"],"temperature":0.70,"p":1e-1,"k":40,"seed":7,"frequency_penalty":1,"#
        + #""presence_penalty":0,"stream":true"#
    ) {
      $0.maxOutputTokens = 9
      $0.stop = ["a"]
      $0.sampling.temperature = JSONNumber(text: "0.70")
      $0.sampling.topP = JSONNumber(text: "1e-1")
      $0.sampling.topK = JSONNumber(40)
      $0.sampling.seed = JSONNumber(7)
      $0.sampling.frequencyPenalty = JSONNumber(1)
      $0.sampling.presencePenalty = JSONNumber(0)
      $0.streams = true
    },
    Case(#","stop_sequences":["1","2","3","4","5"],"stream":false"#, ["clamped stop"]) {
      $0.stop = ["1", "2", "3", "4", "5", "6"]
    },
    Case(
      #","stream":false"#,
      ["dropped n", "dropped logprobs", "dropped metadata", "dropped service_tier", "dropped user"]
    ) {
      $0.choices = 2
      $0.logprobs = 0
      $0.metadata = ["a": 1]
      $0.serviceTier = "flex"
      $0.user = "u"
    },
    Case(#","stream":false"#) { $0.choices = 1 },
    Case(#","stream":false,"documents":["d"],"safety_mode":"OFF""#, ["dropped stream_options", "dropped stream"]) {
      $0.extras = ["documents": ["d"], "safety_mode": "OFF", "stream_options": [:], "stream": true]
    },
    Case(#","response_format":{"type":"json_object"},"stream":false"#) { $0.output = .jsonObject },
    Case(
      #","response_format":{"type":"json_object","schema":{"type":"object"}},"stream":false"#,
      ["dropped response_format.strict"]
    ) { $0.output = .jsonSchema(name: "n", schema: ["type": "object"], strict: false) },
  ]

  private static let f = #"{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}"#
  private static let g = #"{"type":"function","function":{"name":"g","parameters":{"type":"object"},"x":1}}"#

  private static let tools: [Case] = [
    Case(#","tools":[\#(f)],"tool_choice":"REQUIRED","stream":false"#) {
      $0.tools = [Tool(name: "f")]
      $0.toolChoice = .required
    },
    Case(#","tools":[\#(f)],"tool_choice":"NONE","stream":false"#, ["dropped parallel_tool_calls"]) {
      $0.tools = [Tool(name: "f")]
      $0.toolChoice = ToolChoice.none
      $0.parallelToolCalls = false
    },
    Case(
      #","tools":[\#(g)],"tool_choice":"REQUIRED","stream":false"#, ["dropped tools[0]", "converted tool_choice"]
    ) {
      var tool = Tool(name: "g", parameters: ["type": "object"])
      tool.extras = ["x": 1]
      $0.tools = [Tool(name: "f"), tool]
      $0.toolChoice = .tool(name: "g")
    },
    Case(#","tools":[\#(f)],"strict_tools":true,"stream":false"#, ["dropped tools[0].cache_control"]) {
      $0.tools = [Tool(name: "f", strict: true, cacheControl: [:])]
    },
    Case(#","tools":[\#(f),\#(f)],"stream":false"#, ["dropped tools[].strict"]) {
      $0.tools = [Tool(name: "f", strict: true), Tool(name: "f")]
    },
    Case(#","stream":false"#, ["dropped tools[0]", "dropped tool_choice"]) {
      $0.tools = [Tool(name: "search", vendorDefinition: ["type": "web_search"])]
      $0.toolChoice = .required
    },
  ]

  private static let thinking: [Case] = [
    Case(#","thinking":{"type":"enabled"},"stream":false"#) { $0.reasoning = ReasoningRequest() },
    Case(#","thinking":{"type":"enabled","token_budget":500},"stream":false"#, ["dropped reasoning_effort"]) {
      $0.reasoning = ReasoningRequest(effort: "low", budgetTokens: 500)
    },
    Case(
      #","thinking":{"type":"enabled","token_budget":4096},"stream":false"#, ["converted reasoning_effort"],
      can: ["reasoning"]
    ) { $0.reasoning = ReasoningRequest(effort: "low") },
    Case(#","thinking":{"type":"disabled"},"stream":false"#, ["dropped thinking_budget"]) {
      $0.reasoning = ReasoningRequest(effort: "none", budgetTokens: 5)
    },
    Case(#","stream":false"#, ["dropped reasoning_effort"], can: ["tools"]) {
      $0.reasoning = ReasoningRequest(effort: "low")
    },
  ]

  // MARK: Turns

  @Test func `a conversation with tools, images and thinking`() throws {
    let image = ContentPart(.image(Media(.base64("AA=="), mediaType: "image/png")))
    let call = ContentPart(.toolCall(ToolCall(id: "1", name: "f", arguments: #"{"a":1}"#)))
    let plan = ContentPart(.reasoning(ReasoningBlock(text: "plan", signature: Seal("s", of: .anthropic))))
    let result = ToolResult(callID: "1", content: [ContentPart(.text("r")), image], isError: true)
    let request = ChatRequest(
      model: "m",
      messages: [
        Message(.developer, "s"), Message(.user, [ContentPart(.text("a"), cacheControl: [:]), image], name: "n"),
        Message(.assistant, [plan, call]), Message(.tool, [ContentPart(.toolResult(result))]),
        Message(.assistant, [plan, ContentPart(.refusal("no"))]),
      ])
    let encoded = try encode(request)
    #expect(
      encoded.body["messages"]?.array?.map(\.text) == [
        #"{"role":"system","content":"s"}"#,
        #"{"role":"user","content":[{"type":"text","text":"a"},"#
          + #"{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}"#,
        #"{"role":"assistant","tool_plan":"plan","tool_calls":[{"id":"1","type":"function","#
          + #""function":{"name":"f","arguments":"{\"a\":1}"}}]}"#,
        #"{"role":"tool","tool_call_id":"1","content":"r"}"#,
        #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}"#,
        #"{"role":"assistant","content":[{"type":"thinking","thinking":"plan"},{"type":"text","text":"no"}]}"#,
      ])
    #expect(
      encoded.said == [
        "dropped messages[1].name", "dropped messages[1].content[0].cache_control",
        "dropped messages[2].content[0].signature", "dropped messages[3].content[0].is_error",
        "converted messages[3].content[0].content[1]", "dropped messages[4].content[0].signature",
        "converted messages[4].content[1]",
      ])
  }

  @Test func `a model that thinks gets its thinking back as such, even before calls`() throws {
    let call = ContentPart(.toolCall(ToolCall(id: "1", name: "f", arguments: "text", kind: .custom)))
    let hidden = ContentPart(.reasoning(ReasoningBlock(text: "", encrypted: Seal("e", of: .openAI))))
    let request = ChatRequest(
      model: "m",
      messages: [Message(.assistant, [ContentPart(.reasoning(ReasoningBlock(text: "t"))), hidden, call])])
    let encoded = try encode(request, ["reasoning"])
    #expect(
      encoded.body["messages"]?.array?.map(\.text) == [
        #"{"role":"assistant","content":[{"type":"thinking","thinking":"t"}],"tool_calls":[{"id":"1","type":"function","#
          + #""function":{"name":"f","arguments":"{\"arguments\":\"text\"}"}}]}"#
      ])
    #expect(
      encoded.said == [
        "dropped messages[0].content[1]", "converted messages[0].content[2].arguments",
      ])
  }

  @Test func `an answer goes back as it came`() throws {
    let body =
      #"{"id":"r","message":{"role":"assistant","content":[{"type":"text","text":"x"}],"#
      + #""citations":[{"start":0,"end":1,"text":"x"}]},"finish_reason":"COMPLETE","meta":1}"#
    let reply = try CohereV2.decodeReply(Array(body.utf8), quirks: Quirks())
    #expect(reply.extras == ["meta": 1])
    let encoded = try encode(ChatRequest(model: "m", messages: [Message(.assistant, reply.content)]))
    #expect(
      encoded.body["messages"]?.text
        == #"[{"role":"assistant","citations":[{"start":0,"end":1,"text":"x"}],"content":"x"}]"#)
    #expect(encoded.said == [])
  }

  @Test func `what is billed stands beside what was read`() throws {
    let body =
      #"{"message":{"content":[]},"usage":{"billed_units":{"input_tokens":4},"tokens":{"input_tokens":70,"#
      + #""output_tokens":6,"image_tokens":3},"cached_tokens":60}}"#
    let usage = try CohereV2.decodeReply(Array(body.utf8), quirks: Quirks()).usage
    #expect(usage?.input == 70 && usage?.output == 6 && usage?.cacheRead == 60 && usage?.imageInput == 3)
    #expect(usage?.billed == Usage.Billed(input: 4, output: 0))
  }

  @Test(arguments: ["{}", "[]", #"{"message":"no"}"#, #"{"message":{},"finish_reason":"ERROR","error":"e"}"#])
  func `what is no answer is an error`(_ body: String) {
    #expect(throws: WireError.self) { try CohereV2.decodeReply(Array(body.utf8), quirks: Quirks()) }
  }

  @Test(arguments: [
    #"{"type":"tool-call-delta","index":1,"delta":{"message":{"tool_calls":{"function":{"arguments":"x"}}}}}"#,
    #"{"type":"message-end""#, "text",
  ])
  func `a stream that makes no sense is refused`(_ data: String) {
    var decoder = CohereV2.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    #expect(throws: WireError.self) { try decoder.decode(Array("data: \(data)\n\n".utf8), into: &events) }
  }

  @Test func `a stream has bounds`() {
    var decoder = CohereV2.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    let call = #"data: {"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"i"}}}}"# + "\n\n"
    let calls = Array(String(repeating: call, count: 1025).utf8)
    #expect(throws: WireError.self) { try decoder.decode(calls, into: &events) }
    decoder = CohereV2.makeStreamDecoder(quirks: Quirks())
    let citation = #"data: {"type":"citation-start","delta":{"message":{"citations":{}}}}"# + "\n\n"
    let citations = Array(String(repeating: citation, count: 4097).utf8)
    #expect(throws: WireError.self) { try decoder.decode(citations, into: &events) }
  }

  private func encode(_ request: ChatRequest, _ capabilities: Set<String> = []) throws -> EncodedMessages {
    var traits = ModelTraits()
    traits.capabilities = capabilities
    let encoded = try CohereV2.encode(request, to: traits, quirks: Quirks())
    return EncodedMessages(
      text: encoded.body[...].text, body: try JSON.parse(encoded.body), changes: encoded.changes)
  }
}
