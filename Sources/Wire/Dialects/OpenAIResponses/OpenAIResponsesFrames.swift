// Events of a stream to bytes.

/// Numbers the events and writes them.
struct OpenAIResponsesFrames: Sendable {
  /// Nothing is written: only what the answer amounts to is wanted.
  let isSilent: Bool
  private var count = 0

  init(isSilent: Bool) { self.isSilent = isSilent }

  /// Appends the event `response.<name>`; `members` writes what it says besides its type and number.
  mutating func write(_ name: StaticString, into bytes: inout [UInt8], _ members: (inout JSONWriter) -> Void) {
    guard !isSilent else { return }
    bytes += "event: response.".utf8
    name.withUTF8Buffer { bytes += $0 }
    bytes += "\ndata: ".utf8
    var writer = JSONWriter()
    swap(&writer.bytes, &bytes)
    writer.beginObject()
    writer.name("type")
    name.withUTF8Buffer { writer.write(verbatim: Array("\"response.".utf8) + $0 + [ASCII.quote]) }
    writer.name("sequence_number")
    writer.write(count)
    members(&writer)
    writer.endObject()
    swap(&writer.bytes, &bytes)
    bytes += "\n\n".utf8
    count += 1
  }

  /// Appends a piece of a part or of arguments: the event there are most of.
  ///
  /// `place` is `"item_id":…` and what else says where it belongs.
  mutating func writeDelta(_ name: StaticString, _ place: [UInt8], _ piece: String, into bytes: inout [UInt8]) {
    guard !isSilent else { return }
    bytes += "event: response.".utf8
    name.withUTF8Buffer { bytes += $0 }
    bytes += "\ndata: {\"type\":\"response.".utf8
    name.withUTF8Buffer { bytes += $0 }
    bytes += "\",\"sequence_number\":".utf8
    bytes += String(count).utf8
    bytes.append(ASCII.comma)
    bytes += place
    bytes += ",\"delta\":".utf8
    JSONWriter.append(quoted: piece, to: &bytes)
    bytes += "}\n\n".utf8
    count += 1
  }
}
