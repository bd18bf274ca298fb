// What an answer says that has no word in the vocabulary: of itself, of its choice, of its message.

enum OpenAIChatExtras {
  /// The members of extras that hold what the message and the choice say of themselves.
  static let message = "message"
  static let choice = "choice"

  /// Members of an answer or a chunk that say nothing more: they are read, or say what it is and when it was made.
  static let heldElsewhere: Set<String> = [
    "id", "model", "object", "created", "choices", "usage", "service_tier", "obfuscation",
  ]
  static let heldOfChoice: Set<String> = ["index", "message", "delta", "finish_reason", "logprobs", "usage", "error"]
  static let heldOfMessage: Set<String> = [
    "role", "content", "refusal", "images", "audio", "function_call", "tool_calls",
  ]

  static func join(message: JSONObject, choice: JSONObject) -> JSONObject {
    var extras = JSONObject()
    if !message.isEmpty { extras[Self.message] = .object(message) }
    if !choice.isEmpty { extras[Self.choice] = .object(choice) }
    return extras
  }

  /// The answer's own, without what its message and its choice say.
  static func own(_ extras: JSONObject) -> JSONObject { extras.rest(besides: [message, choice]) }
}
