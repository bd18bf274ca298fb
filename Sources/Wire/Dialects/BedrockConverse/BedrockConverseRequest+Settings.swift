// What steers the model: limits, sampling, thinking, and the form of the answer.

extension BedrockConverseRequestEncoder {
  /// The rules of the Messages format hold here too, as far as it goes (a temperature of at most 1, no penalties, no
  /// seed); a Claude model's thinking is asked for in that format's very words.
  mutating func addSettings() {
    var asked = request
    if family != .claude { asked.reasoning = nil }
    var settings = AnthropicMessagesRequestEncoder(asked, model, quirks)
    settings.encodeSettings()
    // The limit may be left out here.
    changes += settings.changes.filter { $0.field != "max_tokens" || $0.what != .added }
    if request.maxOutputTokens == nil { settings.body["max_tokens"] = nil }
    thinks = settings.thinks
    var config = JSONObject()
    for (name, source) in [
      ("maxTokens", "max_tokens"), ("temperature", "temperature"), ("topP", "top_p"),
      ("stopSequences", "stop_sequences"),
    ] { config[name] = settings.body[source] }
    if !config.isEmpty { body["inferenceConfig"] = .object(config) }
    addTopK(settings.body["top_k"])
    modelFields["thinking"] = settings.body["thinking"]
    modelFields["output_config"] = settings.body["output_config"]
    if family != .claude { addReasoning() }
  }

  private mutating func addTopK(_ topK: JSON?) {
    guard let topK else { return }
    switch family {
    case .claude: modelFields["top_k"] = topK
    case .nova, .nova2: modelFields["inferenceConfig"] = ["topK": topK]
    case .gptOSS, .qwen, .other: change("top_k", .dropped, "this model has no such parameter")
    }
  }

  // MARK: Thinking

  private mutating func addReasoning() {
    guard let reasoning = request.reasoning else { return }
    if reasoning.budgetTokens != nil { change("thinking_budget", .dropped, "this model takes a word") }
    let isOff = reasoning.effort == "none"
    switch family {
    case .nova2 where isOff: modelFields["reasoningConfig"] = ["type": "disabled"]
    case .nova2:
      let effort = word(for: reasoning, among: ["low", "medium", "high"])
      modelFields["reasoningConfig"] = ["type": "enabled", "maxReasoningEffort": .string(effort)]
    case .gptOSS where !isOff:
      modelFields["reasoning_effort"] = .string(word(for: reasoning, among: ["low", "medium", "high"]))
    case .qwen where !isOff: modelFields["reasoning_config"] = .string(word(for: reasoning, among: ["low", "high"]))
    case .gptOSS, .qwen, .claude, .nova, .other:
      change("reasoning_effort", .dropped, isOff ? "it cannot be turned off here" : "this model has no such parameter")
    }
  }

  /// The nearest of the words the model has; the middle one when none was asked for.
  private mutating func word(for reasoning: ReasoningRequest, among words: [String]) -> String {
    guard let effort = reasoning.effort else {
      let middle = words[words.count / 2]
      change("reasoning_effort", .added, "this model takes a word: \(middle)")
      return middle
    }
    if words.contains(effort) { return effort }
    let scale = ["minimal", "low", "medium", "high", "xhigh", "max"]
    let place = scale.firstIndex(of: effort) ?? 2
    let nearest = place < 2 ? words[0] : words[words.count - 1]
    change("reasoning_effort", .clamped, "this model's nearest word is \(nearest)")
    return nearest
  }

  // MARK: The form of the answer

  /// True when the form is brought about by a tool that the model must call.
  ///
  /// Every model that can be made to call takes that; `outputConfig` only some, and which ones is not told exactly.
  var answersByTool: Bool {
    guard request.output != .text, family.canBeMadeToCall, !thinks, !model.refuses.contains("forced_tools") else {
      return false
    }
    return switch request.toolChoice {
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
      return change("response_format", .converted, "a tool that the model must call stands for it")
    }
    guard case .jsonSchema(let name, let schema, let strict) = request.output,
      model.capabilities.contains("json_schema")
    else { return change("response_format", .dropped, "this model has no such format") }
    if strict == false { change("response_format.strict", .dropped, "schemas are always kept to here") }
    // The schema is text here.
    let structure: JSON = ["jsonSchema": ["name": .string(name), "schema": .string(schema.text)]]
    body["outputConfig"] = ["textFormat": ["type": "json_schema", "structure": structure]]
  }
}
