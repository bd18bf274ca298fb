// Each quirk that changes a request has a row here: what it is in data, and what it does on the wire.

import Testing

@testable import Wire

struct QuirksOfProviders {
  struct Case: Sendable, CustomTestStringConvertible {
    var quirks: JSONObject
    /// What differs from a plain request, as a caller would write it.
    var edit: @Sendable (inout ChatRequest, inout ModelTraits) -> Void
    /// The body after `model` and `messages`, or all of it when it begins with `{`.
    var body: String
    var changes: [String]
    var testDescription: String { JSON.object(quirks).text }
    init(
      _ quirks: JSONObject, _ body: String, _ changes: [String] = [],
      _ edit: @escaping @Sendable (inout ChatRequest, inout ModelTraits) -> Void
    ) {
      self.quirks = quirks
      self.edit = edit
      self.body = body
      self.changes = changes
    }
  }

  @Test(arguments: parameterCases + toolCases + messageCases + reasoningCases)
  func `a quirk changes the request`(_ row: Case) throws {
    var request = ChatRequest(model: "m", messages: [Message(.user, "u")])
    var traits = ModelTraits()
    row.edit(&request, &traits)
    let encoded = try encode(request, traits, quirks: row.quirks)
    let plain = #"{"model":"\#(request.model)","messages":[{"role":"user","content":"u"}]"#
    #expect(encoded.text == (row.body.hasPrefix("{") ? row.body : plain + row.body + "}"))
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == row.changes)
  }

  @Test func `a quirk nobody knows is an error that names it`() {
    let error = #expect(throws: WireError.self) { try Quirks(json: ["no_steram_options": true]) }
    #expect(error?.problem == "quirk `no_steram_options` is not known")
  }

  @Test(
    arguments: [
      ["max_tokens_param": "max_length"], ["no_store": "yes"], ["unsupported_params": "user"], ["n_max": "one"],
      ["temperature_max": "warm"], ["cost_in_usage": "cost"], ["cost_ticks_per_usd": 3], ["system_role": "boss"],
      ["no_stream_options": "some-models"], ["reasoning_control": "telepathy"], ["json_schema_as": "xml"],
      ["required_params": ["top_k"]], ["exclusive_params": ["a"]], ["required_headers": ["a"]], ["seed_param": ""],
      ["temperature_range": "[0,2]"], ["unsupported_params": ["a", 1]],
    ] as [JSONObject])
  func `a value of the wrong kind is an error that names the quirk`(_ quirks: JSONObject) {
    let error = #expect(throws: WireError.self) { try Quirks(json: quirks) }
    #expect(error?.problem.contains("`\(quirks.members[0].name)`") == true)
  }

  @Test func `the quirks of every known provider are read`() throws {
    let providers = try ProviderData.quirks()
    if providers.isEmpty { print("quirks: no registry at \(ProviderData.path), nothing was read") }
    for (provider, quirks) in providers {
      #expect(throws: Never.self, "\(provider)") { try Quirks(json: quirks) }
    }
  }

  @Test func `what is read elsewhere is kept`() throws {
    let quirks = try Quirks(json: [
      "required_headers": ["a": "b", "c": "d/{version}"], "anthropic_version_in_body": "v",
      "echo_reasoning": "signed-thinking-blocks", "input_tokens_exclude_cache": true, "auth_header": "x",
    ])
    #expect(quirks.requiredHeaders == ["a": "b", "c": "d/{version}"])
    #expect(quirks.versionInBody == "v")
    #expect(quirks.echoReasoning == .signedBlocks)
    #expect(quirks.inputExcludesCache)
  }
}

private typealias Case = QuirksOfProviders.Case

