// The items of an answer, and of a conversation that comes back, to parts.

enum OpenAIResponsesItem {
  /// The extra of a text that says where it is from.
  static let annotations = "annotations"
  /// The extra of a message's first part that holds what the message says of itself: `id`, `status`, `phase`.
  static let messageExtra = "item"
  /// The type of thinking that is no summary.
  static let reasoningTextType = "reasoning_text"
  static let imageType = "image_generation_call"

  /// An item of an answer without what is told otherwise: how it ended, and how likely its tokens were.
  static func answer(_ item: JSON) -> JSON {
    guard var object = item.object, isTold(object["type"]?.string) else { return item }
    object["status"] = nil
    if let content = object["content"]?.array { object["content"] = .array(content.map(withoutLogprobs)) }
    return .object(object)
  }

  /// Whether it is the type of an item that is told in pieces.
  private static func isTold(_ type: String?) -> Bool {
    ["message", "reasoning", "function_call", "custom_tool_call"].contains(type)
  }

  private static func withoutLogprobs(_ part: JSON) -> JSON {
    guard var object = part.object else { return part }
    object["logprobs"] = nil
    return .object(object)
  }

  /// What a message or a block of thinking says of itself.
  static func members(of item: JSONObject) -> JSONObject {
    item.rest(besides: ["type", "role", "content", "summary", "encrypted_content"])
  }

  /// Appends what an item of an answer holds.
  static func append(_ item: JSON, to content: inout [ContentPart], replyID: String? = nil) {
    guard let object = item.object else { return }
    switch object["type"]?.string ?? (object["role"] == nil ? "" : "message") {
    case "message": appendMessage(object, to: &content)
    case "reasoning": appendReasoning(object, to: &content)
    case "function_call", "custom_tool_call":
      content.append(call(object, orID: OpenAIChat.madeCallID(replyID, content.count)))
    default: content.append(whole(object))
    }
  }

  // MARK: Messages

  private static func appendMessage(_ object: JSONObject, to content: inout [ContentPart]) {
    var parts = (object["content"]?.array ?? []).map(part(ofMessage:))
    if let text = object["content"]?.string { parts = [ContentPart(.text(text))] }
    guard !parts.isEmpty else { return }
    let members = members(of: object)
    // Two messages in a row must stay two.
    if !members.isEmpty || content.last?.isOfMessage == true { parts[0].extras[messageExtra] = .object(members) }
    content += parts
  }

  /// A part of a message, whoever spoke.
  static func part(ofMessage json: JSON) -> ContentPart {
    guard let object = json.object else { return ContentPart(.text(json.string ?? json.text)) }
    let type = object["type"]?.string ?? ""
    switch type {
    case "output_text", "input_text", "text":
      return part(.text(object["text"]?.string ?? ""), object, besides: ["type", "text"])
    case "refusal": return part(.refusal(object["refusal"]?.string ?? ""), object, besides: ["type", "refusal"])
    case "input_image": return image(object) ?? ContentPart(.other(type: type, json))
    case "input_file": return file(object) ?? ContentPart(.other(type: type, json))
    case "input_audio": return audio(object) ?? ContentPart(.other(type: type, json))
    default: return ContentPart(.other(type: type, json))
    }
  }

  private static func part(_ kind: ContentPart.Kind, _ object: JSONObject, besides known: Set<String>) -> ContentPart {
    var part = ContentPart(kind)
    part.extras = object.rest(besides: known)
    return part
  }

  private static func image(_ object: JSONObject) -> ContentPart? {
    var media: Media
    if let url = object["image_url"]?.string {
      media = Media(addressOrData: url)
    } else if let id = object["file_id"]?.string {
      media = Media(.fileID(id), mediaType: nil)
    } else {
      return nil
    }
    media.detail = object["detail"]?.string
    return part(.image(media), object, besides: ["type", "image_url", "file_id", "detail"])
  }

  private static func file(_ object: JSONObject) -> ContentPart? {
    var media: Media
    if let data = object["file_data"]?.string {
      // Bytes without the `data:` in front are taken too.
      media = data.hasPrefix("data:") ? Media(addressOrData: data) : Media(.base64(data), mediaType: "application/pdf")
    } else if let url = object["file_url"]?.string {
      media = Media(.url(url), mediaType: nil)
    } else if let id = object["file_id"]?.string {
      media = Media(.fileID(id), mediaType: nil)
    } else {
      return nil
    }
    media.name = object["filename"]?.string
    return part(.document(media), object, besides: ["type", "file_data", "file_url", "file_id", "filename"])
  }

