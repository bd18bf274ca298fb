// A request to bytes. What the format has no place for is left out, and each departure is a change.

struct OllamaRequestEncoder {
  private let request: ChatRequest
  private let model: ModelTraits
  private var body = JSONObject()
  private var changes: [Change] = []

  init(_ request: ChatRequest, _ model: ModelTraits) {
    self.request = request
    self.model = model
  }

  mutating func encode() -> EncodedRequest {
    body["model"] = .string(request.model)
    var messages = OllamaMessagesEncoder(request.messages)
    body["messages"] = .array(messages.encode())
    changes += messages.changes
    // Without the member it streams.
    body["stream"] = .bool(request.streams)
    addTools()
    addOutputFormat()
    addThinking()
    addOptions()
    addLogprobs()
    changes += request.dropping([.choices, .metadata, .serviceTier, .user])
    addExtras()
    return EncodedRequest(body: JSON.object(body).bytes, changes: changes)
  }

  private mutating func change(_ field: String, _ what: Change.What, _ why: String) {
    changes.append(Change(field, what, why))
  }

  // MARK: Tools

  private mutating func addTools() {
    changes += request.dropping([.parallelToolCalls])
    var tools = request.tools.enumerated().compactMap { tool($1, "tools[\($0)]") }
    switch request.toolChoice {
    case nil, .auto: break
    case .some(.none):
      if !tools.isEmpty { change("tool_choice", .converted, "this format has no such choice: the tools are left out") }
      tools = []
    case .required, .tool:
      tools.isEmpty
        ? change("tool_choice", .dropped, "there are no tools to choose from")
        : change("tool_choice", .converted, "a model cannot be made to call a tool here: it may")
    }
    if !tools.isEmpty { body["tools"] = .array(tools) }
  }

  private mutating func tool(_ tool: Tool, _ field: String) -> JSON? {
    guard tool.vendorDefinition == nil else {
      change(field, .dropped, "another provider's own tool has no place here")
      return nil
    }
    if tool.strict == true { change("\(field).strict", .dropped, "this format has no strict tools") }
    if tool.cacheControl != nil { change("\(field).cache_control", .dropped, "this format has no cache breakpoints") }
    var function: JSONObject = ["name": .string(tool.name)]
    function["description"] = tool.description.map { .string($0) }
    function["parameters"] = tool.parameters ?? ["type": "object", "properties": [:]]
    function.fill(from: tool.extras, at: field, changes: &changes)
    return ["type": "function", "function": .object(function)]
  }

  // MARK: The form of the answer

  private mutating func addOutputFormat() {
    switch request.output {
    case .text: break
    case .jsonObject: body["format"] = "json"
    case .jsonSchema(_, let schema, let strict):
      body["format"] = schema
      if strict == false { change("response_format.strict", .dropped, "schemas are always kept to here") }
    }
  }

  // MARK: Thinking

  /// "GPT-OSS instead expects one of low, medium, or high" (docs.ollama.com/capabilities/thinking); a word for another
  /// model is refused by some versions.
  private var takesWords: Bool { request.model.lowercased().contains("gpt-oss") || !model.efforts.isEmpty }

  private mutating func addThinking() {
    guard let reasoning = request.reasoning else { return }
    // A model whose ability is not known is taken at the caller's word.
    if !model.capabilities.isEmpty, !model.capabilities.contains("reasoning") {
      return change("reasoning_effort", .dropped, "this model does not think")
    }
    if reasoning.effort == "none" { return body["think"] = false }
    guard takesWords else {
      body["think"] = true
      if reasoning.effort != nil { change("reasoning_effort", .converted, "thinking can only be switched on or off") }
      if reasoning.budgetTokens != nil {
        change("thinking_budget", .dropped, "thinking can only be switched on or off")
      }
      return
    }
    body["think"] = word(for: reasoning).map { .string($0) } ?? true
  }

  private mutating func word(for reasoning: ReasoningRequest) -> String? {
    if let budget = reasoning.budgetTokens {
      let why = reasoning.effort == nil ? "this model takes a word instead" : "an effort was given, and one is taken"
      change("thinking_budget", reasoning.effort == nil ? .converted : .dropped, why)
      if reasoning.effort == nil { return EffortWords.word(forBudget: budget) }
    }
    guard let effort = reasoning.effort else { return nil }
    let words = model.efforts.isEmpty ? ["low", "medium", "high"] : model.efforts
    guard !words.contains(effort), let nearest = EffortWords.nearest(to: effort, among: words) else { return effort }
    change("reasoning_effort", .clamped, "this model's nearest word is \(nearest)")
    return nearest
  }

  // MARK: Settings

  private mutating func addOptions() {
    var options = JSONObject()
    if let asked = request.maxOutputTokens {
      let most = model.maxOutputTokens ?? asked
      if asked > most { change("max_tokens", .clamped, "this model writes at most \(most) tokens") }
      options["num_predict"] = .number(JSONNumber(min(asked, most)))
    }
    let sampling = request.sampling
    for (name, number) in [
      ("temperature", sampling.temperature), ("top_p", sampling.topP), ("top_k", sampling.topK),
      ("seed", sampling.seed), ("frequency_penalty", sampling.frequencyPenalty),
      ("presence_penalty", sampling.presencePenalty),
    ] { options[name] = number.map { .number($0) } }
    if !request.stop.isEmpty { options["stop"] = .array(request.stop.map { .string($0) }) }
    if !options.isEmpty { body["options"] = .object(options) }
  }

  private mutating func addLogprobs() {
    guard let top = request.logprobs else { return }
    body["logprobs"] = true
    if top > 0 { body["top_logprobs"] = .number(JSONNumber(top)) }
  }

  private mutating func addExtras() {
    var extras = request.extras
    if extras["stream_options"] != nil {
      change("stream_options", .dropped, "a stream always tells its usage here")
      extras["stream_options"] = nil
    }
    body.fill(from: extras, changes: &changes)
  }
}
