// A client's request to the vocabulary. `OpenAIResponsesRequestEncoder` is the way back.

extension OpenAIResponses {
  public static func decodeRequest(
    _ body: [UInt8], at address: RequestAddress
  ) throws(WireError) -> ClientRequest {
    var decoder = OpenAIResponsesRequestDecoder(members: try Members(try JSON.parse(body)))
    let request = try decoder.decode(address)
    return ClientRequest(request, places: decoder.places)
  }

  /// Nobody keeps what nobody was told to keep, and sealed thinking is always told so that it can come back.
  public static func isMet(_ extra: JSONObject.Member) -> Bool {
    switch extra.name {
    case "store", "background": extra.value == false
    case "truncation": extra.value == "disabled"
    case "include": extra.value == ["reasoning.encrypted_content"]
    case "stream_options": true
    default: false
    }
  }
}

struct OpenAIResponsesRequestDecoder {
  private var members: Members
  private var request = ChatRequest(model: "", messages: [])
  /// What members of members are left, by their path.
  private var rest = JSONObject()
  private(set) var places = RequestPlaces()

  init(members: Members) { self.members = members }

  mutating func decode(_ address: RequestAddress) throws(WireError) -> ChatRequest {
    request.model = try members.model(at: address)
    try readConversation()
    try readTools()
    try readReasoning()
    try readText()
    try readInclude()
    request.maxOutputTokens = try members.int("max_output_tokens")
    request.sampling.temperature = try members.number("temperature")
    request.sampling.topP = try members.number("top_p")
    request.user = try members.string("user")
    request.metadata = try members.object("metadata")
    request.serviceTier = try members.string("service_tier")
    request.streams = try members.bool("stream") ?? address.streams ?? false
    request.extras = members.rest
    request.extras.members += rest.members
    return request
  }

  // MARK: The conversation

  private mutating func readConversation() throws(WireError) {
    if let instructions = try members.string("instructions") {
      request.messages = [Message(.system, instructions)]
      places.messages = [RequestPlaces.Turn("instructions", parts: ["instructions"])]
    }
    guard let input = members.take("input") else {
      let isElsewhere = ["prompt", "previous_response_id", "conversation"].contains { members.rest[$0] != nil }
      guard isElsewhere else { throw WireError(offset: 0, "`input` is missing") }
      return
    }
    if let text = input.string {
      places.messages.append(RequestPlaces.Turn("input", parts: ["input"]))
      return request.messages.append(Message(.user, text))
    }
    guard let items = input.array else { throw WireError(offset: 0, "`input` must be a string or a list") }
    var decoder = OpenAIResponsesInputDecoder()
    for (index, item) in items.enumerated() { try decoder.add(item, at: "input[\(index)]") }
    request.messages += decoder.finish()
    places.messages += decoder.places
  }

  // MARK: Tools

  private mutating func readTools() throws(WireError) {
    for (index, tool) in (try members.array("tools") ?? []).enumerated() {
      request.tools.append(try Self.tool(tool, at: "tools[\(index)]"))
    }
    request.parallelToolCalls = try members.bool("parallel_tool_calls")
    guard let choice = members.take("tool_choice") else { return }
    request.toolChoice = Self.toolChoice(choice)
    // A form the vocabulary has no word for is this format's alone.
    if request.toolChoice == nil { rest["tool_choice"] = choice }
  }

  private static func tool(_ json: JSON, at place: String) throws(WireError) -> Tool {
    var members = try Members(json, at: place)
    guard let type = try members.string("type") else { throw WireError(offset: 0, "`\(place).type` is missing") }
    guard type == "function" else { return Tool(name: json["name"]?.string ?? type, vendorDefinition: json) }
    guard let name = try members.string("name") else { throw WireError(offset: 0, "`\(place).name` is missing") }
    var tool = Tool(
      name: name, description: try members.string("description"), parameters: members.take("parameters"),
      strict: try members.bool("strict"), cacheControl: members.take("cache_control"))
    tool.extras = members.rest
    return tool
  }

  private static func toolChoice(_ json: JSON) -> ToolChoice? {
    switch json.string {
    case "auto": return .auto
    case "none": return .some(.none)
    case "required": return .required
    default:
      guard json["type"] == "function" || json["type"] == "custom" else { return nil }
      return json["name"]?.string.map { .tool(name: $0) }
    }
  }

  // MARK: Settings

  private mutating func readReasoning() throws(WireError) {
    guard var reasoning = try members.members("reasoning") else { return }
    let effort = try reasoning.string("effort")
    let budget = try reasoning.int("max_tokens")
    if effort != nil || budget != nil {
      request.reasoning = ReasoningRequest(effort: effort, budgetTokens: budget)
    }
    keep(reasoning, OpenAIResponsesPath.reasoning)
  }

  private mutating func readText() throws(WireError) {
    guard var text = try members.members("text") else { return }
    if var format = try text.members("format") {
      switch try format.string("type") {
      case "text": break
      case "json_object": request.output = .jsonObject
      case "json_schema":
        guard let schema = format.take("schema") else { throw WireError(offset: 0, "`text.format.schema` is missing") }
        request.output = .jsonSchema(
          name: try format.string("name") ?? "answer", schema: schema, strict: try format.bool("strict"))
      default: throw WireError(offset: 0, "`text.format.type` must be text, json_object or json_schema")
      }
      keep(format, OpenAIResponsesPath.format)
    }
    keep(text, OpenAIResponsesPath.text)
  }

  private mutating func keep(_ left: Members, _ path: String) {
    rest.members += left.rest.members.map { .init(name: path + $0.name, value: $0.value) }
  }

