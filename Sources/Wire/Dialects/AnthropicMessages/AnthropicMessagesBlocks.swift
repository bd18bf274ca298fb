// The parts of a turn to content blocks.

struct AnthropicMessagesBlockEncoder {
  var changes: [Change] = []

  /// `nil` for a part the format has no place for, which is then a change.
  mutating func block(_ part: ContentPart, _ field: String) -> JSONObject? {
    guard var block = bare(part.kind, field) else { return nil }
    if let cacheControl = part.cacheControl {
      if case .reasoning = part.kind {
        changes.append(Change("\(field).cache_control", .dropped, "thinking cannot end a cached part"))
      } else {
        block["cache_control"] = cacheControl
      }
    }
    if part.signature != nil { changes.append(Change("\(field).signature", .dropped, "only thinking is signed here")) }
    block.fill(from: part.extras, at: field, changes: &changes)
    return block
  }

  private mutating func bare(_ kind: ContentPart.Kind, _ field: String) -> JSONObject? {
    switch kind {
    case .text(let text):
      // "text content blocks must contain non-whitespace text" is the answer to others.
      return text.allSatisfy(\.isWhitespace)
        ? drop(field, "a text of nothing but blanks is refused") : ["type": "text", "text": .string(text)]
    case .refusal(let text):
      changes.append(Change(field, .converted, "a refusal is told as text"))
      return ["type": "text", "text": .string(text)]
    case .image(let media): return image(media, field)
    case .document(let media): return document(media, field)
    case .audio: return drop(field, "this format takes no sounds")
    case .reasoning(let reasoning): return thinking(reasoning, field)
    case .toolCall(let call): return toolUse(call, field)
    case .toolResult(let result): return toolResult(result, field)
    case .other(let type, let json): return other(type, json, field)
    }
  }

  private mutating func drop(_ field: String, _ why: String) -> JSONObject? {
    changes.append(Change(field, .dropped, why))
    return nil
  }

  /// A piece that only a stream can hold is not sent back.
  private mutating func other(_ type: String, _ json: JSON, _ field: String) -> JSONObject? {
    guard !type.hasSuffix("_delta"), let object = json.object else {
      return drop(field, "it is not a part of this format")
    }
    return object
  }

  // MARK: Media

  private mutating func image(_ media: Media, _ field: String) -> JSONObject? {
    if media.detail != nil { changes.append(Change("\(field).detail", .dropped, "this format has no such member")) }
    guard let source = source(of: media, defaultType: "image/png") else {
      return drop(field, "an image is sent by its bytes, an address or a file id")
    }
    return ["type": "image", "source": source]
  }

  private mutating func document(_ media: Media, _ field: String) -> JSONObject? {
    var block: JSONObject = ["type": "document"]
    if case .text(let text) = media.source {
      block["source"] = ["type": "text", "media_type": "text/plain", "data": .string(text)]
    } else {
      block["source"] = source(of: media, defaultType: "application/pdf")
    }
    block["title"] = media.name.map { .string($0) }
    return block
  }

  private func source(of media: Media, defaultType: String) -> JSON? {
    switch media.source {
    case .base64(let data):
      Self.source(base64: data, media.mediaType ?? defaultType)
    case .url(let url):
      InlineData(url).map { Self.source(base64: $0.base64, $0.mediaType) } ?? ["type": "url", "url": .string(url)]
    case .fileID(let id): ["type": "file", "file_id": .string(id)]
    case .text: nil
    }
  }

  private static func source(base64 data: String, _ mediaType: String) -> JSON {
    ["type": "base64", "media_type": .string(mediaType), "data": .string(data)]
  }

  // MARK: Thinking

  /// Only what carries the provider's own proof goes back.
  private mutating func thinking(_ block: ReasoningBlock, _ field: String) -> JSONObject? {
    let seal = block.encrypted ?? block.signature
    guard let seal else { return drop(field, "only signed thinking is taken back") }
    guard seal.isReadable(by: .anthropic) else { return drop(field, "another provider's thinking is not taken back") }
    return block.encrypted == nil
      ? ["type": "thinking", "thinking": .string(block.text), "signature": .string(seal.text)]
      : ["type": "redacted_thinking", "data": .string(seal.text)]
  }

  // MARK: Tools

  private mutating func toolUse(_ call: ToolCall, _ field: String) -> JSONObject? {
    let input = call.argumentsObject(field, changes: &changes)
    let type = call.kind == .atProvider ? "server_tool_use" : "tool_use"
    let id = CallIDForm.word.fit(call.id)
    if id != call.id { changes.append(Change("\(field).id", .converted, "ids are letters, digits, _ and - here")) }
    return ["type": .string(type), "id": .string(id), "name": .string(call.name), "input": input]
  }

  private mutating func toolResult(_ result: ToolResult, _ field: String) -> JSONObject? {
    var content: [JSON] = []
    for (index, part) in result.content.enumerated() {
      let place = "\(field).content[\(index)]"
      if case .toolResult = part.kind {
        _ = drop(place, "a result holds no further result")
      } else if let inner = block(part, place) {
        content.append(.object(inner))
      }
    }
    var object: JSONObject = ["type": "tool_result", "tool_use_id": .string(CallIDForm.word.fit(result.callID))]
    if !content.isEmpty { object["content"] = .array(content) }
    if result.isError { object["is_error"] = true }
    return object
  }
}
