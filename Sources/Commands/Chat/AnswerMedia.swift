// Images and sounds in an answer: told in JSON, kept as files with `--media`.

import GatewayCore
import Wire

/// One of them.
struct AnswerMedia {
  /// `image` or `audio`.
  let kind: String
  let media: Media

  private var bytes: [UInt8]? {
    if case .base64(let text) = media.source { Wire.bytes(base64: text) } else { nil }
  }

  /// What it is, as far as the provider or its first bytes say.
  private var mediaType: String? {
    media.mediaType ?? bytes.flatMap { MediaKind(firstBytes: $0.prefix(16)) }?.rawValue
  }

  var json: JSON {
    var address: String?
    var data: String?
    switch media.source {
    case .base64(let text): data = text
    case .url(let url): address = url
    case .fileID, .text: break
    }
    return [
      "kind": .string(kind), "media_type": JSON(text: mediaType), "data": JSON(text: data), "url": JSON(text: address),
    ]
  }

  /// Writes it as `ID-NUMBER.EXTENSION` and returns the path; `nil` for one that came as an address.
  func save(in folder: String, id: String, number: Int) throws(CommandFailure) -> String? {
    guard let bytes else { return nil }
    let found = MediaKind(firstBytes: bytes.prefix(16)) ?? mediaType.flatMap { MediaKind(rawValue: $0) }
    let path = "\(folder)/\(id)-\(number).\(found?.fileExtension ?? "bin")"
    do {
      try replaceFile(path, with: bytes, mode: 0o644)
    } catch {
      throw CommandFailure(.general, "media '\(path)': \(error.why)")
    }
    return path
  }
}

extension ChatReply {
  /// The images and sounds, in order.
  var media: [AnswerMedia] {
    content.compactMap { part in
      switch part.kind {
      case .image(let media): AnswerMedia(kind: "image", media: media)
      case .audio(let media): AnswerMedia(kind: "audio", media: media)
      default: nil
      }
    }
  }
}
