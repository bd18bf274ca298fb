// The conversation to `system` and `messages`: system messages stand apart, and turns of one role become one.

struct AnthropicMessagesTurnsEncoder {
  private let conversation: [Message]
  var changes: [Change] = []
  private(set) var messages: [JSON] = []
  private var systemBlocks: [JSON] = []
  private var role = ""
  private var blocks: [JSON] = []

  init(_ conversation: [Message]) { self.conversation = conversation }

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
    endTurn()
  }

  private mutating func addSystem(_ message: Message, _ field: String) {
    if !role.isEmpty {
      changes.append(Change(field, .converted, "system messages stand before the conversation here"))
    }
    systemBlocks += encoded(message.content, field)
  }

  private mutating func add(_ message: Message, as role: String, _ field: String) {
    if role != self.role { endTurn() }
    self.role = role
    blocks += encoded(message.content, field)
  }

  private mutating func endTurn() {
    guard !role.isEmpty, !blocks.isEmpty else { return }
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
    let blocks = parts.enumerated().compactMap { encoder.block($1, "\(field).content[\($0)]") }
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
