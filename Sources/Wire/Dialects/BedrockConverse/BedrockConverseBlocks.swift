// The parts of a turn to content blocks: objects of one member, which says what they are.

struct BedrockConverseBlockEncoder {
  private var media = BedrockConverseMedia()
  private var cachePoints: BedrockConverseCachePoints
  private var ownChanges: [Change] = []

  init(_ model: ModelTraits) {
    cachePoints = BedrockConverseCachePoints(model)
  }

  var changes: [Change] { ownChanges + media.changes + cachePoints.changes }

  /// The block, and the cache point behind it; none for a part the format has no place for, which is then a change.
  mutating func blocks(_ part: ContentPart, _ field: String) -> [JSONObject] {
    guard let block = bare(part.kind, field) else { return [] }
    if part.signature != nil { _ = drop("\(field).signature", "this format has no place for it") }
    for extra in part.extras.members { _ = drop("\(field).\(extra.name)", "this format has no such member") }
    guard let cacheControl = part.cacheControl else { return [block] }
    let place = "\(field).cache_control"
    if case .reasoning = part.kind {
      _ = drop(place, "thinking cannot end a cached part")
      return [block]
    }
    return [block] + [cachePoints.block(cacheControl, place)].compactMap(\.self)
  }

  private mutating func drop(_ field: String, _ why: String) -> JSONObject? {
    ownChanges.append(Change(field, .dropped, why))
    return nil
  }

  private mutating func bare(_ kind: ContentPart.Kind, _ field: String) -> JSONObject? {
    switch kind {
    case .text(let text):
      // "The text field in the ContentBlock object is blank" is the answer to others.
      return text.allSatisfy(\.isWhitespace)
        ? drop(field, "a text of nothing but blanks is refused") : ["text": .string(text)]
    case .refusal(let text):
      ownChanges.append(Change(field, .converted, "a refusal is told as text"))
      return ["text": .string(text)]
    case .image(let image): return media.image(image, field)
    case .document(let document): return media.document(document, field)
    case .audio(let audio): return media.audio(audio, field)
    case .reasoning(let reasoning): return thinking(reasoning, field)
    case .toolCall(let call): return toolUse(call, field)
    case .toolResult(let result): return toolResult(result, field)
    case .other(let type, let json):
      guard Self.ownBlocks.contains(type), let object = json.object, object[type] != nil else {
        return drop(field, "it is not a part of this format")
      }
      return object
    }
  }

  /// Blocks that only this format has, sent as they are.
  private static let ownBlocks: Set<String> = ["guardContent", "searchResult", "toolResult", "video", "cachePoint"]

  /// Only what carries the provider's own proof goes back.
  private mutating func thinking(_ block: ReasoningBlock, _ field: String) -> JSONObject? {
    guard let seal = block.encrypted ?? block.signature else {
      return drop(field, "only signed thinking is taken back")
    }
    guard seal.isReadable(by: .anthropic) else { return drop(field, "another provider's thinking is not taken back") }
    if block.encrypted != nil { return ["reasoningContent": ["redactedContent": .string(seal.asRedactedContent)]] }
    return ["reasoningContent": ["reasoningText": ["text": .string(block.text), "signature": .string(seal.text)]]]
  }

  // MARK: Tools

  private mutating func toolUse(_ call: ToolCall, _ field: String) -> JSONObject? {
    let input = call.argumentsObject(field, changes: &ownChanges)
    let id = Self.callIDs.fit(call.id)
    if id != call.id {
      ownChanges.append(Change("\(field).id", .converted, "ids are 64 letters, digits, _, -, . and : here"))
    }
    var use: JSONObject = ["toolUseId": .string(id), "name": .string(call.name), "input": input]
    if call.kind == .atProvider { use["type"] = "server_tool_use" }
    return ["toolUse": .object(use)]
  }

  private mutating func toolResult(_ result: ToolResult, _ field: String) -> JSONObject? {
    var content: [JSON] = []
    for (index, part) in result.content.enumerated() {
      let place = "\(field).content[\(index)]"
      var inner = part
      if inner.cacheControl != nil {
        inner.cacheControl = nil
        _ = drop("\(place).cache_control", "a cached part does not end within a result here")
      }
      switch part.kind {
      case .text, .refusal, .image, .document: content += blocks(inner, place).map { .object($0) }
      default: _ = drop(place, "a result holds texts, images and documents here")
      }
    }
    var object: JSONObject = ["toolUseId": .string(Self.callIDs.fit(result.callID)), "content": .array(content)]
    if result.isError { object["status"] = "error" }
    return ["toolResult": .object(object)]
  }

  /// API_runtime_ToolUseBlock allows letters, digits, `_` and `-`, 64 at most, and some models' own ids have `.` and `:`
  /// (`functions.get_temperature:0`).
  private static let callIDs = CallIDForm.upTo(64, punctuation: "_-.:")
}

/// Prompt-cache breakpoints, which are blocks of their own here.
struct BedrockConverseCachePoints {
  private let areTaken: Bool
  var changes: [Change] = []

  init(_ model: ModelTraits) {
    // A model whose ability is not known is taken at the caller's word.
    areTaken = model.capabilities.isEmpty || model.capabilities.contains("prompt_caching")
  }

  mutating func block(_ cacheControl: JSON, _ field: String) -> JSONObject? {
    guard areTaken else {
      changes.append(Change(field, .dropped, "this model has no prompt cache"))
      return nil
    }
    var point: JSONObject = ["type": "default"]
    point["ttl"] = cacheControl["ttl"]
    return ["cachePoint": .object(point)]
  }
}

extension Seal {
  /// What the makers of the model call redacted thinking is text; here it is bytes, and so Base64 of that text.
  var asRedactedContent: String { base64(Array(text.utf8)) }

  /// From `redactedContent`, so that the seal is the same wherever the model runs.
  init(redactedContent text: String) {
    let bytes = bytes(base64: text).map { String(decoding: $0, as: UTF8.self) }
    self.init(bytes ?? text, of: .anthropic)
  }
}
