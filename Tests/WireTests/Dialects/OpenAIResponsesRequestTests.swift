// Requests: each setting has its place on the wire, and what has none is reported.

import Testing

@testable import Wire

struct OpenAIResponsesRequests {
  @Test func `a plain question keeps nothing at the provider`() throws {
    let encoded = try encodeResponses(ChatRequest(model: "m", messages: [Message(.user, "hi")]))
    #expect(
      encoded.text == #"{"model":"m","input":[{"type":"message","role":"user","content":"hi"}],"#
        + #""store":false,"include":["reasoning.encrypted_content"]}"#)
    #expect(encoded.said == ["added store", "added include[reasoning.encrypted_content]"])
  }

  @Test func `the address`() {
    #expect(
      OpenAIResponses.chatURL(base: "https://h/v1", model: "m", streams: true, quirks: Quirks())
        == "https://h/v1/responses")
  }

  @Test func `every setting`() throws {
    var request = stored()
    request.messages = [Message(.system, "be brief")]
    request.tools = [Tool(name: "f", description: "d", parameters: ["type": "object"], strict: true)]
    request.toolChoice = .required
    request.parallelToolCalls = false
    request.maxOutputTokens = 99
    request.sampling.temperature = JSONNumber(text: "0.70")
    request.sampling.topP = JSONNumber(text: "1e-1")
    request.reasoning = ReasoningRequest(effort: "high")
    request.output = .jsonSchema(name: "n", schema: ["type": "object"], strict: nil)
    request.logprobs = 3
    request.user = "u"
    request.metadata = ["k": "v"]
    request.serviceTier = "flex"
    request.streams = true
    request.extras["reasoning.summary"] = "auto"
    request.extras["text.verbosity"] = "low"
    request.extras["text.format.description"] = "a thing"
    request.tools[0].extras = ["defer_loading": true]
    request.extras["truncation"] = "auto"
    let encoded = try encodeResponses(request)
    #expect(
      encoded.text
        == #"{"model":"m","instructions":"be brief","input":[],"tools":[{"type":"function","name":"f","description":"d","#
        + #""parameters":{"type":"object"},"strict":true,"defer_loading":true}],"tool_choice":"required","#
        + #""parallel_tool_calls":false,"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"#
        + #""description":"a thing"},"verbosity":"low"},"max_output_tokens":99,"temperature":0.70,"top_p":1e-1,"#
        + #""reasoning":{"effort":"high","summary":"auto"},"user":"u","metadata":{"k":"v"},"service_tier":"flex","#
        + #""store":true,"truncation":"auto","include":["message.output_text.logprobs"],"top_logprobs":3,"stream":true}"#
    )
    #expect(encoded.said == [])
  }

  @Test func `what the format lacks is dropped and said`() throws {
    var request = stored()
    request.sampling.topK = JSONNumber(1)
    request.sampling.frequencyPenalty = JSONNumber(1)
    request.sampling.presencePenalty = JSONNumber(1)
    request.sampling.seed = JSONNumber(7)
    request.stop = ["x"]
    request.choices = 2
    request.extras["stream_options"] = ["include_usage": true]
    let encoded = try encodeResponses(request)
    #expect(encoded.text == #"{"model":"m","input":[],"store":true}"#)
    #expect(
      encoded.said == [
        "dropped stream_options", "dropped stop", "dropped n", "dropped top_k", "dropped frequency_penalty",
        "dropped presence_penalty", "dropped seed",
      ])
    var one = stored()
    one.choices = 1
    #expect(try encodeResponses(one).said == [])
  }

  @Test(
    arguments: [
      ([:], ["added store", "added include[reasoning.encrypted_content]"]),
      (["store": true], []), (["store": false], ["added include[reasoning.encrypted_content]"]),
      (["store": false, "include": ["reasoning.encrypted_content"]], []), (["previous_response_id": "resp_0"], []),
      (["conversation": "conv_0"], []), (["background": true], []),
      (["background": false, "store": false], ["added include[reasoning.encrypted_content]"]),
    ] as [(JSONObject, [String])])
  func `only who keeps no state at the provider gets it all back`(_ extras: JSONObject, _ said: [String]) throws {
    var request = ChatRequest(model: "m", messages: [])
    request.extras = extras
    let encoded = try encodeResponses(request)
    #expect(encoded.said == said)
    for extra in extras.members { #expect(encoded.body[extra.name] == extra.value) }
  }

  @Test func `a provider without storage is not told to store nothing`() throws {
    let encoded = try encodeResponses(ChatRequest(model: "m", messages: []), quirks: ["no_store": true])
    #expect(encoded.body["store"] == nil)
    #expect(encoded.said == ["added include[reasoning.encrypted_content]"])
  }

  @Test func `what is said twice is said our way, and the other half of an object beside it`() throws {
    var request = stored()
    request.maxOutputTokens = 5
    request.reasoning = ReasoningRequest(effort: "low")
    request.extras["max_output_tokens"] = 7
    request.extras["reasoning"] = ["effort": "high", "summary": "auto"]
    let encoded = try encodeResponses(request)
    #expect(encoded.body["max_output_tokens"] == 5)
    #expect(encoded.body["reasoning"] == ["effort": "low", "summary": "auto"])
    #expect(encoded.said == ["dropped max_output_tokens", "dropped reasoning.effort"])
  }

  // MARK: Tools

  @Test(
    arguments: [
      (
        Tool(name: "f"),
        #"{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":false}"#
      ),
      (
        Tool(name: "f", parameters: ["type": "object"], strict: false),
        #"{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}"#
      ),
      (Tool(name: "w", vendorDefinition: ["type": "web_search"]), #"{"type":"web_search"}"#),
      (
        Tool(name: "c", vendorDefinition: ["type": "custom", "name": "c"]), #"{"type":"custom","name":"c"}"#
      ),
    ])
  func `a tool is written`(_ tool: Tool, _ written: String) throws {
    var request = stored()
    request.tools = [tool]
    let encoded = try encodeResponses(request)
    #expect(encoded.body["tools"]?.text == "[\(written)]")
    #expect(encoded.said == [])
  }

  @Test(
    arguments: [
      (.auto, #""auto""#), (.none, #""none""#), (.required, #""required""#),
      (.tool(name: "f"), #"{"type":"function","name":"f"}"#), (.tool(name: "c"), #"{"type":"custom","name":"c"}"#),
      (.tool(name: "w"), #"{"type":"web_search"}"#),
    ] as [(ToolChoice, String)])
  func `the choice of a tool is written`(_ choice: ToolChoice, _ written: String) throws {
    var request = stored()
    request.tools = [
      Tool(name: "f"), Tool(name: "c", vendorDefinition: ["type": "custom", "name": "c"]),
      Tool(name: "w", vendorDefinition: ["type": "web_search"]),
    ]
    request.toolChoice = choice
    #expect(try encodeResponses(request).body["tool_choice"]?.text == written)
  }

  @Test func `strictness is not spoken of where it is not known`() throws {
    var request = stored()
    request.tools = [Tool(name: "f"), Tool(name: "g", strict: true)]
    let encoded = try encodeResponses(request, quirks: ["tool_strict": false])
    #expect(encoded.body["tools"]?.array?.allSatisfy { $0["strict"] == nil } == true)
    #expect(encoded.said == ["dropped tools[1].strict"])
  }

  // MARK: Thinking, form, limits

  @Test(
    arguments: [
      (ReasoningRequest(effort: "high"), [:], #"{"effort":"high"}"#, []),
      (ReasoningRequest(), [:], nil, []),
      (ReasoningRequest(budgetTokens: 9000), [:], #"{"effort":"medium"}"#, ["converted reasoning.budget_tokens"]),
      (
        ReasoningRequest(budgetTokens: 9000), ["reasoning_control": "reasoning.effort|reasoning.max_tokens"],
        #"{"max_tokens":9000}"#, []
      ),
      (
        ReasoningRequest(effort: "max"), ["reasoning_effort_values": ["low", "high"]], #"{"effort":"high"}"#,
        ["converted reasoning_effort"]
      ),
      (ReasoningRequest(effort: "low"), ["no_reasoning_effort": true], nil, ["dropped reasoning_effort"]),
    ] as [(ReasoningRequest, JSONObject, String?, [String])])
  func `how hard to think`(
    _ reasoning: ReasoningRequest, _ quirks: JSONObject, _ written: String?, _ said: [String]
  ) throws {
    var request = stored()
    request.reasoning = reasoning
    let encoded = try encodeResponses(request, quirks: quirks)
    #expect(encoded.body["reasoning"]?.text == written)
    #expect(encoded.said == said)
  }

  @Test(
    arguments: [
      (.text, [:], nil, []), (.jsonObject, [:], #"{"format":{"type":"json_object"}}"#, []),
      (
        .jsonObject, ["json_object_missing": true],
        #"{"format":{"type":"json_schema","name":"object","schema":{"type":"object"}}}"#, ["converted response_format"]
      ),
      (
        .jsonSchema(name: "n", schema: ["type": "object"], strict: true), [:],
        #"{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}}"#, []
      ),
      (.jsonObject, ["no_response_format": true], nil, ["dropped response_format"]),
    ] as [(OutputFormat, JSONObject, String?, [String])])
  func `the form of the answer`(
    _ output: OutputFormat, _ quirks: JSONObject, _ written: String?, _ said: [String]
  ) throws {
    var request = stored()
    request.output = output
    let encoded = try encodeResponses(request, quirks: quirks)
    #expect(encoded.body["text"]?.text == written)
    #expect(encoded.said == said)
  }

  @Test func `a reasoning model is not asked for what it refuses`() throws {
    var request = stored()
    request.sampling.temperature = JSONNumber(text: "0.5")
    request.logprobs = 2
    request.maxOutputTokens = 100
    var traits = ModelTraits()
    traits.capabilities = ["reasoning"]
    traits.maxOutputTokens = 64
    let encoded = try encodeResponses(
      request, traits, quirks: ["reasoning_models_reject": ["temperature", "top_logprobs", "max_tokens"]])
    #expect(encoded.text == #"{"model":"m","input":[],"max_output_tokens":64,"store":true}"#)
    #expect(encoded.said == ["dropped logprobs", "clamped max_output_tokens", "dropped temperature"])
  }
}

/// A request of a caller who keeps the conversation at the provider: nothing is added to it.
private func stored() -> ChatRequest {
  var request = ChatRequest(model: "m", messages: [])
  request.extras = ["store": true]
  return request
}

func encodeResponses(
  _ request: ChatRequest, _ traits: ModelTraits = ModelTraits(), quirks: JSONObject = [:]
) throws -> EncodedMessages {
  let encoded = try OpenAIResponses.encode(request, to: traits, quirks: try Quirks(json: quirks))
  return EncodedMessages(
    text: encoded.body[...].text, body: try JSON.parse(encoded.body), changes: encoded.changes)
}
