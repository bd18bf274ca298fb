// The conversation to `systemInstruction` and `contents`: turns of one role become one, because all results of a
// turn's calls must come together.

struct GeminiContentTurnsEncoder {
  private let conversation: [Message]
  private let model: ModelTraits
  private var encoder = GeminiContentPartEncoder(for: .model)
  private(set) var contents: [JSON] = []
  private var systemParts: [JSON] = []
  private var role = ""
  private var parts: [JSON] = []
  /// What the calls so far are named: a result names its tool, not only its call.
  private var toolNames: [String: String] = [:]
  private var hasCalls = false

  init(_ conversation: [Message], _ model: ModelTraits) {
    self.conversation = conversation
    self.model = model
  }

  var changes: [Change] { encoder.changes }
  var system: JSON? { systemParts.isEmpty ? nil : ["parts": .array(systemParts)] }

  mutating func encode() {
    for (index, message) in conversation.enumerated() {
      let field = "messages[\(index)]"
      if message.name != nil { encoder.change("\(field).name", .dropped, "this format has no names") }
      switch message.role {
      case .system, .developer: addSystem(message, field)
      case .user, .tool: add(message, as: "user", field)
      case .assistant: add(message, as: "model", field)
      }
    }
    endTurn()
    if contents.isEmpty, !systemParts.isEmpty { askInsteadOfInstructing() }
  }

  private mutating func addSystem(_ message: Message, _ field: String) {
    guard !model.refuses.contains("system") else {
      encoder.change(field, .converted, "this model takes no system message: the user says it")
      return add(message, as: "user", field)
    }
    if !role.isEmpty {
      encoder.change(field, .converted, "system messages stand before the conversation here")
    }
    for (index, part) in message.content.enumerated() {
      let place = "\(field).content[\(index)]"
      if case .text = part.kind {
        systemParts += [encoder.part(part, place)].compactMap { $0.map { .object($0) } }
      } else {
        encoder.change(place, .dropped, "a system message is text here")
      }
    }
  }

  /// "contents is not specified" is the answer to instructions alone.
  private mutating func askInsteadOfInstructing() {
    encoder.change("messages[0]", .converted, "a conversation of instructions alone is refused: the user says them")
    contents = [["role": "user", "parts": .array(systemParts)]]
    systemParts = []
  }

  // MARK: Turns

  private mutating func add(_ message: Message, as role: String, _ field: String) {
    if role != self.role || !message.extras.isEmpty { endTurn() }
    self.role = role
    for (index, part) in message.content.enumerated() {
      let place = "\(field).content[\(index)]"
      switch part.kind {
      case .toolResult(let result): addResult(result, part, message.name, place)
      case .toolCall(let call): addCall(call, part, place)
      default: if let object = encoder.part(part, place) { parts.append(.object(object)) }
      }
    }
    if !message.extras.isEmpty { endTurn(message.extras) }
  }

  private mutating func endTurn(_ extras: JSONObject = JSONObject()) {
    hasCalls = false
    guard !parts.isEmpty else { return }
    var content: JSONObject = ["role": .string(role), "parts": .array(parts)]
    content.fill(from: extras, at: "messages", changes: &encoder.changes)
    contents.append(.object(content))
    parts = []
  }

  // MARK: Calls

  private mutating func addCall(_ call: ToolCall, _ part: ContentPart, _ place: String) {
    guard var object = encoder.part(part, place) else { return }
    if !hasCalls, object["thoughtSignature"] == nil, model.wantsThoughtSignatures {
      // Refused without one (ai.google.dev/gemini-api/docs/thought-signatures, for calls of other models).
      object["thoughtSignature"] = "skip_thought_signature_validator"
      encoder.change("\(place).signature", .added, "this model wants one, and the call came without")
    }
    hasCalls = true
    toolNames[call.id] = call.name
    parts.append(.object(object))
  }

  private mutating func addResult(_ result: ToolResult, _ part: ContentPart, _ name: String?, _ place: String) {
    var (texts, media): ([String], [JSON]) = ([], [])
    for (index, inner) in result.content.enumerated() {
      let field = "\(place).content[\(index)]"
      guard let object = encoder.part(inner, field) else { continue }
      if let text = object["text"]?.string { texts.append(text) } else { media.append(.object(object)) }
    }
    if texts.count > 1 { encoder.change("\(place).content", .converted, "a result is one value: its texts are joined") }
    var response: JSONObject = [
      "id": .string(result.callID), "name": .string(toolName(result.callID, name, part, place)),
    ]
    response["response"] = .object(GeminiContentResult.encode(texts, isError: result.isError))
    let takesMedia = model.isAfterBudgets
    if takesMedia, !media.isEmpty { response["parts"] = .array(media) }
    var object: JSONObject = ["functionResponse": .object(response)]
    object.fill(from: part.extras, at: place, changes: &encoder.changes)
    parts.append(.object(object))
    if !takesMedia, !media.isEmpty {
      encoder.change("\(place).content", .converted, "a result holds no media for this model: they stand after it")
      parts += media
    }
    if part.cacheControl != nil {
      encoder.change("\(place).cache_control", .dropped, "this format has no cache breakpoints")
    }
  }

  private mutating func toolName(_ callID: String, _ said: String?, _ part: ContentPart, _ place: String) -> String {
    if let name = toolNames[callID] ?? part.extras["functionResponse"]?["name"]?.string ?? said { return name }
    encoder.change("\(place).name", .added, "no call has this id, and a result must name its tool")
    return callID
  }
}

/// What a tool gave, as the JSON object this format wants.
enum GeminiContentResult {
  /// A text that spells an object is that object; another one stands in `result`, or in `error`.
  static func encode(_ texts: [String], isError: Bool) -> JSONObject {
    let text = texts.joined(separator: "\n\n")
    let object = (try? JSON.parse(text))?.object  // most texts spell none
    if isError { return ["error": object.map { .object($0) } ?? .string(text)] }
    return object ?? (texts.isEmpty ? [:] : ["result": .string(text)])
  }

  /// The text that `encode` makes `response` of.
  static func decode(_ response: JSON) -> (text: String?, isError: Bool) {
    guard let object = response.object else { return (response.isNull ? nil : response.text, false) }
    if let error = object["error"], object.members.count == 1, error.string != nil || error.object != nil {
      return (error.string ?? error.text, true)
    }
    if let text = object["result"]?.string, encode([text], isError: false) == object { return (text, false) }
    return (object.isEmpty ? nil : response.text, false)
  }
}

extension ModelTraits {
  /// Models that take no thinking budget came after those that do; so did media in results.
  ///
  /// A model of which nothing is known is taken for a new one.
  var isAfterBudgets: Bool { capabilities.isEmpty || (capabilities.contains("reasoning") && budget == nil) }

  /// Such models refuse calls without the proof that they made them.
  var wantsThoughtSignatures: Bool { capabilities.contains("reasoning") && budget == nil }
}
