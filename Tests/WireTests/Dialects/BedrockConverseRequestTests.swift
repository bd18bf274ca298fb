// Requests: each setting has its place on the wire, and what has none is reported.

import Testing

@testable import Wire

struct BedrockConverseRequests {
  @Test func `a plain question`() throws {
    let encoded = try converse(ChatRequest(model: "m", messages: [Message(.system, "s"), Message(.user, "hi")]))
    #expect(encoded.text == #"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"system":[{"text":"s"}]}"#)
    #expect(encoded.said == [])
  }

  @Test(arguments: [
    ("m.x-v1:0", false, "https://h/model/m.x-v1%3A0/converse"),
    ("m", true, "https://h/model/m/converse-stream"),
    (
      "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.m_1~", true,
      "https://h/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.m_1~/converse-stream"
    ), ("ä", false, "https://h/model/%C3%A4/converse"),
  ])
  func `the address`(_ model: String, _ streams: Bool, _ url: String) {
    #expect(BedrockConverse.chatURL(base: "https://h", model: model, streams: streams, quirks: Quirks()) == url)
  }

  @Test func `every setting`() throws {
    var request = bare("claude-x")
    request.maxOutputTokens = 9
    request.sampling.temperature = JSONNumber(text: "0.70")
    request.sampling.topP = JSONNumber(text: "1e-1")
    request.sampling.topK = JSONNumber(40)
    request.stop = ["a", "b"]
    request.streams = true
    request.serviceTier = "flex"
    request.metadata = ["team": "a"]
    request.extras = [
      "guardrailConfig": ["guardrailIdentifier": "g"], "performanceConfig": ["latency": "optimized"],
      "inferenceConfig": ["maxTokens": 1, "x": 2], "additionalModelRequestFields": ["own": 1, "top_k": 2],
      "anthropic_beta": ["b"],
    ]
    let encoded = try converse(request)
    #expect(
      encoded.text
        == #"{"messages":[],"inferenceConfig":{"maxTokens":9,"temperature":0.70,"topP":1e-1,"#
        + #""stopSequences":["a","b"],"x":2},"serviceTier":{"type":"flex"},"requestMetadata":{"team":"a"},"#
        + #""guardrailConfig":{"guardrailIdentifier":"g"},"performanceConfig":{"latency":"optimized"},"#
        + #""additionalModelRequestFields":{"top_k":40,"own":1,"anthropic_beta":["b"]}}"#)
    #expect(encoded.said == ["dropped inferenceConfig.maxTokens", "dropped top_k"])
  }

