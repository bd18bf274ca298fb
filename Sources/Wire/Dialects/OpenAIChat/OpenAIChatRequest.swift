// A request to bytes: first everything the caller asked for is written, then what this model or provider does not
// take is taken out again (`OpenAIChatRequest+Limits.swift`), so that each departure is one visible step.

struct OpenAIChatRequestEncoder {
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

  var isReasoningModel: Bool { Quirks.Scope.reasoningModels.covers(request.model, model) }

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

  private mutating func addTools() {
    guard !request.tools.isEmpty else { return dropToolSettings() }
    var tools: [JSON] = []
    for (index, tool) in request.tools.enumerated() {
      guard let definition = tool.vendorDefinition else {
        tools.append(.object(function(tool, at: index)))
        continue
      }
      if quirks.functionToolsOnly {
        changes.append(Change("tools[\(index)]", .dropped, "this provider takes only functions as tools"))
      } else {
        tools.append(definition)
      }
    }
    if !tools.isEmpty { body["tools"] = .array(tools) }
    if let choice = request.toolChoice { body["tool_choice"] = toolChoice(choice) }
    body["parallel_tool_calls"] = request.parallelToolCalls.map { .bool($0) }
  }

  private mutating func dropToolSettings() {
    // `auto` and `none` say nothing without tools; OpenAI refuses either setting without them.
    if let choice = request.toolChoice, choice != .auto, choice != .none {
      changes.append(Change("tool_choice", .dropped, "there are no tools to choose from"))
    }
    if request.parallelToolCalls != nil {
      changes.append(Change("parallel_tool_calls", .dropped, "there are no tools to call"))
    }
  }

  private mutating func function(_ tool: Tool, at index: Int) -> JSONObject {
    var function = JSONObject()
    function["name"] = .string(tool.name)
    function["description"] = tool.description.map { .string($0) }
    function["parameters"] = tool.parameters ?? ["type": "object", "properties": [:]]
    if let strict = tool.strict {
      if quirks.takesStrictTools {
        function["strict"] = .bool(strict)
      } else {
        changes.append(Change("tools[\(index)].strict", .dropped, "this provider has no strict tools"))
      }
    }
    for extra in tool.extras.members { function[extra.name] = extra.value }
    var object: JSONObject = ["type": "function", "function": .object(function)]
    if let cacheControl = tool.cacheControl {
      if quirks.takesCacheControl {
        object["cache_control"] = cacheControl
      } else {
        changes.append(Change("tools[\(index)].cache_control", .dropped, "this provider takes no cache breakpoints"))
      }
    }
    return object
  }

  private mutating func toolChoice(_ choice: ToolChoice) -> JSON {
    var choice = choice
    let isForced = choice == .required || choice.toolName != nil
    if isForced, model.refuses.contains("forced_tools") {
      changes.append(Change("tool_choice", .converted, "this model cannot be made to call a tool: it may"))
      choice = .auto
    } else if choice == .required, quirks.noRequiredTool.covers(request.model, model) {
      changes.append(Change("tool_choice", .converted, "this provider cannot require a tool call: it may happen"))
      choice = .auto
    }
    if let words = quirks.toolChoiceWords, !words.contains(choice.word ?? "") {
      changes.append(Change("tool_choice", .converted, "this provider takes only \(words.sorted())"))
      choice = .auto
    }
    if choice == .required { return .string(quirks.requiredToolWord) }
    if let name = choice.toolName { return ["type": "function", "function": ["name": .string(name)]] }
    return .string(choice.word ?? "auto")
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

extension ToolChoice {
  /// The word for this choice, unless it names a tool.
  fileprivate var word: String? {
    switch self {
    case .auto: "auto"
    case .none: "none"
    case .required: "required"
    case .tool: nil
    }
  }

  fileprivate var toolName: String? {
    if case .tool(let name) = self { name } else { nil }
  }
}
