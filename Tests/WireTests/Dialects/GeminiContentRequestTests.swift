// Requests: each setting has its place on the wire, and what has none is reported.

import Testing

@testable import Wire

struct GeminiContentRequests {
  @Test func `a plain question needs nothing else`() throws {
    let encoded = try encodeGemini(ChatRequest(model: "m", messages: [Message(.user, "hi")]))
    #expect(encoded.text == #"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#)
    #expect(encoded.said == [])
  }

  @Test(
    arguments: [
      ("m", false, "https://h/v1beta/models/m:generateContent"),
      ("m", true, "https://h/v1beta/models/m:streamGenerateContent?alt=sse"),
      ("models/m", false, "https://h/v1beta/models/m:generateContent"),
      ("tunedModels/t", false, "https://h/v1beta/tunedModels/t:generateContent"),
    ])
  func `the address`(_ model: String, _ streams: Bool, _ url: String) {
    #expect(GeminiContent.chatURL(base: "https://h/v1beta", model: model, streams: streams, quirks: Quirks()) == url)
  }

  @Test(
    arguments: [
      ("m", "publishers/google/models/m"), ("models/m", "publishers/google/models/m"),
      ("google/m", "publishers/google/models/m"), ("meta/llama", "publishers/meta/models/llama"),
      ("publishers/google/models/m", "publishers/google/models/m"), ("endpoints/17", "endpoints/17"),
    ])
  func `the address on the cloud names the publisher`(_ model: String, _ path: String) {
    let url = VertexGemini.chatURL(base: "https://h/v1/p", model: model, streams: true, quirks: Quirks())
    #expect(url == "https://h/v1/p/\(path):streamGenerateContent?alt=sse")
  }

  @Test func `every setting`() throws {
    var request = ChatRequest(model: "m", messages: [])
    request.maxOutputTokens = 9
    request.stop = ["a", "b"]
    request.choices = 2
    request.logprobs = 3
    request.sampling.temperature = JSONNumber(text: "0.70")
    request.sampling.topP = JSONNumber(text: "1e-1")
    request.sampling.topK = JSONNumber(40)
    request.sampling.presencePenalty = JSONNumber(1)
    request.sampling.frequencyPenalty = JSONNumber(-1)
    request.sampling.seed = JSONNumber(7)
    request.metadata = ["team": "red", "empty": ""]
    request.serviceTier = "flex"
    request.streams = true
    request.extras = ["safetySettings": [], "generationConfig": ["responseModalities": ["TEXT"]]]
    for dialect in [DialectName.gemini, .vertexGemini] {
      let encoded = try encodeGemini(request, dialect: dialect)
      #expect(
        encoded.text
          == #"{"contents":[],"generationConfig":{"maxOutputTokens":9,"stopSequences":["a","b"],"candidateCount":2,"#
          + #""responseLogprobs":true,"logprobs":3,"temperature":0.70,"topP":1e-1,"topK":40,"presencePenalty":1,"#
          + #""frequencyPenalty":-1,"seed":7,"responseModalities":["TEXT"]},"#
          + #""labels":{"team":"red","empty":""},"serviceTier":"flex","safetySettings":[]}"#)
      #expect(encoded.said == [])
    }
  }