  @Test func `what the format lacks is dropped and said`() throws {
    var request = bare("m")
    request.sampling.frequencyPenalty = JSONNumber(1)
    request.sampling.presencePenalty = JSONNumber(1)
    request.sampling.seed = JSONNumber(7)
    request.sampling.topK = JSONNumber(4)
    request.sampling.temperature = JSONNumber(2)
    request.user = "u"
    request.choices = 2
    request.logprobs = 0
    request.parallelToolCalls = false
    request.serviceTier = "auto"
    request.metadata = ["n": 1]
    request.toolChoice = .required
    request.extras = ["stream_options": ["include_usage": true]]
    request.reasoning = ReasoningRequest(effort: "low", budgetTokens: 5)
    let encoded = try converse(request)
    #expect(encoded.text == #"{"messages":[],"inferenceConfig":{"temperature":1}}"#)
    #expect(
      encoded.said.sorted() == [
        "clamped temperature", "dropped frequency_penalty", "dropped logprobs", "dropped metadata.n", "dropped n",
        "dropped parallel_tool_calls", "dropped presence_penalty", "dropped reasoning_effort", "dropped seed",
        "dropped service_tier", "dropped stream_options", "dropped thinking_budget", "dropped tool_choice",
        "dropped top_k", "dropped user",
      ])
  }

  @Test func `one choice is no change`() throws {
    var request = bare("m")
    request.choices = 1
    #expect(try converse(request).said == [])
  }

  // MARK: Thinking

  @Test(
    arguments: [
      // model, effort, budget, capabilities: the model's own fields, changes
      ("claude-x", nil, 2000, ["reasoning"], #"{"thinking":{"type":"enabled","budget_tokens":2000}}"#, []),
      (
        "claude-x", "high", nil, ["adaptive_thinking", "reasoning"],
        #"{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}"#, []
      ),
      ("claude-x", "none", nil, [], #"{"thinking":{"type":"disabled"}}"#, []),
      ("a.nova-2-lite", "high", nil, [], #"{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"}}"#, []),
      ("a.nova-2-lite", "none", nil, [], #"{"reasoningConfig":{"type":"disabled"}}"#, []),
      ("gpt-oss-20b", "medium", nil, [], #"{"reasoning_effort":"medium"}"#, []),
      ("gpt-oss-20b", "xhigh", nil, [], #"{"reasoning_effort":"high"}"#, ["clamped reasoning_effort"]),
      (
        "gpt-oss-20b", nil, 5, [], #"{"reasoning_effort":"medium"}"#,
        ["dropped thinking_budget", "added reasoning_effort"]
      ),
      ("gpt-oss-20b", "none", nil, [], nil, ["dropped reasoning_effort"]),
      ("qwen3-32b", "minimal", nil, [], #"{"reasoning_config":"low"}"#, ["clamped reasoning_effort"]),
      ("qwen3-32b", "high", nil, [], #"{"reasoning_config":"high"}"#, []),
      ("a.nova-lite", "low", nil, [], nil, ["dropped reasoning_effort"]),
      ("deepseek.r1", "low", nil, [], nil, ["dropped reasoning_effort"]),
    ] as [(String, String?, Int?, [String], String?, [String])])
  func `thinking is asked for in the words of the model's maker`(
    _ model: String, _ effort: String?, _ budget: Int?, _ capabilities: [String], _ fields: String?, _ said: [String]
  ) throws {
    var request = bare(model)
    request.maxOutputTokens = 9000
    request.reasoning = ReasoningRequest(effort: effort, budgetTokens: budget)
    var traits = ModelTraits()
    traits.capabilities = Set(capabilities)
    let encoded = try converse(request, traits)
    #expect(encoded.body["additionalModelRequestFields"]?.text == fields)
    #expect(encoded.said == said)
  }

  @Test func `the output limit may be left out, also beside thinking`() throws {
    var request = bare("claude-x")
    request.reasoning = ReasoningRequest(budgetTokens: 2000)
    let encoded = try converse(request)
    #expect(encoded.body["inferenceConfig"] == nil)
    #expect(encoded.said == [])
  }

  @Test func `a nova model's top_k`() throws {
    var request = bare("nova-pro")
    request.sampling.topK = JSONNumber(4)
    #expect(
      try converse(request).text == #"{"messages":[],"additionalModelRequestFields":{"inferenceConfig":{"topK":4}}}"#)
  }

  // MARK: Tools

  @Test func `tools, their cache points and tools of the format itself`() throws {
    var request = bare("m")
    request.tools = [
      Tool(
        name: "f", description: "d", parameters: ["type": "object"], strict: true,
        cacheControl: ["type": "ephemeral", "ttl": "1h"]),
      Tool(name: "g", description: "", parameters: ["properties": [:]]), Tool(name: "h"),
      Tool(name: "code", vendorDefinition: ["systemTool": ["name": "code"]]),
      Tool(name: "web", vendorDefinition: ["type": "web_search"]),
    ]
    let encoded = try converse(request)
    #expect(
      encoded.body["toolConfig"]?.text
        == #"{"tools":[{"toolSpec":{"name":"f","description":"d","inputSchema":{"json":{"type":"object"}},"strict":true}},"#
        + #"{"cachePoint":{"type":"default","ttl":"1h"}},"#
        + #"{"toolSpec":{"name":"g","inputSchema":{"json":{"properties":{},"type":"object"}}}},"#
        + #"{"toolSpec":{"name":"h","inputSchema":{"json":{"type":"object","properties":{}}}}},"#
        + #"{"systemTool":{"name":"code"}}]}"#)
    #expect(encoded.said == ["dropped tools[4]"])
  }

  @Test(
    arguments: [
      (.auto, [], #"{"auto":{}}"#, []), (.required, [], #"{"any":{}}"#, []),
      (.tool(name: "f"), [], #"{"tool":{"name":"f"}}"#, []),
      (.required, ["tools"], #"{"auto":{}}"#, ["converted tool_choice"]),
      (.required, ["tools", "tool_choice"], #"{"any":{}}"#, []),
      (nil, [], nil, []),
    ] as [(ToolChoice?, [String], String?, [String])])
  func `the choice of a tool`(
    _ choice: ToolChoice?, _ capabilities: [String], _ sent: String?, _ said: [String]
  ) throws {
    var request = bare("m")
    request.tools = [Tool(name: "f")]
    request.toolChoice = choice
    var traits = ModelTraits()
    traits.capabilities = Set(capabilities)
    let encoded = try converse(request, traits)
    #expect(encoded.body["toolConfig"]?["toolChoice"]?.text == sent)
    #expect(encoded.said == said)
  }

  @Test func `a model that thinks cannot be made to call`() throws {
    var request = bare("claude-x")
    request.tools = [Tool(name: "f")]
    request.toolChoice = .required
    request.reasoning = ReasoningRequest(budgetTokens: 2000)
    let encoded = try converse(request)
    #expect(encoded.body["toolConfig"]?["toolChoice"] == ["auto": [:]])
    #expect(encoded.said == ["converted tool_choice"])
  }

  @Test func `a model that may not call is shown no tools`() throws {
    var request = bare("m")
    request.tools = [Tool(name: "f")]
    request.toolChoice = .some(.none)
    let encoded = try converse(request)
    #expect(encoded.text == #"{"messages":[]}"#)
    #expect(encoded.said == ["converted tool_choice"])
  }

  @Test func `a conversation with calls names its tools`() throws {
    let call = ContentPart(.toolCall(ToolCall(id: "1", name: "f", arguments: "{}")))
    let own = ContentPart(.toolCall(ToolCall(id: "2", name: "code", arguments: "{}", kind: .atProvider)))
    let encoded = try converse(ChatRequest(model: "m", messages: [Message(.assistant, [call, call, own])]))
    #expect(
      encoded.body["toolConfig"]?.text
        == #"{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}]}"#)
    #expect(encoded.said == ["added tools"])
  }

  // MARK: The form of the answer

  @Test(
    arguments: [
      // model, capabilities, tools, thinks: the choice, outputConfig, changes
      (
        "claude-x", ["json_schema"], [], false, #"{"tool":{"name":"answer_in_json"}}"#, nil,
        ["converted response_format"]
      ),
      ("claude-x", [], [Tool(name: "f")], false, #"{"any":{}}"#, nil, ["converted response_format"]),
      ("claude-x", ["json_schema", "reasoning"], [], true, nil, #"{"type":"object"}"#, []),
      ("qwen3", ["json_schema"], [], false, nil, #"{"type":"object"}"#, []),
      ("llama", [], [], false, nil, nil, ["dropped response_format"]),
    ] as [(String, [String], [Tool], Bool, String?, String?, [String])])
  func `an answer that fits a schema`(
    _ model: String, _ capabilities: [String], _ tools: [Tool], _ thinks: Bool, _ choice: String?, _ schema: String?,
    _ said: [String]
  ) throws {
    var request = bare(model)
    request.output = .jsonSchema(name: "n", schema: ["type": "object"], strict: true)
    request.tools = tools
    if thinks { request.reasoning = ReasoningRequest(budgetTokens: 2000) }
    var traits = ModelTraits()
    traits.capabilities = Set(capabilities)
    let encoded = try converse(request, traits)
    #expect(encoded.body["toolConfig"]?["toolChoice"]?.text == choice)
    let format = encoded.body["outputConfig"]?["textFormat"]
    #expect(format?["structure"]?["jsonSchema"]?["schema"]?.string == schema)
    if schema != nil {
      #expect(format?["type"] == "json_schema" && format?["structure"]?["jsonSchema"]?["name"] == "n")
    }
    #expect(encoded.said == said)
  }

  @Test func `any object as the answer needs a tool`() throws {
    var request = bare("claude-x")
    request.output = .jsonObject
    let tools = try converse(request).body["toolConfig"]?["tools"]?.array ?? []
    #expect(tools.map { $0["toolSpec"]?["inputSchema"]?["json"]?.text } == [#"{"type":"object"}"#])
    request.model = "llama"
    #expect(try converse(request).said == ["dropped response_format"])
  }

  private func bare(_ model: String) -> ChatRequest { ChatRequest(model: model, messages: []) }
}

func converse(_ request: ChatRequest, _ traits: ModelTraits = ModelTraits()) throws -> EncodedMessages {
  let encoded = try BedrockConverse.encode(request, to: traits, quirks: Quirks())
  return EncodedMessages(
    text: encoded.body[...].text, body: try JSON.parse(encoded.body), changes: encoded.changes)
}
