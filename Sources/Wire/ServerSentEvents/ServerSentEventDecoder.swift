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

  /// Where the event that `next` gave last stands in its bytes, its blank line included.
  ///
  /// `nil` when some of it came in other bytes.
  private(set) var place: Range<Int>?

  /// Whether the next byte begins an event, whatever came before.
  var isBetweenEvents: Bool {
    line.isEmpty && data == nil && name.isEmpty && !followsCarriageReturn && !isFirstLine
  }

  /// Appends the events that `bytes` completed.
  ///
  /// Throws when one grows too large.
  public mutating func decode(_ bytes: [UInt8], into events: inout [ServerSentEvent]) throws(WireError) {
    var start = 0
    while let event = try next(in: bytes, from: &start) { events.append(event) }
  }

  /// The next event that ends in `bytes`, which are read from `start` on.
  ///
  /// `nil` once all of them are read. Throws when an event grows too large.
  mutating func next(in bytes: [UInt8], from start: inout Int) throws(WireError) -> ServerSentEvent? {
    let first = start
    defer { bytesRead += start - first }
    var frameStart = isBetweenEvents ? start : nil
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
      let ending = bytes[start..<end]
      start = min(end + 1, bytes.count)
      guard end < bytes.count else {
        line += ending
        return nil
      }
      if bytes[end] == ASCII.carriageReturn {
        followsCarriageReturn = start == bytes.count
        if start < bytes.count, bytes[start] == ASCII.lineFeed { start += 1 }
      }
      guard endsEvent(ending) else { continue }
      if let event = takeEvent() {
        place = frameStart.map { $0..<start }
        return event
      }
      frameStart = start
    }
    return nil
  }

  /// Bytes that need not be read: whole events.
  mutating func pass(_ count: Int) { bytesRead += count }

  /// The event the body's end left unfinished, its last line perhaps cut.
  public mutating func finish() -> ServerSentEvent? {
    if !line.isEmpty { _ = endsEvent([]) }
    return takeEvent()
  }

  private func checkSize(adding count: Int) throws(WireError) {
    guard line.count + (data?.count ?? 0) + count <= maximumEventBytes else {
      throw WireError(offset: bytesRead, "a server-sent event of more than \(maximumEventBytes) bytes")
    }
  }

  /// Reads a line, of which `ending` is what came last; true if it is blank.
  private mutating func endsEvent(_ ending: ArraySlice<UInt8>) -> Bool {
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
    guard !whole.isEmpty else { return true }
    readField(whole)
    return false
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

  private mutating func takeEvent() -> ServerSentEvent? {
    defer {
      name = []
      data = nil
    }
    return data.map { ServerSentEvent(name: name, data: $0) }
  }
}
