// The places in which providers put a model's thinking: a text field, a list of blocks, or an item of the content.

enum OpenAIChatReasoning {
  /// The fields that hold thinking as text, in the order in which they are believed.
  ///
  /// A message may hold the same thinking under several names, so only the first is read.
  static func fields(_ quirks: Quirks) -> [String] {
    let usual = ["reasoning_content", "reasoning"]
    guard let own = quirks.reasoningField, own != detailsField(quirks) else { return usual }
    return [own] + usual.filter { $0 != own }
  }

  /// The field that holds thinking as blocks.
  static func detailsField(_ quirks: Quirks) -> String { quirks.reasoningDetailsField ?? "reasoning_details" }

  /// One of those blocks; its other members are kept so that it can go back as it came.
  static func part(_ detail: JSON) -> ContentPart? {
    let text = detail["text"]?.string ?? detail["summary"]?.string
    let family = family(of: detail)
    let encrypted = (detail["data"]?.string).map { Seal($0, of: family) }
    let signature = (detail["signature"]?.string).map { Seal($0, of: family) }
    guard text != nil || encrypted != nil || signature != nil else { return nil }
    var part = ContentPart(
      .reasoning(ReasoningBlock(text: text ?? "", signature: signature, encrypted: encrypted)))
    part.extras = extras(of: detail)
    return part
  }

  /// What a block says of itself: its type, its place, its id.
  static func extras(of detail: JSON) -> JSONObject {
    detail.object?.rest(besides: ["text", "summary", "data", "signature"]) ?? JSONObject()
  }

  /// A block as such a list tells it, in OpenRouter's words (openrouter.ai/docs, reasoning tokens).
  static func detail(_ block: ReasoningBlock, index: Int, _ extras: JSONObject = JSONObject()) -> JSON {
    var detail: JSONObject
    if let encrypted = block.encrypted {
      detail = ["type": "reasoning.encrypted", "data": .string(encrypted.text)]
    } else {
      detail = ["type": "reasoning.text", "text": .string(block.text)]
      detail["signature"] = block.signature.map { .string($0.text) }
    }
    detail["format"] = (block.encrypted ?? block.signature)?.family.map { .string($0.rawValue) }
    detail["index"] = .number(JSONNumber(index))
    detail.overlay(extras)
    return .object(detail)
  }

  /// Who made the seals of such a block, where it says so.
  static func family(of detail: JSON) -> Seal.Family? {
    (detail["format"]?.string).map { Seal.Family(rawValue: $0) }
  }

  /// The text of a content item of the type `thinking`: a string, or a list of texts.
  static func text(ofThinking item: JSON) -> String {
    item["thinking"]?.string ?? (item["thinking"]?.array ?? []).compactMap { $0["text"]?.string }.joined()
  }
}
