// Requests: each setting has its place on the wire, and what has none is reported.

import Testing

@testable import Wire

struct AnthropicMessagesRequests {
  @Test func `a plain question gets the limit that the format requires`() throws {
    let encoded = try encodeMessages(ChatRequest(model: "m", messages: [Message(.user, "hi")]))
    #expect(encoded.text == #"{"model":"m","max_tokens":4096,"messages":[{"role":"user","content":"hi"}]}"#)
    #expect(encoded.said == ["added max_tokens"])
  }

  @Test func `the address`() {
    #expect(
      AnthropicMessages.chatURL(base: "https://h/v1", model: "m", streams: true, quirks: Quirks())
        == "https://h/v1/messages")
  }

  @Test(
    arguments: [
      (nil, 8192, 8192, ["added max_tokens"]), (100, 8192, 100, []), (9000, 8192, 8192, ["clamped max_tokens"]),
      (9000, nil, 9000, []),
    ] as [(Int?, Int?, Int, [String])])
  func `the output limit stays within what the model writes`(
    _ asked: Int?, _ most: Int?, _ sent: Int, _ said: [String]
  ) throws {
    var request = ChatRequest(model: "m", messages: [])
    request.maxOutputTokens = asked
    var traits = ModelTraits()
    traits.maxOutputTokens = most
    let encoded = try encodeMessages(request, traits)
    #expect(encoded.body["max_tokens"]?.int == sent)
    #expect(encoded.said == said)
  }

  @Test func `every setting`() throws {
    var request = bare()
    request.sampling.temperature = JSONNumber(text: "0.70")
    request.sampling.topP = JSONNumber(text: "1e-1")
    request.sampling.topK = JSONNumber(40)
    request.stop = ["a", "b"]
    request.streams = true
    request.user = "u"
    request.serviceTier = "auto"
    request.extras = ["container": "c", "mcp_servers": [["name": "s"]]]
    let encoded = try encodeMessages(request)
    #expect(
      encoded.text
        == #"{"model":"m","max_tokens":9,"messages":[],"temperature":0.70,"top_p":1e-1,"top_k":40,"#
        + #""stop_sequences":["a","b"],"stream":true,"metadata":{"user_id":"u"},"service_tier":"auto","#
        + #""container":"c","mcp_servers":[{"name":"s"}]}"#)
    #expect(encoded.said == [])
  }

  @Test func `what the format lacks is dropped and said`() throws {
    var request = bare()
    request.sampling.frequencyPenalty = JSONNumber(1)
    request.sampling.presencePenalty = JSONNumber(1)
    request.sampling.seed = JSONNumber(7)
    request.metadata = ["user_id": "u", "team": "t"]
    request.serviceTier = "flex"
    request.stop = [" \n", "x"]
    request.toolChoice = .required
    request.parallelToolCalls = true
    request.extras = ["stream_options": ["include_usage": true]]
    let encoded = try encodeMessages(request)
    #expect(
      encoded.text
        == #"{"model":"m","max_tokens":9,"messages":[],"stop_sequences":["x"],"metadata":{"user_id":"u"}}"#)
    #expect(
      encoded.said.sorted() == [
        "dropped frequency_penalty", "dropped metadata.team", "dropped parallel_tool_calls",
        "dropped presence_penalty", "dropped seed", "dropped service_tier", "dropped stop",
        "dropped stream_options", "dropped tool_choice",
      ])
  }

  @Test(arguments: [
    ("0.5", "0.5", false), ("1", "1", false), ("1.0", "1.0", false), ("1.0001", "1", true), ("2", "1", true),
  ])
  func `a temperature above 1 becomes 1`(_ asked: String, _ sent: String, _ isClamped: Bool) throws {
    var request = bare()
    request.sampling.temperature = JSONNumber(text: asked)
    let encoded = try encodeMessages(request)
    #expect(encoded.body["temperature"]?.number?.text == sent)
    #expect(encoded.said == (isClamped ? ["clamped temperature"] : []))
  }

  @Test func `a model that takes no sampling is sent none`() throws {
    var request = bare()
    request.sampling.temperature = JSONNumber(text: "0.5")
    request.sampling.topP = JSONNumber(text: "0.9")
    for (refused, said) in [
      ("sampling", ["dropped temperature", "dropped top_p"]), ("temperature", ["dropped temperature"]),
    ] {
      var traits = ModelTraits()
      traits.refuses = [refused]
      let encoded = try encodeMessages(request, traits)
      #expect(encoded.said == said)
      #expect((encoded.body["top_p"] == nil) == (refused == "sampling"))
    }
  }

  @Test func `of parameters that exclude each other the first is sent`() throws {
    var request = bare()
    request.sampling.temperature = JSONNumber(text: "0.5")
    request.sampling.topP = JSONNumber(text: "0.9")
    let encoded = try encodeMessages(request, quirks: ["exclusive_params": [["temperature", "top_p"]]])
    #expect(encoded.body["top_p"] == nil)
    #expect(encoded.body["temperature"]?.number?.text == "0.5")
    #expect(encoded.said == ["dropped top_p"])
  }

  @Test func `what the caller says in the format's own words stands beside ours, not in its place`() throws {
    var request = bare()
    request.output = .jsonSchema(name: "n", schema: ["type": "object"], strict: nil)
    request.extras = ["output_config": ["effort": "low", "format": "theirs"], "model": "another"]
    var traits = ModelTraits()
    traits.capabilities = ["json_schema"]
    let encoded = try encodeMessages(request, traits)
    #expect(encoded.body["model"] == "m")
    #expect(
      encoded.body["output_config"]
        == ["format": ["type": "json_schema", "schema": ["type": "object"]], "effort": "low"])
    #expect(encoded.said == ["dropped output_config.format", "dropped model"])
  }
}

