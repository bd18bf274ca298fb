// A request to bytes: what was asked for is written, then limits take out again what a model or provider does not take.

struct OpenAIResponsesRequestEncoder: OpenAIRequestEncoding {
  let request: ChatRequest
  let model: ModelTraits
  let quirks: Quirks
  var body = JSONObject()
  var changes: [Change] = []

  init(_ request: ChatRequest, _ model: ModelTraits, _ quirks: Quirks) {
    self.request = request
    self.model = model
    self.quirks = quirks
  }

  let maxTokensField = "max_output_tokens"

  mutating func encode() throws(WireError) -> EncodedRequest {
    body["model"] = .string(request.model)
    var input = OpenAIResponsesInputEncoder(request.messages, quirks)
    try input.encode()
    changes += input.changes
    body["instructions"] = input.instructions.map { .string($0) }
    body["input"] = .array(input.items)
    addSettings()
    if request.streams { body["stream"] = true }
    addStatelessness()
    applyLimits()
    var writer = JSONWriter()
    writer.write(body)
    return EncodedRequest(body: writer.bytes, changes: changes)
  }

  /// Everything but the conversation.
  mutating func addSettings() {
    addTools()
    addOutputFormat()
    body["max_output_tokens"] = request.maxOutputTokens.map { .number(JSONNumber($0)) }
    body["temperature"] = request.sampling.temperature.map { .number($0) }
    body["top_p"] = request.sampling.topP.map { .number($0) }
    addReasoning()
    body["user"] = request.user.map { .string($0) }
    body["metadata"] = request.metadata.map { .object($0) }
    body["service_tier"] = request.serviceTier.map { .string($0) }
    addExtras()
    addLogprobs()
    reportMissing()
  }

  /// Nothing needs to be kept at the provider for the conversation to go on: its thinking comes back with us, encrypted.
  private mutating func addStatelessness() {
    guard !OpenAIResponses.keepsState(body) else { return }
    if body["store"] == nil, !quirks.unsupported.contains("store") {
      body["store"] = false
      changes.append(Change("store", .added, "the conversation is sent each time, so nothing need be kept"))
    }
    let field = "include[\(OpenAIResponses.encryptedContentInclude)]"
    if include(OpenAIResponses.encryptedContentInclude) {
      changes.append(Change(field, .added, "so that thinking can go back although nothing is kept"))
    }
  }

  /// Asks for `what` in the answer; false when it is asked for already.
  private mutating func include(_ what: String) -> Bool {
    var list = body["include"]?.array ?? []
    guard !list.contains(.string(what)) else { return false }
    list.append(.string(what))
    body["include"] = .array(list)
    return true
  }

  private mutating func addLogprobs() {
    guard let count = request.logprobs else { return }
    let rejected = isReasoningModel ? quirks.unsupported.union(quirks.reasoningModelsReject) : quirks.unsupported
    guard rejected.isDisjoint(with: ["logprobs", "top_logprobs"]) else {
      changes.append(Change("logprobs", .dropped, "this model does not tell how likely tokens were"))
      return
    }
    _ = include(OpenAIResponses.logprobsInclude)
    if count > 0 { body["top_logprobs"] = .number(JSONNumber(count)) }
  }

  /// The format has no such parameters (reference, "Create a model response").
  private mutating func reportMissing() {
    let missing: [(name: String, isSet: Bool)] = [
      ("stop", !request.stop.isEmpty), ("n", (request.choices ?? 1) != 1), ("top_k", request.sampling.topK != nil),
      ("frequency_penalty", request.sampling.frequencyPenalty != nil),
      ("presence_penalty", request.sampling.presencePenalty != nil), ("seed", request.sampling.seed != nil),
    ]
    for parameter in missing where parameter.isSet {
      changes.append(Change(parameter.name, .dropped, "this format has no such parameter"))
    }
  }

  // MARK: Tools

  /// Here functions are strict unless the contrary is said (migration guide, "Functions in Chat Completions are
  /// non-strict by default"), which would make optional arguments compulsory.
  func function(_ members: JSONObject) -> JSONObject {
    var function: JSONObject = ["type": "function"]
    function.members += members.members
    if quirks.takesStrictTools, function["strict"] == nil { function["strict"] = false }
    return function
  }

  /// A definition in this format's own form stays as it is.
  func vendorTool(_ definition: JSON) -> JSON {
    definition["custom"] == nil ? definition : OpenAICustomTool(definition)?.responses ?? definition
  }

  func choice(ofTool name: String) -> JSON {
    let definition = request.tools.first { $0.name == name }?.vendorDefinition
    switch definition?["type"]?.string {
    case nil, "function": return ["type": "function", "name": .string(name)]
    case "custom": return ["type": "custom", "name": .string(name)]
    case let type?: return ["type": .string(type)]
    }
  }

  mutating func setEffort(_ word: String) { body["reasoning"] = ["effort": .string(word)] }

  // MARK: The form of the answer

  private mutating func addOutputFormat() {
    guard request.output != .text else { return }
    if let reason = refusalOfOutputFormat {
      changes.append(Change("response_format", .dropped, reason))
      return
    }
    switch request.output {
    case .text: break
    case .jsonObject where quirks.noJSONObject:
      body["text"] = ["format": Self.format(name: "object", schema: ["type": "object"], strict: nil)]
      changes.append(
        Change("response_format", .converted, "this provider takes only schemas: any object fits this one"))
    case .jsonObject: body["text"] = ["format": ["type": "json_object"]]
    case .jsonSchema(let name, let schema, let strict):
      body["text"] = ["format": Self.format(name: name, schema: schema, strict: strict)]
    }
  }

  private static func format(name: String, schema: JSON, strict: Bool?) -> JSON {
    var format: JSONObject = ["type": "json_schema", "name": .string(name), "schema": schema]
    format["strict"] = strict.map { .bool($0) }
    return .object(format)
  }
}
