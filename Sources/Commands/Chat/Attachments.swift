// `-a`: what is sent along with a prompt. What a file is, is read off its first bytes, not off its name.

import CommandLineKit
import GatewayCore
import Wire

/// The largest attachment: providers take 20 to 50 MB.
private let largestAttachment = 64 << 20

extension Invocation {
  /// The part of a message for one `-a`.
  func attachment(_ typed: String) throws -> ContentPart {
    if typed.hasPrefix("https://") || typed.hasPrefix("http://") {
      return try remote(typed)
    }
    let name = typed == "-" ? "standard input" : typed
    let bytes: [UInt8]
    do {
      bytes = typed == "-" ? try readStdin(largestAttachment) : try readFile(typed, limit: largestAttachment)
    } catch {
      throw CommandFailure(.general, "attachment '\(name)': \(error.why)")
    }
    guard let kind = MediaKind(firstBytes: bytes.prefix(16)) else {
      throw CommandFailure(
        .usage, "attachment '\(name)': \(bytes.isEmpty ? "it is empty" : "not an image, a PDF or a sound")",
        advice: "Text goes in through standard input: llmgw chat \"...\" < FILE.")
    }
    let fileName = typed == "-" ? nil : typed.split(separator: "/").last.map(String.init)
    return kind.part(Media(.base64(base64(bytes)), mediaType: kind.rawValue, name: fileName))
  }

  private func remote(_ url: String) throws -> ContentPart {
    let path = url.prefix { $0 != "?" && $0 != "#" }.lowercased()
    let kind = MediaKind.allCases.first { path.hasSuffix("." + $0.fileExtension) }
    guard kind?.isAudio != true else {
      throw CommandFailure(.usage, "attachment '\(url)': a sound must be a file", advice: "Download it and attach it.")
    }
    return (kind ?? .jpeg).part(Media(.url(url), mediaType: kind?.rawValue))
  }
}

/// What providers take, by media type.
private enum MediaKind: String, CaseIterable {
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
