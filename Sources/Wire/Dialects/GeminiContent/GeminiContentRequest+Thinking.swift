// Thinking and the form of the answer. Older models take a budget of tokens, newer ones a level.

extension GeminiContentRequestEncoder {
  // MARK: Thinking

  mutating func addThinking() {
    guard let reasoning = request.reasoning else { return }
    // A model whose ability is not known is taken at the caller's word.
    if !model.capabilities.isEmpty, !model.capabilities.contains("reasoning") {
      return change("reasoning_effort", .dropped, "this model does not think")
    }
    guard reasoning.effort != "none" else { return turnThinkingOff(reasoning) }
    var thinking = JSONObject()
    // A caller of this format may not want to see it.
    let isSaid = request.extras["generationConfig"]?["thinkingConfig"]?["includeThoughts"] != nil
    if !isSaid { thinking["includeThoughts"] = true }
    if let range = model.budget {
      thinking["thinkingBudget"] = .number(JSONNumber(budget(for: reasoning, within: range)))
    } else if let effort = reasoning.effort {
      thinking["thinkingLevel"] = .string(level(for: effort))
      // "You cannot use both" (ai.google.dev/gemini-api/docs/thinking).
      if reasoning.budgetTokens != nil { change("thinking_budget", .dropped, "an effort was given, and one is taken") }
    } else {
      // Newer models take a budget too, as they did before there were levels.
      thinking["thinkingBudget"] = reasoning.budgetTokens.map { .number(JSONNumber($0)) }
    }
    config["thinkingConfig"] = .object(thinking)
  }

  private mutating func turnThinkingOff(_ reasoning: ReasoningRequest) {
    if model.refuses.contains("thinking_off") {
      change("reasoning_effort", .dropped, "this model always thinks")
    } else if let least = model.efforts.first {
      change("reasoning_effort", .clamped, "this model always thinks, with `\(least)` the least")
      config["thinkingConfig"] = ["thinkingLevel": .string(least.uppercased())]
    } else {
      config["thinkingConfig"] = ["thinkingBudget": 0]
    }
    if reasoning.budgetTokens ?? 0 > 0 { change("thinking_budget", .dropped, "no thinking was asked for") }
  }

  /// The budget asked for, that of the effort, or the model's own choice.
  private mutating func budget(for reasoning: ReasoningRequest, within range: ClosedRange<Int>) -> Int {
    if let asked = reasoning.budgetTokens {
      if reasoning.effort != nil { change("reasoning_effort", .dropped, "a budget was given, which goes before it") }
      let budget = min(max(asked, range.lowerBound), range.upperBound)
      if budget != asked { change("thinking_budget", .clamped, "this model takes \(range.lowerBound) and more") }
      return budget
    }
    guard let effort = reasoning.effort else { return Self.dynamicBudget }
    let budget = EffortWords.budget(for: effort).map { min(max($0, range.lowerBound), range.upperBound) }
    let meaning = budget.map { "\($0) tokens" } ?? "as many tokens as it likes"
    change("reasoning_effort", .converted, "this model takes a budget: \(effort) is \(meaning)")
    return budget ?? Self.dynamicBudget
  }

  /// The model decides.
  private static let dynamicBudget = -1

  private mutating func level(for effort: String) -> String {
    let known = model.efforts.isEmpty ? ["minimal", "low", "medium", "high"] : model.efforts
    guard !known.contains(effort), let nearest = EffortWords.nearest(to: effort, among: known) else {
      return effort.uppercased()
    }
    change("reasoning_effort", .clamped, "this model's nearest word is \(nearest)")
    return nearest.uppercased()
  }

  // MARK: The form of the answer

  mutating func addOutputFormat() {
    switch request.output {
    case .text: break
    case .jsonObject: config["responseMimeType"] = "application/json"
    case .jsonSchema(_, let schema, let strict):
      config["responseMimeType"] = "application/json"
      config["responseJsonSchema"] = schema
      if strict == false { change("response_format.strict", .dropped, "schemas are always kept to here") }
    }
  }
}
