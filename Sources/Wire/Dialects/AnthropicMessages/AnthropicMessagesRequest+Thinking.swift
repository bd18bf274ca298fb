// Thinking and the form of the answer: both depend on what the model can.

extension AnthropicMessagesRequestEncoder {
  // MARK: Thinking

  mutating func addThinking() {
    guard let reasoning = request.reasoning else { return }
    guard reasoning.effort != "none" else { return turnThinkingOff(reasoning) }
    // A model whose ability is not known is taken at the caller's word.
    if !model.capabilities.isEmpty, !model.capabilities.contains("reasoning") {
      return change("reasoning_effort", .dropped, "this model does not think")
    }
    let isAdaptive = model.capabilities.contains("adaptive_thinking")
    if isAdaptive { addAdaptiveThinking(reasoning) } else { addBudget(reasoning) }
  }

  private mutating func turnThinkingOff(_ reasoning: ReasoningRequest) {
    if model.refuses.contains("thinking_off") {
      change("reasoning_effort", .dropped, "this model always thinks")
    } else {
      body["thinking"] = ["type": "disabled"]
    }
    if reasoning.budgetTokens != nil { change("thinking_budget", .dropped, "no thinking was asked for") }
  }

  /// Newer models decide by themselves how long to think; an effort word steers them.
  private mutating func addAdaptiveThinking(_ reasoning: ReasoningRequest) {
    thinks = true
    body["thinking"] = ["type": "adaptive"]
    if let budget = reasoning.budgetTokens {
      if model.budget == nil {
        change("thinking_budget", .dropped, "this model decides by itself how long to think")
      } else {
        enableThinking(budget, askedFor: "thinking_budget")
      }
    }
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
    if let budget = reasoning.budgetTokens {
      enableThinking(budget, askedFor: "thinking_budget")
      if reasoning.effort != nil { change("reasoning_effort", .dropped, "a budget was given, which goes before it") }
    } else {
      let effort = reasoning.effort
      let field = effort == nil ? "thinking_budget" : "reasoning_effort"
      guard let budget = enableThinking(EffortWords.budget(for: effort ?? "medium") ?? 10_000, askedFor: field) else {
        return
      }
      let why = "this model takes a budget: \(effort ?? "thinking") is \(budget) tokens"
      change(field, effort == nil ? .added : .converted, why)
    }
  }

  /// Has the model think with `wanted` tokens as far as the limits allow, and returns with how many; `nil` when they
  /// leave no room.
  @discardableResult
  private mutating func enableThinking(_ wanted: Int, askedFor field: String) -> Int? {
    guard !request.messages.goOnAfterCallsWithoutThinking else {
      change(
        field, .dropped, "the thinking before the tool calls did not come back, and this model goes on only with it")
      return nil
    }
    let budget = held(wanted)
    guard budget < body["max_tokens"]?.int ?? 0 else {
      change(field, .dropped, "the output limit leaves no room for thinking")
      return nil
    }
    if budget != wanted, request.reasoning?.budgetTokens != nil {
      change("thinking_budget", .clamped, "it must be within the model's bounds and below the output limit")
    }
    thinks = true
    body["thinking"] = ["type": "enabled", "budget_tokens": .number(JSONNumber(budget))]
    return budget
  }

  /// A budget within the model's bounds and below the output limit, of which it is part; the model's least one when
  /// that cannot be.
  private func held(_ wanted: Int) -> Int {
    let range = model.budget ?? 1024...Int.max
    let room = max((body["max_tokens"]?.int ?? Int.max) - 1, range.lowerBound)
    return min(max(wanted, range.lowerBound), range.upperBound, room)
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

extension [Message] {
  /// Whether the model is to go on with a turn whose calls come without the signed thinking that led to them.
  ///
  /// docs.anthropic.com, extended thinking with tool use: such a turn must start with a thinking block.
  fileprivate var goOnAfterCallsWithoutThinking: Bool {
    let answered = reversed().prefix { $0.role != .assistant }
    let bringsResults = answered.contains { message in
      message.content.contains { if case .toolResult = $0.kind { true } else { false } }
    }
    guard bringsResults, let turn = last(where: { $0.role == .assistant }) else { return false }
    guard case .reasoning(let block)? = turn.content.first?.kind, let seal = block.encrypted ?? block.signature else {
      return true
    }
    return !seal.isReadable(by: .anthropic)
  }
}
