// Server-sent events to bytes.

/// Writes events so that any conforming reader gets the same name and data back, each CR in the data as LF.
public enum ServerSentEventEncoder {
  /// Appends one event; `name` has no line breaks.
  public static func append(name: StaticString? = nil, data: some Collection<UInt8>, to bytes: inout [UInt8]) {
    if let name {
      bytes += "event: ".utf8
      name.withUTF8Buffer { bytes += $0 }
      bytes.append(ASCII.lineFeed)
    }
    let lines = data.split(omittingEmptySubsequences: false) { $0 == ASCII.lineFeed || $0 == ASCII.carriageReturn }
    for line in lines {
      bytes += "data: ".utf8
      bytes += line
      bytes.append(ASCII.lineFeed)
    }
    bytes.append(ASCII.lineFeed)
  }

  /// Appends a comment, which every reader skips: it keeps an idle connection alive.
  ///
  /// `text` has no line breaks.
  public static func appendComment(_ text: StaticString, to bytes: inout [UInt8]) {
    bytes += ": ".utf8
    text.withUTF8Buffer { bytes += $0 }
    bytes += "\n\n".utf8
  }
}
