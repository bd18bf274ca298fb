// A request to bytes: first everything the caller asked for is written, then what this model or provider does not
// take is taken out again (`OpenAIChatRequest+Limits.swift`), so that each departure is one visible step.

struct OpenAIChatRequestEncoder: OpenAIRequestEncoding {
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

  mutating func encode() throws(WireError) -> EncodedRequest {
    body["model"] = .string(request.model)
    var messages = OpenAIChatMessagesEncoder(request, model, quirks)
    body["messages"] = .array(try messages.encode())
    changes += messages.changes
    addTools()
    addOutputFormat()
    addSampling()
    addReasoning()
    addStreaming()
    addRest()
    applyLimits()
    var writer = JSONWriter()
    writer.write(body)
    return EncodedRequest(body: writer.bytes, changes: changes)
  }

  // MARK: Tools

  func function(_ members: JSONObject) -> JSONObject { ["type": "function", "function": .object(members)] }

  /// A definition in this format's own form stays as it is.
  func vendorTool(_ definition: JSON) -> JSON {
    definition["custom"] == nil ? OpenAICustomTool(definition)?.chat ?? definition : definition
  }

  func choice(ofTool name: String) -> JSON {
    let definition = request.tools.first { $0.name == name }?.vendorDefinition
    let type = definition?["type"] == "custom" ? "custom" : "function"
    return ["type": .string(type), type: ["name": .string(name)]]
  }

  // MARK: Settings

  private mutating func addSampling() {
    let limit = request.maxOutputTokens.map { JSON.number(JSONNumber($0)) }
    body[maxTokensField] = limit
    body["temperature"] = request.sampling.temperature.map { .number($0) }
    body["top_p"] = request.sampling.topP.map { .number($0) }
    body["frequency_penalty"] = request.sampling.frequencyPenalty.map { .number($0) }
    body["presence_penalty"] = request.sampling.presencePenalty.map { .number($0) }
    body[quirks.seedField] = request.sampling.seed.map { .number($0) }
    if !request.stop.isEmpty { body["stop"] = .array(request.stop.map { .string($0) }) }
    guard let topK = request.sampling.topK else { return }
    if quirks.extraParameters.contains("top_k") {
      body["top_k"] = .number(topK)
    } else {
      changes.append(Change("top_k", .dropped, "this provider is not known to have such a parameter"))
    }
  }

  /// Reasoning models that refuse `max_tokens` take its successor.
  var maxTokensField: String {
    isReasoningModel && quirks.reasoningModelsReject.contains(quirks.maxTokensField)
      ? "max_completion_tokens" : quirks.maxTokensField
  }

  private mutating func addStreaming() {
    guard request.streams else { return }
    body["stream"] = true
    guard !quirks.noStreamOptions.covers(request.model, model) else {
      if request.extras["stream_options"] != nil {
        changes.append(Change("stream_options", .dropped, "this provider takes no such parameter"))
      }
      return
    }
    var options = request.extras["stream_options"]?.object ?? JSONObject()
    if !quirks.alwaysStreamsUsage, options["include_usage"] != true {
      options["include_usage"] = true
      changes.append(Change("stream_options.include_usage", .added, "the call is booked by what it used"))
    }
    if !options.isEmpty { body["stream_options"] = .object(options) }
  }

  private mutating func addRest() {
    body["user"] = request.user.map { .string($0) }
    body["metadata"] = request.metadata.map { .object($0) }
    body["service_tier"] = request.serviceTier.map { .string($0) }
    if let field = quirks.reasoningSplitField {
      body[field] = true
      changes.append(Change(field, .added, "so that thinking does not stand in the text"))
    }
    body["n"] = request.choices.map { .number(JSONNumber($0)) }
    if let top = request.logprobs {
      body["logprobs"] = true
      if top > 0 { body["top_logprobs"] = .number(JSONNumber(top)) }
    }
    for extra in request.extras.members where extra.name != "stream_options" { body[extra.name] = extra.value }
    if quirks.needsStoreFalse, body["store"] == nil {
      body["store"] = false
      changes.append(Change("store", .added, "this provider wants it said"))
    }
  }
}
