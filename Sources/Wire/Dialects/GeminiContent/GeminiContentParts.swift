// Parts of the wire to parts of the vocabulary: in replies, in streams, and in what clients send.

enum GeminiContentPart {
  /// Members of an answer that say where its text is from: told as parts of their own, and never sent back.
  static let sources: Set<String> = ["groundingMetadata", "citationMetadata", "urlContextMetadata"]

  /// Members that say something about a part, whatever it holds.
  static let attributes: Set<String> = ["thought", "videoMetadata", "mediaResolution", "partMetadata"]

  /// A part; `nil` for what is no object or says nothing.
  ///
  /// A call that came without an id is given `callID`.
  static func decode(_ json: JSON, callID: String) -> ContentPart? {
    guard var rest = json.camelCasedObject else { return nil }
    let signature = rest.take("thoughtSignature")?.string ?? ""
    guard let kind = kind(&rest, signature, callID) else { return nil }
    var part = ContentPart(kind)
    if case .reasoning = kind {} else if !signature.isEmpty { part.signature = GeminiContentSeal.read(signature).seal }
    if case .other = kind {} else { part.extras = rest }
    return part
  }

  /// What a part holds; it is taken out of `rest`.
  private static func kind(_ rest: inout JSONObject, _ signature: String, _ callID: String) -> ContentPart.Kind? {
    if let call = call(in: &rest, callID) { return .toolCall(call) }
    if let media = media(in: &rest) { return media }
    if let data = rest.members.first(where: { !attributes.contains($0.name) && $0.name != "text" }) {
      return .other(type: data.name, .object(rest))
    }
    let text = rest.take("text")?.string ?? ""
    if text.isEmpty, signature.isEmpty { return nil }
    guard rest["thought"]?.bool == true else { return .text(text) }
    rest["thought"] = nil
    return .reasoning(ReasoningBlock(text: text, geminiSignature: signature))
  }

  private static func call(in rest: inout JSONObject, _ callID: String) -> ToolCall? {
    guard var object = rest["functionCall"]?.camelCasedObject, let name = object["name"]?.string, !name.isEmpty else {
      return nil
    }
    object["name"] = nil
    let id = object.take("id")?.string ?? ""
    let arguments = object.take("args")?.text ?? "{}"
    rest["functionCall"] = object.isEmpty ? nil : .object(object)
    return ToolCall(id: id.isEmpty ? callID : id, name: name, arguments: arguments)
  }

  // MARK: Media

  static func media(in rest: inout JSONObject) -> ContentPart.Kind? {
    if var blob = rest["inlineData"]?.camelCasedObject, let data = blob.take("data")?.string {
      return media(.base64(data.withStandardBase64), &blob, "inlineData", &rest)
    }
    if var file = rest["fileData"]?.camelCasedObject, let address = file.take("fileUri")?.string {
      return media(.url(address), &file, "fileData", &rest)
    }
    return nil
  }

  private static func media(
    _ source: Media.Source, _ object: inout JSONObject, _ name: String, _ rest: inout JSONObject
  ) -> ContentPart.Kind {
    let type = object.take("mimeType")?.string
    let media = Media(source, mediaType: type, name: object.take("displayName")?.string)
    rest[name] = object.isEmpty ? nil : .object(object)
    return switch type?.split(separator: "/").first {
    case "image": .image(media)
    case "audio": .audio(media)
    default: .document(media)
    }
  }
}

extension String {
  /// Base64 in the alphabet that every API takes: this one's SDKs send the other (RFC 4648, section 5).
  fileprivate var withStandardBase64: String {
    guard utf8.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }),
      let bytes = bytes(base64URL: self)
    else { return self }
    return base64(bytes)
  }
}
