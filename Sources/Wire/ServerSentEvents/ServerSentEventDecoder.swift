// Bytes to server-sent events, as the HTML standard (section 9.2) has them: CR, LF or CRLF, comments, data of many lines.
// Beyond it: what a body leaves unfinished is given out by `finish`, because some providers omit the last blank line.

/// One event: its `event:` name, empty when it has none, and its `data:`.
public struct ServerSentEvent: Sendable, Equatable {
  public var name: ArraySlice<UInt8>
  public var data: ArraySlice<UInt8>
  public init(name: ArraySlice<UInt8> = [], data: ArraySlice<UInt8>) {
    self.name = name
    self.data = data
  }
}

/// Reads a stream of server-sent events that comes in pieces, split anywhere.
///
/// `id:` and `retry:` say nothing here.
public struct ServerSentEventDecoder: Sendable {
  private let maximumEventBytes: Int
  /// What came of a line whose end has not.
  private var line: [UInt8] = []
  private var name: ArraySlice<UInt8> = []
  /// `nil` until the event has a `data` line.
  ///
  /// A slice of the input as long as there is only one.
  private var data: ArraySlice<UInt8>?
  private var followsCarriageReturn = false
  private var isFirstLine = true
  private var bytesRead = 0

  /// Allows events of up to 16 MiB unless told otherwise (images come in one event).
  public init(maximumEventBytes: Int = 16 << 20) {
    self.maximumEventBytes = maximumEventBytes
  }

  /// Appends the events that `bytes` completed.
  ///
  /// Throws when one grows too large.
  public mutating func decode(_ bytes: [UInt8], into events: inout [ServerSentEvent]) throws(WireError) {
    defer { bytesRead += bytes.count }
    var start = 0
    while start < bytes.count {
      if followsCarriageReturn {
        followsCarriageReturn = false
        if bytes[start] == ASCII.lineFeed {
          start += 1
          continue
        }
      }
      let end = bytes.span.indexOfLineEnd(from: start)
      try checkSize(adding: end - start)
      guard end < bytes.count else {
        line += bytes[start...]
        return
      }
      followsCarriageReturn = bytes[end] == ASCII.carriageReturn
      endLine(bytes[start..<end], into: &events)
      start = end + 1
    }
  }

  /// The event the body's end left unfinished, its last line perhaps cut.
  public mutating func finish() -> ServerSentEvent? {
    var events: [ServerSentEvent] = []
    if !line.isEmpty { endLine([], into: &events) }
    endEvent(into: &events)
    return events.first
  }

  private func checkSize(adding count: Int) throws(WireError) {
    guard line.count + (data?.count ?? 0) + count <= maximumEventBytes else {
      throw WireError(offset: bytesRead, "a server-sent event of more than \(maximumEventBytes) bytes")
    }
  }

  private mutating func endLine(_ ending: ArraySlice<UInt8>, into events: inout [ServerSentEvent]) {
    var whole = ending
    if !line.isEmpty {
      line += ending
      whole = line[...]
      line = []
    }
    if isFirstLine {
      isFirstLine = false
      if whole.starts(with: ASCII.byteOrderMark) { whole = whole.dropFirst(ASCII.byteOrderMark.count) }
    }
    if whole.isEmpty { endEvent(into: &events) } else { readField(whole) }
  }

  private mutating func readField(_ line: ArraySlice<UInt8>) {
    let colon = line.firstIndex(of: ASCII.colon) ?? line.endIndex
    var value = line[colon...].dropFirst()
    if value.first == ASCII.space { value = value.dropFirst() }
    switch line[..<colon] {
    case "data": addData(value)
    case "event": name = value
    default: break  // a comment, `id`, `retry`, or a field nobody knows
    }
  }

  private mutating func addData(_ value: ArraySlice<UInt8>) {
    guard var joined = data else { return data = value }
    data = nil  // so that appending need not copy
    joined.append(ASCII.lineFeed)
    joined += value
    data = joined
  }

  private mutating func endEvent(into events: inout [ServerSentEvent]) {
    if let data { events.append(ServerSentEvent(name: name, data: data)) }
    name = []
    data = nil
  }
}
