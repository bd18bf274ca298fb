// The conversation to the `messages` of a request. Here tool results are messages of their own, and what a tool
// gave besides text is told by the user, because only text may stand in them.

struct OpenAIChatMessagesEncoder {
  let request: ChatRequest
  let model: ModelTraits
  let quirks: Quirks
  var changes: [Change] = []
  private var messages: [JSON] = []
  /// What the tool results of the turn held besides text, until the last of them is written.
  private var heldParts: [JSON] = []

  init(_ request: ChatRequest, _ model: ModelTraits, _ quirks: Quirks) {
    self.request = request
    self.model = model
    self.quirks = quirks
  }

  mutating func encode() throws(WireError) -> [JSON] {
    for (index, message) in request.messages.enumerated() {
      let field = "messages[\(index)]"
      let content = try addToolResults(of: message, field)
      if content.isEmpty, message.hasToolResults { continue }
      addHeldParts()
      if message.role == .assistant {
        addAssistant(message, field)
      } else {
        let parts = try parts(content, of: message, field)
        add(message, role: role(of: message, field), content: contentValue(parts, field), field)
      }
    }
    addHeldParts()
    return messages
  }

  // MARK: One message

  private mutating func add(_ message: Message, role: String, content: JSON?, _ field: String) {
    var object: JSONObject = ["role": .string(role)]
    object["content"] = content
    addName(of: message, to: &object, field)
    for extra in message.extras.members { object[extra.name] = extra.value }
    messages.append(.object(object))
  }

  private mutating func addName(of message: Message, to object: inout JSONObject, _ field: String) {
    guard let name = message.name else { return }
    if quirks.unsupported.contains("messages[].name") {
      changes.append(Change("\(field).name", .dropped, "this provider has no names in messages"))
    } else {
      object["name"] = .string(name)
    }
  }

  private mutating func role(of message: Message, _ field: String) -> String {
    switch message.role {
    case .developer where quirks.noDeveloperRole:
      changes.append(Change("\(field).role", .renamed, "this provider knows `system`, not `developer`"))
      return "system"
    // The same role under the name that reasoning models know it by: nothing is changed.
    case .system where Quirks.Scope.reasoningModels.covers(request.model, model): return quirks.systemRole ?? "system"
    default: return message.role.rawValue
    }
  }

  /// A single plain text is written as a string, anything else as a list.
  private mutating func contentValue(_ parts: [JSON], _ field: String) -> JSON {
    let texts = parts.compactMap { $0.plainText }
    if texts.count == parts.count, texts.count < 2 { return .string(texts.first ?? "") }
    guard quirks.stringContentOnly.covers(request.model, model) else { return .array(parts) }
    changes.append(Change("\(field).content", .converted, "this provider takes one text: its parts are joined"))
    return .string(parts.compactMap { $0["text"]?.string }.joined(separator: "\n\n"))
  }

  // MARK: Parts

  private mutating func parts(
    _ content: [(index: Int, part: ContentPart)], of message: Message, _ field: String
  ) throws(WireError) -> [JSON] {
    var parts: [JSON] = []
    for (index, part) in content {
      let place = "\(field).content[\(index)]"
      guard let encoded = try encode(part, place) else { continue }
      parts.append(.object(encoded))
    }
    return parts
  }

