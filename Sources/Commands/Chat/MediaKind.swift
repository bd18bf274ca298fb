// Which images, documents and sounds there are, read off their first bytes.

import Wire

/// What providers take, by media type.
enum MediaKind: String, CaseIterable {
  case png = "image/png"
  case jpeg = "image/jpeg"
  case gif = "image/gif"
  case webp = "image/webp"
  case pdf = "application/pdf"
  case wav = "audio/wav"
  case mp3 = "audio/mpeg"

  init?(firstBytes bytes: ArraySlice<UInt8>) {
    func begins(_ text: StaticString, at offset: Int = 0) -> Bool {
      text.withUTF8Buffer { bytes.dropFirst(offset).starts(with: $0) }
    }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if begins("GIF8") {
      self = .gif
    } else if begins("RIFF"), begins("WEBP", at: 8) {
      self = .webp
    } else if begins("%PDF-") {
      self = .pdf
    } else if begins("RIFF"), begins("WAVE", at: 8) {
      self = .wav
    } else if begins("ID3") || bytes.starts(with: [0xFF, 0xFB]) || bytes.starts(with: [0xFF, 0xF3]) {
      self = .mp3
    } else {
      return nil
    }
  }

  var isAudio: Bool { self == .wav || self == .mp3 }

  var fileExtension: String {
    switch self {
    case .png: "png"
    case .jpeg: "jpg"
    case .gif: "gif"
    case .webp: "webp"
    case .pdf: "pdf"
    case .wav: "wav"
    case .mp3: "mp3"
    }
  }

  func part(_ media: Media) -> ContentPart {
    switch self {
    case .png, .jpeg, .gif, .webp: ContentPart(.image(media))
    case .pdf: ContentPart(.document(media))
    case .wav, .mp3: ContentPart(.audio(media))
    }
  }
}
