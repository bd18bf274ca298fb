// Thinking and the form of the answer: both depend on what the model can.

extension AnthropicMessagesRequestEncoder {
  // MARK: Thinking

  mutating func addThinking() {
    guard let reasoning = request.reasoning else { return }
    guard reasoning.effort != "none" else {
      if model.refuses.contains("thinking_off") {
        return change("reasoning_effort", .dropped, "this model always thinks")
      }
      body["thinking"] = ["type": "disabled"]
      return
    }
    // A model whose ability is not known is taken at the caller's word.
    if !model.capabilities.isEmpty, !model.capabilities.contains("reasoning") {
      return change("reasoning_effort", .dropped, "this model does not think")
    }
    let isAdaptive = model.capabilities.contains("adaptive_thinking")
    if isAdaptive { addAdaptiveThinking(reasoning) } else { addBudget(reasoning) }
  }

  /// Newer models decide by themselves how long to think; an effort word steers them.
  private mutating func addAdaptiveThinking(_ reasoning: ReasoningRequest) {
    thinks = true
    if let budget = reasoning.budgetTokens {
      if model.budget != nil {
        body["thinking"] = ["type": "enabled", "budget_tokens": .number(JSONNumber(held(budget)))]
        return addEffort(reasoning.effort)
      }
      change("thinking_budget", .dropped, "this model decides by itself how long to think")
    }
    body["thinking"] = ["type": "adaptive"]
    addEffort(reasoning.effort)
  }

  private mutating func addEffort(_ effort: String?) {
    guard let effort else { return }
    let known = model.efforts.isEmpty ? ["low", "medium", "high", "max"] : model.efforts
    let meant = known.contains(effort) ? effort : Self.nearest[effort].flatMap { known.contains($0) ? $0 : nil }
    guard let meant else {
      return change("reasoning_effort", .dropped, "this model takes \(known.joined(separator: ", "))")
    }
    if meant != effort { change("reasoning_effort", .clamped, "this model's nearest word is \(meant)") }
    body["output_config"] = ["effort": .string(meant)]
  }

  private static let nearest = ["minimal": "low", "xhigh": "max", "max": "high"]

  /// Older models take a number of tokens.
  private mutating func addBudget(_ reasoning: ReasoningRequest) {
    let wanted = reasoning.budgetTokens ?? Self.budgets[reasoning.effort ?? "medium"] ?? 10_000
    let budget = held(wanted)
    let limit = body["max_tokens"]?.int ?? 0
    guard budget < limit else {
      return change("reasoning_effort", .dropped, "the output limit leaves no room for thinking")
    }
    if reasoning.budgetTokens == nil, let effort = reasoning.effort {
      change("reasoning_effort", .converted, "this model takes a budget: \(effort) is \(budget) tokens")
    }
    thinks = true
    body["thinking"] = ["type": "enabled", "budget_tokens": .number(JSONNumber(budget))]
  }

  /// What the words mean for models that count tokens.
  private static let budgets = [
    "minimal": 1024, "low": 4096, "medium": 10_000, "high": 24_000, "xhigh": 32_000, "max": 48_000,
  ]

  /// A budget within the model's bounds and below the output limit, of which it is part.
  private mutating func held(_ wanted: Int) -> Int {
    let range = model.budget ?? 1024...Int.max
    let room = max((body["max_tokens"]?.int ?? Int.max) - 1, range.lowerBound)
    let budget = min(max(wanted, range.lowerBound), range.upperBound, room)
    if budget != wanted, request.reasoning?.budgetTokens != nil {
      change("thinking_budget", .clamped, "it must be at least \(range.lowerBound) and below the output limit")
    }
    return budget
  }

  // MARK: The form of the answer

  /// True when the form is brought about by a tool that the model must call.
  var answersByTool: Bool {
    guard !thinks, !model.refuses.contains("forced_tools"), leavesChoiceToUs else { return false }
    return switch request.output {
    case .text: false
    case .jsonObject: true
    case .jsonSchema: !model.capabilities.contains("json_schema")
    }
  }

  /// False when the caller forces a call of its own: the answer comes after that.
  private var leavesChoiceToUs: Bool {
    switch request.toolChoice {
    case nil, .auto, .some(.none): true
    case .required, .tool: false
    }
  }

  var answerSchema: JSON {
    if case .jsonSchema(_, let schema, _) = request.output { schema } else { ["type": "object"] }
  }

  mutating func addOutputFormat() {
    guard request.output != .text else { return }
    if answersByTool {
      return change("response_format", .converted, "this model has no such format: a tool it must call stands for it")
    }
    guard case .jsonSchema(_, let schema, let strict) = request.output, model.capabilities.contains("json_schema")
    else {
      return change("response_format", .dropped, "this model has no such format")
    }
    if strict == false { change("response_format.strict", .dropped, "schemas are always kept to here") }
    var config = body["output_config"]?.object ?? JSONObject()
    config["format"] = ["type": "json_schema", "schema": schema]
    body["output_config"] = .object(config)
  }
}