  /// Who has nothing kept gets everything back from us, whatever the provider: that need not be asked for any more.
  private mutating func readInclude() throws(WireError) {
    var include = try members.strings("include") ?? []
    if include.contains(OpenAIResponses.logprobsInclude) {
      request.logprobs = try members.int("top_logprobs") ?? 0
      include.removeAll { $0 == OpenAIResponses.logprobsInclude }
    }
    if !OpenAIResponses.keepsState(members.rest) {
      _ = members.take("store")
      include.removeAll { $0 == OpenAIResponses.encryptedContentInclude }
    }
    if !include.isEmpty { rest["include"] = .array(include.map { .string($0) }) }
  }
}

/// The items of a conversation to turns: what the model said in a row is one answer.
struct OpenAIResponsesInputDecoder {
  private var messages: [Message] = []
  private(set) var places: [RequestPlaces.Turn] = []
  private var answer: [ContentPart] = []
  private var answerPlaces: [String] = []
  /// Calls of custom tools, whose results need not say what they are; an id used again counts anew.
  private var customCalls: Set<String> = []

  mutating func finish() -> [Message] {
    endAnswer()
    return messages
  }

  private mutating func endAnswer() {
    if !answer.isEmpty { append(Message(.assistant, answer), at: answerPlaces.first ?? "input", parts: answerPlaces) }
    answer = []
    answerPlaces = []
  }

  private mutating func append(_ message: Message, at place: String, parts: [String] = []) {
    messages.append(message)
    places.append(RequestPlaces.Turn(place, parts: parts))
  }

  /// Names the parts that an item of the answer was read into: those of a message are its content.
  private mutating func note(_ place: String, isMessage: Bool = false) {
    let first = answerPlaces.count
    for index in first..<max(answer.count, first) {
      answerPlaces.append(isMessage ? "\(place).content[\(index - first)]" : place)
    }
  }

  mutating func add(_ item: JSON, at place: String) throws(WireError) {
    var members = try Members(item, at: place)
    switch item["type"]?.string ?? (item["role"] == nil ? "item_reference" : "message") {
    case "message": try addMessage(item, &members, place)
    case "reasoning": OpenAIResponsesItem.append(item, to: &answer)
    case "function_call", "custom_tool_call": addCall(item)
    case "function_call_output", "custom_tool_call_output": try addResult(&members, place)
    case let type: addWhole(item, type, members, place)
    }
    note(place, isMessage: item["role"] != nil)
  }

  private mutating func addMessage(
    _ item: JSON, _ members: inout Members, _ place: String
  ) throws(WireError) {
    guard let role = Message.Role(rawValue: try members.string("role") ?? ""), role != .tool else {
      throw WireError(offset: 0, "`\(members.place)role` must be system, developer, user or assistant")
    }
    guard role != .assistant else { return OpenAIResponsesItem.append(item, to: &answer) }
    endAnswer()
    _ = members.take("type")
    var message = Message(role, try content("content", of: &members))
    message.extras = members.rest
    append(message, at: place)
  }

  private func content(_ name: String, of members: inout Members) throws(WireError) -> [ContentPart] {
    guard let content = members.take(name) else { return [] }
    if let text = content.string { return text.isEmpty ? [] : [ContentPart(.text(text))] }
    guard let parts = content.array else {
      throw WireError(offset: 0, "`\(members.place)\(name)` must be a string or a list")
    }
    return parts.map(OpenAIResponsesItem.part(ofMessage:))
  }

  private mutating func addCall(_ item: JSON) {
    OpenAIResponsesItem.append(item, to: &answer)
    guard let last = answer.indices.last, case .toolCall(var call) = answer[last].kind else { return }
    let (id, seal) = Seal.detached(fromCallID: call.id)
    call.id = id
    answer[last].kind = .toolCall(call)
    answer[last].signature = seal
    if call.kind == .custom { customCalls.insert(id) } else { customCalls.remove(id) }
  }

  private mutating func addResult(_ members: inout Members, _ place: String) throws(WireError) {
    endAnswer()
    guard let sealed = try members.string("call_id") else {
      throw WireError(offset: 0, "`\(members.place)call_id` is missing")
    }
    let (id, _) = Seal.detached(fromCallID: sealed)
    let isCustom = try members.string("type") == "custom_tool_call_output"
    var part = ContentPart(.toolResult(ToolResult(callID: id, content: try content("output", of: &members))))
    part.extras = members.rest
    // The call may be kept at the provider; only then must the result say of which kind it is.
    if isCustom, !customCalls.contains(id) { part.extras["type"] = "custom_tool_call_output" }
    append(Message(.tool, [part]), at: place, parts: [place])
  }

  /// An item that goes back as it came: the model's, unless it says otherwise or answers something.
  private mutating func addWhole(_ item: JSON, _ type: String, _ members: Members, _ place: String) {
    let answers = type.hasSuffix("_output") || type.hasSuffix("_response")
    let role = members.rest["role"]?.string.flatMap { Message.Role(rawValue: $0) } ?? (answers ? .tool : .assistant)
    guard role != .assistant else { return answer.append(OpenAIResponsesItem.whole(item.object ?? JSONObject())) }
    endAnswer()
    append(Message(role, [ContentPart(.other(type: type, item))]), at: place, parts: [place])
  }
}

extension OpenAIResponses {
  public static var fieldNames: [String: String] {
    [
      "max_tokens": "max_output_tokens", "response_format": "text.format", "reasoning_effort": "reasoning.effort",
      "logprobs": "top_logprobs", "messages": "input",
    ]
  }
}
