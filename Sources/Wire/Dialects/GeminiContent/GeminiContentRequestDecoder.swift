// A client's request to the vocabulary. `GeminiContentRequestEncoder` is the way back.

extension GeminiContent {
  public static func decodeRequest(
    _ body: [UInt8], at address: RequestAddress
  ) throws(WireError) -> ClientRequest {
    var decoder = GeminiContentRequestDecoder(members: try Members(geminiObject: try JSON.parse(body), at: ""))
    return try decoder.decode(address)
  }
}

struct GeminiContentRequestDecoder {
  private var members: Members
  private var request = ChatRequest(model: "", messages: [])
  private var places = RequestPlaces()

  init(members: Members) { self.members = members }

  mutating func decode(_ address: RequestAddress) throws(WireError) -> ClientRequest {
    let named = try members.string("model")
    guard let model = address.model ?? named else { throw WireError(offset: 0, "the address names no model") }
    guard let contents = members.take("contents")?.asList else { throw WireError(offset: 0, "`contents` is missing") }
    request.model = model
    var turns = GeminiContentTurnsDecoder()
    if let system = members.take("systemInstruction") { try turns.readSystem(system) }
    for (index, content) in contents.enumerated() { try turns.read(content, at: "contents[\(index)]") }
    request.messages = turns.messages
    places.messages = turns.places
    try readTools()
    try readToolConfig()
    try readConfig()
    request.metadata = try members.object("labels")
    // What the vocabulary knows as `default`.
    request.serviceTier = try members.string("serviceTier").map { $0.lowercased() == "standard" ? "default" : $0 }
    request.streams = address.streams ?? false
    request.extras = members.rest
    // A stream of this format always tells its usage.
    return ClientRequest(request, wantsStreamUsage: true, isArray: address.isArray, places: places)
  }

  // MARK: Tools

  private mutating func readTools() throws(WireError) {
    for (index, json) in (members.take("tools")?.asList ?? []).enumerated() {
      let place = "tools[\(index)]"
      var tool = try Members(geminiObject: json, at: place)
      for (number, function) in (tool.take("functionDeclarations")?.asList ?? []).enumerated() {
        let place = "\(place).functionDeclarations[\(number)]"
        request.tools.append(try Self.function(function, at: place))
        places.tools.append(place)
      }
      places.tools += tool.rest.members.map { "\(place).\($0.name)" }
      request.tools += tool.rest.members.map { member in
        Tool(name: member.name, vendorDefinition: .object(JSONObject([(member.name, member.value)])))
      }
    }
  }

  private static func function(_ json: JSON, at place: String) throws(WireError) -> Tool {
    var members = try Members(geminiObject: json, at: place)
    guard let name = try members.string("name") else { throw WireError(offset: 0, "`\(place).name` is missing") }
    var tool = Tool(name: name, description: try members.string("description"))
    let parameters = members.take("parameters").map { GeminiContentSchema.jsonSchema($0) }
    tool.parameters = members.take("parametersJsonSchema") ?? parameters
    tool.extras = members.rest
    return tool
  }

  private mutating func readToolConfig() throws(WireError) {
    guard var config = try members.geminiMembers("toolConfig") else { return }
    if var calling = try config.geminiMembers("functionCallingConfig") {
      readMode(&calling)
      config.keep(calling.rest, as: "functionCallingConfig")
    }
    members.keep(config.rest, as: "toolConfig")
  }

  /// A mode the vocabulary has no word for stays where it is.
  private mutating func readMode(_ calling: inout Members) {
    let names = calling.rest["allowedFunctionNames"]?.array?.compactMap(\.string) ?? []
    switch calling.rest["mode"]?.string?.uppercased() {
    case "AUTO": request.toolChoice = .auto
    case "NONE": request.toolChoice = .some(.none)
    case "ANY" where names.count == 1:
      request.toolChoice = .tool(name: names[0])
      _ = calling.take("allowedFunctionNames")
    case "ANY": request.toolChoice = .required
    default: return
    }
    _ = calling.take("mode")
  }

