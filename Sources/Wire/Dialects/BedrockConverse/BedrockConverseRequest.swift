// A request to bytes. What the format has no place for is left out, and each departure is a change.

struct BedrockConverseRequestEncoder {
  let request: ChatRequest
  let model: ModelTraits
  let quirks: Quirks
  let family: BedrockModelFamily
  var body = JSONObject()
  /// `additionalModelRequestFields`: parameters that only this model's maker has.
  var modelFields = JSONObject()
  var changes: [Change] = []
  /// Forced tools do not go with thinking.
  var thinks = false

  init(_ request: ChatRequest, _ model: ModelTraits, _ quirks: Quirks) {
    self.request = request
    self.model = model
    self.quirks = quirks
    family = BedrockModelFamily(model: request.model)
  }

  mutating func encode() -> EncodedRequest {
    addConversation()
    addSettings()
    addTools()
    addOutputFormat()
    addRest()
    addExtras()
    if !modelFields.isEmpty { body["additionalModelRequestFields"] = .object(modelFields) }
    return EncodedRequest(body: JSON.object(body).bytes, changes: changes)
  }

  mutating func change(_ field: String, _ what: Change.What, _ why: String) {
    changes.append(Change(field, what, why))
  }

  private mutating func addConversation() {
    var turns = BedrockConverseTurnsEncoder(request.messages, model)
    turns.encode()
    changes += turns.changes
    body["messages"] = .array(turns.messages)
    if !turns.system.isEmpty { body["system"] = .array(turns.system) }
  }

  // MARK: Tools

  private mutating func addTools() {
    var tools = toolsAllowed.enumerated().flatMap { tool($1, at: $0) }
    if answersByTool {
      tools.append(
        Self.specification([
          "name": .string(AnthropicMessages.answerTool), "description": "Gives the answer.",
          "inputSchema": ["json": answerSchema.asObjectSchema],
        ]))
    }
    if tools.isEmpty { tools = toolsSpokenOf }
    if request.parallelToolCalls != nil { change("parallel_tool_calls", .dropped, "this format has no such parameter") }
    guard !tools.isEmpty else {
      if let choice = request.toolChoice, choice != .auto, choice != .none {
        change("tool_choice", .dropped, "there are no tools to choose from")
      }
      return
    }
    var config: JSONObject = ["tools": .array(tools)]
    config["toolChoice"] = answersByTool ? answerToolChoice : toolChoice
    body["toolConfig"] = .object(config)
  }

  /// The format has no word for "call none": a model that may not call is shown no tools.
  private var toolsAllowed: [Tool] {
    mutating get {
      guard request.toolChoice == .some(.none), !request.tools.isEmpty else { return request.tools }
      change("tool_choice", .converted, "this format has no such choice: the tools are left out")
      return []
    }
  }

  /// "The toolConfig field must be defined when using toolUse and toolResult content blocks" is the answer to a
  /// conversation with calls and no tools: the tools that were called are named.
  private var toolsSpokenOf: [JSON] {
    mutating get {
      var names: [String] = []
      for part in request.messages.lazy.flatMap(\.content) {
        if case .toolCall(let call) = part.kind, call.kind != .atProvider, !names.contains(call.name) {
          names.append(call.name)
        }
      }
      if !names.isEmpty { change("tools", .added, "a conversation with calls must name its tools here") }
      return names.map { Self.specification(["name": .string($0), "inputSchema": ["json": Self.anyObject]]) }
    }
  }

  private mutating func tool(_ tool: Tool, at index: Int) -> [JSON] {
    let field = "tools[\(index)]"
    var blocks: [JSON] = []
    if let definition = tool.vendorDefinition {
      guard definition["toolSpec"] != nil || definition["systemTool"] != nil else {
        change(field, .dropped, "it is no tool of this format")
        return []
      }
      blocks.append(definition)
    } else {
      var object: JSONObject = ["name": .string(tool.name)]
      object["description"] = tool.description.flatMap { $0.isEmpty ? nil : .string($0) }
      object["inputSchema"] = ["json": tool.parameters?.asObjectSchema ?? Self.anyObject]
      object["strict"] = tool.strict.map { .bool($0) }
      blocks.append(Self.specification(object))
    }
    if let cacheControl = tool.cacheControl {
      var points = BedrockConverseCachePoints(model)
      if let point = points.block(cacheControl, "\(field).cache_control") { blocks.append(.object(point)) }
      changes += points.changes
    }
    return blocks
  }

  private static func specification(_ object: JSONObject) -> JSON { ["toolSpec": .object(object)] }

  private static let anyObject: JSON = ["type": "object", "properties": [:]]

  /// The answer must be a call: of the answer's own tool, or first of the others where the caller has some.
  private var answerToolChoice: JSON {
    mutating get {
      if request.toolChoice != nil, request.toolChoice != .some(.none) {
        change("tool_choice", .converted, "the answer itself is a call of a tool here")
      }
      let isOnlyTool = request.tools.isEmpty || request.toolChoice == .some(.none)
      return isOnlyTool ? ["tool": ["name": .string(AnthropicMessages.answerTool)]] : ["any": [:]]
    }
  }

  private var toolChoice: JSON? {
    mutating get {
      switch request.toolChoice {
      case nil, .some(.none): return nil
      case .auto: return ["auto": [:]]
      case .required, .tool:
        let isUnable = !model.capabilities.isEmpty && !model.capabilities.contains("tool_choice")
        if thinks || isUnable || model.refuses.contains("forced_tools") {
          change("tool_choice", .converted, "this model cannot be made to call a tool: it may")
          return ["auto": [:]]
        }
        if case .tool(let name)? = request.toolChoice { return ["tool": ["name": .string(name)]] }
        return ["any": [:]]
      }
    }
  }

  // MARK: The rest

  private mutating func addRest() {
    if let tier = request.serviceTier {
      if ["default", "flex", "priority", "reserved"].contains(tier) {
        body["serviceTier"] = ["type": .string(tier)]
      } else {
        change("service_tier", .dropped, "this format knows only default, flex, priority and reserved")
      }
    }
    addMetadata()
    if request.user != nil { change("user", .dropped, "this format has no such parameter") }
  }

  private mutating func addMetadata() {
    guard let metadata = request.metadata else { return }
    var texts = JSONObject()
    for member in metadata.members {
      if member.value.string == nil {
        change("metadata.\(member.name)", .dropped, "only texts are stored with a call here")
      } else {
        texts.members.append(member)
      }
    }
    if !texts.isEmpty { body["requestMetadata"] = .object(texts) }
  }

  private static let ownFields: Set<String> = [
    "additionalModelRequestFields", "additionalModelResponseFieldPaths", "guardrailConfig", "inferenceConfig",
    "outputConfig", "performanceConfig", "promptVariables", "requestMetadata", "serviceTier", "toolConfig",
  ]

  /// Fields that are not the format's are taken to be the model's own.
  private mutating func addExtras() {
    for extra in request.extras.members {
      if extra.name == "stream_options" {
        change(extra.name, .dropped, "a stream always tells its usage here")
      } else if extra.name == "additionalModelRequestFields", let fields = extra.value.object {
        for field in fields.members { modelFields.add(field, changes: &changes) }
      } else if Self.ownFields.contains(extra.name) {
        body.add(extra, changes: &changes)
      } else {
        modelFields.add(extra, changes: &changes)
      }
    }
  }
}
