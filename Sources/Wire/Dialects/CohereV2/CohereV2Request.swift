// A request to bytes. What the format has no place for is left out, and each departure is a change.

struct CohereV2RequestEncoder {
  let request: ChatRequest
  let model: ModelTraits
  var body = JSONObject()
  var changes: [Change] = []

  init(_ request: ChatRequest, _ model: ModelTraits) {
    self.request = request
    self.model = model
  }

  mutating func encode() throws(WireError) -> EncodedRequest {
    body["model"] = .string(request.model)
    var messages = CohereV2MessagesEncoder(request.messages, model)
    body["messages"] = .array(try messages.encode())
    changes += messages.changes
    addTools()
    addOutputFormat()
    addThinking()
    addSettings()
    // The member is compulsory (docs.cohere.com/reference/chat).
    body["stream"] = .bool(request.streams)
    changes += request.dropping([.choices, .logprobs, .metadata, .serviceTier, .user])
    addExtras()
    return EncodedRequest(body: JSON.object(body).bytes, changes: changes)
  }

  private mutating func change(_ field: String, _ what: Change.What, _ why: String) {
    changes.append(Change(field, what, why))
  }

  // MARK: Tools

  private mutating func addTools() {
    changes += request.dropping([.parallelToolCalls])
    let tools = request.tools.enumerated().compactMap { tool($1, "tools[\($0)]") }
    guard !tools.isEmpty else {
      if let choice = request.toolChoice, choice != .auto, choice != .none {
        change("tool_choice", .dropped, "there are no tools to choose from")
      }
      return
    }
    body["tools"] = .array(tools)
    addStrictness()
    addToolChoice()
  }

  private mutating func tool(_ tool: Tool, _ field: String) -> JSON? {
    guard tool.vendorDefinition == nil else {
      change(field, .dropped, "another provider's own tool has no place here")
      return nil
    }
    // No tool can be named: the one that must be called is the only one shown.
    if case .tool(let name)? = request.toolChoice, name != tool.name, canBeForced {
      change(field, .dropped, "only the tool that must be called is shown")
      return nil
    }
    if tool.cacheControl != nil { change("\(field).cache_control", .dropped, "this format has no cache breakpoints") }
    var function: JSONObject = ["name": .string(tool.name)]
    function["description"] = tool.description.map { .string($0) }
    function["parameters"] = tool.parameters ?? ["type": "object", "properties": [:]]
    function.fill(from: tool.extras, at: field, changes: &changes)
    return ["type": "function", "function": .object(function)]
  }

  /// All tools are strict, or none is.
  private mutating func addStrictness() {
    let wishes = request.tools.map { $0.strict ?? false }
    guard wishes.contains(true) else { return }
    if wishes.contains(false) {
      change("tools[].strict", .dropped, "all tools are strict here, or none is")
    } else {
      body["strict_tools"] = true
    }
  }

  private var canBeForced: Bool { !model.refuses.contains("forced_tools") }

  private mutating func addToolChoice() {
    switch request.toolChoice {
    case nil, .auto: break
    case .some(.none): body["tool_choice"] = "NONE"
    case .required where canBeForced: body["tool_choice"] = "REQUIRED"
    case .tool where canBeForced:
      body["tool_choice"] = "REQUIRED"
      change("tool_choice", .converted, "this format cannot name a tool: a call of the only one shown is required")
    case .required, .tool: change("tool_choice", .converted, "this model cannot be made to call a tool: it may")
    }
  }

  // MARK: The form of the answer

  private mutating func addOutputFormat() {
    switch request.output {
    case .text: break
    case .jsonObject: body["response_format"] = ["type": "json_object"]
    case .jsonSchema(_, let schema, let strict):
      body["response_format"] = ["type": "json_object", "schema": schema]
      if strict == false { change("response_format.strict", .dropped, "schemas are always kept to here") }
    }
  }

  // MARK: Thinking

  private mutating func addThinking() {
    guard let reasoning = request.reasoning else { return }
    // A model whose ability is not known is taken at the caller's word.
    if !model.capabilities.isEmpty, !model.capabilities.contains("reasoning") {
      return change("reasoning_effort", .dropped, "this model does not think")
    }
    guard reasoning.effort != "none" else {
      if reasoning.budgetTokens ?? 0 > 0 { change("thinking_budget", .dropped, "no thinking was asked for") }
      return body["thinking"] = ["type": "disabled"]
    }
    var thinking: JSONObject = ["type": "enabled"]
    thinking["token_budget"] = budget(for: reasoning).map { .number(JSONNumber($0)) }
    body["thinking"] = .object(thinking)
  }

  private mutating func budget(for reasoning: ReasoningRequest) -> Int? {
    if let budget = reasoning.budgetTokens {
      if reasoning.effort != nil { change("reasoning_effort", .dropped, "a budget was given, which goes before it") }
      return budget
    }
    guard let effort = reasoning.effort else { return nil }
    let budget = EffortWords.budget(for: effort)
    let meaning = budget.map { "\($0) tokens" } ?? "as many tokens as it likes"
    change("reasoning_effort", .converted, "this format takes a budget: \(effort) is \(meaning)")
    return budget
  }

  // MARK: Settings

  /// docs.cohere.com/reference/chat, `stop_sequences`: up to 5.
  private static let mostStopTexts = 5

  private mutating func addSettings() {
    if let asked = request.maxOutputTokens {
      let most = model.maxOutputTokens ?? asked
      if asked > most { change("max_tokens", .clamped, "this model writes at most \(most) tokens") }
      body["max_tokens"] = .number(JSONNumber(min(asked, most)))
    }
    if !request.stop.isEmpty {
      let texts = request.stop.prefix(Self.mostStopTexts)
      if texts.count < request.stop.count { change("stop", .clamped, "this format takes \(Self.mostStopTexts) texts") }
      body["stop_sequences"] = .array(texts.map { .string($0) })
    }
    let sampling = request.sampling
    for (name, number) in [
      ("temperature", sampling.temperature), ("p", sampling.topP), ("k", sampling.topK), ("seed", sampling.seed),
      ("frequency_penalty", sampling.frequencyPenalty), ("presence_penalty", sampling.presencePenalty),
    ] { body[name] = number.map { .number($0) } }
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