  // MARK: Settings

  private mutating func readConfig() throws(WireError) {
    guard var config = try members.geminiMembers("generationConfig") else { return }
    request.maxOutputTokens = try config.int("maxOutputTokens")
    request.stop = try config.strings("stopSequences") ?? []
    request.choices = try config.int("candidateCount")
    request.sampling.temperature = try config.number("temperature")
    request.sampling.topP = try config.number("topP")
    request.sampling.topK = try config.number("topK")
    request.sampling.seed = try config.number("seed")
    request.sampling.presencePenalty = try config.number("presencePenalty")
    request.sampling.frequencyPenalty = try config.number("frequencyPenalty")
    let top = try config.int("logprobs")
    if try config.bool("responseLogprobs") ?? (top != nil) { request.logprobs = top ?? 0 }
    try readOutputFormat(&config)
    if var thinking = try config.geminiMembers("thinkingConfig") {
      try readThinking(&thinking)
      config.keep(thinking.rest, as: "thinkingConfig")
    }
    members.keep(config.rest, as: "generationConfig")
  }

  private mutating func readOutputFormat(_ config: inout Members) throws(WireError) {
    let type = config.rest["responseMimeType"]?.string
    guard type == nil || type == "application/json" || type == "text/plain" else { return }
    _ = config.take("responseMimeType")
    let schema = config.take("responseSchema").map { GeminiContentSchema.jsonSchema($0) }
    if let schema = config.take("responseJsonSchema") ?? schema {
      request.output = .jsonSchema(name: "answer", schema: schema, strict: nil)
    } else if type == "application/json" {
      request.output = .jsonObject
    }
  }

  private mutating func readThinking(_ thinking: inout Members) throws(WireError) {
    let level = try thinking.string("thinkingLevel")?.lowercased()
    let budget = try thinking.int("thinkingBudget")
    let isShown = thinking.rest["includeThoughts"]?.bool
    // A budget of -1 is the model's own choice.
    let limit = budget.flatMap { $0 > 0 ? $0 : nil }
    if level != nil || budget != nil || isShown == true {
      request.reasoning = ReasoningRequest(effort: budget == 0 ? "none" : level, budgetTokens: limit)
    }
    // Thinking is told unless a client does not want it.
    if isShown == true { _ = thinking.take("includeThoughts") }
  }
}

extension Members {
  /// The members of an object whose names may come in either spelling.
  init(geminiObject json: JSON, at place: String) throws(WireError) {
    try self.init(json.camelCasedObject.map { .object($0) } ?? json, at: place)
  }

  mutating func geminiMembers(_ name: String) throws(WireError) -> Members? {
    guard let value = take(name) else { return nil }
    return try Members(geminiObject: value, at: place + name)
  }
}

extension JSON {
  /// Google's APIs take one value where a list of one is meant.
  var asList: [JSON]? { array ?? (object == nil ? nil : [self]) }
}

extension GeminiContent {
  public static var fieldNames: [String: String] {
    [
      "temperature": "generationConfig.temperature", "top_p": "generationConfig.topP", "top_k": "generationConfig.topK",
      "seed": "generationConfig.seed", "frequency_penalty": "generationConfig.frequencyPenalty",
      "presence_penalty": "generationConfig.presencePenalty", "max_tokens": "generationConfig.maxOutputTokens",
      "stop": "generationConfig.stopSequences", "n": "generationConfig.candidateCount",
      "logprobs": "generationConfig.logprobs", "response_format": "generationConfig.responseJsonSchema",
      "reasoning_effort": "generationConfig.thinkingConfig.thinkingLevel",
      "reasoning.budget_tokens": "generationConfig.thinkingConfig.thinkingBudget",
      "thinking_budget": "generationConfig.thinkingConfig.thinkingBudget", "tool_choice": "toolConfig",
      "metadata": "labels", "service_tier": "serviceTier", "messages": "contents",
    ]
  }
}
