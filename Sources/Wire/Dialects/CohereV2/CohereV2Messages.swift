// The conversation to the `messages` of a request. Tool results are messages of their own, in which only text may stand;
// what the model meant to do with its tools goes back as `tool_plan`.

struct CohereV2MessagesEncoder {
  private let conversation: [Message]
  private let model: ModelTraits
  private(set) var changes: [Change] = []
  private var messages: [JSON] = []
  /// What the tool results of the turn held besides text, until the last of them is written.
  private var held: [JSON] = []

  init(_ conversation: [Message], _ model: ModelTraits) {
    self.conversation = conversation
    self.model = model
  }

  mutating func encode() throws(WireError) -> [JSON] {
    for (index, message) in conversation.enumerated() { try add(message, "messages[\(index)]") }
    addHeld()
    return messages
  }

  private mutating func drop(_ field: String, _ why: String) { changes.append(Change(field, .dropped, why)) }

  // MARK: One message

  private mutating func add(_ message: Message, _ field: String) throws(WireError) {
    if message.name != nil { drop("\(field).name", "this format has no names") }
    if message.role == .assistant {
      addHeld()
      return try addAssistant(message, field)
    }
    var items: [JSONObject] = []
    var hasResults = false
    for (index, part) in message.content.enumerated() {
      let place = "\(field).content[\(index)]"
      if case .toolResult(let result) = part.kind {
        hasResults = true
        changes += part.droppingAttributes(place)
        try add(result, of: message, place)
      } else if let item = try item(part, place) {
        items.append(item)
      }
    }
    if hasResults, items.isEmpty { return }
    addHeld()
    let role = message.role == .user ? "user" : message.role == .tool ? "tool" : "system"
    append(["role": .string(role), "content": Self.content(items)], of: message)
  }

  private mutating func append(_ object: JSONObject, of message: Message) {
    var object = object
    for extra in message.extras.members { object[extra.name] = extra.value }
    messages.append(.object(object))
  }

  private mutating func addHeld() {
    guard !held.isEmpty else { return }
    messages.append(["role": "user", "content": .array(held)])
    held = []
  }

  /// A single plain text is written as a string, anything else as a list.
  private static func content(_ items: [JSONObject]) -> JSON {
    if items.count == 1, items[0].members.count == 2, let text = items[0]["text"] { return text }
    return items.isEmpty ? "" : .array(items.map { .object($0) })
  }

  // MARK: Parts

  private mutating func item(_ part: ContentPart, _ field: String) throws(WireError) -> JSONObject? {
    changes += part.droppingAttributes(field)
    var item: JSONObject?
    switch part.kind {
    case .text(let text): item = ["type": "text", "text": .string(text)]
    case .refusal(let text):
      changes.append(Change(field, .converted, "a refusal is told as text"))
      item = ["type": "text", "text": .string(text)]
    case .image(let media): item = try encodeMedia(field) { encoder throws(WireError) in try encoder.image(media) }
    case .document(let media):
      item = try encodeMedia(field) { encoder throws(WireError) in try encoder.document(media) }
    case .reasoning(let block): item = thinking(block, field)
    case .other(_, let json): return json.object
    case .audio, .toolCall, .toolResult: drop(field, "such a part has no place in this message")
    }
    for extra in part.extras.members { item?[extra.name] = extra.value }
    return item
  }

  /// Images have the form they have in the Chat Completions format.
  private mutating func encodeMedia(
    _ field: String, _ encode: (inout OpenAIChatMediaEncoder) throws(WireError) -> JSONObject?
  ) throws(WireError) -> JSONObject? {
    var quirks = Quirks()
    quirks.noDocuments = true
    var encoder = OpenAIChatMediaEncoder(quirks: quirks, field: field)
    let item = try encode(&encoder)
    changes += encoder.changes
    return item
  }

  private mutating func thinking(_ block: ReasoningBlock, _ field: String) -> JSONObject? {
    if block.signature != nil { drop("\(field).signature", "this format does not sign thinking") }
    guard block.encrypted == nil else {
      drop(field, "another provider's thinking is not taken back")
      return nil
    }
    return ["type": "thinking", "thinking": .string(block.text)]
  }

  // MARK: The assistant

  private mutating func addAssistant(_ message: Message, _ field: String) throws(WireError) {
    var object: JSONObject = ["role": "assistant"]
    var items: [JSONObject] = []
    var plan = ""
    var calls: [JSON] = []
    let plansCalls = message.callsTools && !model.capabilities.contains("reasoning")
    for (index, part) in message.content.enumerated() {
      let place = "\(field).content[\(index)]"
      switch part.kind {
      case .toolCall(let call):
        changes += part.droppingAttributes(place)
        if let call = encode(call, part.extras, place) { calls.append(call) }
      case .reasoning(let block) where plansCalls:
        if thinking(block, place) != nil { plan += block.text }
      case .other(CohereV2Reply.citations, let json): object["citations"] = json["citations"]
      default: if let item = try item(part, place) { items.append(item) }
      }
    }
    if !items.isEmpty || calls.isEmpty { object["content"] = Self.content(items) }
    if !plan.isEmpty { object["tool_plan"] = .string(plan) }
    if !calls.isEmpty { object["tool_calls"] = .array(calls) }
    append(object, of: message)
  }

  private mutating func encode(_ call: ToolCall, _ extras: JSONObject, _ field: String) -> JSON? {
    guard call.kind != .atProvider else {
      drop(field, "a tool another provider ran has no place here")
      return nil
    }
    // The text of a custom tool's call may be anything.
    let arguments =
      call.kind == .custom ? call.argumentsObject(field, changes: &changes).text : call.arguments
    var object: JSONObject = [
      "id": .string(call.id), "type": "function",
      "function": ["name": .string(call.name), "arguments": .string(arguments)],
    ]
    for extra in extras.members { object[extra.name] = extra.value }
    return .object(object)
  }

  // MARK: Tool results

  private mutating func add(_ result: ToolResult, of message: Message, _ field: String) throws(WireError) {
    if result.isError { drop("\(field).is_error", "this format does not mark failed tools") }
    var items: [JSONObject] = []
    for (index, part) in result.content.enumerated() {
      let place = "\(field).content[\(index)]"
      guard let item = try item(part, place) else { continue }
      if item["type"] == "text" || item["type"] == "document" {
        items.append(item)
      } else {
        held.append(.object(item))
        changes.append(Change(place, .converted, "a tool result is only text here: the user's message holds it"))
      }
    }
    let object: JSONObject = [
      "role": "tool", "tool_call_id": .string(result.callID), "content": Self.content(items),
    ]
    append(object, of: message.role == .tool ? message : Message(.tool, []))
  }
}

extension Message {
  fileprivate var callsTools: Bool {
    content.contains { part in if case .toolCall(let call) = part.kind { call.kind != .atProvider } else { false } }
  }
}
