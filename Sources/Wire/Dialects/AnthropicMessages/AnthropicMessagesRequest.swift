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
    encodeBody()
    return encoded
  }

  mutating func encodeBody() {
    body["model"] = .string(request.model)
    addMaxTokens()
    addConversation()
    addThinking()
    addTools()
    addOutputFormat()
    addSampling()
    addStop()
    addRest()
  }

  /// Only what steers the model, for a format that has another place for it.
  mutating func encodeSettings() {
    addMaxTokens()
    addThinking()
    addSampling()
    addStop()
  }

  /// What has been written so far.
  var encoded: EncodedRequest { EncodedRequest(body: JSON.object(body).bytes, changes: changes) }

  mutating func change(_ field: String, _ what: Change.What, _ why: String) {
    changes.append(Change(field, what, why))
  }

  // MARK: The conversation

  private mutating func addConversation() {
    var turns = AnthropicMessagesTurnsEncoder(request.messages, takesPrefill: !model.refuses.contains("prefill"))
    turns.encode()
    changes += turns.changes
    body["system"] = turns.system
    body["messages"] = .array(turns.messages)
  }

  // MARK: Tools

  private mutating func addTools() {
    var tools = request.tools.enumerated().map { tool($1, at: $0) }
    if answersByTool {
      tools.append([
        "name": .string(AnthropicMessages.answerTool), "description": "Gives the answer.",
        "input_schema": answerSchema.asObjectSchema,
      ])
    }
    guard !tools.isEmpty else { return dropToolSettings() }
    body["tools"] = .array(tools)
    if answersByTool, request.toolChoice != nil {
      change("tool_choice", .converted, "the answer itself is a call of a tool here")
    }
    var choice = answersByTool ? answerToolChoice : toolChoice
    if request.parallelToolCalls == false, choice?["type"] != "none" {
      // The setting stands within the choice: saying `auto` changes nothing else.
      if choice == nil { choice = ["type": "auto"] }
      choice?["disable_parallel_tool_use"] = true
    }
    body["tool_choice"] = choice.map { .object($0) }
  }

  /// The answer must be a call: of the answer's own tool, or first of the others where the caller has some.
  private var answerToolChoice: JSONObject {
    request.tools.isEmpty || request.toolChoice == .some(.none)
      ? ["type": "tool", "name": .string(AnthropicMessages.answerTool)] : ["type": "any"]
  }

  private mutating func dropToolSettings() {
    if let choice = request.toolChoice, choice != .auto, choice != .none {
      change("tool_choice", .dropped, "there are no tools to choose from")
    }
    if request.parallelToolCalls != nil { change("parallel_tool_calls", .dropped, "there are no tools to call") }
  }

  private mutating func tool(_ tool: Tool, at index: Int) -> JSON {
    if let definition = tool.vendorDefinition { return definition }
    var object: JSONObject = ["name": .string(tool.name)]
    object["description"] = tool.description.map { .string($0) }
    object["input_schema"] = tool.parameters?.asObjectSchema ?? ["type": "object", "properties": [:]]
    if quirks.takesStrictTools {
      object["strict"] = tool.strict.map { .bool($0) }
    } else if tool.strict != nil {
      change("tools[\(index)].strict", .dropped, "this provider has no strict tools")
    }
    object["cache_control"] = tool.cacheControl
    for extra in tool.extras.members { object[extra.name] = extra.value }
    return .object(object)
  }

  private var toolChoice: JSONObject? {
    mutating get {
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
      } else if thinks, !Self.goesWithThinking(name, number) {
        change(name, .dropped, "it does not go with thinking")
      } else {
        body[name] = .number(number)
      }
    }
    if body["temperature"]?.number?.isAboveOne == true {
      body["temperature"] = 1
      change("temperature", .clamped, "this format takes at most 1")
    }
    let others = [
      ("frequency_penalty", sampling.frequencyPenalty), ("presence_penalty", sampling.presencePenalty),
      ("seed", sampling.seed), ("logprobs", request.logprobs.map { JSONNumber($0) }),
    ]
    for (name, number) in others where number != nil { change(name, .dropped, "this format has no such parameter") }
    if let choices = request.choices, choices != 1 { change("n", .dropped, "this format gives one answer") }
    for group in quirks.exclusiveParameters {
      for name in group.filter({ body[$0] != nil }).dropFirst() {
        body[name] = nil
        change(name, .dropped, "only one of \(group.joined(separator: ", ")) is taken")
      }
    }
  }

  /// docs.anthropic.com, extended thinking: temperature stays 1, `top_p` lies between 0.95 and 1, no `top_k`.
  private static func goesWithThinking(_ name: String, _ number: JSONNumber) -> Bool {
    guard let thousandths = number.scaled(byPowerOfTen: 3) else { return false }
    return switch name {
    case "temperature": thousandths == (1000, true)
    case "top_p": (950...1000).contains(thousandths.value)
    default: false
    }
  }

  private mutating func addStop() {
    let texts = request.stop.filter { !$0.allSatisfy(\.isWhitespace) }
    if texts.count < request.stop.count { change("stop", .dropped, "a text of nothing but blanks ends nothing here") }
    if !texts.isEmpty { body["stop_sequences"] = .array(texts.map { .string($0) }) }
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
    addExtras()
  }

  private mutating func addExtras() {
    for extra in request.extras.members {
      if extra.name == "stream_options" {
        change(extra.name, .dropped, "a stream always tells its usage here")
      } else {
        body.add(extra, changes: &changes)
      }
    }
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
  /// A number too large to be scaled is above one too.
  fileprivate var isAboveOne: Bool {
    scaled(byPowerOfTen: 12).map { $0.value > 1_000_000_000_000 } ?? !text.hasPrefix("-")
  }
}

extension JSON {
  /// A schema that says what every schema of arguments must: `"type": "object"`.
  var asObjectSchema: JSON {
    let schema: JSON = if case .raw(let bytes) = self { (try? JSON.parse(bytes)) ?? self } else { self }
    guard var object = schema.object, object["type"] == nil else { return self }
    object["type"] = "object"
    return .object(object)
  }
}
