// What is kept of a conversation.

package import Wire

/// One step of a conversation.
package struct ConversationEntry: Sendable, Equatable {
  package enum Body: Sendable, Equatable {
    case message(Message)
    /// What came before is no longer sent: a summary stands for it, if there is one, and the messages from the entry of
    /// that number on are kept.
    case cut(summary: String?, keepsFrom: Int64?)
  }

  /// Its number in the ledger; below 0 when it is not kept there.
  package var number: Int64
  package var body: Body
  package var createdAt: Timestamp
  /// `provider/model` of an answer.
  package var model: String?
  /// The call that an answer came from.
  package var operation: String?

  package init(number: Int64, _ body: Body, createdAt: Timestamp, model: String? = nil, operation: String? = nil) {
    self.number = number
    self.body = body
    self.createdAt = createdAt
    self.model = model
    self.operation = operation
  }

  package var message: Message? {
    if case .message(let message) = body { message } else { nil }
  }

  var role: String { message?.role.rawValue ?? "cut" }

  /// What a person reads of it.
  package var text: String {
    switch body {
    case .message(let message): message.content.contentsText
    case .cut(let summary, _): summary ?? ""
    }
  }

  var storedBody: JSON {
    switch body {
    case .message(let message): return message.stored
    case .cut(let summary, let first):
      var members = JSONObject()
      members["cut"] = .bool(true)
      members["summary"] = summary.map { .string($0) }
      members["from"] = first.map { .number(JSONNumber(Int($0))) }
      return .object(members)
    }
  }
}

extension ConversationEntry.Body {
  init?(stored text: String) {
    guard let json = try? JSON.parse(text) else { return nil }
    if json["cut"]?.bool == true {
      self = .cut(summary: json["summary"]?.string, keepsFrom: json["from"]?.int.map(Int64.init))
    } else if let message = Message(stored: json) {
      self = .message(message)
    } else {
      return nil
    }
  }
}

/// A conversation as a list of them shows it.
package struct SessionRecord: Sendable, Equatable {
  package var number: Int64
  package var id: String
  package var name: String?
  package var createdAt: Timestamp
  package var updatedAt: Timestamp
  package var directory: String?
  package var terminal: String?
  /// The entry at which it stands.
  package var tip: Int64?
  /// How its calls are made: the model, the system prompt, options.
  package var settings: JSON
  /// Messages of all its branches.
  package var messages = 0
  /// The first words that were said.
  package var opening: String?

  /// What to call it by.
  package var handle: String { name ?? id }
}

/// A place where words were found.
package struct ConversationMatch: Sendable, Equatable {
  package var session: SessionRecord
  /// `provider/model` of an answer, else who said it.
  package var speaker: String
  package var createdAt: Timestamp
  package var snippet: Snippet
}
