// The conversation to the `messages` of a request: one text each, its images beside it, thinking and calls in members
// of their own. A tool's result names the tool.

struct OllamaMessagesEncoder {
  private let conversation: [Message]
  private(set) var changes: [Change] = []
  private var messages: [JSON] = []
  /// The tools that were called, by the ids of the calls.
  private var toolNames: [String: String] = [:]

  init(_ conversation: [Message]) { self.conversation = conversation }

  mutating func encode() -> [JSON] {
    for (index, message) in conversation.enumerated() { add(message, "messages[\(index)]") }
    return messages
  }

  private mutating func drop(_ field: String, _ why: String) { changes.append(Change(field, .dropped, why)) }

  // MARK: One message

  /// What one message is made of.
  private struct Pieces {
    var texts: [String] = []
    var images: [JSON] = []
    var thinking = ""
    var calls: [JSON] = []
    var isEmpty: Bool { texts.isEmpty && images.isEmpty && thinking.isEmpty && calls.isEmpty }
  }

  private mutating func add(_ message: Message, _ field: String) {
    if message.name != nil { drop("\(field).name", "this format has no names") }
    var pieces = Pieces()
    var hasResults = false
    for (index, part) in message.content.enumerated() {
      let place = "\(field).content[\(index)]"
      changes += part.droppingAttributes(place)
      if case .toolResult(let result) = part.kind {
        hasResults = true
        add(result, of: message, place)
      } else {
        add(part, to: &pieces, place)
      }
    }
    if hasResults, pieces.isEmpty { return }
    let role = message.role == .developer ? .system : message.role
    append(pieces, ["role": .string(role.rawValue)], message.extras, field)
  }

  private mutating func append(_ pieces: Pieces, _ head: JSONObject, _ extras: JSONObject, _ field: String) {
    var object = head
    if pieces.texts.count > 1 {
      changes.append(Change("\(field).content", .converted, "a message is one text here: its parts are joined"))
    }
    object["content"] = .string(pieces.texts.joined(separator: "\n\n"))
    if !pieces.thinking.isEmpty { object["thinking"] = .string(pieces.thinking) }
    if !pieces.images.isEmpty { object["images"] = .array(pieces.images) }
    if !pieces.calls.isEmpty { object["tool_calls"] = .array(pieces.calls) }
    for extra in extras.members { object[extra.name] = extra.value }
    messages.append(.object(object))
  }

  // MARK: Parts

  private mutating func add(_ part: ContentPart, to pieces: inout Pieces, _ field: String) {
    for extra in part.extras.members { drop("\(field).\(extra.name)", "this format has no such member") }
    switch part.kind {
    case .text(let text): pieces.texts.append(text)
    case .refusal(let text):
      changes.append(Change(field, .converted, "a refusal is told as text"))
      pieces.texts.append(text)
    case .image(let media): if let image = image(media, field) { pieces.images.append(image) }
    case .document(let media):
      guard case .text(let text) = media.source else { return drop(field, "this format takes no documents") }
      changes.append(Change(field, .converted, "a document of plain text is sent as text"))
      pieces.texts.append(text)
    case .reasoning(let block):
      if block.signature != nil { drop("\(field).signature", "this format does not sign thinking") }
      if block.encrypted != nil { drop(field, "another provider's thinking is not taken back") }
      pieces.thinking += block.text
    case .toolCall(let call): if let call = encode(call, field) { pieces.calls.append(call) }
    case .audio, .toolResult, .other: drop(field, "this format has no such part")
    }
  }

  private mutating func image(_ media: Media, _ field: String) -> JSON? {
    if media.detail != nil { drop("\(field).detail", "this format has no such member") }
    switch media.source {
    case .base64(let data): return .string(data)
    case .url(let url):
      if let inline = InlineData(url) { return .string(inline.base64) }
    case .fileID, .text: break
    }
    drop(field, "an image is sent by its bytes here")
    return nil
  }

  // MARK: Tools

  private mutating func encode(_ call: ToolCall, _ field: String) -> JSON? {
    guard call.kind != .atProvider else {
      drop(field, "a tool another provider ran has no place here")
      return nil
    }
    toolNames[call.id] = call.name
    let arguments = call.argumentsObject(field, changes: &changes)
    return ["id": .string(call.id), "function": ["name": .string(call.name), "arguments": arguments]]
  }

  private mutating func add(_ result: ToolResult, of message: Message, _ field: String) {
    if result.isError { drop("\(field).is_error", "this format does not mark failed tools") }
    var pieces = Pieces()
    for (index, part) in result.content.enumerated() {
      let place = "\(field).content[\(index)]"
      changes += part.droppingAttributes(place)
      add(part, to: &pieces, place)
    }
    var head: JSONObject = ["role": "tool"]
    head["tool_name"] = toolNames[result.callID].map { .string($0) }
    head["tool_call_id"] = .string(result.callID)
    append(pieces, head, message.role == .tool ? message.extras : JSONObject(), field)
  }
}
