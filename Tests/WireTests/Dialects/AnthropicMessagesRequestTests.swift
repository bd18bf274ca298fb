// Requests: each setting of the vocabulary has its place on the wire, and what has none, or is made up, is reported.

import Testing

@testable import Wire

struct AnthropicMessagesRequests {
  /// One setting, what it adds to a plain request, and what is reported.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// The body after `model`, `max_tokens` and `messages`.
    var written: String
    var changes: [String]
    var quirks: JSONObject
    var edit: @Sendable (inout ChatRequest, inout ModelTraits) -> Void
    var testDescription: String { name }
    init(
      _ name: String, _ written: String, _ changes: [String] = [], quirks: JSONObject = [:],
      _ edit: @escaping @Sendable (inout ChatRequest, inout ModelTraits) -> Void
    ) {
      self.name = name
      self.written = written
      self.changes = changes
      self.quirks = quirks
      self.edit = edit
    }
  }

  @Test func `the address`() {
    #expect(AnthropicMessages.chatURL(base: "https://h/v1", model: "m", streams: true) == "https://h/v1/messages")
  }

  @Test(arguments: sampling + rest + tools + toolChoices + outputs + thinkingBudgets + adaptiveThinking)
  func `a setting has its place, or is reported`(_ row: Case) throws {
    var request = ChatRequest(model: "m", messages: [Message(.user, "u")])
    request.maxOutputTokens = 10_000
    var traits = ModelTraits()
    row.edit(&request, &traits)
    let encoded = try encodeMessages(request, traits, quirks: row.quirks)
    #expect(encoded.text == plain(10_000) + row.written + "}")
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == row.changes)
  }

  @Test(
    arguments: [
      (nil, nil, 4096, "added"), (nil, 64_000, 64_000, "added"), (9, nil, 9, nil), (9, 64_000, 9, nil),
      (64_000, 64_000, 64_000, nil), (64_001, 64_000, 64_000, "clamped"),
    ] as [(Int?, Int?, Int, String?)])
  func `a limit is always there, and never above the model's`(
    _ asked: Int?, _ most: Int?, _ sent: Int, _ change: String?
  ) throws {
    var request = ChatRequest(model: "m", messages: [Message(.user, "u")])
    request.maxOutputTokens = asked
    var traits = ModelTraits()
    traits.maxOutputTokens = most
    let encoded = try encodeMessages(request, traits)
    #expect(encoded.text == plain(sent) + "}")
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == [change.map { "\($0) max_tokens" }].compactMap { $0 })
  }

  private func plain(_ maxTokens: Int) -> String {
    #"{"model":"m","max_tokens":\#(maxTokens),"messages":[{"role":"user","content":"u"}]"#
  }
}

func encodeMessages(
  _ request: ChatRequest, _ traits: ModelTraits = ModelTraits(), quirks: JSONObject = [:]
) throws -> (text: String, changes: [Change]) {
  let encoded = try AnthropicMessages.encode(request, to: traits, quirks: try Quirks(json: quirks))
  return (encoded.body[...].text, encoded.changes)
}

private typealias Case = AnthropicMessagesRequests.Case

private let sampling: [Case] = [
  Case("numbers keep their text", #","temperature":0.70,"top_p":1e-1,"top_k":5"#) { request, _ in
    request.sampling.temperature = JSONNumber(text: "0.70")
    request.sampling.topP = JSONNumber(text: "1e-1")
    request.sampling.topK = JSONNumber(5)
  },
  Case("a temperature of 1.0", #","temperature":1.0"#) { request, _ in
    request.sampling.temperature = JSONNumber(text: "1.0")
  },
  Case("a temperature above 1", #","temperature":1"#, ["clamped temperature"]) { request, _ in
    request.sampling.temperature = JSONNumber(text: "1.01")
  },
  Case("a temperature beyond all bounds", #","temperature":1"#, ["clamped temperature"]) { request, _ in
    request.sampling.temperature = JSONNumber(text: "1e30")
  },
  Case(
    "what the format has no word for", "",
    [
      "dropped frequency_penalty", "dropped presence_penalty", "dropped seed",
    ]
  ) { request, _ in
    request.sampling.frequencyPenalty = JSONNumber(1)
    request.sampling.presencePenalty = JSONNumber(1)
    request.sampling.seed = JSONNumber(7)
  },
  Case("a model that takes no sampling", "", ["dropped temperature", "dropped top_p", "dropped top_k"]) {
    request, traits in
    request.sampling.temperature = JSONNumber(2)
    request.sampling.topP = JSONNumber(1)
    request.sampling.topK = JSONNumber(5)
    traits.refuses = ["sampling"]
  },
  Case("a model that takes no temperature", #","top_k":5"#, ["dropped temperature"]) { request, traits in
    request.sampling.temperature = JSONNumber(1)
    request.sampling.topK = JSONNumber(5)
    traits.refuses = ["temperature"]
  },
  Case(
    "sampling beside thinking", #","thinking":{"type":"enabled","budget_tokens":2000},"top_p":0.99"#,
    ["dropped temperature", "dropped top_k"]
  ) { request, _ in
    request.reasoning = ReasoningRequest(budgetTokens: 2000)
    request.sampling.temperature = JSONNumber(text: "0.5")
    request.sampling.topP = JSONNumber(text: "0.99")
    request.sampling.topK = JSONNumber(1)
  },
  Case(
    "a temperature of 1 beside thinking",
    #","thinking":{"type":"enabled","budget_tokens":2000},"temperature":1.0"#
  ) { request, _ in
    request.reasoning = ReasoningRequest(budgetTokens: 2000)
    request.sampling.temperature = JSONNumber(text: "1.0")
  },
]

