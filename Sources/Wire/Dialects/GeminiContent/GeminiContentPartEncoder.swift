// Parts of the vocabulary to parts of the wire: for a model that reads them, or for a client.

struct GeminiContentPartEncoder {
  enum Reader: Sendable {
    /// Takes only what its own family sealed, and is told nothing it did not say.
    case model
    /// Keeps whatever it is given for the next turn.
    case client
  }

  let reader: Reader
  var changes: [Change] = []

  init(for reader: Reader) { self.reader = reader }

  /// `nil` for a part the format has no place for, which is then a change.
  mutating func part(_ part: ContentPart, _ field: String) -> JSONObject? {
    if case .other(let type, _) = part.kind, GeminiContentPart.sources.contains(type) { return nil }
    guard var object = bare(part.kind, field) else { return nil }
    if let seal = part.signature { object["thoughtSignature"] = signature(seal, field).map { .string($0) } }
    switch reader {
    case .model:
      object.fill(from: part.extras, at: field, changes: &changes)
      if part.cacheControl != nil {
        change("\(field).cache_control", .dropped, "this format has no cache breakpoints")
      }
    case .client:
      object.overlay(part.extras)
    }
    return object
  }

  mutating func change(_ field: String, _ what: Change.What, _ why: String) {
    changes.append(Change(field, what, why))
  }

  private mutating func drop(_ field: String, _ why: String) -> JSONObject? {
    change(field, .dropped, why)
    return nil
  }

  private mutating func bare(_ kind: ContentPart.Kind, _ field: String) -> JSONObject? {
    switch kind {
    case .text(let text): return ["text": .string(text)]
    case .refusal(let text):
      change(field, .converted, "a refusal is told as text")
      return ["text": .string(text)]
    case .reasoning(let block): return reasoning(block, field)
    case .toolCall(let call): return toolCall(call, field)
    case .image(let media): return self.media(media, defaultType: "image/png", field)
    case .audio(let media): return self.media(media, defaultType: "audio/wav", field)
    case .document(let media): return self.media(media, defaultType: "application/pdf", field)
    case .toolResult: return drop(field, "a tool's result has no place here")
    case .other(_, let json):
      // Parts of other formats name their type in a member; those of this one do not.
      guard let object = json.object, object["type"] == nil else { return drop(field, "it is no part of this format") }
      return object
    }
  }

  // MARK: Thinking

  private mutating func signature(_ seal: Seal, _ field: String) -> String? {
    if reader == .client { return GeminiContentSeal.carried(seal) }
    guard seal.isReadable(by: .gemini) else {
      change("\(field).signature", .dropped, "another provider's proof is not taken")
      return nil
    }
    return seal.text
  }

  private mutating func reasoning(_ block: ReasoningBlock, _ field: String) -> JSONObject? {
    var object: JSONObject = ["text": .string(block.text), "thought": true]
    guard let seal = block.encrypted ?? block.signature else {
      if reader == .model { return drop(field, "only signed thinking is taken back") }
      return block.text.isEmpty ? nil : object
    }
    if reader == .client {
      object["thoughtSignature"] = .string(GeminiContentSeal.carried(seal, isEncrypted: block.encrypted != nil))
    } else if seal.isReadable(by: .gemini) {
      object["thoughtSignature"] = .string(seal.text)
    } else {
      return drop(field, "another provider's thinking is not taken back")
    }
    return object
  }

  // MARK: Calls

  private mutating func toolCall(_ call: ToolCall, _ field: String) -> JSONObject? {
    guard call.kind != .atProvider else { return drop(field, "a tool another provider ran has no place here") }
    var arguments = call.kind == .custom ? .null : (try? JSON.parse(call.arguments)) ?? .null
    if arguments.object == nil {
      arguments = ["arguments": .string(call.arguments)]
      change("\(field).arguments", .converted, "they are no JSON object, which this format requires")
    }
    var object: JSONObject = ["name": .string(call.name), "args": arguments]
    if !call.id.isEmpty { object["id"] = .string(call.id) }
    return ["functionCall": .object(object)]
  }

  // MARK: Media

  private mutating func media(_ media: Media, defaultType: String, _ field: String) -> JSONObject? {
    if media.name != nil { change("\(field).name", .dropped, "this format has no names of files") }
    if let detail = media.detail, detail != "auto" {
      change("\(field).detail", .dropped, "this format has no such member")
    }
    switch media.source {
    case .base64(let data):
      if media.mediaType == nil { change("\(field).mimeType", .added, "this format requires a type") }
      return ["inlineData": ["mimeType": .string(media.mediaType ?? defaultType), "data": .string(data)]]
    case .url(let url):
      guard let data = InlineData(url) else { return file(url, media, field) }
      return ["inlineData": ["mimeType": .string(data.mediaType), "data": .string(data.base64)]]
    case .fileID(let id): return file(id, media, field)
    case .text(let text):
      change(field, .converted, "a document of plain text is sent as text")
      return ["text": .string(text)]
    }
  }

  private mutating func file(_ address: String, _ media: Media, _ field: String) -> JSONObject {
    var type = media.mediaType
    if type == nil, let meant = Self.mediaType(ofFile: address) {
      type = meant
      change("\(field).mimeType", .added, "this format wants a type: the name ends so")
    }
    var file = JSONObject()
    file["mimeType"] = type.map { .string($0) }
    file["fileUri"] = .string(address)
    return ["fileData": .object(file)]
  }

  private static func mediaType(ofFile address: String) -> String? {
    let path = address.prefix { $0 != "?" && $0 != "#" }
    guard let dot = path.lastIndex(of: ".") else { return nil }
    return mediaTypes[path[path.index(after: dot)...].lowercased()]
  }

  private static let mediaTypes = [
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp", "gif": "image/gif",
    "heic": "image/heic", "pdf": "application/pdf", "txt": "text/plain", "md": "text/markdown", "html": "text/html",
    "csv": "text/csv", "mp3": "audio/mp3", "wav": "audio/wav", "ogg": "audio/ogg", "flac": "audio/flac",
    "m4a": "audio/m4a", "mp4": "video/mp4", "mov": "video/mov", "webm": "video/webm", "mpeg": "video/mpeg",
  ]
}
