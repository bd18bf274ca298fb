// What a model or a provider does not take is taken out of the finished body, or brought within bounds.

extension OpenAIRequestEncoding {
  mutating func applyLimits() {
    limitOutputTokens()
    limitChoices()
    dropRefusedByModel()
    for name in quirks.unsupported.sorted() { drop(name, "this provider has no such parameter") }
    limitTemperature()
    keepOneOfEachGroup()
    dropUnknown()
  }

  private mutating func drop(_ name: String, _ why: String) {
    guard body[name] != nil else { return }
    body[name] = nil
    changes.append(Change(name, .dropped, why))
  }

  private mutating func limitOutputTokens() {
    let field = maxTokensField
    if let most = model.maxOutputTokens, let asked = body[field]?.int, asked > most {
      body[field] = .number(JSONNumber(most))
      changes.append(Change(field, .clamped, "this model writes at most \(most) tokens"))
    }
    if quirks.requiresMaxTokens, body[field] == nil {
      body[field] = .number(JSONNumber(model.maxOutputTokens ?? 4096))
      changes.append(Change(field, .added, "this provider wants a limit"))
    }
  }

  private mutating func limitChoices() {
    guard let most = quirks.choicesMaximum, let asked = body["n"]?.int, asked > most else { return }
    body["n"] = .number(JSONNumber(most))
    changes.append(Change("n", .clamped, "this provider gives at most \(most)"))
  }

  private mutating func dropRefusedByModel() {
    let refused: [String] =
      (model.refuses.contains("sampling") ? ["temperature", "top_p", "top_k"] : [])
      + (model.refuses.contains("temperature") ? ["temperature"] : [])
      + (isReasoningModel ? quirks.reasoningModelsReject.sorted() : [])
    for name in refused { drop(name, "this model has no such parameter") }
    for (name, model) in quirks.unsupportedByModel.sorted(by: { $0.key < $1.key })
    where request.model.hasPrefix(model) {
      drop(name, "this model has no such parameter")
    }
  }

  private mutating func limitTemperature() {
    guard let asked = body["temperature"]?.number, let value = asked.scaled(byPowerOfTen: temperaturePlaces)?.value
    else {
      return
    }
    if value == 0, let substitute = quirks.temperatureZeroBecomes {
      setTemperature(substitute, "this provider does not take 0")
    } else if let most = quirks.temperatureMaximum, isAbove(value, most) {
      setTemperature(most, "this provider takes at most \(most.text)")
    } else if let least = quirks.severalChoicesTemperatureMinimum, (body["n"]?.int ?? 1) > 1, isBelow(value, least) {
      setTemperature(least, "this provider takes at least \(least.text) for several choices")
    }
  }

  /// Temperatures are compared in units of 10^-12.
  private var temperaturePlaces: Int { 12 }

  private func isAbove(_ value: Int64, _ bound: JSONNumber) -> Bool {
    bound.scaled(byPowerOfTen: temperaturePlaces).map { value > $0.value } ?? false
  }

  private func isBelow(_ value: Int64, _ bound: JSONNumber) -> Bool {
    bound.scaled(byPowerOfTen: temperaturePlaces).map { value < $0.value } ?? false
  }

  private mutating func setTemperature(_ number: JSONNumber, _ why: String) {
    body["temperature"] = .number(number)
    changes.append(Change("temperature", .clamped, why))
  }

  private mutating func keepOneOfEachGroup() {
    for group in quirks.exclusiveParameters {
      for name in group.filter({ body[$0] != nil }).dropFirst() {
        drop(name, "only one of \(group.joined(separator: ", ")) is taken")
      }
    }
  }

  private mutating func dropUnknown() {
    guard quirks.rejectsUnknownParameters else { return }
    for extra in request.extras.members
    where !Self.knownParameters.contains(extra.name) && !quirks.extraParameters.contains(extra.name) {
      drop(extra.name, "this provider refuses parameters it does not know")
    }
  }
}

extension OpenAIChatRequestEncoder {
  /// The parameters of the dialect that reach the body by way of extras.
  static let knownParameters: Set<String> = [
    "audio", "function_call", "functions", "logit_bias", "logprobs", "modalities", "n", "prediction",
    "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "store", "stream_options", "top_logprobs",
    "verbosity", "web_search_options",
  ]
}