  private mutating func encode(_ part: ContentPart, _ field: String) throws(WireError) -> JSONObject? {
    var encoder = OpenAIChatMediaEncoder(quirks: quirks, field: field)
    var object: JSONObject?
    switch part.kind {
    case .text(let text): object = ["type": "text", "text": .string(text)]
    case .refusal(let text): object = ["type": "refusal", "refusal": .string(text)]
    case .image(let media): object = try encoder.image(media)
    case .document(let media): object = try encoder.document(media)
    case .audio(let media): object = try encoder.audio(media)
    case .other(_, let json): return json.object
    case .reasoning, .toolCall, .toolResult: encoder.drop("such a part has no place in this message")
    }
    changes += encoder.changes
    if object?["type"] != "text", object != nil, quirks.stringContentOnly.covers(request.model, model) {
      changes.append(Change(field, .dropped, "this provider takes only text"))
      return nil
    }
    if let cacheControl = part.cacheControl, object != nil {
      if quirks.takesCacheControl {
        object?["cache_control"] = cacheControl
      } else {
        changes.append(Change("\(field).cache_control", .dropped, "this provider takes no cache breakpoints"))
      }
    }
    object?.fill(from: part.extras, at: field, changes: &changes)
    return object
  }

  // MARK: The assistant

  private mutating func addAssistant(_ message: Message, _ field: String) {
    var turn = OpenAIChatAssistantTurn(quirks: quirks, field: field)
    for (index, part) in message.content.enumerated() { turn.add(part, at: index) }
    changes += turn.changes
    var object: JSONObject = ["role": "assistant"]
    // Calls and refusals may stand alone; a message of nothing at all must hold an empty text.
    let standsAlone = turn.texts.isEmpty && !(turn.calls.isEmpty && turn.refusal.isEmpty)
    object["content"] = standsAlone ? JSON.null : contentValue(turn.texts, field)
    if !turn.refusal.isEmpty { object["refusal"] = .string(turn.refusal) }
    if !turn.calls.isEmpty { object["tool_calls"] = .array(turn.calls) }
    turn.writeReasoning(to: &object)
    addName(of: message, to: &object, field)
    for extra in message.extras.members { object[extra.name] = extra.value }
    messages.append(.object(object))
  }

  // MARK: Tool results

  /// Writes the results a message brings and returns the rest of its content.
  private mutating func addToolResults(
    of message: Message, _ field: String
  ) throws(WireError) -> [(index: Int, part: ContentPart)] {
    var rest: [(index: Int, part: ContentPart)] = []
    for (index, part) in message.content.enumerated() {
      guard case .toolResult(let result) = part.kind, message.role != .assistant else {
        rest.append((index, part))
        continue
      }
      try add(result, of: message, "\(field).content[\(index)]")
      if part.cacheControl != nil {
        changes.append(
          Change("\(field).content[\(index)].cache_control", .dropped, "a tool result takes no cache breakpoint here"))
      }
    }
    return rest
  }

  private mutating func add(_ result: ToolResult, of message: Message, _ field: String) throws(WireError) {
    if result.isError {
      changes.append(Change("\(field).is_error", .dropped, "this format does not mark failed tools"))
    }
    var texts: [JSON] = []
    for (index, part) in result.content.enumerated() {
      let place = "\(field).content[\(index)]"
      guard let encoded = try encode(part, place) else { continue }
      if case .text = part.kind {
        texts.append(.object(encoded))
      } else {
        heldParts.append(.object(encoded))
        changes.append(Change(place, .converted, "a tool result is only text here: the user's message holds it"))
      }
    }
    var object: JSONObject = ["role": "tool", "tool_call_id": .string(quirks.callIDs.fit(result.callID))]
    object["content"] = contentValue(texts, field)
    if message.role == .tool {
      addName(of: message, to: &object, field)
      for extra in message.extras.members { object[extra.name] = extra.value }
    }
    messages.append(.object(object))
  }

  private mutating func addHeldParts() {
    guard !heldParts.isEmpty else { return }
    messages.append(["role": "user", "content": .array(heldParts)])
    heldParts = []
  }
}

extension Message {
  fileprivate var hasToolResults: Bool {
    content.contains { part in if case .toolResult = part.kind { true } else { false } }
  }
}

extension JSON {
  /// The text of a text part that says nothing else.
  fileprivate var plainText: String? {
    guard let object, object.members.count == 2, object["type"] == "text" else { return nil }
    return object["text"]?.string
  }
}
