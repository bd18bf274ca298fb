// What clients send as `systemInstruction` and `contents`. Calls may come without ids; here each has one.

struct GeminiContentTurnsDecoder {
  private(set) var messages: [Message] = []
  /// The calls that have no result yet, in order.
  private var openCalls: [(id: String, name: String)] = []
  private var callCount = 0

  mutating func readSystem(_ json: JSON) throws(WireError) {
    // A text alone is taken, too.
    let content = json.string.map { ["parts": [["text": .string($0)]]] } ?? json
    var members = try Members(geminiObject: content, at: "systemInstruction")
    _ = members.take("role")
    try append(.system, &members)
  }

  mutating func read(_ json: JSON, at place: String) throws(WireError) {
    var members = try Members(geminiObject: json, at: place)
    switch try members.string("role") ?? "user" {
    case "user", "function", "tool", "": try append(.user, &members)
    case "model": try append(.assistant, &members)
    default: throw WireError(offset: 0, "`\(place).role` must be user or model")
    }
  }

  private mutating func append(_ role: Message.Role, _ members: inout Members) throws(WireError) {
    var message = Message(role, [])
    for json in members.take("parts")?.asList ?? [] {
      guard let part = part(json) else { continue }
      if !message.content.join(part) { message.content.append(part) }
    }
    message.extras = members.rest
    messages.append(message)
  }

  // MARK: Parts

  private mutating func part(_ json: JSON) -> ContentPart? {
    guard let object = json.camelCasedObject else { return nil }
    if let response = object["functionResponse"]?.camelCasedObject { return result(response, in: object) }
    guard var part = GeminiContentPart.decode(json, callID: OpenAIChat.madeCallID(nil, callCount)) else {
      // A text that says nothing was said all the same.
      return object["text"]?.string == "" && object["thought"]?.bool != true ? ContentPart(.text("")) : nil
    }
    guard case .toolCall(var call) = part.kind else { return part }
    callCount += 1
    let (id, seal) = Seal.detached(fromCallID: call.id)
    call.id = id
    part.kind = .toolCall(call)
    part.signature = part.signature ?? seal
    openCalls.append((id, call.name))
    return part
  }

  private mutating func result(_ response: JSONObject, in part: JSONObject) -> ContentPart {
    var rest = response
    let name = rest.take("name")?.string ?? ""
    let (id, isKnown) = callID(of: rest.take("id")?.string, named: name)
    // A result whose call is not there must be able to say what it is of.
    if !isKnown { rest["name"] = .string(name) }
    let (text, isError) = GeminiContentResult.decode(rest.take("response") ?? .null)
    var content = text.map { [ContentPart(.text($0))] } ?? []
    content += (rest.take("parts")?.asList ?? []).compactMap { GeminiContentPart.decode($0, callID: "") }
    var result = ContentPart(.toolResult(ToolResult(callID: id, content: content, isError: isError)))
    result.extras = part
    result.extras["functionResponse"] = rest.isEmpty ? nil : .object(rest)
    return result
  }

  /// The id of the call that a result is of: the one it names, or the first of that name without a result.
  private mutating func callID(of said: String?, named name: String) -> (id: String, isKnown: Bool) {
    let id = said.flatMap { $0.isEmpty ? nil : Seal.detached(fromCallID: $0).id }
    let place = openCalls.firstIndex { id == nil ? $0.name == name : $0.id == id && $0.name == name }
    guard let place else { return (id ?? name, false) }
    return (openCalls.remove(at: place).id, true)
  }
}

extension [ContentPart] {
  /// Adds thinking to that before it, which a stream has cut off from its signature; false when it stands alone.
  fileprivate mutating func join(_ part: ContentPart) -> Bool {
    guard case .reasoning(let block) = part.kind, let last, case .reasoning(let before) = last.kind,
      before.signature == nil, before.encrypted == nil, block.encrypted == nil, last.extras == part.extras
    else { return false }
    let joined = ReasoningBlock(text: before.text + block.text, signature: block.signature)
    self[count - 1].kind = .reasoning(joined)
    return true
  }
}
