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
