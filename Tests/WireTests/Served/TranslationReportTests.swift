// Fields in minus fields out is what the report says: nothing is lost in silence, nothing is reported for nothing.

import Testing
import Wire

struct TranslationReports {
  @Test(arguments: DialectName.allServed, DialectName.allCases)
  func `what does not arrive is reported, and what is reported did not arrive`(
    _ client: DialectName, _ provider: DialectName
  ) throws {
    let served = try #require(client.served)
    var random = SeededRandom(seed: 20)
    let fields = MarkedField.all(of: client)
    #expect(fields.count > 8)
    for round in 0..<60 {
      let chosen = round == 0 ? fields : fields.filter { _ in Bool.random(using: &random) }
      let body = MarkedField.body(of: client, with: chosen)
      let read = try served.decodeRequest(body.bytes, at: RequestAddress(model: "m"))
      var step = Translation.request(of: read, from: client, to: provider)
      step.request.model = "claude-m"
      var traits = ModelTraits()
      traits.capabilities = ["reasoning", "tools", "vision"]
      let encoded = try provider.dialect.encode(step.request, to: traits, quirks: Quirks())
      let changes = step.changes + encoded.changes
      let sent = String(decoding: encoded.body, as: UTF8.self)
      for field in chosen {
        let isReported = changes.contains { $0.field.hasPrefix(field.path) && $0.what != .added }
        let isLost = changes.contains { $0.field.hasPrefix(field.path) && $0.what == .dropped }
        let arrived = sent.contains(field.marker)
        #expect(arrived || isReported, "\(field.path) is lost in silence: \(body.text) -> \(sent)")
        #expect(!(arrived && isLost), "\(field.path) is reported as lost but is there: \(changes) \(sent)")
      }
    }
  }
}

/// A field with a value that is found nowhere else.
struct MarkedField: Sendable {
  /// The path a change names.
  var path: String
  var marker: String
  /// The member, `name` to JSON text.
  var name: String
  var json: String

  private init(_ path: String, _ name: String, _ json: String, _ marker: String) {
    self.path = path
    self.name = name
    self.json = json
    self.marker = marker
  }

