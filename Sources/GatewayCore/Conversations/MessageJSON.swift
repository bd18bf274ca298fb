// Messages as JSON that loses nothing: seals, tool ids and unknown fields come back as they went.

package import Wire

extension Message {
  /// The message for the books.
  package var stored: JSON {
    var members: JSONObject = ["role": .string(role.rawValue), "content": .array(content.map(\.stored))]
    members["name"] = name.map { .string($0) }
    if !extras.isEmpty { members["extras"] = .object(extras) }
    return .object(members)
  }

  /// Reads what `stored` wrote; `nil` when it is something else.
  package init?(stored: JSON) {
    guard let role = stored["role"]?.string.flatMap(Role.init(rawValue:)), let parts = stored["content"]?.array
    else { return nil }
    let content = parts.compactMap { ContentPart(stored: $0, depth: 0) }
    guard content.count == parts.count else { return nil }
    self.init(role, content, name: stored["name"]?.string)
    extras = stored["extras"]?.object ?? JSONObject()
  }
}

extension ContentPart {
  /// Parts lie in the result of a tool, and no deeper in practice.
  private static let deepest = 8

  fileprivate var stored: JSON {
    var members = kind.stored
    members["cache_control"] = cacheControl
    members["seal"] = signature?.stored
    if !extras.isEmpty { members["extras"] = .object(extras) }
    return .object(members)
  }

  fileprivate init?(stored: JSON, depth: Int) {
    guard depth < Self.deepest, let kind = Kind(stored: stored, depth: depth) else { return nil }
    self.init(kind, cacheControl: stored["cache_control"])
    signature = stored["seal"].flatMap(Seal.init(stored:))
    extras = stored["extras"]?.object ?? JSONObject()
  }
}

extension ContentPart.Kind {
  fileprivate var stored: JSONObject {
    switch self {
    case .text(let text): return ["text": .string(text)]
    case .refusal(let text): return ["refusal": .string(text)]
    case .image(let media): return ["image": media.stored]
    case .document(let media): return ["document": media.stored]
    case .audio(let media): return ["audio": media.stored]
    case .reasoning(let block):
      var members: JSONObject = ["reasoning": .string(block.text)]
      members["signature"] = block.signature?.stored
      members["encrypted"] = block.encrypted?.stored
      return members
    case .toolCall(let call):
      return [
        "call": [
          "id": .string(call.id), "name": .string(call.name), "arguments": .string(call.arguments),
          "kind": .string(call.kind.stored),
        ]
      ]
    case .toolResult(let result):
      return [
        "result": [
          "id": .string(result.callID), "content": .array(result.content.map(\.stored)), "error": .bool(result.isError),
        ]
      ]
    case .other(let type, let value): return ["other": .string(type), "value": value]
    }
  }

  fileprivate init?(stored: JSON, depth: Int) {
    if let text = stored["text"]?.string {
      self = .text(text)
    } else if let text = stored["refusal"]?.string {
      self = .refusal(text)
    } else if let media = stored["image"].flatMap(Media.init(stored:)) {
      self = .image(media)
    } else if let media = stored["document"].flatMap(Media.init(stored:)) {
      self = .document(media)
    } else if let media = stored["audio"].flatMap(Media.init(stored:)) {
      self = .audio(media)
    } else if let text = stored["reasoning"]?.string {
      let (signature, encrypted) = (stored["signature"], stored["encrypted"])
      self = .reasoning(
        ReasoningBlock(
          text: text, signature: signature.flatMap(Seal.init(stored:)), encrypted: encrypted.flatMap(Seal.init(stored:))
        ))
    } else if let call = stored["call"].flatMap(ToolCall.init(stored:)) {
      self = .toolCall(call)
    } else if let result = stored["result"].flatMap({ ToolResult(stored: $0, depth: depth) }) {
      self = .toolResult(result)
    } else if let type = stored["other"]?.string {
      self = .other(type: type, stored["value"] ?? .null)
    } else {
      return nil
    }
  }
}

extension Media {
  fileprivate var stored: JSON {
    var members: JSONObject =
      switch source {
      case .base64(let text): ["base64": .string(text)]
      case .url(let text): ["url": .string(text)]
      case .fileID(let text): ["file": .string(text)]
      case .text(let text): ["text": .string(text)]
      }
    members["type"] = mediaType.map { .string($0) }
    members["name"] = name.map { .string($0) }
    members["detail"] = detail.map { .string($0) }
    return .object(members)
  }

  fileprivate init?(stored: JSON) {
    let source: Source? =
      stored["base64"]?.string.map { .base64($0) } ?? stored["url"]?.string.map { .url($0) }
      ?? stored["file"]?.string.map { .fileID($0) } ?? stored["text"]?.string.map { .text($0) }
    guard let source else { return nil }
    self.init(
      source, mediaType: stored["type"]?.string, name: stored["name"]?.string, detail: stored["detail"]?.string)
  }
}

extension Seal {
  fileprivate var stored: JSON {
    var members: JSONObject = ["text": .string(text)]
    members["family"] = family.map { .string($0.rawValue) }
    return .object(members)
  }

  fileprivate init?(stored: JSON) {
    guard let text = stored["text"]?.string else { return nil }
    self.init(text, of: stored["family"]?.string.map(Family.init(rawValue:)))
  }
}

extension ToolCall {
  fileprivate init?(stored: JSON) {
    guard let id = stored["id"]?.string, let name = stored["name"]?.string, let arguments = stored["arguments"]?.string
    else { return nil }
    self.init(id: id, name: name, arguments: arguments, kind: Kind(stored: stored["kind"]?.string))
  }
}

extension ToolCall.Kind {
  fileprivate var stored: String {
    switch self {
    case .function: "function"
    case .custom: "custom"
    case .atProvider: "provider"
    }
  }

  fileprivate init(stored: String?) {
    switch stored {
    case "custom": self = .custom
    case "provider": self = .atProvider
    default: self = .function
    }
  }
}

extension ToolResult {
  fileprivate init?(stored: JSON, depth: Int) {
    guard let id = stored["id"]?.string, let parts = stored["content"]?.array else { return nil }
    self.init(
      callID: id, content: parts.compactMap { ContentPart(stored: $0, depth: depth + 1) },
      isError: stored["error"]?.bool ?? false)
  }
}
