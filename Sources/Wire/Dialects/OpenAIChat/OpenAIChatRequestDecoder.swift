// A client's request to the vocabulary. `OpenAIChatRequestEncoder` is the way back.

extension OpenAIChat {
  public static func decodeRequest(
    _ body: [UInt8], at address: RequestAddress
  ) throws(WireError) -> ClientRequest {
    var decoder = OpenAIChatRequestDecoder(members: try Members(try JSON.parse(body)))
    return try decoder.decode(address)
  }

  /// How a stream is told is between us and the client; nobody keeps what nobody was told to keep.
  public static func isMet(_ extra: JSONObject.Member) -> Bool {
    extra.name == "stream_options" || (extra.name == "store" && extra.value == false)
  }
}

struct OpenAIChatRequestDecoder {
  private var members: Members
  private var request = ChatRequest(model: "", messages: [])
  private var unread: [String] = []

  init(members: Members) { self.members = members }

  mutating func decode(_ address: RequestAddress) throws(WireError) -> ClientRequest {
    request.model = try members.model(at: address)
    guard let messages = try members.array("messages") else { throw WireError(offset: 0, "`messages` is missing") }
    var places = RequestPlaces()
    for (index, message) in messages.enumerated() {
      let (message, place) = try OpenAIChatMessagesDecoder.message(message, at: "messages[\(index)]")
      request.messages.append(message)
      places.messages.append(place)
    }
    try readTools()
    try readSampling()
    try readReasoning()
    try readOutputFormat()
    request.stop = try members.strings("stop") ?? []
    request.user = try members.string("user")
    request.metadata = try members.object("metadata")
    request.serviceTier = try members.string("service_tier")
    request.streams = try members.bool("stream") ?? address.streams ?? false
    let wantsUsage = try readStreamOptions()
    request.extras = members.rest
    return ClientRequest(request, wantsStreamUsage: wantsUsage, unread: unread, places: places)
  }

  private mutating func readStreamOptions() throws(WireError) -> Bool {
    guard var options = try members.members("stream_options") else { return false }
    let wantsUsage = try options.bool("include_usage") ?? false
    members.keep(options.rest, as: "stream_options")
    return wantsUsage
  }

  // MARK: Settings

  private mutating func readSampling() throws(WireError) {
    // `max_completion_tokens` is the successor of `max_tokens`.
    let limit = try members.int("max_tokens")
    request.maxOutputTokens = try members.int("max_completion_tokens") ?? limit
    request.sampling.temperature = try members.number("temperature")
    request.sampling.topP = try members.number("top_p")
    request.sampling.topK = try members.number("top_k")
    request.sampling.frequencyPenalty = try members.number("frequency_penalty")
    request.sampling.presencePenalty = try members.number("presence_penalty")
    request.sampling.seed = try members.number("seed")
    request.choices = try members.int("n")
    let top = try members.int("top_logprobs")
    if try members.bool("logprobs") ?? (top != nil) { request.logprobs = top ?? 0 }
  }

  /// `reasoning_effort` is OpenAI's; the object `reasoning` is how routers say the same and more.
  private mutating func readReasoning() throws(WireError) {
    var reasoning = ReasoningRequest(effort: try members.string("reasoning_effort"))
    if var object = try members.members("reasoning") {
      let isOn = try object.bool("enabled")
      reasoning.effort = try object.string("effort") ?? reasoning.effort ?? (isOn == false ? "none" : nil)
      reasoning.budgetTokens = try object.int("max_tokens")
      unread += object.rest.members.map { "reasoning.\($0.name)" }
      request.reasoning = reasoning
    } else if reasoning.effort != nil {
      request.reasoning = reasoning
    }
  }

