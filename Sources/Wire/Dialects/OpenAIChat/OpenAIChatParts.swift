// The parts of a message's content to parts of the vocabulary. `OpenAIChatMessagesEncoder` is the way back.

enum OpenAIChatParts {
  /// The content of a message: a text, a list of parts, or nothing.
  static func decode(_ content: JSON?) -> [ContentPart] {
    if let text = content?.string { return text.isEmpty ? [] : [ContentPart(.text(text))] }
    return (content?.array ?? []).map(part)
  }

  /// One part; what has no place in the vocabulary is kept whole.
  static func part(_ json: JSON) -> ContentPart {
    if let text = json.string { return ContentPart(.text(text)) }
    let type = json["type"]?.string ?? (json["text"] == nil ? "" : "text")
    guard let (kind, held) = kind(type, json) else { return ContentPart(.other(type: type, json)) }
    var part = ContentPart(kind, cacheControl: json["cache_control"])
    for member in json.object?.members ?? [] where member.name != "type" && member.name != "cache_control" {
      if member.name != held { part.extras[member.name] = member.value }
    }
    if let inner = json[held]?.object?.rest(besides: heldInside), !inner.isEmpty { part.extras[held] = .object(inner) }
    return part
  }

  /// Members of the object that says what a part is, which are read.
  private static let heldInside: Set<String> = ["url", "detail", "data", "format", "filename", "file_id", "file_data"]

  /// What the part is, and the member that says it.
  private static func kind(_ type: String, _ json: JSON) -> (ContentPart.Kind, held: String)? {
    let value = json[type]
    switch type {
    case "text": return json["text"]?.string.map { (.text($0), type) }
    case "refusal": return value?.string.map { (.refusal($0), type) }
    case "image_url":
      // Some clients write the address alone.
      guard let url = value?["url"]?.string ?? value?.string else { return nil }
      var media = Media(addressOrData: url)
      media.detail = value?["detail"]?.string
      return (.image(media), type)
    case "input_audio":
      guard let data = value?["data"]?.string else { return nil }
      let format = value?["format"]?.string
      return (.audio(Media(.base64(data), mediaType: format.map { "audio/\($0)" })), type)
    case "file": return value.flatMap(file).map { (.document($0), type) }
    default: return nil
    }
  }

  private static func file(_ json: JSON) -> Media? {
    let name = json["filename"]?.string
    if let id = json["file_id"]?.string { return Media(.fileID(id), mediaType: nil, name: name) }
    guard let data = json["file_data"]?.string else { return nil }
    var media = Media(addressOrData: data)
    // Bytes without the `data:` in front are taken too.
    if case .url(let text) = media.source, !text.contains("://") {
      media = Media(.base64(text), mediaType: "application/pdf")
    }
    media.name = name
    return media
  }
}