  static func all(of dialect: DialectName) -> [MarkedField] {
    switch dialect {
    case .openAIChat:
      [
        MarkedField("temperature", "temperature", "0.4321", "0.4321"),
        MarkedField("top_p", "top_p", "0.9753", "0.9753"),
        MarkedField("top_k", "top_k", "8642", "8642"), MarkedField("seed", "seed", "97531", "97531"),
        MarkedField("frequency_penalty", "frequency_penalty", "0.1357", "0.1357"),
        MarkedField("presence_penalty", "presence_penalty", "0.2468", "0.2468"),
        MarkedField("max_tokens", "max_tokens", "3579", "3579"),
        MarkedField("stop", "stop", #"["STOPMARK"]"#, "STOPMARK"),
        MarkedField("user", "user", #""USERMARK""#, "USERMARK"),
        MarkedField("metadata", "metadata", #"{"k":"METAMARK"}"#, "METAMARK"),
        MarkedField("service_tier", "service_tier", #""TIERMARK""#, "TIERMARK"),
        MarkedField("n", "n", "17", ":17"), MarkedField("logprobs", "top_logprobs", "13", ":13"),
        MarkedField("logit_bias", "logit_bias", #"{"1":"BIASMARK"}"#, "BIASMARK"),
        MarkedField("response_format", "response_format", Self.schema, "SCHEMAMARK"),
        MarkedField(
          "tools[0]", "tools", #"[{"type":"function","function":{"name":"f","description":"TOOLMARK"}}]"#, "TOOLMARK"),
      ]
    case .anthropicMessages:
      [
        MarkedField("temperature", "temperature", "0.4321", "0.4321"),
        MarkedField("top_p", "top_p", "0.9753", "0.9753"),
        MarkedField("top_k", "top_k", "8642", "8642"), MarkedField("max_tokens", "max_tokens", "3579", "3579"),
        MarkedField("stop", "stop_sequences", #"["STOPMARK"]"#, "STOPMARK"),
        MarkedField("user", "metadata", #"{"user_id":"USERMARK"}"#, "USERMARK"),
        MarkedField("service_tier", "service_tier", #""TIERMARK""#, "TIERMARK"),
        MarkedField("container", "container", #""BOXMARK""#, "BOXMARK"),
        MarkedField(
          "response_format", "output_format", #"{"type":"json_schema","schema":{"title":"SCHEMAMARK"}}"#, "SCHEMAMARK"),
        MarkedField("tools[0]", "tools", #"[{"name":"f","description":"TOOLMARK","input_schema":{}}]"#, "TOOLMARK"),
        MarkedField("messages[0]", "system", #""SYSTEMMARK""#, "SYSTEMMARK"),
      ]
    case .gemini, .vertexGemini:
      [
        MarkedField("temperature", "generationConfig.temperature", "0.4321", "0.4321"),
        MarkedField("top_p", "generationConfig.topP", "0.9753", "0.9753"),
        MarkedField("top_k", "generationConfig.topK", "8642", "8642"),
        MarkedField("seed", "generationConfig.seed", "97531", "97531"),
        MarkedField("frequency_penalty", "generationConfig.frequencyPenalty", "0.1357", "0.1357"),
        MarkedField("presence_penalty", "generationConfig.presencePenalty", "0.2468", "0.2468"),
        MarkedField("max_tokens", "generationConfig.maxOutputTokens", "3579", "3579"),
        MarkedField("stop", "generationConfig.stopSequences", #"["STOPMARK"]"#, "STOPMARK"),
        MarkedField("n", "generationConfig.candidateCount", "17", ":17"),
        MarkedField("logprobs", "generationConfig.logprobs", "13", ":13"),
        MarkedField("response_format", "generationConfig.responseJsonSchema", #"{"title":"SCHEMAMARK"}"#, "SCHEMAMARK"),
        MarkedField("generationConfig", "generationConfig.speechConfig", #"{"x":"SPEECHMARK"}"#, "SPEECHMARK"),
        MarkedField("metadata", "labels", #"{"team":"labelmark"}"#, "labelmark"),
        MarkedField("service_tier", "serviceTier", #""TIERMARK""#, "TIERMARK"),
        MarkedField("safetySettings", "safetySettings", #"[{"category":"SAFETYMARK"}]"#, "SAFETYMARK"),
        MarkedField(
          "messages[0]", "systemInstruction", #"{"parts":[{"text":"SYSTEMMARK"}]}"#, "SYSTEMMARK"),
        MarkedField(
          "tools[0]", "tools", #"[{"functionDeclarations":[{"name":"f","description":"TOOLMARK"}]}]"#, "TOOLMARK"),
      ]
    case .openAIResponses:
      [
        MarkedField("temperature", "temperature", "0.4321", "0.4321"),
        MarkedField("top_p", "top_p", "0.9753", "0.9753"),
        MarkedField("max_", "max_output_tokens", "3579", "3579"),
        MarkedField("user", "user", #""USERMARK""#, "USERMARK"),
        MarkedField("metadata", "metadata", #"{"k":"METAMARK"}"#, "METAMARK"),
        MarkedField("service_tier", "service_tier", #""TIERMARK""#, "TIERMARK"),
        MarkedField("reasoning.summary", "reasoning", #"{"summary":"SUMMARYMARK"}"#, "SUMMARYMARK"),
        MarkedField("prompt_cache_key", "prompt_cache_key", #""CACHEMARK""#, "CACHEMARK"),
        MarkedField("include", "include", #"["INCLUDEMARK"]"#, "INCLUDEMARK"),
        MarkedField("truncation", "truncation", #""TRUNCATIONMARK""#, "TRUNCATIONMARK"),
        MarkedField("messages[0]", "instructions", #""SYSTEMMARK""#, "SYSTEMMARK"),
        MarkedField(
          "response_format", "text",
          #"{"format":{"type":"json_schema","name":"n","schema":{"type":"object","title":"SCHEMAMARK"}}}"#, "SCHEMAMARK"
        ),
        MarkedField(
          "tools[0]", "tools", #"[{"type":"function","name":"f","description":"TOOLMARK"}]"#, "TOOLMARK"),
      ]
    default: []
    }
  }

  private static let schema =
    #"{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","title":"SCHEMAMARK"}}}"#

  /// A request with these fields and what every request must have.
  static func body(of dialect: DialectName, with fields: [MarkedField]) -> JSON {
    var body: JSONObject
    switch dialect {
    case .openAIChat, .anthropicMessages:
      body = ["model": "m", "messages": [["role": "user", "content": "hi"]]]
    case .gemini, .vertexGemini: body = ["contents": [["parts": [["text": "hi"]]]]]
    case .openAIResponses: body = ["model": "m", "input": "hi"]
    default: body = [:]
    }
    for field in fields {
      let value = (try? JSON.parse(field.json)) ?? .null
      let path = field.name.split(separator: ".").map(String.init)
      if path.count == 1 {
        body[path[0]] = value
      } else {
        body[path[0]] = .object((body[path[0]]?.object ?? JSONObject()).with(path[1], value))
      }
    }
    return .object(body)
  }
}

extension JSONObject {
  fileprivate func with(_ name: String, _ value: JSON) -> JSONObject {
    var copy = self
    copy[name] = value
    return copy
  }
}

struct CallersNames {
  @Test(arguments: [
    (DialectName.openAIChat, "stop", "stop"), (.anthropicMessages, "stop", "stop_sequences"),
    (.anthropicMessages, "reasoning.budget_tokens", "thinking.budget_tokens"),
    (.anthropicMessages, "metadata.k", "metadata.k"), (.gemini, "top_k", "generationConfig.topK"),
    (.gemini, "messages[2].name", "contents[2].name"), (.openAIResponses, "max_tokens", "max_output_tokens"),
    (.openAIResponses, "tools[0].strict", "tools[0].strict"),
  ])
  func `a change names the field as its caller does`(_ name: DialectName, _ field: String, _ own: String) throws {
    let served = try #require(name.served)
    #expect(served.named(Change(field, .dropped, "why")) == Change(own, .dropped, "why"))
  }

  @Test(arguments: [
    (
      DialectName.anthropicMessages, #"{"system":"s","messages":[{"role":"user","content":"a"}]}"#,
      [("messages[1].content[0].x", "messages[0].content[0].x"), ("messages[0].content[0]", "system")]
    ),
    (
      .openAIResponses,
      #"{"instructions":"s","input":[{"role":"user","content":"a"},{"type":"reasoning","summary":[]},"#
        + #"{"role":"assistant","content":[{"type":"output_text","text":"b"},{"type":"output_text","text":"c"}]},"#
        + #"{"type":"function_call","call_id":"i","name":"f","arguments":"{}"}]}"#,
      [
        ("messages[1].name", "input[0].name"), ("messages[2].content[0]", "input[1]"),
        ("messages[2].content[2].x", "input[2].content[1].x"), ("messages[2].content[3].id", "input[3].id"),
        ("messages[2].content[1].item.phase", "input[2].phase"),
      ]
    ),
    (
      .gemini,
      #"{"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"parts":[{"text":"a"}]},{"role":"model","parts":["#
        + #"{"text":""},{"text":"b"}]}],"tools":[{"googleSearch":{}},{"functionDeclarations":[{"name":"f"}]}]}"#,
      [
        ("messages[1].content[0].x", "contents[0].parts[0].x"), ("messages[2].content[0]", "contents[1].parts[1]"),
        ("tools[1].strict", "tools[1].functionDeclarations[0].strict"), ("top_k", "generationConfig.topK"),
      ]
    ),
    (
      .openAIChat,
      #"{"messages":[{"role":"system","content":"s"},{"role":"assistant","content":"a","reasoning_content":"r","#
        + #""tool_calls":[{"id":"i","function":{"name":"f"}}]},{"role":"tool","tool_call_id":"i","content":"b"}]}"#,
      [
        ("messages[1].content[0]", "messages[1].reasoning_content"),
        ("messages[1].content[1].x", "messages[1].content.x"),
        ("messages[1].content[2].x", "messages[1].tool_calls[0].x"),
        ("messages[2].content[0].content[0].x", "messages[2].content[0].x"),
      ]
    ),
  ])
  func `a change names the place where the client put it`(
    _ name: DialectName, _ body: String, _ fields: [(field: String, own: String)]
  ) throws {
    let served = try #require(name.served)
    let read = try served.decodeRequest(Array(body.utf8), at: RequestAddress(model: "m"))
    for (field, own) in fields { #expect(served.named(Change(field, .dropped, ""), at: read.places).field == own) }
  }
}
