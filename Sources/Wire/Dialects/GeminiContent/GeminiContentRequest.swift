// A request to bytes. What the format has no place for is left out, and each departure is a change.

struct GeminiContentRequestEncoder {
  let request: ChatRequest
  let model: ModelTraits
  var body = JSONObject()
  /// `generationConfig`.
  var config = JSONObject()
  var changes: [Change] = []

  init(_ request: ChatRequest, _ model: ModelTraits) {
    self.request = request
    self.model = model
  }

  mutating func encode() -> EncodedRequest {
    addConversation()
    addTools()
    addLimits()
    addSampling()
    addThinking()
    addOutputFormat()
    if !config.isEmpty { body["generationConfig"] = .object(config) }
    addRest()
    return EncodedRequest(body: JSON.object(body).bytes, changes: changes)
  }

  mutating func change(_ field: String, _ what: Change.What, _ why: String) {
    changes.append(Change(field, what, why))
  }

  private mutating func addConversation() {
    var turns = GeminiContentTurnsEncoder(request.messages, model)
    turns.encode()
    changes += turns.changes
    body["systemInstruction"] = turns.system
    body["contents"] = .array(turns.contents)
  }

  // MARK: Settings

  /// ai.google.dev/api/generate-content, `stopSequences`: up to 5.
  private static let mostStopTexts = 5

  private mutating func addLimits() {
    if let asked = request.maxOutputTokens {
      let most = model.maxOutputTokens ?? asked
      if asked > most { change("max_tokens", .clamped, "this model writes at most \(most) tokens") }
      config["maxOutputTokens"] = .number(JSONNumber(min(asked, most)))
    }
    if !request.stop.isEmpty {
      let texts = request.stop.prefix(Self.mostStopTexts)
      if texts.count < request.stop.count { change("stop", .clamped, "this format takes \(Self.mostStopTexts) texts") }
      config["stopSequences"] = .array(texts.map { .string($0) })
    }
    config["candidateCount"] = request.choices.map { .number(JSONNumber($0)) }
    if let count = request.logprobs {
      config["responseLogprobs"] = true
      if count > 0 { config["logprobs"] = .number(JSONNumber(count)) }
    }
  }

  private mutating func addSampling() {
    let sampling = request.sampling
    addSampling("temperature", sampling.temperature, as: "temperature")
    addSampling("top_p", sampling.topP, as: "topP")
    addSampling("top_k", sampling.topK, as: "topK")
    config["presencePenalty"] = sampling.presencePenalty.map { .number($0) }
    config["frequencyPenalty"] = sampling.frequencyPenalty.map { .number($0) }
    config["seed"] = sampling.seed.map { .number($0) }
  }

  private mutating func addSampling(_ field: String, _ number: JSONNumber?, as name: String) {
    guard let number else { return }
    guard !model.refuses.contains("sampling"), !model.refuses.contains(field) else {
      return change(field, .dropped, "this model has no such parameter")
    }
    config[name] = .number(number)
  }

  private mutating func addRest() {
    if request.user != nil { change("user", .dropped, "this format has no such member") }
    addLabels()
    addServiceTier()
    for extra in request.extras.members where extra.name == "stream_options" {
      change(extra.name, .dropped, "a stream always tells its usage here")
    }
    var extras = request.extras
    extras["stream_options"] = nil
    body.fill(from: extras, at: "", changes: &changes)
  }

  /// Labels are for telling bills apart; what does not look like one is refused
  /// (cloud.google.com/resource-manager/docs/labels-overview).
  private mutating func addLabels() {
    var labels = JSONObject()
    for member in request.metadata?.members ?? [] {
      if member.name.isLabel, let value = member.value.string, value.isEmpty || value.isLabel {
        labels[member.name] = member.value
      } else {
        change("metadata.\(member.name)", .dropped, "a label is at most 63 lower-case letters, digits, _ and -")
      }
    }
    if !labels.isEmpty { body["labels"] = .object(labels) }
  }

  private mutating func addServiceTier() {
    guard let tier = request.serviceTier else { return }
    switch tier {
    case "flex", "priority", "standard": body["serviceTier"] = .string(tier)
    case "default":
      body["serviceTier"] = "standard"
      change("service_tier", .renamed, "`default` is `standard` here")
    default: change("service_tier", .dropped, "this format knows flex, standard and priority")
    }
  }
}

extension String {
  fileprivate var isLabel: Bool {
    !isEmpty
      && utf8.count <= 63
      && utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), ASCII.digits, ASCII.minus, UInt8(ascii: "_"): true
        default: false
        }
      }
  }
}