struct AnthropicMessagesTools {
  @Test func `tools and the choice among them`() throws {
    var request = bare()
    request.tools = [
      Tool(
        name: "f", description: "d", parameters: ["type": "object"], strict: true, cacheControl: ["type": "ephemeral"]),
      Tool(name: "g"), Tool(name: "", vendorDefinition: ["type": "web_search_20250305", "name": "web_search"]),
    ]
    for (choice, word) in [
      (ToolChoice.auto, #"{"type":"auto","disable_parallel_tool_use":true}"#), (.none, #"{"type":"none"}"#),
      (.required, #"{"type":"any","disable_parallel_tool_use":true}"#),
      (.tool(name: "f"), #"{"type":"tool","name":"f","disable_parallel_tool_use":true}"#),
    ] {
      request.toolChoice = choice
      request.parallelToolCalls = false
      let encoded = try encodeMessages(request)
      #expect(
        encoded.text
          == #"{"model":"m","max_tokens":9,"messages":[],"tools":[{"name":"f","description":"d","#
          + #""input_schema":{"type":"object"},"strict":true,"cache_control":{"type":"ephemeral"}},"#
          + #"{"name":"g","input_schema":{"type":"object","properties":{}}},"#
          + #"{"type":"web_search_20250305","name":"web_search"}],"#
          + #""tool_choice":\#(word)}"#)
      #expect(encoded.said == [])
    }
  }

  @Test func `one call at a time is asked for without another choice`() throws {
    var request = bare()
    request.tools = [Tool(name: "f")]
    request.parallelToolCalls = false
    #expect(try encodeMessages(request).body["tool_choice"] == ["type": "auto", "disable_parallel_tool_use": true])
    request.parallelToolCalls = true
    #expect(try encodeMessages(request).body["tool_choice"] == nil)
  }

  @Test(
    arguments: [
      (#"{}"#, #"{"type":"object"}"#), (#"{"properties":{}}"#, #"{"properties":{},"type":"object"}"#),
      (#"{"type":"object","x":1.0}"#, #"{"type":"object","x":1.0}"#),
    ])
  func `arguments are always an object`(_ given: String, _ sent: String) throws {
    for schema in [try JSON.parse(given), .raw(Array(given.utf8))] {
      var request = bare()
      request.tools = [Tool(name: "f", parameters: schema)]
      #expect(try encodeMessages(request).body["tools"]?.array?.first?["input_schema"]?.text == sent)
    }
  }

  @Test func `a model that cannot be made to call may call`() throws {
    var request = bare()
    request.tools = [Tool(name: "f")]
    request.toolChoice = .required
    var traits = ModelTraits()
    traits.refuses = ["forced_tools"]
    let encoded = try encodeMessages(request, traits)
    #expect(encoded.body["tool_choice"] == ["type": "auto"])
    #expect(encoded.said == ["converted tool_choice"])
  }

  @Test func `a call cannot be forced while the model thinks`() throws {
    var request = bare(limit: 20_000)
    request.tools = [Tool(name: "f")]
    request.toolChoice = .tool(name: "f")
    request.reasoning = ReasoningRequest(budgetTokens: 2000)
    let encoded = try encodeMessages(request)
    #expect(encoded.body["tool_choice"] == ["type": "auto"])
    #expect(encoded.said == ["converted tool_choice"])
  }
}

struct AnthropicMessagesOutput {
  private let schema: JSON = ["type": "object", "properties": ["a": ["type": "integer"]]]

  @Test func `a schema is sent where the model takes one`() throws {
    var request = bare()
    request.output = .jsonSchema(name: "n", schema: schema, strict: false)
    var traits = ModelTraits()
    traits.capabilities = ["json_schema"]
    let encoded = try encodeMessages(request, traits)
    #expect(encoded.body["output_config"] == ["format": ["type": "json_schema", "schema": schema]])
    #expect(encoded.said == ["dropped response_format.strict"])
  }

  @Test func `elsewhere a tool stands for it, and its arguments are the answer`() throws {
    var request = bare()
    for (format, schema) in [
      (OutputFormat.jsonSchema(name: "n", schema: schema, strict: nil), schema), (.jsonObject, ["type": "object"]),
    ] {
      request.output = format
      let encoded = try encodeMessages(request)
      let name = encoded.body["tools"]?.array?.first?["name"]?.string ?? ""
      #expect(encoded.body["tools"]?.array?.first?["input_schema"] == schema)
      #expect(encoded.body["tool_choice"] == ["type": "tool", "name": .string(name)])
      #expect(encoded.said == ["converted response_format"])
      let reply = try AnthropicMessages.decodeReply(
        Array(
          #"{"content":[{"type":"tool_use","id":"t","name":"\#(name)","input":{"a":1}}],"stop_reason":"tool_use"}"#.utf8
        ),
        quirks: Quirks())
      #expect(reply.text == #"{"a":1}"#)
      #expect(reply.toolCalls == [])
      #expect(reply.finish?.reason == .stop)
    }
  }

  @Test(
    arguments: [
      (nil, #"{"type":"any"}"#), (.auto, #"{"type":"any"}"#),
      (ToolChoice.none, #"{"type":"tool","name":"answer_in_json"}"#),
    ] as [(ToolChoice?, String)])
  func `beside the caller's tools the answer is one more that may be called`(
    _ choice: ToolChoice?, _ sent: String
  ) throws {
    var request = bare()
    request.output = .jsonSchema(name: "n", schema: schema, strict: nil)
    request.tools = [Tool(name: "f")]
    request.toolChoice = choice
    let encoded = try encodeMessages(request)
    #expect(encoded.body["tools"]?.array?.compactMap { $0["name"]?.string } == ["f", "answer_in_json"])
    #expect(encoded.body["tool_choice"]?.text == sent)
  }

  @Test func `where no tool can be forced the form is dropped and said`() throws {
    var forced = bare()
    forced.output = .jsonSchema(name: "n", schema: schema, strict: nil)
    forced.tools = [Tool(name: "f")]
    forced.toolChoice = .tool(name: "f")
    var thinking = bare(limit: 9000)
    thinking.output = .jsonObject
    thinking.reasoning = ReasoningRequest(budgetTokens: 2000)
    for request in [forced, thinking] {
      let encoded = try encodeMessages(request)
      #expect(encoded.said == ["dropped response_format"])
      #expect(encoded.body["output_config"] == nil)
    }
  }
}

struct AnthropicMessagesThinking {
  @Test(
    arguments: [
      (ReasoningRequest(effort: "high"), 64_000, 24_000, ["converted reasoning_effort"]),
      (ReasoningRequest(effort: "low"), 64_000, 4096, ["converted reasoning_effort"]),
      (ReasoningRequest(budgetTokens: 3000), 64_000, 3000, []),
      (ReasoningRequest(), 64_000, 10_000, ["added thinking_budget"]),
      (ReasoningRequest(budgetTokens: 10), 64_000, 1024, ["clamped thinking_budget"]),
      (ReasoningRequest(budgetTokens: 9000), 5000, 4999, ["clamped thinking_budget"]),
      (ReasoningRequest(effort: "high"), 1000, nil, ["dropped reasoning_effort"]),
    ] as [(ReasoningRequest, Int, Int?, [String])])
  func `a model that counts tokens is given a budget below its limit`(
    _ reasoning: ReasoningRequest, _ limit: Int, _ budget: Int?, _ said: [String]
  ) throws {
    var request = bare(limit: limit)
    request.reasoning = reasoning
    var traits = ModelTraits()
    traits.capabilities = ["reasoning"]
    let encoded = try encodeMessages(request, traits)
    #expect(encoded.body["thinking"]?["budget_tokens"]?.int == budget)
    #expect(encoded.body["thinking"]?["type"] == (budget == nil ? nil : "enabled"))
    #expect(encoded.said == said)
  }

  @Test(
    arguments: [
      (ReasoningRequest(effort: "medium"), "medium", []), (ReasoningRequest(), nil, []),
      (ReasoningRequest(effort: "minimal"), "low", ["clamped reasoning_effort"]),
      (ReasoningRequest(effort: "blue"), nil, ["dropped reasoning_effort"]),
      (ReasoningRequest(effort: "low", budgetTokens: 2000), "low", ["dropped thinking_budget"]),
    ] as [(ReasoningRequest, String?, [String])])
  func `a model that decides by itself is given a word`(
    _ reasoning: ReasoningRequest, _ effort: String?, _ said: [String]
  ) throws {
    var request = bare()
    request.reasoning = reasoning
    var traits = ModelTraits()
    traits.capabilities = ["reasoning", "adaptive_thinking"]
    traits.efforts = ["low", "medium", "high"]
    let encoded = try encodeMessages(request, traits)
    #expect(encoded.body["thinking"] == ["type": "adaptive"])
    #expect(encoded.body["output_config"]?["effort"]?.string == effort)
    #expect(encoded.said == said)
  }

  @Test func `effort and schema share their place`() throws {
    var request = bare()
    request.reasoning = ReasoningRequest(effort: "low")
    request.output = .jsonSchema(name: "n", schema: ["type": "object"], strict: nil)
    var traits = ModelTraits()
    traits.capabilities = ["reasoning", "adaptive_thinking", "json_schema"]
    #expect(
      try encodeMessages(request, traits).body["output_config"]
        == ["effort": "low", "format": ["type": "json_schema", "schema": ["type": "object"]]])
  }

  @Test(arguments: [
    (ReasoningBlock(text: "t", signature: Seal("s", of: .anthropic)), true),
    (ReasoningBlock(text: "", encrypted: Seal("e", of: nil)), true),
    (ReasoningBlock(text: "t", signature: Seal("s", of: .gemini)), false), (ReasoningBlock(text: "t"), false),
    (nil, false),
  ])
  func `no thinking is asked for where the thinking before the calls is missing`(
    _ block: ReasoningBlock?, _ thinks: Bool
  ) throws {
    var request = bare(limit: 9000)
    request.reasoning = ReasoningRequest(budgetTokens: 2000)
    let call = ContentPart(.toolCall(ToolCall(id: "c", name: "f", arguments: "{}")))
    let thinking = block.map { [ContentPart(.reasoning($0))] } ?? []
    let result = ContentPart(.toolResult(ToolResult(callID: "c", content: [])))
    request.messages = [Message(.user, "x"), Message(.assistant, thinking + [call]), Message(.tool, [result])]
    let encoded = try encodeMessages(request)
    #expect((encoded.body["thinking"] != nil) == thinks)
    #expect(encoded.said.contains("dropped thinking_budget") == !thinks)
    // A new question may be thought about.
    request.messages.append(contentsOf: [Message(.assistant, "done"), Message(.user, "y")])
    #expect(try encodeMessages(request).body["thinking"] != nil)
  }

  @Test func `thinking is turned off where it can be`() throws {
    var request = bare()
    request.reasoning = ReasoningRequest(effort: "none")
    #expect(try encodeMessages(request).body["thinking"] == ["type": "disabled"])
    var traits = ModelTraits()
    traits.refuses = ["thinking_off"]
    let encoded = try encodeMessages(request, traits)
    #expect(encoded.body["thinking"] == nil)
    #expect(encoded.said == ["dropped reasoning_effort"])
  }

  @Test func `a model that does not think is not asked to`() throws {
    var request = bare()
    request.reasoning = ReasoningRequest(effort: "high")
    var traits = ModelTraits()
    traits.capabilities = ["tools"]
    let encoded = try encodeMessages(request, traits)
    #expect(encoded.body["thinking"] == nil)
    #expect(encoded.said == ["dropped reasoning_effort"])
  }

  @Test(
    arguments: [
      ("1", nil, nil, []), ("1.0", "0.95", nil, []), ("0.7", nil, nil, ["dropped temperature"]),
      (nil, "0.9", nil, ["dropped top_p"]), (nil, nil, "40", ["dropped top_k"]),
    ] as [(String?, String?, String?, [String])])
  func `sampling is left alone while the model thinks`(
    _ temperature: String?, _ topP: String?, _ topK: String?, _ said: [String]
  ) throws {
    var request = bare(limit: 9000)
    request.reasoning = ReasoningRequest(budgetTokens: 2000)
    request.sampling.temperature = temperature.map { JSONNumber(text: $0) }
    request.sampling.topP = topP.map { JSONNumber(text: $0) }
    request.sampling.topK = topK.map { JSONNumber(text: $0) }
    #expect(try encodeMessages(request).said == said)
  }
}

/// A request with nothing but what must be there.
private func bare(limit: Int = 9) -> ChatRequest {
  var request = ChatRequest(model: "m", messages: [])
  request.maxOutputTokens = limit
  return request
}

struct EncodedMessages {
  var text: String
  var body: JSON
  var changes: [Change]
  /// The changes as `what field`.
  var said: [String] { changes.map { "\($0.what) \($0.field)" } }
}

func encodeMessages(
  _ request: ChatRequest, _ traits: ModelTraits = ModelTraits(), quirks: JSONObject = [:]
) throws -> EncodedMessages {
  let encoded = try AnthropicMessages.encode(request, to: traits, quirks: try Quirks(json: quirks))
  return EncodedMessages(
    text: encoded.body[...].text, body: try JSON.parse(encoded.body), changes: encoded.changes)
}
