// The conversation to `instructions` and `input`. A system message of plain text that opens the conversation is what
// this format calls instructions; all others stand where they are, as input messages, so that nothing changes places.

struct OpenAIResponsesInputEncoder {
  private let conversation: [Message]
  private let quirks: Quirks
  var changes: [Change] = []
  private(set) var items: [JSON] = []
  private(set) var instructions: String?
  /// Calls of custom tools, whose results have a type of their own; an id used again counts anew.
  private var customCalls: Set<String> = []

  init(_ conversation: [Message], _ quirks: Quirks) {
    self.conversation = conversation
    self.quirks = quirks
  }

  /// What `instructions` would say.
  static func instructions(of conversation: [Message]) -> String? {
    guard let first = conversation.first, first.role == .system, first.content.count == 1, first.name == nil,
      first.extras.isEmpty, let part = first.content.first, part.isPlain, case .text(let text) = part.kind
    else { return nil }
    return text
  }

  mutating func encode() throws(WireError) {
    instructions = Self.instructions(of: conversation)
    for (index, message) in conversation.enumerated() where index > 0 || instructions == nil {
      let field = "messages[\(index)]"
      if message.name != nil { changes.append(Change("\(field).name", .dropped, "this format has no names")) }
      if message.role == .assistant { try addAnswer(message, field) } else { try addTurn(message, field) }
    }
  }

  // MARK: Answers

  private mutating func addAnswer(_ message: Message, _ field: String) throws(WireError) {
    var answer = OpenAIResponsesAnswerEncoder(extras: message.extras, quirks: quirks)
    for (index, part) in message.content.enumerated() {
      let place = "\(field).content[\(index)]"
      if case .toolResult(let result) = part.kind {
        answer.add(item: try encode(result, part, place))
        continue
      }
      answer.add(part, place)
      guard case .toolCall(let call) = part.kind else { continue }
      if call.kind == .custom { customCalls.insert(call.id) } else { customCalls.remove(call.id) }
    }
    answer.finish(field)
    items += answer.items
    changes += answer.changes
  }

  // MARK: Other turns

  /// Results come first: some providers insist that they follow their calls.
  private mutating func addTurn(_ message: Message, _ field: String) throws(WireError) {
    let itemsBefore = items.count
    var content: [JSONObject] = []
    for (index, part) in message.content.enumerated() {
      let place = "\(field).content[\(index)]"
      switch part.kind {
      case .toolResult(let result): items.append(.object(try encode(result, part, place)))
      case .other(let type, let json) where !type.hasPrefix("input_"): items.append(json)
      default: if let object = try encode(part, place) { content.append(object) }
      }
    }
    guard !content.isEmpty || items.count == itemsBefore else {
      for extra in message.extras.members {
        changes.append(Change("\(field).\(extra.name)", .dropped, "there is no message that could hold it"))
      }
      return
    }
    var object: JSONObject = ["type": "message", "role": .string(role(of: message, field))]
    object["content"] = Self.content(content)
    for extra in message.extras.members { object[extra.name] = extra.value }
    items.append(.object(object))
  }

  private mutating func role(of message: Message, _ field: String) -> String {
    switch message.role {
    case .developer where quirks.noDeveloperRole:
      changes.append(Change("\(field).role", .renamed, "this provider knows `system`, not `developer`"))
      return "system"
    case .tool: return "user"
    default: return message.role.rawValue
    }
  }

  /// A single plain text as a string, anything else as a list.
  private static func content(_ parts: [JSONObject]) -> JSON {
    guard parts.count < 2, parts.first?.members.count ?? 2 == 2 else { return .array(parts.map { .object($0) }) }
    return parts.isEmpty ? "" : parts.first?["text"] ?? .array(parts.map { .object($0) })
  }

  // MARK: Parts

