// The conversation to `system` and `messages`: system messages stand apart, and turns of one role become one.

struct AnthropicMessagesTurnsEncoder {
  private let conversation: [Message]
  /// False for a model that does not go on with an answer that was begun for it.
  private let takesPrefill: Bool
  var changes: [Change] = []
  private(set) var messages: [JSON] = []
  private var systemBlocks: [JSON] = []
  private var role = ""
  private var blocks: [JSON] = []

  init(_ conversation: [Message], takesPrefill: Bool) {
    self.conversation = conversation
    self.takesPrefill = takesPrefill
  }

  /// A text when it is one, else blocks; `nil` when there is none.
  var system: JSON? {
    guard let first = systemBlocks.first?.object else { return nil }
    let isPlain = systemBlocks.count == 1 && first.members.count == 2
    return isPlain ? first["text"] : .array(systemBlocks)
  }

  mutating func encode() {
    for (index, message) in conversation.enumerated() {
      let field = "messages[\(index)]"
      if message.name != nil { changes.append(Change("\(field).name", .dropped, "this format has no names")) }
      for extra in message.extras.members {
        changes.append(Change("\(field).\(extra.name)", .dropped, "this format has no such member"))
      }
      switch message.role {
      case .system, .developer: addSystem(message, field)
      case .user, .tool: add(message, as: "user", field)
      case .assistant: add(message, as: "assistant", field)
      }
    }
    if role == "assistant" { endWithAnswer() }
    endTurn()
  }

  /// The conversation ends with an answer that the model is to go on with.
  private mutating func endWithAnswer() {
    guard let last = blocks.last?.object, last["type"] == "text", let text = last["text"]?.string else { return }
    let field = "messages[\(conversation.count - 1)]"
    // A long turn that the provider paused also ends so, but holds more than text, and is always gone on with.
    guard takesPrefill || blocks.contains(where: { $0["type"] != "text" }) else {
      changes.append(Change(field, .dropped, "this model does not go on with an answer that was begun"))
      blocks = []
      return
    }
    // "final assistant content cannot end with trailing whitespace" is the answer to others.
    let trimmed = text.reversed().drop(while: \.isWhitespace).reversed()
    guard trimmed.count < text.count else { return }
    changes.append(Change(field, .converted, "an answer that was begun may not end with a blank"))
    var block = last
    block["text"] = .string(String(trimmed))
    blocks[blocks.count - 1] = .object(block)
  }

  private mutating func addSystem(_ message: Message, _ field: String) {
    if !role.isEmpty {
      changes.append(Change(field, .converted, "system messages stand before the conversation here"))
    }
    for block in encoded(message.content, field) {
      if block["type"] == "text" {
        systemBlocks.append(block)
      } else {
        changes.append(Change(field, .dropped, "a system message is text here"))
      }
    }
  }

  private mutating func add(_ message: Message, as role: String, _ field: String) {
    let added = encoded(message.content, field)
    guard !added.isEmpty else { return }
    if role != self.role { endTurn() }
    self.role = role
    blocks += added
  }

  private mutating func endTurn() {
    guard !blocks.isEmpty else { return }
    // Results must come first in the turn that follows their calls.
    let results = blocks.filter { $0["type"] == "tool_result" }
    let content = results.isEmpty ? blocks : results + blocks.filter { $0["type"] != "tool_result" }
    messages.append([
      "role": .string(role), "content": content.count == 1 ? content[0].asPlainContent : .array(content),
    ])
    blocks = []
  }

  private mutating func encoded(_ parts: [ContentPart], _ field: String) -> [JSON] {
    var encoder = AnthropicMessagesBlockEncoder()
    var blocks: [JSONObject] = []
    for (index, part) in parts.enumerated() {
      let place = "\(field).content[\(index)]"
      if let block = encoder.block(part, place) { blocks.append(block) }
    }
    changes += encoder.changes
    return blocks.map { .object($0) }
  }
}

extension JSON {
  /// A text block that says nothing else as a plain string, anything else as a list of one.
  fileprivate var asPlainContent: JSON {
    if let object, object.members.count == 2, object["type"] == "text", let text = object["text"] { return text }
    return .array([self])
  }
}
