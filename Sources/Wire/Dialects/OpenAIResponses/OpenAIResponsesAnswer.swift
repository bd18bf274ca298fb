// An earlier answer to the items it was made of: messages, reasoning, calls.

struct OpenAIResponsesAnswerEncoder {
  private let quirks: Quirks
  private(set) var items: [JSON] = []
  private(set) var changes: [Change] = []
  /// The message that is being gathered.
  private var content: [JSONObject] = []
  private var messageMembers: JSONObject
  /// The thinking that is being gathered: a reasoning item ends with its seal.
  private var thoughts: [Thought] = []
  private var reasoningMembers = JSONObject()

  private struct Thought {
    var entry: JSONObject?
    var place: String
    /// It is the model's own text, not a summary of it.
    var isContent: Bool
  }

  init(extras: JSONObject, quirks: Quirks) {
    messageMembers = extras
    self.quirks = quirks
  }

  mutating func add(_ part: ContentPart, _ place: String) {
    if part.cacheControl != nil {
      changes.append(Change("\(place).cache_control", .dropped, "answers take no cache breakpoints here"))
    }
    if part.signature != nil {
      changes.append(Change("\(place).signature", .dropped, "this format has no place for another provider's proof"))
    }
    switch part.kind {
    case .text(let text): add(["type": "output_text", "text": .string(text)], part)
    case .refusal(let text): add(["type": "refusal", "refusal": .string(text)], part)
    case .reasoning(let block): add(block, part, place)
    case .toolCall(let call): add(call, part, place)
    case .image(let media): add(media, part, place)
    case .other(let type, let json) where type.hasPrefix("output_"): if let object = json.object { add(object, part) }
    case .other(_, let json): if let object = json.object { add(item: object) }
    case .document, .audio: drop(place, "an answer holds only text here")
    case .toolResult: drop(place, "a tool result has no place in an answer here")
    }
  }

  mutating func add(item: JSONObject) {
    endItem()
    items.append(.object(item))
  }

  /// Ends the item that is being gathered.
  private mutating func endItem() {
    endReasoning(nil)
    endMessage()
  }

  mutating func finish(_ field: String) {
    endItem()
    for member in messageMembers.members { drop("\(field).\(member.name)", "there is no message that could hold it") }
  }

  private mutating func drop(_ place: String, _ why: String) { changes.append(Change(place, .dropped, why)) }

  // MARK: Messages

  private mutating func add(_ object: JSONObject, _ part: ContentPart) {
    endReasoning(nil)
    var object = object
    for extra in part.extras.members {
      if extra.name == OpenAIResponsesItem.messageExtra {
        endMessage()
        messageMembers = extra.value.object ?? JSONObject()
      } else {
        object[extra.name] = extra.value
      }
    }
    content.append(object)
  }

  private mutating func endMessage() {
    guard let first = content.first else { return }
    defer {
      content = []
      messageMembers = JSONObject()
    }
    var message: JSONObject = ["type": "message", "role": "assistant"]
    // As a string, a text is taken by every server; a list must be of finished parts, as they came.
    let isPlain = content.count == 1 && first.members.count == 2 && messageMembers.isEmpty
    message["content"] = isPlain ? first["text"] : nil
    if message["content"] == nil {
      for index in content.indices where content[index]["type"] == "output_text" && content[index]["annotations"] == nil
      {
        content[index]["annotations"] = []
      }
      message["content"] = .array(content.map { .object($0) })
    }
    for member in messageMembers.members { message[member.name] = member.value }
    items.append(.object(message))
  }

  // MARK: Thinking

  private mutating func add(_ block: ReasoningBlock, _ part: ContentPart, _ place: String) {
    endMessage()
    let seal = block.encrypted ?? block.signature
    if let seal, !seal.isReadable(by: .openAI) {
      endReasoning(nil)
      return drop(place, "another provider's thinking is not taken back")
    }
    // What is encrypted belongs to the text before it; without one it is an item of its own.
    if block.encrypted != nil, thoughts.allSatisfy({ $0.entry == nil }) { endReasoning(nil) }
    var members = part.extras
    let isContent = members["type"]?.string == OpenAIResponsesItem.reasoningTextType
    members["type"] = nil
    if !members.isEmpty {
      endReasoning(nil)
      reasoningMembers = members
    }
    let hasEntry = !block.text.isEmpty || block.signature != nil
    let type: JSON = isContent ? .string(OpenAIResponsesItem.reasoningTextType) : "summary_text"
    let entry: JSONObject? = hasEntry ? ["type": type, "text": .string(block.text)] : nil
    thoughts.append(Thought(entry: entry, place: place, isContent: isContent))
    if let seal { endReasoning(seal) }
  }

  private mutating func endReasoning(_ seal: Seal?) {
    defer {
      thoughts = []
      reasoningMembers = JSONObject()
    }
    guard !thoughts.isEmpty else { return }
    // Without a seal only what this format gave goes back, or what a provider is known to want back.
    let isOurs = seal != nil || !reasoningMembers.isEmpty || thoughts.contains(where: \.isContent)
    guard isOurs || quirks.echoReasoning != .none else {
      for thought in thoughts { drop(thought.place, "only encrypted thinking is taken back") }
      return
    }
    let content = thoughts.filter { $0.isContent || !isOurs }.compactMap(\.entry)
    let summary = thoughts.filter { !$0.isContent && isOurs }.compactMap(\.entry)
    var item: JSONObject = ["type": "reasoning", "summary": .array(summary.map { .object($0) })]
    if !content.isEmpty { item["content"] = .array(content.map { .object($0.asReasoningText) }) }
    item["encrypted_content"] = seal.map { .string($0.text) }
    for member in reasoningMembers.members { item[member.name] = member.value }
    items.append(.object(item))
  }

  // MARK: Calls and images

  private mutating func add(_ call: ToolCall, _ part: ContentPart, _ place: String) {
    guard call.kind != .atProvider else { return drop(place, "a tool another provider ran has no place here") }
    let id = quirks.callIDs.fit(call.id)
    if id != call.id { changes.append(Change("\(place).id", .converted, "this provider takes ids of another form")) }
    var object: JSONObject = [
      "type": call.kind == .custom ? "custom_tool_call" : "function_call", "call_id": .string(id),
      "name": .string(call.name),
    ]
    object[call.kind == .custom ? "input" : "arguments"] = .string(call.arguments)
    for extra in part.extras.members { object[extra.name] = extra.value }
    add(item: object)
  }

  /// Only an image that this format gave has a place in an answer.
  private mutating func add(_ media: Media, _ part: ContentPart, _ place: String) {
    guard part.extras["type"]?.string == OpenAIResponsesItem.imageType, case .base64(let data) = media.source else {
      return drop(place, "an answer holds only text here")
    }
    var object = part.extras
    object["result"] = .string(data)
    add(item: object)
  }
}

extension JSONObject {
  fileprivate var asReasoningText: JSONObject {
    ["type": .string(OpenAIResponsesItem.reasoningTextType), "text": self["text"] ?? ""]
  }
}