  private mutating func encode(_ part: ContentPart, _ field: String) throws(WireError) -> JSONObject? {
    var encoder = OpenAIResponsesMediaEncoder(quirks: quirks, field: field)
    var object: JSONObject?
    switch part.kind {
    case .text(let text): object = ["type": "input_text", "text": .string(text)]
    case .image(let media): object = try encoder.image(media)
    case .document(let media): object = try encoder.document(media)
    case .audio: encoder.drop("this format takes no sounds")
    case .other(_, let json): return json.object
    case .refusal, .reasoning, .toolCall, .toolResult: encoder.drop("such a part has no place in this message")
    }
    changes += encoder.changes
    guard var object else { return nil }
    if let cacheControl = part.cacheControl {
      if quirks.takesCacheControl {
        object["cache_control"] = cacheControl
      } else {
        changes.append(Change("\(field).cache_control", .dropped, "this provider takes no cache breakpoints"))
      }
    }
    for extra in part.extras.members { object[extra.name] = extra.value }
    return object
  }

  private mutating func encode(
    _ result: ToolResult, _ part: ContentPart, _ field: String
  ) throws(WireError) -> JSONObject {
    if result.isError {
      changes.append(Change("\(field).is_error", .dropped, "this format does not mark failed tools"))
    }
    if part.cacheControl != nil {
      changes.append(Change("\(field).cache_control", .dropped, "a tool result takes no cache breakpoint here"))
    }
    var output: [JSONObject] = []
    for (index, inner) in result.content.enumerated() {
      if let object = try encode(inner, "\(field).content[\(index)]") { output.append(object) }
    }
    let type: JSON = customCalls.contains(result.callID) ? "custom_tool_call_output" : "function_call_output"
    var object: JSONObject = [
      "type": type, "call_id": .string(quirks.callIDs.fit(result.callID)), "output": Self.content(output),
    ]
    for extra in part.extras.members { object[extra.name] = extra.value }
    return object
  }
}

/// Images and documents of a message.
struct OpenAIResponsesMediaEncoder {
  private let shared: OpenAIChatMediaEncoder
  private let quirks: Quirks
  private let field: String
  private(set) var changes: [Change] = []

  init(quirks: Quirks, field: String) {
    shared = OpenAIChatMediaEncoder(quirks: quirks, field: field)
    self.quirks = quirks
    self.field = field
  }

  mutating func drop(_ why: String) { changes.append(Change(field, .dropped, why)) }

  mutating func image(_ media: Media) throws(WireError) -> JSONObject? {
    var image: JSONObject = ["type": "input_image"]
    switch media.source {
    case .base64(let data): image["image_url"] = .string(try shared.dataURL(media, data))
    case .url where quirks.unsupported.contains("image_url"):
      drop("this provider takes no images by address")
      return nil
    case .url(let url): image["image_url"] = .string(url)
    case .fileID(let id): image["file_id"] = .string(id)
    case .text:
      drop("an image is sent by its bytes, an address or a file id")
      return nil
    }
    image["detail"] = media.detail.map { .string($0) }
    return image
  }

  mutating func document(_ media: Media) throws(WireError) -> JSONObject? {
    if case .text(let text) = media.source {
      changes.append(Change(field, .converted, "a document of plain text is sent as text"))
      return ["type": "input_text", "text": .string(text)]
    }
    guard !quirks.noDocuments else {
      drop("this provider takes no documents")
      return nil
    }
    var file: JSONObject = ["type": "input_file"]
    switch media.source {
    case .base64(let data):
      // Required next to the data, whatever it says.
      file["filename"] = .string(media.name ?? "document")
      file["file_data"] = .string(media.mediaType == nil ? data : try shared.dataURL(media, data))
      return file
    case .url(let url): file["file_url"] = .string(url)
    case .fileID(let id): file["file_id"] = .string(id)
    case .text: return nil
    }
    if media.name != nil {
      changes.append(Change("\(field).filename", .dropped, "only a file's bytes have a name here"))
    }
    return file
  }
}

extension ContentPart {
  /// Whether the part says nothing besides its kind.
  fileprivate var isPlain: Bool { cacheControl == nil && signature == nil && extras.isEmpty }
}
