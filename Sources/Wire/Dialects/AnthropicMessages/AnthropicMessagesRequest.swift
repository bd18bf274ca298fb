// A request to bytes. What the format has no place for is left out, and each departure is a change.

struct AnthropicMessagesRequestEncoder {
  let request: ChatRequest
  let model: ModelTraits
  let quirks: Quirks
  var body = JSONObject()
  var changes: [Change] = []
  /// Forced tools and sampling do not go with thinking.
  var thinks = false

  init(_ request: ChatRequest, _ model: ModelTraits, _ quirks: Quirks) {
    self.request = request
    self.model = model
    self.quirks = quirks
  }

  mutating func encode() -> EncodedRequest {
    body["model"] = .string(request.model)
    addMaxTokens()
    addConversation()
    addThinking()
    addTools()
    addOutputFormat()
    addSampling()
    addRest()
    var writer = JSONWriter()
    writer.write(body)
    return EncodedRequest(body: writer.bytes, changes: changes)
  }

  mutating func change(_ field: String, _ what: Change.What, _ why: String) {
    changes.append(Change(field, what, why))
  }

  // MARK: The conversation

  private mutating func addConversation() {
    var turns = AnthropicMessagesTurnsEncoder(request.messages)
    turns.encode()
    changes += turns.changes
    body["system"] = turns.system
    body["messages"] = .array(turns.messages)
  }

  // MARK: Tools

  private mutating func addTools() {
    var tools = request.tools.enumerated().map { tool($1, "tools[\($0)]") }
    var choice: JSONObject?
    if tools.isEmpty { dropToolSettings() } else { choice = toolChoice() }
    if answersByTool {
      let name = JSON.string(AnthropicMessages.answerTool)
      tools.append(["name": name, "description": "Gives the answer.", "input_schema": answerSchema])
      choice = ["type": "tool", "name": name]
    }
    if !tools.isEmpty { body["tools"] = .array(tools) }
    body["tool_choice"] = choice.map { .object($0) }
  }

  private mutating func dropToolSettings() {
    if let choice = request.toolChoice, choice != .auto, choice != .none {
      change("tool_choice", .dropped, "there are no tools to choose from")
    }
    if request.parallelToolCalls != nil { change("parallel_tool_calls", .dropped, "there are no tools to call") }
  }

  private mutating func tool(_ tool: Tool, _ field: String) -> JSON {
    if let definition = tool.vendorDefinition { return definition }
    var object: JSONObject = ["name": .string(tool.name)]
    object["description"] = tool.description.map { .string($0) }
    object["input_schema"] = tool.parameters ?? ["type": "object", "properties": [:]]
    if quirks.takesStrictTools {
      object["strict"] = tool.strict.map { .bool($0) }
    } else if tool.strict != nil {
      change("\(field).strict", .dropped, "this provider has no strict tools")
    }
    object["cache_control"] = tool.cacheControl
    return .object(object)
  }

  private mutating func toolChoice() -> JSONObject? {
    var choice = choiceOfTool()
    guard request.parallelToolCalls == false else { return choice }
    guard request.toolChoice != ToolChoice.none else {
      change("parallel_tool_calls", .dropped, "no tool may be called")
      return choice
    }
    // The setting stands within the choice: saying `auto` changes nothing else.
    if choice == nil { choice = ["type": "auto"] }
    choice?["disable_parallel_tool_use"] = true
    return choice
  }

  private mutating func choiceOfTool() -> JSONObject? {
    switch request.toolChoice {
    case nil: return nil
    case .auto: return ["type": "auto"]
    case .some(.none): return ["type": "none"]
    case .required, .tool:
      if thinks || model.refuses.contains("forced_tools") {
        change("tool_choice", .converted, "this model cannot be made to call a tool: it may")
        return ["type": "auto"]
      }
      if case .tool(let name)? = request.toolChoice { return ["type": "tool", "name": .string(name)] }
      return ["type": "any"]
    }
  }

  // MARK: Settings

  /// The format requires a limit (docs.anthropic.com/en/api/messages, `max_tokens`).
  private mutating func addMaxTokens() {
    let most = model.maxOutputTokens
    if let asked = request.maxOutputTokens {
      body["max_tokens"] = .number(JSONNumber(min(asked, most ?? asked)))
      if let most, asked > most { change("max_tokens", .clamped, "this model writes at most \(most) tokens") }
    } else {
      body["max_tokens"] = .number(JSONNumber(most ?? 4096))
      change("max_tokens", .added, "this format requires a limit")
    }
  }

  private mutating func addSampling() {
    let sampling = request.sampling
    var takes = model.refuses.contains("sampling") ? [] : ["temperature", "top_p", "top_k"]
    if model.refuses.contains("temperature") { takes.removeAll { $0 == "temperature" } }
    for (name, number) in [("temperature", sampling.temperature), ("top_p", sampling.topP), ("top_k", sampling.topK)] {
      guard let number else { continue }
      if !takes.contains(name) {
        change(name, .dropped, "this model has no such parameter")
      } else if thinks, name == "top_k" || name == "temperature" && !number.isOne {
        change(name, .dropped, "it does not go with thinking")
      } else {
        body[name] = .number(number)
      }
    }
    if let asked = body["temperature"]?.number, asked.isAboveOne {
      body["temperature"] = 1
      change("temperature", .clamped, "this format takes at most 1")
    }
    let others = [
      ("frequency_penalty", sampling.frequencyPenalty), ("presence_penalty", sampling.presencePenalty),
      ("seed", sampling.seed),
    ]
    for (name, number) in others where number != nil { change(name, .dropped, "this format has no such parameter") }
    if !request.stop.isEmpty { body["stop_sequences"] = .array(request.stop.map { .string($0) }) }
  }

  private mutating func addRest() {
    if request.streams { body["stream"] = true }
    addMetadata()
    if let tier = request.serviceTier {
      switch tier {
      case "auto", "standard_only": body["service_tier"] = .string(tier)
      case "default":
        body["service_tier"] = "standard_only"
        change("service_tier", .renamed, "`default` is `standard_only` here")
      default: change("service_tier", .dropped, "this format knows only auto and standard_only")
      }
    }
    if let version = quirks.versionInBody { body["anthropic_version"] = .string(version) }
    for extra in request.extras.members { body[extra.name] = extra.value }
  }

  private mutating func addMetadata() {
    let user = request.user.map { JSON.string($0) } ?? request.metadata?["user_id"]
    if let user { body["metadata"] = ["user_id": user] }
    for member in request.metadata?.members ?? [] where member.name != "user_id" {
      change("metadata.\(member.name)", .dropped, "this format holds only user_id there")
    }
  }
}

extension JSONNumber {
  fileprivate var isOne: Bool { scaled(byPowerOfTen: 0).map { $0.value == 1 && $0.isExact } ?? false }

  /// A number too large to be scaled is above one too.
  fileprivate var isAboveOne: Bool {
    scaled(byPowerOfTen: 12).map { $0.value > 1_000_000_000_000 } ?? !text.hasPrefix("-")
  }
}