private let rest: [Case] = [
  Case("nothing", "") { _, _ in },
  Case("stop texts", #","stop_sequences":["a","\n"]"#) { request, _ in request.stop = ["a", "\n"] },
  Case("a stream", #","stream":true"#) { request, _ in request.streams = true },
  Case("a user", #","metadata":{"user_id":"ann"}"#) { request, _ in request.user = "ann" },
  Case("a user among metadata", #","metadata":{"user_id":"ann"}"#) { request, _ in
    request.metadata = ["user_id": "ann"]
  },
  Case("metadata", #","metadata":{"user_id":"ann"}"#, ["dropped metadata.team", "dropped metadata.app"]) {
    request, _ in
    request.user = "ann"
    request.metadata = ["team": "a", "app": "b"]
  },
  Case("a tier", #","service_tier":"auto""#) { request, _ in request.serviceTier = "auto" },
  Case("the standard tier", #","service_tier":"standard_only""#) { request, _ in
    request.serviceTier = "standard_only"
  },
  Case("the default tier", #","service_tier":"standard_only""#, ["renamed service_tier"]) { request, _ in
    request.serviceTier = "default"
  },
  Case("another's tier", "", ["dropped service_tier"]) { request, _ in request.serviceTier = "flex" },
  Case("a version in the body", #","anthropic_version":"v1""#, quirks: ["anthropic_version_in_body": "v1"]) { _, _ in
  },
  Case("extras", #","stream":true,"container":"c1","mcp_servers":[{"url":"https://h"}]"#) { request, _ in
    request.streams = true
    request.extras = ["container": "c1", "mcp_servers": [["url": "https://h"]]]
  },
]

private let anyTool = #"{"name":"f","input_schema":{"type":"object","properties":{}}}"#

private let tools: [Case] = [
  Case("a bare tool", #","tools":[\#(anyTool)]"#) { request, _ in request.tools = [Tool(name: "f")] },
  Case(
    "all a tool can say",
    #","tools":[{"name":"f","description":"d","input_schema":{"type": "object"},"strict":true,"#
      + #""cache_control":{"type":"ephemeral"}}]"#
  ) { request, _ in
    request.tools = [
      Tool(
        name: "f", description: "d", parameters: .raw(Array(#"{"type": "object"}"#.utf8)), strict: true,
        cacheControl: ["type": "ephemeral"])
    ]
  },
  Case("a vendor's own tool", #","tools":[{"type":"web_search_20250305","name":"web_search"},\#(anyTool)]"#) {
    request, _ in
    let search: JSON = ["type": "web_search_20250305", "name": "web_search"]
    request.tools = [Tool(name: "web_search", vendorDefinition: search), Tool(name: "f")]
  },
  Case(
    "strict where it is not taken", #","tools":[\#(anyTool),\#(anyTool)]"#, ["dropped tools[1].strict"],
    quirks: ["tool_strict": false]
  ) { request, _ in request.tools = [Tool(name: "f"), Tool(name: "f", strict: true)] },
]

private let toolChoices: [Case] = [
  choice(.auto, #","tool_choice":{"type":"auto"}"#), choice(ToolChoice.none, #","tool_choice":{"type":"none"}"#),
  choice(.required, #","tool_choice":{"type":"any"}"#),
  choice(.tool(name: "f"), #","tool_choice":{"type":"tool","name":"f"}"#), choice(nil, "", parallel: true),
  choice(nil, #","tool_choice":{"type":"auto","disable_parallel_tool_use":true}"#, parallel: false),
  choice(.required, #","tool_choice":{"type":"any","disable_parallel_tool_use":true}"#, parallel: false),
  choice(
    .tool(name: "f"), #","tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true}"#, parallel: false),
  // Its form has no such member, and there is nothing to run side by side.
  choice(ToolChoice.none, #","tool_choice":{"type":"none"}"#, ["dropped parallel_tool_calls"], parallel: false),
  choice(.required, #","tool_choice":{"type":"auto"}"#, ["converted tool_choice"]) { $1.refuses = ["forced_tools"] },
  Case(
    "a compulsory tool beside thinking",
    #","thinking":{"type":"enabled","budget_tokens":2000},"tools":[\#(anyTool)],"tool_choice":{"type":"auto"}"#,
    ["converted tool_choice"]
  ) { request, _ in
    request.tools = [Tool(name: "f")]
    request.toolChoice = .tool(name: "f")
    request.reasoning = ReasoningRequest(budgetTokens: 2000)
  },
  Case("a choice without tools", "", ["dropped tool_choice", "dropped parallel_tool_calls"]) { request, _ in
    request.toolChoice = .required
    request.parallelToolCalls = true
  },
  Case("a choice without tools that asks for nothing", "") { request, _ in request.toolChoice = .auto },
]

private func choice(
  _ choice: ToolChoice?, _ written: String, _ changes: [String] = [], parallel: Bool? = nil,
  _ edit: @escaping @Sendable (inout ChatRequest, inout ModelTraits) -> Void = { _, _ in }
) -> Case {
  Case(
    "choice \(choice.map { "\($0)" } ?? "none said"), parallel \(parallel.map { "\($0)" } ?? "not said")",
    #","tools":[\#(anyTool)]"# + written, changes
  ) { request, traits in
    request.tools = [Tool(name: "f")]
    request.toolChoice = choice
    request.parallelToolCalls = parallel
    edit(&request, &traits)
  }
}

private let answerTool =
  #","tools":[{"name":"answer_in_json","description":"Gives the answer.","input_schema":{"type":"object"}}],"#
  + #""tool_choice":{"type":"tool","name":"answer_in_json"}"#
private let schema = OutputFormat.jsonSchema(name: "n", schema: ["type": "object"], strict: nil)

private let outputs: [Case] = [
  Case("a schema", #","output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}"#) {
    $0.output = schema
    $1.capabilities = ["json_schema"]
  },
  Case("a strict schema", #","output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}"#) {
    $0.output = .jsonSchema(name: "n", schema: ["type": "object"], strict: true)
    $1.capabilities = ["json_schema"]
  },
  Case(
    "a schema that need not be kept to",
    #","output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}"#,
    ["dropped response_format.strict"]
  ) {
    $0.output = .jsonSchema(name: "n", schema: ["type": "object"], strict: false)
    $1.capabilities = ["json_schema"]
  },
  Case(
    "a schema beside an effort word",
    #","thinking":{"type":"adaptive"},"output_config":{"effort":"low","format":{"type":"json_schema","#
      + #""schema":{"type":"object"}}}"#
  ) {
    $0.output = schema
    $0.reasoning = ReasoningRequest(effort: "low")
    $1.capabilities = ["json_schema", "reasoning", "adaptive_thinking"]
  },
  Case("a schema by the answer tool", answerTool, ["converted response_format"]) { request, _ in
    request.output = schema
  },
  Case("some JSON by the answer tool", answerTool, ["converted response_format"]) {
    $0.output = .jsonObject
    $1.capabilities = ["json_schema"]
  },
  Case(
    "tool settings beside the answer tool", answerTool,
    ["dropped tool_choice", "dropped parallel_tool_calls", "converted response_format"]
  ) { request, _ in
    request.output = schema
    request.toolChoice = .required
    request.parallelToolCalls = false
  },
  Case("a schema beside the caller's tools", #","tools":[\#(anyTool)]"#, ["dropped response_format"]) { request, _ in
    request.output = schema
    request.tools = [Tool(name: "f")]
  },
  Case("a schema where no tool can be forced", "", ["dropped response_format"]) {
    $0.output = schema
    $1.refuses = ["forced_tools"]
  },
  Case(
    "some JSON beside thinking", #","thinking":{"type":"enabled","budget_tokens":2000}"#, ["dropped response_format"]
  ) { request, _ in
    request.output = .jsonObject
    request.reasoning = ReasoningRequest(budgetTokens: 2000)
  },
]

private func budget(_ tokens: Int) -> String { #","thinking":{"type":"enabled","budget_tokens":\#(tokens)}"# }

/// Models that are given a number of tokens to think with; the output limit is 10,000.
private let thinkingBudgets: [Case] = [
  counting("a budget", budget(5000), budgetTokens: 5000),
  counting("a budget below the least", budget(1024), ["clamped thinking_budget"], budgetTokens: 10),
  counting("a budget above the most", budget(8000), ["clamped thinking_budget"], budgetTokens: 9000),
  counting("a word", budget(4096), ["converted reasoning_effort"], effort: "low"),
  counting("the least word", budget(1024), ["converted reasoning_effort"], effort: "minimal"),
  counting("a word above the most", budget(8000), ["converted reasoning_effort"], effort: "high"),
  counting("a word nobody knows", budget(8000), ["converted reasoning_effort"], effort: "hard"),
  counting("a budget and a word", budget(5000), ["dropped reasoning_effort"], effort: "low", budgetTokens: 5000),
  counting("just thinking", budget(8000), ["added thinking_budget"]),
  counting("no thinking", #","thinking":{"type":"disabled"}"#, effort: "none"),
  counting(
    "no thinking but a budget", #","thinking":{"type":"disabled"}"#, ["dropped thinking_budget"],
    effort: "none", budgetTokens: 5000),
  Case("a word that the limit has no room for", "", ["dropped reasoning_effort"]) {
    $0.reasoning = ReasoningRequest(effort: "low")
    $1.budget = 10_000...Int.max
  },
  Case("a budget that the limit has no room for", "", ["dropped thinking_budget"]) {
    $0.reasoning = ReasoningRequest(budgetTokens: 5000)
    $1.budget = 10_000...Int.max
  },
  Case("no thinking where it cannot be turned off", "", ["dropped reasoning_effort"]) {
    $0.reasoning = ReasoningRequest(effort: "none")
    $1.refuses = ["thinking_off"]
  },
  Case("a model that does not think", "", ["dropped reasoning_effort"]) {
    $0.reasoning = ReasoningRequest(effort: "low")
    $1.capabilities = ["tools"]
  },
  Case("a model nothing is known of", budget(9999), ["clamped thinking_budget"]) { request, _ in
    request.reasoning = ReasoningRequest(budgetTokens: 20_000)
  },
]

private func counting(
  _ name: String, _ written: String, _ changes: [String] = [], effort: String? = nil, budgetTokens: Int? = nil
) -> Case {
  Case("counted thinking: " + name, written, changes) { request, traits in
    request.reasoning = ReasoningRequest(effort: effort, budgetTokens: budgetTokens)
    traits.capabilities = ["reasoning"]
    traits.budget = 1024...8000
  }
}

/// Models that decide themselves how long to think.
private let adaptiveThinking: [Case] = [
  adaptive("just thinking", ""), adaptive("a word", "high", effort: "high"),
  adaptive("the least word", "low", ["clamped reasoning_effort"], effort: "minimal"),
  adaptive("a word above the most", "max", ["clamped reasoning_effort"], effort: "xhigh"),
  adaptive("a word of its own", "xhigh", effort: "xhigh", efforts: ["low", "xhigh"]),
  adaptive("a word it lacks", "high", ["clamped reasoning_effort"], effort: "max", efforts: ["low", "high"]),
  adaptive("a word nobody knows", "", ["dropped reasoning_effort"], effort: "hard"),
  adaptive("a budget it does not take", "", ["dropped thinking_budget"], budgetTokens: 5000),
  Case("adaptive thinking: a budget it takes", budget(5000) + #","output_config":{"effort":"low"}"#) {
    $0.reasoning = ReasoningRequest(effort: "low", budgetTokens: 5000)
    $1.capabilities = ["reasoning", "adaptive_thinking"]
    $1.budget = 1024...Int.max
  },
  Case(
    "adaptive thinking: a budget that the limit has no room for", #","thinking":{"type":"adaptive"}"#,
    ["dropped thinking_budget"]
  ) {
    $0.reasoning = ReasoningRequest(budgetTokens: 20_000)
    $1.capabilities = ["reasoning", "adaptive_thinking"]
    $1.budget = 16_000...Int.max
  },
]

private func adaptive(
  _ name: String, _ word: String, _ changes: [String] = [], effort: String? = nil, budgetTokens: Int? = nil,
  efforts: [String] = []
) -> Case {
  let config = word.isEmpty ? "" : #","output_config":{"effort":"\#(word)"}"#
  return Case("adaptive thinking: " + name, #","thinking":{"type":"adaptive"}"# + config, changes) { request, traits in
    request.reasoning = ReasoningRequest(effort: effort, budgetTokens: budgetTokens)
    traits.capabilities = ["reasoning", "adaptive_thinking"]
    traits.efforts = efforts
  }
}
