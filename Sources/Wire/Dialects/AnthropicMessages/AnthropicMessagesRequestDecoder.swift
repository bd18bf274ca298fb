// A client's request to the vocabulary. `AnthropicMessagesRequestEncoder` is the way back.

extension AnthropicMessages {
  public static func decodeRequest(
    _ body: [UInt8], at address: RequestAddress
  ) throws(WireError) -> ClientRequest {
    var decoder = AnthropicMessagesRequestDecoder(members: try Members(try JSON.parse(body)))
    return try decoder.decode(address)
  }
}

struct AnthropicMessagesRequestDecoder {
  private var members: Members
  private var request = ChatRequest(model: "", messages: [])
  private var unread: [String] = []

  init(members: Members) { self.members = members }

  mutating func decode(_ address: RequestAddress) throws(WireError) -> ClientRequest {
    request.model = try members.model(at: address)
    guard let messages = try members.array("messages") else { throw WireError(offset: 0, "`messages` is missing") }
    var places = RequestPlaces()
    if let system = members.take("system") {
      request.messages.append(Message(.system, AnthropicMessagesContent.decode(system)))
      let parts = system.array?.indices.map { "system[\($0)]" } ?? ["system"]
      places.messages = [RequestPlaces.Turn("system", parts: parts)] + messages.indices.map { .init("messages[\($0)]") }
    }
    for (index, message) in messages.enumerated() {
      request.messages.append(try Self.message(message, at: "messages[\(index)]"))
    }
    try readTools()
    try readSettings()
    try readThinking()
    request.streams = try members.bool("stream") ?? address.streams ?? false
    request.extras = members.rest
    // A stream of this format always tells its usage.
    return ClientRequest(request, wantsStreamUsage: true, unread: unread, places: places)
  }

  private static func message(_ json: JSON, at place: String) throws(WireError) -> Message {
    var members = try Members(json, at: place)
    let role = try members.string("role") ?? ""
    // Newer models take system messages within the conversation.
    guard let role = Message.Role(rawValue: role), role == .user || role == .assistant || role == .system else {
      throw WireError(offset: 0, "`\(place).role` must be user or assistant")
    }
    var message = Message(role, AnthropicMessagesContent.decode(members.take("content")))
    message.extras = members.rest
    return message
  }

  // MARK: Settings

  private mutating func readSettings() throws(WireError) {
    request.maxOutputTokens = try members.int("max_tokens")
    request.sampling.temperature = try members.number("temperature")
    request.sampling.topP = try members.number("top_p")
    request.sampling.topK = try members.number("top_k")
    request.stop = try members.strings("stop_sequences") ?? []
    request.serviceTier = try members.string("service_tier").map { $0 == "standard_only" ? "default" : $0 }
    if var metadata = try members.object("metadata") {
      request.user = metadata["user_id"]?.string
      metadata["user_id"] = nil
      if !metadata.isEmpty { request.metadata = metadata }
    }
  }

  private mutating func readThinking() throws(WireError) {
    var config = try members.members("output_config")
    let effort = try config?.string("effort")
    if var thinking = try members.members("thinking") {
      let budget = try thinking.int("budget_tokens")
      let isOff = try thinking.string("type") == "disabled"
      request.reasoning = ReasoningRequest(effort: isOff ? "none" : effort, budgetTokens: budget)
      unread += thinking.rest.members.map { "thinking.\($0.name)" }
    } else if let effort {
      request.reasoning = ReasoningRequest(effort: effort)
    }
    var format = try config?.members("format")
    // The form was a parameter of its own before (docs.anthropic.com, structured outputs).
    if format == nil { format = try members.members("output_format") }
    if var format, try format.string("type") == "json_schema", let schema = format.take("schema") {
      request.output = .jsonSchema(name: "answer", schema: schema, strict: true)
      unread += format.rest.members.map { "output_config.format.\($0.name)" }
    } else if format != nil {
      unread.append("output_config.format")
    }
    unread += (config?.rest.members ?? []).map { "output_config.\($0.name)" }
  }

  // MARK: Tools

  private mutating func readTools() throws(WireError) {
    for (index, tool) in (try members.array("tools") ?? []).enumerated() {
      request.tools.append(try Self.tool(tool, at: "tools[\(index)]"))
    }
    guard var choice = try members.members("tool_choice") else { return }
    if let isSerial = try choice.bool("disable_parallel_tool_use") { request.parallelToolCalls = !isSerial }
    let name = try choice.string("name")
    switch try choice.string("type") {
    case "auto": request.toolChoice = .auto
    case "any": request.toolChoice = .required
    case "none": request.toolChoice = .some(.none)
    case "tool" where name != nil: request.toolChoice = name.map { .tool(name: $0) }
    default: throw WireError(offset: 0, "`tool_choice.type` must be auto, any, tool (with a name) or none")
    }
    unread += choice.rest.members.map { "tool_choice.\($0.name)" }
  }

