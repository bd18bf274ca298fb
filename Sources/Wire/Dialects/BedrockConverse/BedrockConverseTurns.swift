// The conversation to `system` and `messages`: system messages stand apart, and turns of one role become one.

struct BedrockConverseTurnsEncoder {
  private let conversation: [Message]
  private let takesPrefill: Bool
  private var encoder: BedrockConverseBlockEncoder
  private var ownChanges: [Change] = []
  private(set) var messages: [JSON] = []
  private(set) var system: [JSON] = []
  private var role = ""
  private var blocks: [JSON] = []

  init(_ conversation: [Message], _ model: ModelTraits) {
    self.conversation = conversation
    takesPrefill = !model.refuses.contains("prefill")
    encoder = BedrockConverseBlockEncoder(model)
  }

  var changes: [Change] { ownChanges + encoder.changes }

  mutating func encode() {
    for (index, message) in conversation.enumerated() {
      let field = "messages[\(index)]"
      if message.name != nil { change("\(field).name", .dropped, "this format has no names") }
      for extra in message.extras.members {
        change("\(field).\(extra.name)", .dropped, "this format has no such member")
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

  private mutating func change(_ field: String, _ what: Change.What, _ why: String) {
    ownChanges.append(Change(field, what, why))
  }

  private mutating func addSystem(_ message: Message, _ field: String) {
    if !role.isEmpty { change(field, .converted, "system messages stand before the conversation here") }
    for block in encoded(message.content, field) {
      if block["text"] != nil || block["cachePoint"] != nil || block["guardContent"] != nil {
        system.append(block)
      } else {
        change(field, .dropped, "a system message is text here")
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
    let results = role == "user" ? blocks.filter { $0["toolResult"] != nil } : []
    let content = results.isEmpty ? blocks : results + blocks.filter { $0["toolResult"] == nil }
    messages.append(["role": .string(role), "content": .array(content)])
    blocks = []
  }

  /// The conversation ends with an answer that the model is to go on with.
  private mutating func endWithAnswer() {
    guard let text = blocks.last?["text"]?.string else { return }
    let field = "messages[\(conversation.count - 1)]"
    guard takesPrefill || blocks.contains(where: { $0["text"] == nil }) else {
      change(field, .dropped, "this model does not go on with an answer that was begun")
      blocks = []
      return
    }
    // "final assistant content cannot end with trailing whitespace" is the answer to others.
    let trimmed = text.reversed().drop(while: \.isWhitespace).reversed()
    guard trimmed.count < text.count else { return }
    change(field, .converted, "an answer that was begun may not end with a blank")
    blocks[blocks.count - 1] = ["text": .string(String(trimmed))]
  }

  private mutating func encoded(_ parts: [ContentPart], _ field: String) -> [JSON] {
    var blocks: [JSON] = []
    for (index, part) in parts.enumerated() {
      blocks += encoder.blocks(part, "\(field).content[\(index)]").map { .object($0) }
    }
    return blocks
  }
}