  @Test func `what the format lacks is dropped and said`() throws {
    var request = ChatRequest(model: "m", messages: [])
    request.user = "u"
    request.metadata = ["Team": "red", "team": "Red One", "n": 1]
    request.serviceTier = "scale"
    request.stop = ["1", "2", "3", "4", "5", "6"]
    request.toolChoice = .required
    request.parallelToolCalls = true
    request.extras = ["stream_options": ["include_usage": true]]
    let encoded = try encodeGemini(request)
    #expect(encoded.text == #"{"contents":[],"generationConfig":{"stopSequences":["1","2","3","4","5"]}}"#)
    #expect(
      encoded.said.sorted() == [
        "clamped stop", "dropped metadata.Team", "dropped metadata.n", "dropped metadata.team",
        "dropped parallel_tool_calls", "dropped service_tier", "dropped stream_options", "dropped tool_choice",
        "dropped user",
      ])
  }

  @Test func `limits of the model are kept, and said`() throws {
    var request = ChatRequest(model: "m", messages: [])
    request.maxOutputTokens = 9000
    request.sampling.temperature = JSONNumber(1)
    request.sampling.topK = JSONNumber(1)
    request.sampling.seed = JSONNumber(1)
    request.serviceTier = "default"
    request.logprobs = 0
    var traits = ModelTraits()
    traits.maxOutputTokens = 8192
    traits.refuses = ["sampling"]
    let encoded = try encodeGemini(request, traits)
    #expect(
      encoded.text
        == #"{"contents":[],"generationConfig":{"maxOutputTokens":8192,"responseLogprobs":true,"seed":1},"#
        + #""serviceTier":"standard"}"#)
    #expect(
      encoded.said == ["clamped max_tokens", "dropped temperature", "dropped top_k", "renamed service_tier"])
  }

  @Test func `what the caller says in the format's own words stands beside ours, not in its place`() throws {
    var request = ChatRequest(model: "m", messages: [])
    request.reasoning = ReasoningRequest(effort: "low")
    request.sampling.seed = JSONNumber(1)
    request.extras = [
      "generationConfig": ["seed": 2, "thinkingConfig": ["includeThoughts": false, "thinkingLevel": "LOW"]],
      "contents": "theirs",
    ]
    let encoded = try encodeGemini(request)
    #expect(
      encoded.body["generationConfig"]
        == ["seed": 1, "thinkingConfig": ["thinkingLevel": "LOW", "includeThoughts": false]])
    #expect(encoded.said == ["dropped generationConfig.seed", "dropped contents"])
  }

  @Test(
    arguments: [
      (OutputFormat.text, "null", []), (.jsonObject, #"{"responseMimeType":"application/json"}"#, []),
      (
        .jsonSchema(name: "n", schema: ["type": "object"], strict: true),
        #"{"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}}"#, []
      ),
      (
        .jsonSchema(name: "n", schema: .raw(Array("{ }".utf8)), strict: false),
        #"{"responseMimeType":"application/json","responseJsonSchema":{}}"#, ["dropped response_format.strict"]
      ),
    ] as [(OutputFormat, String, [String])])
  func `the form of the answer`(_ output: OutputFormat, _ config: String, _ said: [String]) throws {
    var request = ChatRequest(model: "m", messages: [])
    request.output = output
    let encoded = try encodeGemini(request)
    #expect(encoded.body["generationConfig"]?.text ?? "null" == config)
    #expect(encoded.said == said)
  }
}