  private mutating func readOutputFormat() throws(WireError) {
    guard var format = try members.members("response_format") else { return }
    switch try format.string("type") {
    case "text": break
    case "json_object": request.output = .jsonObject
    case "json_schema":
      guard var wrapper = try format.members("json_schema"), let schema = wrapper.take("schema") else {
        throw WireError(offset: 0, "`response_format.json_schema.schema` is missing")
      }
      let name = try wrapper.string("name") ?? "answer"
      request.output = .jsonSchema(name: name, schema: schema, strict: try wrapper.bool("strict"))
      unread += wrapper.rest.members.map { "response_format.json_schema.\($0.name)" }
    default: throw WireError(offset: 0, "`response_format.type` must be text, json_object or json_schema")
    }
    unread += format.rest.members.map { "response_format.\($0.name)" }
  }

  // MARK: Tools

  private mutating func readTools() throws(WireError) {
    for (index, tool) in (try members.array("tools") ?? []).enumerated() {
      request.tools.append(try self.tool(tool, at: "tools[\(index)]"))
    }
    request.parallelToolCalls = try members.bool("parallel_tool_calls")
    if let choice = members.take("tool_choice") {
      if let known = Self.toolChoice(choice) {
        request.toolChoice = known
      } else {
        unread.append("tool_choice")
      }
    }
  }

  private mutating func tool(_ json: JSON, at place: String) throws(WireError) -> Tool {
    var members = try Members(json, at: place)
    let type = try members.string("type")
    guard type == "function" || type == nil, var function = try members.members("function") else {
      let name = json["name"]?.string ?? json["custom"]?["name"]?.string ?? type ?? ""
      return Tool(name: name, vendorDefinition: json)
    }
    guard let name = try function.string("name") else { throw WireError(offset: 0, "`\(place)` has no name") }
    var tool = Tool(
      name: name, description: try function.string("description"), parameters: function.take("parameters"),
      strict: try function.bool("strict"), cacheControl: members.take("cache_control"))
    tool.extras = function.rest
    unread += members.rest.members.map { "\(place).\($0.name)" }
    return tool
  }

  /// `nil` for a form the vocabulary has no word for.
  private static func toolChoice(_ json: JSON) -> ToolChoice? {
    switch json.string {
    case "auto": .auto
    case "none": .some(.none)
    case "required", "any": .required
    default: (json["function"]?["name"] ?? json["custom"]?["name"])?.string.map { .tool(name: $0) }
    }
  }
}

/// The messages of a request, one by one.
enum OpenAIChatMessagesDecoder {
  /// A message and where it and its parts stood.
  static func message(_ json: JSON, at place: String) throws(WireError) -> (Message, RequestPlaces.Turn) {
    var turn = RequestPlaces.Turn(place)
    var members = try Members(json, at: place)
    guard let role = Message.Role(rawValue: try members.string("role") ?? "") else {
      throw WireError(offset: 0, "`\(place).role` must be system, developer, user, assistant or tool")
    }
    var message = Message(role, [], name: try members.string("name"))
    switch role {
    case .assistant:
      turn.parts = readAnswer(members.rest, into: &message).map { "\(place).\($0)" }
    case .tool:
      guard let id = try members.string("tool_call_id") else {
        throw WireError(offset: 0, "`\(place).tool_call_id` is missing")
      }
      let (callID, _) = Seal.detached(fromCallID: id)
      let result = ToolResult(callID: callID, content: OpenAIChatParts.decode(members.take("content")))
      message.content = [ContentPart(.toolResult(result))]
      message.extras = members.rest
      turn.parts = [place]
    case .system, .developer, .user:
      message.content = OpenAIChatParts.decode(members.take("content"))
      message.extras = members.rest
    }
    return (message, turn)
  }

  /// An answer that comes back is read as it was when it came from a provider.
  ///
  /// Says where in the message each part stood.
  private static func readAnswer(_ members: JSONObject, into message: inout Message) -> [String] {
    var decoder = OpenAIChatMessageDecoder(replyID: nil, quirks: Quirks())
    decoder.decode(.object(members))
    message.extras = decoder.rest
    message.content = decoder.content.map { part in
      guard case .toolCall(var call) = part.kind else { return part }
      var part = part
      let (id, seal) = Seal.detached(fromCallID: call.id)
      call.id = id
      part.kind = .toolCall(call)
      part.signature = part.signature ?? seal
      return part
    }
    return decoder.places
  }
}
