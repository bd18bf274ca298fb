// What clients send as `systemInstruction` and `contents`. Calls may come without ids; here each has one.

struct GeminiContentTurnsDecoder {
  private(set) var messages: [Message] = []
  private(set) var places: [RequestPlaces.Turn] = []
  /// The calls that have no result yet, in order.
  private var openCalls: [(id: String, name: String)] = []
  private var callCount = 0

  mutating func readSystem(_ json: JSON) throws(WireError) {
    // A text alone is taken, too.
    let content = json.string.map { ["parts": [["text": .string($0)]]] } ?? json
    var members = try Members(geminiObject: content, at: "systemInstruction")
    _ = members.take("role")
    append(.system, &members, at: "systemInstruction")
  }

  mutating func read(_ json: JSON, at place: String) throws(WireError) {
    var members = try Members(geminiObject: json, at: place)
    switch try members.string("role") ?? "user" {
    case "user", "function", "tool", "": append(.user, &members, at: place)
    case "model": append(.assistant, &members, at: place)
    default: throw WireError(offset: 0, "`\(place).role` must be user or model")
    }
  }

  private mutating func append(_ role: Message.Role, _ members: inout Members, at path: String) {
    var content: [ContentPart] = []
    var place = RequestPlaces.Turn(path)
    for (index, json) in (members.take("parts")?.asList ?? []).enumerated() {
      guard let part = part(json), role != .assistant || !part.saysNothing else { continue }
      guard !content.join(part, isNext: false) else { continue }
      content.append(part)
      place.parts.append("\(path).parts[\(index)]")
    }
    if role == .assistant, members.rest.isEmpty {
      goOn(with: content, at: place)
    } else {
      messages.append(Message(role, content))
      messages[messages.count - 1].extras = members.rest
      places.append(place)
    }
  }

  /// Clients return each chunk of a stream as a turn of its own: together they are one, as they were told.
  private mutating func goOn(with content: [ContentPart], at place: RequestPlaces.Turn) {
    guard !content.isEmpty else { return }
    guard let last = messages.indices.last, messages[last].role == .assistant, messages[last].extras.isEmpty else {
      places.append(place)
      return messages.append(Message(.assistant, content))
    }
    let isJoined = messages[last].content.join(content[0], isNext: true)
    messages[last].content += content.dropFirst(isJoined ? 1 : 0)
    places[last].parts += place.parts.dropFirst(isJoined ? 1 : 0)
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

extension ContentPart {
  fileprivate var saysNothing: Bool { kind == .text("") && signature == nil }
}

extension [ContentPart] {
  /// Adds thinking to that before it, which a stream has cut off from its proof, and text to the text of the chunk
  /// before; false when `part` stands alone.
  fileprivate mutating func join(_ part: ContentPart, isNext: Bool) -> Bool {
    guard let place = indices.last, self[place].signature == nil, self[place].extras == part.extras else {
      return false
    }
    // The text is taken out of the part, so that appending does not copy it.
    switch (self[place].kind, part.kind) {
    case (.text(var text), .text(let more)) where isNext && part.signature == nil:
      self[place].kind = .text("")
      text += more
      self[place].kind = .text(text)
    case (.reasoning(var block), .reasoning(let more)) where block.isOpen && more.encrypted == nil:
      self[place].kind = .text("")
      block.text += more.text
      block.signature = more.signature
      self[place].kind = .reasoning(block)
    default: return false
    }
    return true
  }
}

extension ReasoningBlock {
  /// Its proof has not come.
  fileprivate var isOpen: Bool { signature == nil && encrypted == nil }
}