struct GeminiContentTools {
  @Test func `functions stand in one tool, the vendor's own each in one`() throws {
    var request = ChatRequest(model: "m", messages: [])
    var extended = Tool(
      name: "f", description: "d", parameters: ["$ref": "/x"], strict: true, cacheControl: ["type": "ephemeral"])
    extended.extras = ["behavior": "BLOCKING"]
    request.tools = [
      extended, Tool(name: "googleSearch", vendorDefinition: ["googleSearch": [:]]), Tool(name: "g"),
      Tool(name: "web", vendorDefinition: ["type": "web_search"]),
    ]
    request.parallelToolCalls = false
    let encoded = try encodeGemini(request)
    #expect(
      encoded.body["tools"]?.text
        == #"[{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":{"$ref":"/x"},"#
        + #""behavior":"BLOCKING"},{"name":"g"}]},{"googleSearch":{}}]"#)
    #expect(
      encoded.said == [
        "dropped tools[0].strict", "dropped tools[0].cache_control", "dropped tools[3]", "dropped parallel_tool_calls",
      ])
  }

  @Test(
    arguments: [
      (.auto, #"{"mode":"AUTO"}"#, []), (.some(.none), #"{"mode":"NONE"}"#, []), (.required, #"{"mode":"ANY"}"#, []),
      (.tool(name: "f"), #"{"mode":"ANY","allowedFunctionNames":["f"]}"#, []), (nil, nil, []),
    ] as [(ToolChoice?, String?, [String])])
  func `the choice among tools`(_ choice: ToolChoice?, _ config: String?, _ said: [String]) throws {
    var request = ChatRequest(model: "m", messages: [])
    request.tools = [Tool(name: "f")]
    request.toolChoice = choice
    let encoded = try encodeGemini(request)
    #expect(encoded.body["toolConfig"]?["functionCallingConfig"]?.text == config)
    #expect(encoded.said == said)
  }

  @Test func `a model that cannot be made to call may call`() throws {
    var request = ChatRequest(model: "m", messages: [])
    request.tools = [Tool(name: "f")]
    request.toolChoice = .tool(name: "f")
    var traits = ModelTraits()
    traits.refuses = ["forced_tools"]
    let encoded = try encodeGemini(request, traits)
    #expect(encoded.body["toolConfig"] == ["functionCallingConfig": ["mode": "AUTO"]])
    #expect(encoded.said == ["converted tool_choice"])
  }
}

struct GeminiContentThinking {
  struct Case: Sendable, CustomTestStringConvertible {
    var effort: String?
    var budget: Int?
    var config: String
    var said: [String] = []
    var testDescription: String { "\(effort ?? "-") \(budget.map(String.init) ?? "-")" }
  }

  @Test(arguments: [
    Case(
      effort: "low", config: #"{"includeThoughts":true,"thinkingBudget":4096}"#, said: ["converted reasoning_effort"]),
    Case(
      effort: "max", config: #"{"includeThoughts":true,"thinkingBudget":24576}"#, said: ["converted reasoning_effort"]),
    Case(effort: "odd", config: #"{"includeThoughts":true,"thinkingBudget":-1}"#, said: ["converted reasoning_effort"]),
    Case(config: #"{"includeThoughts":true,"thinkingBudget":-1}"#),
    Case(budget: 2000, config: #"{"includeThoughts":true,"thinkingBudget":2000}"#),
    Case(budget: 10, config: #"{"includeThoughts":true,"thinkingBudget":512}"#, said: ["clamped thinking_budget"]),
    Case(
      effort: "low", budget: 600, config: #"{"includeThoughts":true,"thinkingBudget":600}"#,
      said: ["dropped reasoning_effort"]),
    Case(effort: "none", config: #"{"thinkingBudget":0}"#),
    Case(effort: "none", budget: 600, config: #"{"thinkingBudget":0}"#, said: ["dropped thinking_budget"]),
  ])
  func `an older model takes a budget`(_ row: Case) throws {
    var traits = ModelTraits()
    traits.capabilities = ["reasoning"]
    traits.budget = 512...24576
    try check(row, traits)
  }

  @Test(arguments: [
    Case(effort: "low", config: #"{"includeThoughts":true,"thinkingLevel":"LOW"}"#),
    Case(
      effort: "minimal", config: #"{"includeThoughts":true,"thinkingLevel":"LOW"}"#, said: ["clamped reasoning_effort"]),
    Case(
      effort: "max", config: #"{"includeThoughts":true,"thinkingLevel":"HIGH"}"#, said: ["clamped reasoning_effort"]),
    Case(effort: "odd", config: #"{"includeThoughts":true,"thinkingLevel":"ODD"}"#),
    Case(config: #"{"includeThoughts":true}"#),
    Case(budget: 2000, config: #"{"includeThoughts":true,"thinkingBudget":2000}"#),
    Case(
      effort: "high", budget: 9, config: #"{"includeThoughts":true,"thinkingLevel":"HIGH"}"#,
      said: ["dropped thinking_budget"]),
    Case(effort: "none", config: #"{"thinkingLevel":"LOW"}"#, said: ["clamped reasoning_effort"]),
  ])
  func `a newer model takes a level`(_ row: Case) throws {
    var traits = ModelTraits()
    traits.capabilities = ["reasoning"]
    traits.efforts = ["low", "medium", "high"]
    try check(row, traits)
  }

  @Test func `a model that does not think, or always does, is not asked`() throws {
    var traits = ModelTraits()
    traits.capabilities = ["tools"]
    try check(Case(effort: "low", config: "null", said: ["dropped reasoning_effort"]), traits)
    traits.capabilities = ["reasoning"]
    traits.refuses = ["thinking_off"]
    try check(Case(effort: "none", config: "null", said: ["dropped reasoning_effort"]), traits)
  }

  @Test func `a model nobody knows is asked as the caller says`() throws {
    try check(Case(effort: "high", config: #"{"includeThoughts":true,"thinkingLevel":"HIGH"}"#), ModelTraits())
    try check(Case(effort: "none", config: #"{"thinkingBudget":0}"#), ModelTraits())
  }

  private func check(_ row: Case, _ traits: ModelTraits) throws {
    var request = ChatRequest(model: "m", messages: [])
    request.reasoning = ReasoningRequest(effort: row.effort, budgetTokens: row.budget)
    let encoded = try encodeGemini(request, traits)
    #expect(encoded.body["generationConfig"]?["thinkingConfig"]?.text ?? "null" == row.config)
    #expect(encoded.said == row.said)
  }
}

func encodeGemini(
  _ request: ChatRequest, _ traits: ModelTraits = ModelTraits(), dialect: DialectName = .gemini
) throws -> EncodedMessages {
  let encoded = try dialect.dialect.encode(request, to: traits, quirks: Quirks())
  return EncodedMessages(
    text: encoded.body[...].text, body: try JSON.parse(encoded.body), changes: encoded.changes)
}