  /// Tools with a type are the vendor's own, but for `custom`, which is a plain function.
  private static func tool(_ json: JSON, at place: String) throws(WireError) -> Tool {
    var members = try Members(json, at: place)
    guard let name = try members.string("name") else { throw WireError(offset: 0, "`\(place).name` is missing") }
    if let type = try members.string("type"), type != "custom" { return Tool(name: name, vendorDefinition: json) }
    var tool = Tool(
      name: name, description: try members.string("description"), parameters: members.take("input_schema"),
      strict: try members.bool("strict"), cacheControl: members.take("cache_control"))
    tool.extras = members.rest
    return tool
  }
}

/// The blocks of a client's turn: as in a reply, and what only clients send.
enum AnthropicMessagesContent {
  /// A text, a list of blocks, or nothing.
  static func decode(_ content: JSON?) -> [ContentPart] {
    if let text = content?.string { return [ContentPart(.text(text))] }
    var parts: [ContentPart] = []
    for block in content?.array ?? [] { append(block, to: &parts) }
    return parts
  }

  private static func append(_ block: JSON, to parts: inout [ContentPart]) {
    if let seal = sealOfNextPart(block) {
      parts.append(ContentPart(.other(type: sealType, [:])))
      parts[parts.count - 1].signature = seal
      return
    }
    guard var part = part(block) else { return }
    if let last = parts.last, case .other(sealType, _) = last.kind {
      parts.removeLast()
      part.signature = last.signature
    }
    part.cacheControl = part.extras["cache_control"]
    part.extras["cache_control"] = nil
    parts.append(part)
  }

  /// What stands between blocks while the seal of the next is known and the block is not.
  private static let sealType = "seal"

  /// Where we carried the seal of a call or a text: encrypted thinking before it (see `AnthropicMessagesReplyEncoder`).
  private static func sealOfNextPart(_ block: JSON) -> Seal? {
    guard block["type"] == "redacted_thinking", let data = block["data"]?.string,
      data.hasPrefix(AnthropicMessages.partSealMark)
    else { return nil }
    return Seal(carried: String(data.dropFirst(AnthropicMessages.partSealMark.count)), in: .anthropic)
  }

  private static func part(_ block: JSON) -> ContentPart? {
    guard let object = block.object else { return nil }
    switch object["type"]?.string {
    case "image":
      guard let media = media(object["source"]) else { return AnthropicMessagesBlock.part(block) }
      return part(.image(media), object, besides: [])
    case "document":
      guard var media = media(object["source"]) else { return AnthropicMessagesBlock.part(block) }
      media.name = object["title"]?.string
      return part(.document(media), object, besides: ["title"])
    case "tool_result":
      let content = decode(object["content"])
      let (id, _) = Seal.detached(fromCallID: object["tool_use_id"]?.string ?? "")
      let result = ToolResult(callID: id, content: content, isError: object["is_error"]?.bool ?? false)
      return part(.toolResult(result), object, besides: ["tool_use_id", "content", "is_error"])
    default: return AnthropicMessagesBlock.part(block).map(unsealed)
    }
  }

  private static func part(_ kind: ContentPart.Kind, _ object: JSONObject, besides known: [String]) -> ContentPart {
    var part = ContentPart(kind)
    for member in object.members where member.name != "type" && !known.contains(member.name) && !member.value.isNull {
      part.extras[member.name] = member.value
    }
    // Of where the bytes are, only what is not read already.
    let source = object["source"]?.object?.rest(besides: ["type", "media_type", "data", "url", "file_id"])
    part.extras["source"] = source.flatMap { $0.isEmpty ? nil : .object($0) }
    return part
  }

  private static func media(_ source: JSON?) -> Media? {
    let type = source?["media_type"]?.string
    return switch source?["type"] {
    case "base64": source?["data"]?.string.map { Media(.base64($0), mediaType: type) }
    case "url": source?["url"]?.string.map { Media(.url($0), mediaType: type) }
    case "file": source?["file_id"]?.string.map { Media(.fileID($0), mediaType: type) }
    case "text": source?["data"]?.string.map { Media(.text($0), mediaType: type) }
    default: nil
    }
  }

  /// Seals of other families stand where this one's own do.
  private static func unsealed(_ part: ContentPart) -> ContentPart {
    var part = part
    switch part.kind {
    case .reasoning(var block):
      block.signature = block.signature.map { Seal(carried: $0.text, in: .anthropic) }
      block.encrypted = block.encrypted.map { Seal(carried: $0.text, in: .anthropic) }
      part.kind = .reasoning(block)
    case .toolCall(var call):
      let (id, seal) = Seal.detached(fromCallID: call.id)
      call.id = id
      part.kind = .toolCall(call)
      part.signature = seal
    default: break
    }
    return part
  }
}

extension AnthropicMessages {
  public static var fieldNames: [String: String] {
    [
      "stop": "stop_sequences", "user": "metadata.user_id", "response_format": "output_config.format",
      "reasoning_effort": "output_config.effort", "reasoning.budget_tokens": "thinking.budget_tokens",
      "thinking_budget": "thinking.budget_tokens",
      "parallel_tool_calls": "tool_choice.disable_parallel_tool_use",
    ]
  }
}
