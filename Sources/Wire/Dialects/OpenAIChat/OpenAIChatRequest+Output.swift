// The form of the answer and the thinking before it: the two settings that providers spell most differently.

extension OpenAIChatRequestEncoder {
  // MARK: The form of the answer

  mutating func addOutputFormat() {
    guard request.output != .text else { return }
    if let reason = refusalOfOutputFormat {
      changes.append(Change("response_format", .dropped, reason))
      return
    }
    switch request.output {
    case .text: break
    case .jsonObject: addJSONObject()
    case .jsonSchema(let name, let schema, let strict): addSchema(name, schema, strict)
    }
  }

  private var refusalOfOutputFormat: String? {
    if quirks.noResponseFormat.covers(request.model, model) { return "this model takes no response format" }
    if request.streams, quirks.noResponseFormatInStream.covers(request.model, model) {
      return "this model takes no response format in a stream"
    }
    return nil
  }

  private mutating func addJSONObject() {
    guard quirks.noJSONObject else { return body["response_format"] = ["type": "json_object"] }
    body["response_format"] = Self.format(name: "object", schema: ["type": "object"], strict: nil)
    changes.append(Change("response_format", .converted, "this provider takes only schemas: any object fits this one"))
  }

  private mutating func addSchema(_ name: String, _ schema: JSON, _ strict: Bool?) {
    switch quirks.schemaForm {
    case .jsonSchema: body["response_format"] = Self.format(name: name, schema: schema, strict: strict)
    case .jsonObjectWithSchema: body["response_format"] = ["type": "json_object", "schema": schema]
    case .jsonObject:
      body["response_format"] = ["type": "json_object"]
      // Such providers also refuse the format unless the messages mention JSON.
      let instruction = "Answer with one JSON object that fits this JSON Schema: \(schema.text)"
      var messages = body["messages"]?.array ?? []
      let place = messages.prefix { $0["role"] == "system" || $0["role"] == "developer" }.count
      messages.insert(["role": "system", "content": .string(instruction)], at: place)
      body["messages"] = .array(messages)
      changes.append(Change("response_format", .converted, "this provider takes no schema: a system message holds it"))
    }
  }

  private static func format(name: String, schema: JSON, strict: Bool?) -> JSON {
    var wrapper: JSONObject = ["name": .string(name), "schema": schema]
    wrapper["strict"] = strict.map { .bool($0) }
    return ["type": "json_schema", "json_schema": .object(wrapper)]
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
      body["reasoning_effort"] = .string(effort)
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
      body["reasoning_effort"] = .string(effort)
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