private let parameterCases: [Case] = [
  Case(["max_tokens_param": "max_completion_tokens"], #","max_completion_tokens":5"#) { request, _ in
    request.maxOutputTokens = 5
  },
  Case(["required_params": ["max_tokens"]], #","max_tokens":77"#, ["added max_tokens"]) { $1.maxOutputTokens = 77 },
  Case(["required_params": ["max_tokens"]], #","max_tokens":4096"#, ["added max_tokens"]) { _, _ in },
  Case([:], #","max_tokens":77"#, ["clamped max_tokens"]) { request, traits in
    request.maxOutputTokens = 100
    traits.maxOutputTokens = 77
  },
  Case(["unsupported_params": ["user", "stop"]], "", ["dropped stop", "dropped user"]) { request, _ in
    request.user = "x"
    request.stop = ["."]
  },
  Case(["unsupported_params": ["messages[].name"]], "", ["dropped messages[0].name"]) { request, _ in
    request.messages[0].name = "ann"
  },
  Case(["unsupported_params": ["image_url"]], "", ["dropped messages[0].content[1]"]) { request, _ in
    request.messages[0].content.append(ContentPart(.image(Media(.url("https://i"), mediaType: nil))))
  },
  Case(["no_store": true], "", ["dropped store"]) { request, _ in request.extras = ["store": true] },
  Case(["needs_store_false": true], #","store":false"#, ["added store"]) { _, _ in },
  Case(["no_parallel_tool_calls_param": true], noTools, ["dropped parallel_tool_calls"]) { request, _ in
    request.tools = [Tool(name: "f")]
    request.parallelToolCalls = true
  },
  Case(["legacy_functions_missing": true], "", ["dropped functions"]) { request, _ in
    request.extras = ["functions": []]
  },
  Case(
    ["reasoning_models_reject": ["temperature", "max_tokens", "logprobs"]], #","max_completion_tokens":5"#,
    ["dropped logprobs", "dropped temperature"]
  ) { request, traits in
    request.maxOutputTokens = 5
    request.sampling.temperature = JSONNumber(1)
    request.extras = ["logprobs": true]
    traits.capabilities = ["reasoning"]
  },
  Case(["reasoning_models_reject": ["temperature"]], #","temperature":1"#) { request, _ in
    request.sampling.temperature = JSONNumber(1)
  },
  Case(["temperature_rejected_on": "reasoning-models"], "", ["dropped temperature"]) { request, traits in
    request.sampling.temperature = JSONNumber(1)
    traits.capabilities = ["reasoning"]
  },
  Case([:], "", ["dropped temperature", "dropped top_p"]) { request, traits in
    request.sampling.temperature = JSONNumber(1)
    request.sampling.topP = JSONNumber(1)
    traits.refuses = ["sampling"]
  },
  Case(["stop_missing_on": "m-mini"], "", ["dropped stop"]) { request, _ in
    request.model = "m-mini-fast"
    request.stop = ["."]
  },
  Case(["frequency_penalty_missing_on": "m-4"], #","frequency_penalty":1"#) { request, _ in
    request.model = "m-3"
    request.sampling.frequencyPenalty = JSONNumber(1)
  },
  Case([:], "", ["dropped top_k"]) { request, _ in request.sampling.topK = JSONNumber(4) },
  Case(["extra_params_top_level": ["top_k"]], #","top_k":4"#) { request, _ in request.sampling.topK = JSONNumber(4) },
  Case(
    ["rejects_unknown_params": 422, "extra_params_top_level": ["min_p"]], #","min_p":1,"n":2"#, ["dropped weird"]
  ) { request, _ in request.extras = ["weird": 1, "min_p": 1, "n": 2] },
  Case(
    ["exclusive_params": [["thinking", "reasoning_effort"]]], #","thinking":{"type":"enabled"}"#,
    ["dropped reasoning_effort"]
  ) { request, _ in
    request.extras = ["reasoning_effort": "low", "thinking": ["type": "enabled"]]
  },
  Case(["temperature_max": "1.99"], #","temperature":1.99"#, ["clamped temperature"]) { request, _ in
    request.sampling.temperature = JSONNumber(2)
  },
  Case(["temperature_max": 1], #","temperature":1.0"#) { request, _ in
    request.sampling.temperature = JSONNumber(text: "1.0")
  },
  Case(["temperature_zero_becomes": "1e-8"], #","temperature":1e-8"#, ["clamped temperature"]) { request, _ in
    request.sampling.temperature = JSONNumber(text: "0.0")
  },
  Case(["temperature_range": "(0,1]"], #","temperature":0.01"#, ["clamped temperature"]) { request, _ in
    request.sampling.temperature = JSONNumber(0)
  },
  Case(["temperature_range": "(0,1]"], #","temperature":1"#, ["clamped temperature"]) { request, _ in
    request.sampling.temperature = JSONNumber(2)
  },
  Case(["n_max": 1], #","n":1"#, ["clamped n"]) { request, _ in request.extras = ["n": 3] },
  Case(
    ["n_above_1_needs_temperature_min": "0.3"], #","temperature":0.3,"n":2"#, ["clamped temperature"]
  ) { request, _ in
    request.sampling.temperature = JSONNumber(text: "0.1")
    request.extras = ["n": 2]
  },
  Case(["seed_param": "random_seed"], #","random_seed":7"#) { request, _ in request.sampling.seed = JSONNumber(7) },
  Case(["no_stream_options": true], #","stream":true"#, ["dropped stream_options"]) { request, _ in
    request.streams = true
    request.extras = ["stream_options": ["x": 1]]
  },
  Case(["no_stream_options": "bedrock-backed-endpoints"], #","stream":true"#) { request, _ in
    request.model = "host-Claude-4"
    request.streams = true
  },
  Case(["stream_usage": "always"], #","stream":true"#) { request, _ in request.streams = true },
  Case(
    ["stream_usage": "on_request"], #","stream":true,"stream_options":{"include_usage":true}"#,
    ["added stream_options.include_usage"]
  ) { request, _ in request.streams = true },
]

private let noTools =
  #","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]"#

private let toolCases: [Case] = [
  Case(["no_tool_choice_required": true], noTools + #","tool_choice":"auto""#, ["converted tool_choice"]) {
    request, _ in
    request.tools = [Tool(name: "f")]
    request.toolChoice = .required
  },
  Case(["no_tool_choice_required": "thinking-models"], noTools + #","tool_choice":"required""#) { request, _ in
    request.tools = [Tool(name: "f")]
    request.toolChoice = .required
  },
  Case([:], noTools + #","tool_choice":"auto""#, ["converted tool_choice"]) { request, traits in
    request.tools = [Tool(name: "f")]
    request.toolChoice = .tool(name: "f")
    traits.refuses = ["forced_tools"]
  },
  Case(["tool_choice_required_as": "any"], noTools + #","tool_choice":"any""#) { request, _ in
    request.tools = [Tool(name: "f")]
    request.toolChoice = .required
  },
  Case(
    ["tool_choice_values": ["auto", "none"]], noTools + #","tool_choice":"auto""#, ["converted tool_choice"]
  ) { request, _ in
    request.tools = [Tool(name: "f")]
    request.toolChoice = .tool(name: "f")
  },
  Case(["tool_strict": false], noTools, ["dropped tools[0].strict"]) { request, _ in
    request.tools = [Tool(name: "f", strict: true)]
  },
  Case(["function_tools_only": true], noTools, ["dropped tools[0]"]) { request, _ in
    request.tools = [Tool(name: "s", vendorDefinition: ["type": "search"]), Tool(name: "f")]
  },
  Case([:], noTools, ["dropped tools[0].cache_control"]) { request, _ in
    request.tools = [Tool(name: "f", cacheControl: ["type": "ephemeral"])]
  },
  Case(
    ["json_schema_as": "json_object"],
    #"{"model":"m","messages":[{"role":"system","content":"s"},{"role":"system","content":"Answer with one JSON "#
      + #"object that fits this JSON Schema: {\"type\":\"object\"}"},{"role":"user","content":"u"}],"#
      + #""response_format":{"type":"json_object"}}"#, ["converted response_format"]
  ) { request, _ in
    request.messages.insert(Message(.system, "s"), at: 0)
    request.output = .jsonSchema(name: "n", schema: ["type": "object"], strict: true)
  },
  Case(
    ["json_schema_as": "json_object+schema"],
    #","response_format":{"type":"json_object","schema":{"type":"object"}}"#
  ) { request, _ in request.output = .jsonSchema(name: "n", schema: ["type": "object"], strict: nil) },
  Case(
    ["json_object_missing": true],
    #","response_format":{"type":"json_schema","json_schema":{"name":"object","schema":{"type":"object"}}}"#,
    ["converted response_format"]
  ) { request, _ in request.output = .jsonObject },
  Case(["no_response_format": "m2-family"], "", ["dropped response_format"]) { request, _ in
    request.model = "Maker-M2"
    request.output = .jsonObject
  },
  Case(
    ["no_response_format_with_stream": "models-without-json-schema", "stream_usage": "always"], #","stream":true"#,
    ["dropped response_format"]
  ) { request, _ in
    request.streams = true
    request.output = .jsonObject
  },
]

private let messageCases: [Case] = [
  Case(
    ["no_developer_role": true], #"{"model":"m","messages":[{"role":"system","content":"d"}]}"#,
    ["renamed messages[0].role"]
  ) { request, _ in request.messages = [Message(.developer, "d")] },
  Case(["system_role": "developer"], #"{"model":"m","messages":[{"role":"developer","content":"s"}]}"#) {
    $0.messages = [Message(.system, "s")]
    $1.capabilities = ["reasoning"]
  },
  Case(["system_role": "developer"], #"{"model":"m","messages":[{"role":"system","content":"s"}]}"#) { request, _ in
    request.messages = [Message(.system, "s")]
  },
  Case(
    ["content_string_only": true], #"{"model":"m","messages":[{"role":"user","content":"a\n\nb"}]}"#,
    ["dropped messages[0].content[2]", "converted messages[0].content"]
  ) { request, _ in
    request.messages = [
      Message(
        .user,
        [
          ContentPart(.text("a")), ContentPart(.text("b")),
          ContentPart(.image(Media(.url("https://i"), mediaType: nil))),
        ])
    ]
  },
  Case(
    ["content_string_only": "text-models"],
    #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}"#
  ) { request, traits in
    request.messages = [Message(.user, [ContentPart(.text("a")), ContentPart(.text("b"))])]
    traits.capabilities = ["vision"]
  },
  Case(["no_document_input": true], "", ["dropped messages[0].content[1]"]) { request, _ in
    request.messages[0].content.append(ContentPart(.document(Media(.fileID("f"), mediaType: nil))))
  },
]

private let reasoningCases: [Case] = [
  Case(["reasoning_control": "reasoning_effort"], #","reasoning_effort":"xhigh""#) { request, _ in
    request.reasoning = ReasoningRequest(effort: "xhigh")
  },
  Case([:], "") { request, _ in request.reasoning = ReasoningRequest() },
  Case([:], #","reasoning_effort":"medium""#, ["converted reasoning.budget_tokens"]) { request, _ in
    request.reasoning = ReasoningRequest(budgetTokens: 8000)
  },
  Case([:], #","reasoning_effort":"high""#, ["converted reasoning_effort"]) { request, traits in
    request.reasoning = ReasoningRequest(effort: "max")
    traits.efforts = ["low", "medium", "high"]
  },
  Case(["reasoning_effort_values": ["none", "high"]], #","reasoning_effort":"high""#, ["converted reasoning_effort"]) {
    request, _ in request.reasoning = ReasoningRequest(effort: "low")
  },
  Case([:], "", ["dropped reasoning_effort"]) { request, traits in
    request.reasoning = ReasoningRequest(effort: "none")
    traits.refuses = ["thinking_off"]
  },
  Case(["no_reasoning_effort_none": true], "", ["dropped reasoning_effort"]) { request, _ in
    request.reasoning = ReasoningRequest(effort: "none")
  },
  Case(["no_reasoning_effort": true], "", ["dropped reasoning_effort"]) { request, _ in
    request.reasoning = ReasoningRequest(effort: "low")
  },
  Case(["reasoning_control": "thinking.type"], #","thinking":{"type":"disabled"}"#) { request, _ in
    request.reasoning = ReasoningRequest(effort: "none")
  },
  Case(["reasoning_control": "thinking"], #","thinking":{"type":"enabled"}"#, ["converted reasoning_effort"]) {
    request, _ in request.reasoning = ReasoningRequest(effort: "high")
  },
  Case(["reasoning_control": "thinking"], #","thinking":{"type":"enabled"}"#) { request, _ in
    request.reasoning = ReasoningRequest()
  },
  Case(
    ["reasoning_control": "thinking.type"], #","thinking":{"type":"enabled"},"reasoning_effort":"high""#
  ) { request, traits in
    request.reasoning = ReasoningRequest(effort: "high")
    traits.efforts = ["high", "max"]
  },
  Case(
    ["reasoning_control": "reasoning.effort|reasoning.max_tokens"], #","reasoning":{"effort":"low"}"#
  ) { request, _ in request.reasoning = ReasoningRequest(effort: "low") },
  Case(
    ["reasoning_control": "reasoning.effort|reasoning.max_tokens"], #","reasoning":{"enabled":true}"#
  ) { request, _ in request.reasoning = ReasoningRequest() },
  Case(
    ["reasoning_control": "reasoning.effort|reasoning.max_tokens"], #","reasoning":{"max_tokens":1024}"#,
    ["clamped reasoning.budget_tokens", "dropped reasoning_effort"]
  ) { request, traits in
    request.reasoning = ReasoningRequest(effort: "low", budgetTokens: 10)
    traits.budget = 1024...Int.max
  },
  Case(["reasoning_split_param": "reasoning_split"], #","reasoning_split":true"#, ["added reasoning_split"]) { _, _ in
  },
]
