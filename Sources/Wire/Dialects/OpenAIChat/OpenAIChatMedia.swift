// Images, documents and sounds as parts of a user message.

struct OpenAIChatMediaEncoder {
  let quirks: Quirks
  let field: String
  var changes: [Change] = []

  init(quirks: Quirks, field: String) {
    self.quirks = quirks
    self.field = field
  }

  mutating func drop(_ why: String) { changes.append(Change(field, .dropped, why)) }

  mutating func image(_ media: Media) throws(WireError) -> JSONObject? {
    var image: JSONObject
    switch media.source {
    case .base64(let data): image = ["url": .string(try dataURL(media, data))]
    case .url where quirks.unsupported.contains("image_url"):
      drop("this provider takes no images by address")
      return nil
    case .url(let url): image = ["url": .string(url)]
    case .fileID, .text:
      drop("this format takes images by address or by their bytes")
      return nil
    }
    image["detail"] = media.detail.map { .string($0) }
    return ["type": "image_url", "image_url": .object(image)]
  }

  mutating func document(_ media: Media) throws(WireError) -> JSONObject? {
    if case .text(let text) = media.source {
      changes.append(Change(field, .converted, "a document of plain text is sent as text"))
      return ["type": "text", "text": .string(text)]
    }
    guard !quirks.noDocuments else {
      drop("this provider takes no documents")
      return nil
    }
    var file = JSONObject()
    switch media.source {
    case .base64(let data):
      // Required next to the data, whatever it says.
      file["filename"] = .string(media.name ?? "document")
      file["file_data"] = .string(try dataURL(media, data))
    case .fileID(let id): file["file_id"] = .string(id)
    case .url, .text:
      drop("this format takes no documents by address")
      return nil
    }
    return ["type": "file", "file": .object(file)]
  }

  mutating func audio(_ media: Media) throws(WireError) -> JSONObject? {
    guard case .base64(let data) = media.source else {
      drop("this format takes sounds only by their bytes")
      return nil
    }
    guard let mediaType = media.mediaType else { throw missingType }
    let subtype = mediaType.split(separator: "/").last.map(String.init) ?? mediaType
    let formats = ["mpeg": "mp3", "x-wav": "wav", "wave": "wav", "vnd.wave": "wav"]
    let sound: JSON = ["data": .string(data), "format": .string(formats[subtype] ?? subtype)]
    return ["type": "input_audio", "input_audio": sound]
  }

  func dataURL(_ media: Media, _ data: String) throws(WireError) -> String {
    guard let mediaType = media.mediaType else { throw missingType }
    return "data:\(mediaType);base64,\(data)"
  }

  private var missingType: WireError { WireError(offset: 0, "\(field) does not say its media type") }
}