  private static func audio(_ object: JSONObject) -> ContentPart? {
    guard let data = object["input_audio"]?["data"]?.string else { return nil }
    let format = object["input_audio"]?["format"]?.string
    var part = part(
      .audio(Media(.base64(data), mediaType: format.map { "audio/\($0)" })), object, besides: ["type", "input_audio"])
    let inner = object["input_audio"]?.object?.rest(besides: ["data", "format"]) ?? JSONObject()
    if !inner.isEmpty { part.extras["input_audio"] = .object(inner) }
    return part
  }

  // MARK: Thinking

  /// One block for each summary and each text; the seal belongs to the last.
  private static func appendReasoning(_ object: JSONObject, to content: inout [ContentPart]) {
    let encrypted = object["encrypted_content"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    if let encrypted, let signature = seal(ofPart: encrypted) { return sign(signature, &content) }
    var parts = (object["summary"]?.array ?? []).map { ContentPart(.reasoning(ReasoningBlock(text: text($0)))) }
    for entry in object["content"]?.array ?? [] {
      var part = ContentPart(.reasoning(ReasoningBlock(text: text(entry))))
      part.extras["type"] = .string(reasoningTextType)
      parts.append(part)
    }
    let seal = encrypted.map { Seal(carried: $0, in: .openAI) }
    if let seal, let last = parts.last, case .reasoning(var block) = last.kind {
      block.signature = seal
      parts[parts.count - 1].kind = .reasoning(block)
    } else if parts.isEmpty {
      parts = [ContentPart(.reasoning(ReasoningBlock(text: "", encrypted: seal)))]
    }
    let members = members(of: object)
    parts[0].extras.members += members.members
    content += parts
  }

  private static func text(_ entry: JSON) -> String { entry["text"]?.string ?? entry.string ?? "" }

  // MARK: The proof of a part

  private static let proofMark = "part:"

  /// What a reasoning item says that stands for the proof of the part before it: clients of this format give
  /// reasoning items back, and nothing else that they do not know.
  static func carried(proof: Seal) -> String { proofMark + proof.carried(in: .openAI) }

  private static func seal(ofPart text: String) -> Seal? {
    text.hasPrefix(proofMark) ? Seal(carried: String(text.dropFirst(proofMark.count)), in: .openAI) : nil
  }

  private static func sign(_ signature: Seal, _ content: inout [ContentPart]) {
    if content.last?.isSignable != true { content.append(ContentPart(.text(""))) }
    content[content.count - 1].signature = signature
  }

  // MARK: Calls and whole items

  /// A call, with `made` for its id where it has none.
  static func call(_ object: JSONObject, orID made: String) -> ContentPart {
    let isCustom = object["type"] == "custom_tool_call"
    let written = object[isCustom ? "input" : "arguments"]
    // Some servers write the arguments as an object instead of a text of one.
    let arguments = written?.string ?? written.flatMap { $0.isNull ? nil : $0.text } ?? ""
    let id = [object["call_id"], object["id"]].lazy.compactMap { $0?.string }.first { !$0.isEmpty }
    let call = ToolCall(
      id: id ?? made, name: object["name"]?.string ?? "",
      arguments: arguments.isEmpty && !isCustom ? "{}" : arguments, kind: isCustom ? .custom : .function)
    var part = part(.toolCall(call), object, besides: ["type", "call_id", "name", isCustom ? "input" : "arguments"])
    // The id of the item stands for that of the call where this is not there.
    if call.id == object["id"]?.string { part.extras["id"] = nil }
    return part
  }

  /// Whether it is the type of an item of this format's that holds neither text nor thinking nor a call of the client's.
  static func isWhole(_ type: String) -> Bool {
    let others: Set<String> = [
      "mcp_list_tools", "mcp_approval_request", "compaction", "tool_search_output", "program", "program_output",
    ]
    return type.hasSuffix("_call") || type.hasSuffix("_call_output") || others.contains(type)
  }

  /// An item that goes back as it came; an image can be shown too.
  static func whole(_ object: JSONObject) -> ContentPart {
    let type = object["type"]?.string ?? ""
    guard type == imageType, let data = object["result"]?.string, !data.isEmpty else {
      return ContentPart(.other(type: type, .object(object)))
    }
    let format = object["output_format"]?.string ?? "png"
    return part(.image(Media(.base64(data), mediaType: "image/\(format)")), object, besides: ["result"])
  }
}

extension ContentPart {
  /// Whether it stands in a message item.
  fileprivate var isOfMessage: Bool {
    switch kind {
    case .text, .refusal: true
    default: false
    }
  }

  /// Whether a proof that comes after it is its own.
  fileprivate var isSignable: Bool {
    switch kind {
    case .text, .toolCall, .image, .other: signature == nil
    default: false
    }
  }
}
