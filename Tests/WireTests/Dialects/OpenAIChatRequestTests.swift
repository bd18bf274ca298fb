// Requests: each field of the vocabulary has its place on the wire, and what has none is reported.

import Testing

@testable import Wire

struct OpenAIChatRequests {
  @Test func `a plain question`() throws {
    let encoded = try encode(ChatRequest(model: "m", messages: [Message(.user, "hi")]))
    #expect(encoded.text == #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#)
    #expect(encoded.changes == [])
  }

  @Test func `the address`() {
    #expect(
      OpenAIChat.chatURL(base: "https://h/v1", model: "m", streams: true, quirks: Quirks())
        == "https://h/v1/chat/completions")
  }

  @Test func `every setting`() throws {
    var request = ChatRequest(model: "m", messages: [])
    request.maxOutputTokens = 9
    request.sampling.temperature = JSONNumber(text: "0.70")
    request.sampling.topP = JSONNumber(text: "1e-1")
    request.sampling.frequencyPenalty = JSONNumber(1)
    request.sampling.presencePenalty = JSONNumber(text: "-1.5")
    request.sampling.seed = JSONNumber(text: "12345678901234567890")
    request.stop = ["a", "b"]
    request.reasoning = ReasoningRequest(effort: "low")
    request.user = "u"
    request.metadata = ["k": "v"]
    request.serviceTier = "flex"
    request.extras = ["n": 2, "logit_bias": ["1": -5]]
    let encoded = try encode(request)
    #expect(
      encoded.text
        == #"{"model":"m","messages":[],"max_tokens":9,"temperature":0.70,"top_p":1e-1,"frequency_penalty":1,"#
        + #""presence_penalty":-1.5,"seed":12345678901234567890,"stop":["a","b"],"reasoning_effort":"low","user":"u","#
        + #""metadata":{"k":"v"},"service_tier":"flex","n":2,"logit_bias":{"1":-5}}"#)
    #expect(encoded.changes == [])
  }

  @Test func `a stream asks for its usage and says so`() throws {
    var request = ChatRequest(model: "m", messages: [])
    request.streams = true
    let encoded = try encode(request)
    #expect(encoded.text == #"{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}"#)
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == ["added stream_options.include_usage"])
    request.extras = ["stream_options": ["include_usage": true, "x": 1]]
    let asked = try encode(request)
    #expect(asked.text.contains(#""stream_options":{"include_usage":true,"x":1}"#))
    #expect(asked.changes == [])
    request.extras = ["stream_options": ["x": 1]]
    #expect(try encode(request).text.contains(#""stream_options":{"x":1,"include_usage":true}"#))
  }

  @Test func `tools and the choice among them`() throws {
    var request = ChatRequest(model: "m", messages: [])
    request.tools = [
      Tool(name: "f", description: "d", parameters: .raw(Array(#"{"type": "object"}"#.utf8)), strict: true),
      Tool(name: "g"), Tool(name: "", vendorDefinition: ["type": "web_search"]),
    ]
    request.parallelToolCalls = false
    for (choice, word) in [
      (ToolChoice.auto, #""auto""#), (.none, #""none""#), (.required, #""required""#),
      (.tool(name: "f"), #"{"type":"function","function":{"name":"f"}}"#),
    ] {
      request.toolChoice = choice
      let encoded = try encode(request)
      #expect(
        encoded.text
          == #"{"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"f","description":"d","#
          + #""parameters":{"type": "object"},"strict":true}},{"type":"function","function":{"name":"g","#
          + #""parameters":{"type":"object","properties":{}}}},{"type":"web_search"}],"tool_choice":\#(word),"#
          + #""parallel_tool_calls":false}"#)
      #expect(encoded.changes == [])
    }
  }

  @Test func `tool settings without tools are left out`() throws {
    var request = ChatRequest(model: "m", messages: [])
    request.toolChoice = .required
    request.parallelToolCalls = true
    let encoded = try encode(request)
    #expect(encoded.text == #"{"model":"m","messages":[]}"#)
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == ["dropped tool_choice", "dropped parallel_tool_calls"])
    request.toolChoice = .auto
    request.parallelToolCalls = nil
    #expect(try encode(request).changes == [])
  }

  @Test(arguments: [
    (OutputFormat.jsonObject, #"{"type":"json_object"}"#),
    (
      .jsonSchema(name: "n", schema: ["type": "object"], strict: true),
      #"{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}}"#
    ),
    (
      .jsonSchema(name: "n", schema: ["type": "object"], strict: nil),
      #"{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}"#
    ),
  ])
  func `the form of the answer`(_ output: OutputFormat, _ format: String) throws {
    var request = ChatRequest(model: "m", messages: [])
    request.output = output
    #expect(try encode(request).text == #"{"model":"m","messages":[],"response_format":\#(format)}"#)
  }
}

func encode(
  _ request: ChatRequest, _ traits: ModelTraits = ModelTraits(), quirks: JSONObject = [:]
) throws -> (text: String, changes: [Change]) {
  let encoded = try OpenAIChat.encode(request, to: traits, quirks: try Quirks(json: quirks))
  return (encoded.body[...].text, encoded.changes)
}
