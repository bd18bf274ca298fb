// A stream that goes to the client as it came, read only for the books. Most of its events say no more than a piece of
// text: where nobody keeps the text they are passed over unread, which is what makes forwarding cheap.

/// Reads along in a stream whose bytes are forwarded.
public struct ForwardedStream<Format: ServedDialect>: Sendable {
  /// How much is read.
  public enum Reading: Sendable {
    /// Every event.
    case everything
    /// The beginning and what tells of usage, of failure or of the end.
    case books
  }

  /// What came of some bytes, in order.
  public enum Piece: Sendable, Equatable {
    /// To be forwarded as it is.
    case bytes(ArraySlice<UInt8>)
    /// An event of its own that tells the usage: to be withheld from a client that did not ask for it.
    case usageEvent(ArraySlice<UInt8>)
  }

  private let reading: Reading
  private var decoder: Format.StreamDecoder
  /// What has not been forwarded: the start of an event whose end has not come.
  private var held: [UInt8] = []
  private var search = FrameSearch()
  private var hasBegun = false
  /// The event passed over last, where it may tell the usage.
  private var unread: ArraySlice<UInt8>?

  /// Events that were passed over: pieces of the answer, each about a token.
  public private(set) var unreadFrames = 0

  /// Events of more than this are forwarded in parts, as they come.
  private static var maximumHeldBytes: Int { 16 << 20 }

  public init(_ reading: Reading, quirks: Quirks) {
    self.reading = reading
    decoder = Format.makeStreamDecoder(quirks: quirks)
  }

  /// True once the stream has said that the answer is complete.
  public var isComplete: Bool { decoder.isComplete }

  /// Appends what is to be forwarded to `pieces` and what was read to `events`, where texts that came together may be one.
  ///
  /// Throws when what was to be read cannot be; `pieces` holds the bytes all the same.
  public mutating func read(
    _ bytes: [UInt8], into pieces: inout [Piece], events: inout [ChatEvent]
  ) throws(WireError) {
    // Pieces of one event are joined as they come, and what was searched is not searched again.
    if held.isEmpty { held = bytes } else { held += bytes }
    let buffer = held
    held = []
    var problem: WireError?
    var start = 0
    var sent = 0
    while true {
      // The bytes go on as they are: what is told together need not be taken apart.
      if reading == .everything, problem == nil,
        decoder.decodeRepeat(in: buffer, from: &start, isJoining: true, into: &events)
      {
        search.pass(to: start)
        continue
      }
      guard let end = search.next(in: buffer.span) else { break }
      let frame = buffer[start..<end]
      start = end
      guard problem == nil else { continue }
      guard reading == .everything || !hasBegun || Format.isTelling(frame) else {
        if Format.repeatsUsage { unread = frame }
        unreadFrames += 1
        continue
      }
      unread = nil
      do {
        guard try read(frame, into: &events) else { continue }
        if frame.startIndex > sent { pieces.append(.bytes(buffer[sent..<frame.startIndex])) }
        pieces.append(.usageEvent(frame))
        sent = end
      } catch {
        problem = error
      }
    }
    let isTooLong = buffer.count - start > Self.maximumHeldBytes
    let end = isTooLong ? buffer.count : start
    if end > sent { pieces.append(.bytes(buffer[sent..<end])) }
    held = end == 0 ? buffer : Array(buffer[end...])
    search.drop(end)
    if let problem { throw problem }
  }

  /// The body has ended: what was held back is forwarded and read.
  public mutating func finish(into pieces: inout [Piece], events: inout [ChatEvent]) throws(WireError) {
    let rest = held
    held = []
    if !rest.isEmpty { pieces.append(.bytes(rest[...])) }
    try readLast(into: &events)
    if !rest.isEmpty { try decoder.decode(rest, into: &events) }
    try decoder.finish(into: &events)
  }

  /// What the event passed over last says besides its piece of the answer: a stream that breaks off has told its usage.
  public mutating func readLast(into events: inout [ChatEvent]) throws(WireError) {
    guard let frame = unread else { return }
    unread = nil
    var told: [ChatEvent] = []
    try decoder.decode(Array(frame), into: &told)
    events += told.filter { !$0.isContent }
  }

  /// Whether the frame tells usage and nothing else.
  private mutating func read(_ frame: ArraySlice<UInt8>, into events: inout [ChatEvent]) throws(WireError) -> Bool {
    let before = events.count
    try decoder.decode(Array(frame), into: &events)
    let new = events[before...]
    if !hasBegun { hasBegun = new.contains(where: \.isContent) }
    guard Format.tellsUsageApart, let last = new.last, case .usage = last else { return false }
    return new.allSatisfy { event in
      switch event {
      case .usage, .started: true
      default: false
      }
    }
  }
}

extension ChatEvent {
  /// Whether the event is a piece of the answer.
  public var isContent: Bool {
    switch self {
    case .text, .refusal, .reasoning, .encryptedReasoning, .toolCallStarted, .toolArguments, .part, .otherChoice: true
    case .started, .textPartStarted, .reasoningSignature, .partSignature, .partExtras, .extras, .finished, .usage,
      .logprobs, .failed:
      false
    }
  }
}

/// Finds the blank lines that end events, in bytes that grow at the end and lose what was found at the front.
private struct FrameSearch: Sendable {
  private var lineStart = 0
  private var position = 0

  /// The end of the next frame, its blank line included; `nil` when it has not come.
  mutating func next(in bytes: Span<UInt8>) -> Int? {
    while true {
      let end = bytes.indexOfLineEnd(from: position)
      // A CR that ends the bytes may be half of a CRLF.
      let isReturn = end < bytes.count && bytes[end] == ASCII.carriageReturn
      guard end < bytes.count, !isReturn || end + 1 < bytes.count else {
        position = end
        return nil
      }
      let next = isReturn && bytes[end + 1] == ASCII.lineFeed ? end + 2 : end + 1
      let isBlank = end == lineStart
      lineStart = next
      position = next
      if isBlank { return next }
    }
  }

  /// The frame that began last ends at `end`.
  mutating func pass(to end: Int) {
    lineStart = end
    position = end
  }

  /// The first `count` bytes are gone.
  mutating func drop(_ count: Int) {
    lineStart = max(lineStart - count, 0)
    position = max(position - count, 0)
  }
}

// MARK: What the formats say of their streams

extension ServedDialect {
  public static var tellsUsageApart: Bool { false }

  public static var repeatsUsage: Bool { false }

  public static func adding(cost: Int64, toUsageEvent frame: ArraySlice<UInt8>) -> [UInt8] { Array(frame) }

  public static func isTelling(_ frame: ArraySlice<UInt8>) -> Bool { true }

  public static func forward(
    _ body: [UInt8], model: String, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    EncodedRequest(body: try JSON.splicing([("model", .string(model))], into: body), changes: [])
  }
}
