// Images, documents and sounds: a format by its word, and the bytes or a place in Amazon's storage.

struct BedrockConverseMedia {
  var changes: [Change] = []
  /// How many documents there have been: each must have a name, and no two the same.
  private var documents = 0
  private var documentNames: Set<String> = []

  init() {}

  mutating func image(_ media: Media, _ field: String) -> JSONObject? {
    if media.detail != nil { changes.append(Change("\(field).detail", .dropped, "this format has no such member")) }
    let format = Self.word(for: media) ?? "png"
    guard ["png", "jpeg", "gif", "webp"].contains(format) else {
      return drop(field, "an image is a png, jpeg, gif or webp here")
    }
    guard let source = source(of: media) else {
      return drop(field, "an image is sent by its bytes or an s3:// address here")
    }
    return ["image": ["format": .string(format), "source": source]]
  }

  mutating func audio(_ media: Media, _ field: String) -> JSONObject? {
    guard let source = source(of: media) else {
      return drop(field, "a sound is sent by its bytes or an s3:// address here")
    }
    return ["audio": ["format": .string(Self.word(for: media) ?? "wav"), "source": source]]
  }

  mutating func document(_ media: Media, _ field: String) -> JSONObject? {
    guard let source = source(of: media) else {
      return drop(field, "a document is sent by its bytes or an s3:// address here")
    }
    var format = Self.word(for: media) ?? "pdf"
    if case .text = media.source { format = Self.word(for: media) ?? "txt" }
    let name: JSON = .string(documentName(media.name, field))
    return ["document": ["format": .string(format), "name": name, "source": source]]
  }

  private mutating func drop(_ field: String, _ why: String) -> JSONObject? {
    changes.append(Change(field, .dropped, why))
    return nil
  }

  // MARK: Names

  /// A document's name is compulsory, and holds only letters, digits, single blanks, hyphens, parentheses and square
  /// brackets (API_runtime_DocumentBlock).
  private mutating func documentName(_ asked: String?, _ field: String) -> String {
    documents += 1
    var name = Self.cleaned(asked ?? "")
    if name.isEmpty { name = "Document \(documents)" }
    if documentNames.contains(name) { name = "\(name.prefix(180)) (\(documents))" }
    documentNames.insert(name)
    if name != asked {
      changes.append(
        asked == nil
          ? Change("\(field).name", .added, "a document must have a name here")
          : Change("\(field).name", .converted, "names are unique letters, digits, blanks, hyphens and brackets here"))
    }
    return name
  }

  private static func cleaned(_ name: String) -> String {
    let allowed = name.unicodeScalars.map { scalar -> Character in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-", "(", ")", "[", "]": Character(scalar)
      case _ where scalar.properties.isWhitespace: " "
      default: "-"
      }
    }
    return allowed.prefix(200).split(separator: " ").map { String($0) }.joined(separator: " ")
  }

  // MARK: Formats and sources

  /// The word for a format, which is not always what stands behind the slash of a media type.
  private static func word(for media: Media) -> String? {
    let type = media.mediaType ?? inlineType(of: media) ?? ""
    let known = [
      "image/jpg": "jpeg", "text/plain": "txt", "text/markdown": "md", "application/msword": "doc",
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
      "application/vnd.ms-excel": "xls",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "audio/mpeg": "mp3",
    ]
    if let word = known[type] { return word }
    guard let slash = type.firstIndex(of: "/") else { return nil }
    let word = type[type.index(after: slash)...].prefix { $0 != ";" }
    return String(word.hasPrefix("x-") ? word.dropFirst(2) : word)
  }

  private static func inlineType(of media: Media) -> String? {
    guard case .url(let url) = media.source else { return nil }
    if let inline = InlineData(url) { return inline.mediaType }
    // An address in the storage may end in the file's extension.
    let file = url.split(separator: "/").last ?? ""
    guard let dot = file.lastIndex(of: ".") else { return nil }
    let suffix = file[file.index(after: dot)...].lowercased()
    return "any/" + (suffix == "jpg" ? "jpeg" : suffix)
  }

  private func source(of media: Media) -> JSON? {
    switch media.source {
    case .base64(let data): return ["bytes": .string(data)]
    case .text(let text): return ["bytes": .string(base64(Array(text.utf8)))]
    case .url(let url):
      if url.hasPrefix("s3://") { return ["s3Location": ["uri": .string(url)]] }
      return InlineData(url).map { ["bytes": .string($0.base64)] }
    case .fileID: return nil
    }
  }
}
