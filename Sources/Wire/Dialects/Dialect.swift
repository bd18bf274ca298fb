// What each wire format must be able to do for calling a provider. Serving clients is a refinement (`ServedDialect`).

/// A wire format: bytes to values and back.
///
/// Knows no host, no key, no socket, and no provider's name.
public protocol Dialect: Sendable {
  associatedtype StreamDecoder: StreamDecoding

  /// The address of a chat call: `base` (no trailing slash) with the dialect's own path.
  static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String

  /// The body to send, and what had to be changed on the way.
  static func encode(_ request: ChatRequest, to model: ModelTraits, quirks: Quirks) throws(WireError) -> EncodedRequest

  /// Reads a whole, successful answer.
  static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply

  /// Reads what a provider sent with an error status; any bytes will do (JSON of any shape, HTML, nothing).
  static func decodeFailure(status: Int, body: [UInt8]) -> ProviderFailure

  static func makeStreamDecoder(quirks: Quirks) -> StreamDecoder

  /// The media type of a streamed answer.
  static var streamContentType: String { get }
}

extension Dialect {
  public static var streamContentType: String { "text/event-stream" }
}

/// Reads a streamed answer as its bytes come in, split anywhere.
///
/// Framing included.
public protocol StreamDecoding: Sendable {
  /// Appends what `bytes` said to `events`. After a throw the decoder is not used again; `events` holds what came before.
  mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(WireError)

  /// Passes the event that begins at `start`, if it repeats the one before but for its text: tells that, and moves
  /// `start` to the event's end.
  ///
  /// With `isJoining` all such events that lie there one after another are told as one. False when the event has to be decoded. What was decoded so far must have ended with an event.
  mutating func decodeRepeat(
    in bytes: [UInt8], from start: inout Int, isJoining: Bool, into events: inout [ChatEvent]
  ) -> Bool

  /// The body has ended: appends what was held back.
  mutating func finish(into events: inout [ChatEvent]) throws(WireError)

  /// True once the stream has said, in the dialect's own way, that the answer is complete.
  var isComplete: Bool { get }
}

extension StreamDecoding {
  public mutating func decodeRepeat(
    in bytes: [UInt8], from start: inout Int, isJoining: Bool, into events: inout [ChatEvent]
  ) -> Bool {
    false
  }
}

/// A request as it goes over the wire.
public struct EncodedRequest: Sendable, Equatable {
  public var body: [UInt8]
  public var changes: [Change]
  public init(body: [UInt8], changes: [Change]) {
    self.body = body
    self.changes = changes
  }
}
