// What OpenAI's two formats have in common: tools, thinking and limits are said alike, under names of their own.

/// A request on its way into one of the two.
protocol OpenAIRequestEncoding {
  var request: ChatRequest { get }
  var model: ModelTraits { get }
  var quirks: Quirks { get }
  var body: JSONObject { get set }
  var changes: [Change] { get set }
  /// The name of the output limit.
  var maxTokensField: String { get }
  /// The parameters of the format that reach the body by way of extras.
  static var knownParameters: Set<String> { get }

  /// A plain function, whose name, description, parameters and strictness stand in `members`.
  func function(_ members: JSONObject) -> JSONObject
  /// A tool of the vendor's as this format writes it.
  func vendorTool(_ definition: JSON) -> JSON
  /// The choice of the tool with that name.
  func choice(ofTool name: String) -> JSON
  /// Says how hard the model is to think.
  mutating func setEffort(_ word: String)
}

extension OpenAIRequestEncoding {
  var isReasoningModel: Bool { Quirks.Scope.reasoningModels.covers(request.model, model) }

  // MARK: Tools

  mutating func addTools() {
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
        tools.append(vendorTool(definition))
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
    var members = JSONObject()
    members["name"] = .string(tool.name)
    members["description"] = tool.description.map { .string($0) }
    members["parameters"] = tool.parameters ?? ["type": "object", "properties": [:]]
    if let strict = tool.strict {
      if quirks.takesStrictTools {
        members["strict"] = .bool(strict)
      } else {
        changes.append(Change("tools[\(index)].strict", .dropped, "this provider has no strict tools"))
      }
    }
    for extra in tool.extras.members { members[extra.name] = extra.value }
    var object = function(members)
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
    if let name = choice.toolName { return self.choice(ofTool: name) }
    return .string(choice.word ?? "auto")
  }

  // MARK: The form of the answer

  /// Why no form may be asked for, if so.
  var refusalOfOutputFormat: String? {
    if quirks.noResponseFormat.covers(request.model, model) { return "this model takes no response format" }
    if request.streams, quirks.noResponseFormatInStream.covers(request.model, model) {
      return "this model takes no response format in a stream"
    }
    return nil
  }

  // MARK: Thinking

  mutating func addReasoning() {
    guard let reasoning = request.reasoning else { return }
    switch quirks.reasoningControl {
    case .effort: addEffort(reasoning)
    case .thinkingType: addThinkingType(reasoning)
    case .reasoningObject: addReasoningObject(reasoning)
    }
  }

  private mutating func addEffort(_ reasoning: ReasoningRequest) {
    if quirks.noEffort {
      changes.append(Change("reasoning_effort", .dropped, "this provider has no such parameter"))
    } else if let effort = effort(for: reasoning) {
      setEffort(effort)
    }
  }

  private mutating func addThinkingType(_ reasoning: ReasoningRequest) {
    let isOn = reasoning.effort != "none"
    if !isOn, model.refuses.contains("thinking_off") {
      changes.append(Change("reasoning_effort", .dropped, "this model always thinks"))
      return
    }
    body["thinking"] = ["type": isOn ? "enabled" : "disabled"]
    guard isOn, reasoning.effort != nil || reasoning.budgetTokens != nil else { return }
    if !quirks.noEffort, !knownEfforts.isEmpty, let effort = effort(for: reasoning) {
      setEffort(effort)
    } else {
      changes.append(Change("reasoning_effort", .converted, "thinking can only be switched on or off here"))
    }
  }

  private mutating func addReasoningObject(_ reasoning: ReasoningRequest) {
    if let budget = reasoning.budgetTokens {
      body["reasoning"] = ["max_tokens": .number(JSONNumber(clamped(budget)))]
      if reasoning.effort != nil {
        changes.append(
          Change("reasoning_effort", .dropped, "a thinking budget is given, and only one of them is taken"))
      }
    } else if let effort = effort(for: reasoning) {
      body["reasoning"] = ["effort": .string(effort)]
    } else if reasoning.effort == nil {
      body["reasoning"] = ["enabled": true]
    }
  }

  private mutating func clamped(_ budget: Int) -> Int {
    guard let range = model.budget, !range.contains(budget) else { return budget }
    changes.append(Change("reasoning.budget_tokens", .clamped, "this model takes \(range.lowerBound) and more"))
    return min(max(budget, range.lowerBound), range.upperBound)
  }

  private var knownEfforts: [String] { model.efforts.isEmpty ? quirks.efforts : model.efforts }

  /// The effort word to send: the caller's, the nearest the model takes, or one that stands for a budget.
  private mutating func effort(for reasoning: ReasoningRequest) -> String? {
    guard let asked = reasoning.effort ?? effort(forBudget: reasoning.budgetTokens) else { return nil }
    if asked == "none", quirks.noEffortNone || model.refuses.contains("thinking_off") {
      changes.append(Change("reasoning_effort", .dropped, "thinking cannot be switched off here"))
      return nil
    }
    guard !knownEfforts.isEmpty, !knownEfforts.contains(asked) else { return asked }
    guard let nearest = EffortWords.nearest(to: asked, among: knownEfforts) else { return asked }
    changes.append(Change("reasoning_effort", .converted, "`\(asked)` is not taken here, `\(nearest)` is the nearest"))
    return nearest
  }

  private mutating func effort(forBudget budget: Int?) -> String? {
    guard let budget else { return nil }
    changes.append(Change("reasoning.budget_tokens", .converted, "this provider takes an effort word instead"))
    return EffortWords.word(forBudget: budget)
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
