// Event-stream frames as a fixture spells them: a line for each.

@testable import Wire

/// `TYPE PAYLOAD` is an event, `!TYPE PAYLOAD` an exception, `?CODE MESSAGE` an error, and `~N` takes the last N bytes
/// of what came before away.
enum Frames {
  static func bytes(_ text: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in text.split(separator: UInt8(ascii: "\n")) {
      if line.first == UInt8(ascii: "~") {
        bytes.removeLast(Int(line.dropFirst().text) ?? 0)
      } else {
        // A frame that cannot be written leaves the fixture without it, and so it fails.
        try? AWSEventStreamEncoder.append(message(line), to: &bytes)
      }
    }
    return bytes
  }

  private static func message(_ line: ArraySlice<UInt8>) -> AWSEventStreamMessage {
    let words = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
    let (type, payload) = (words.first ?? [], words.dropFirst().first ?? [])
    switch type.first {
    case UInt8(ascii: "!"):
      return message([(":message-type", "exception"), (":exception-type", type.dropFirst().text)], payload)
    case UInt8(ascii: "?"):
      let said = (":error-message", payload.text)
      return message([(":message-type", "error"), (":error-code", type.dropFirst().text), said], [])
    default:
      let content = (":content-type", "application/json")
      return message([(":event-type", type.text), content, (":message-type", "event")], payload)
    }
  }

  static func message(_ headers: [(String, String)], _ payload: ArraySlice<UInt8>) -> AWSEventStreamMessage {
    AWSEventStreamMessage(
      headers: headers.map { .init(name: Array($0.0.utf8)[...], value: .string(Array($0.1.utf8)[...])) },
      payload: payload)
  }
}
