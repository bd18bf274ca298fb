// What a wire format must be able to do besides when clients speak it to us.

/// A wire format that clients are served in.
public protocol ServedDialect: Dialect {
  associatedtype StreamEncoder: StreamEncoding

  /// Reads a client's request.
  ///
  /// Fields without a place in `ChatRequest` become extras; nothing is lost. Seals that a reply carried
  /// (`Seal.carried`, `Seal.attached`) are taken out again.
  static func decodeRequest(_ body: [UInt8], at address: RequestAddress) throws(WireError) -> ClientRequest

  /// Whether a provider of any format does what this extra of a request asks for, so that nothing is lost without it.
  static func isMet(_ extra: JSONObject.Member) -> Bool

  /// What this format calls the fields that changes name in Chat Completions' words: `stop_sequences` for `stop`.
  static var fieldNames: [String: String] { get }

  /// Writes a whole answer.
  static func encodeReply(_ reply: ChatReply, under heading: ReplyHeading) -> EncodedReply

  static func makeStreamEncoder(under heading: ReplyHeading) -> StreamEncoder

  /// Writes a failure as the format's own API does, so that clients raise their own kinds of error.
  static func encodeFailure(_ failure: ProviderFailure) -> EncodedFailure

  // MARK: Forwarding to a provider of the same format

  /// The client's body for `model`, byte for byte but for what must be said otherwise.
  static func forward(_ body: [UInt8], model: String, quirks: Quirks) throws(WireError) -> EncodedRequest

  /// What `decodeReply` would read, but for extras and log probabilities, of an answer that is one text and no more.
  ///
  /// Forwarded answers are mostly so, and need not be taken apart; `nil` where there is more to it.
  static func readPlainReply(_ body: [UInt8], quirks: Quirks) -> ChatReply?

  /// Whether an event of its own, which a client may not have asked for, tells a stream's usage.
  static var tellsUsageApart: Bool { get }

  /// Whether each event of a stream repeats the usage so far, so that the last one counts.
  static var repeatsUsage: Bool { get }

  /// That event with what the call cost, in picodollars, unless the provider has told a cost in it.
  static func adding(cost: Int64, toUsageEvent frame: ArraySlice<UInt8>) -> [UInt8]

  /// Whether one event of a stream, as it came, says more than a piece of the answer: usage, an end, a failure.
  ///
  /// When in doubt, yes.
  static func isTelling(_ frame: ArraySlice<UInt8>) -> Bool
}

extension ServedDialect {
  public static func isMet(_ extra: JSONObject.Member) -> Bool { false }

  public static func readPlainReply(_ body: [UInt8], quirks: Quirks) -> ChatReply? { nil }

  public static var fieldNames: [String: String] { [:] }

  /// The change with its field as the client knows it: by its own names, and where it stood.
  public static func named(_ change: Change, at places: RequestPlaces) -> Change {
    places.path(of: change.field).map { Change($0, change.what, change.why) } ?? named(change)
  }

  /// The change with its field by the name that clients of this format know it by.
  public static func named(_ change: Change) -> Change {
    let end = change.field.firstIndex { $0 == "." || $0 == "[" } ?? change.field.endIndex
    // A whole path goes before its first word: `reasoning.budget_tokens` before `reasoning`.
    let own =
      fieldNames[change.field]
      ?? fieldNames[String(change.field[..<end])].map { $0 + change.field[end...] }
    return own.map { Change($0, change.what, change.why) } ?? change
  }
}

/// Writes a streamed answer as its events come in.
public protocol StreamEncoding: Sendable {
  /// `text/event-stream`, or another type where the client asked for one.
  var contentType: String { get }

  /// Appends what `events` say to `bytes`: whole frames only.
  ///
  /// After `.failed` nothing more of the answer is written.
  mutating func encode(_ events: [ChatEvent], into bytes: inout [UInt8])

  /// The answer is over: appends the closing frames, with a finish reason even when none was told.
  mutating func finish(into bytes: inout [UInt8])

  /// What of the events had no place in the format.
  var changes: [Change] { get }
}

/// What the address of a request says besides its body: some formats name the model there.
public struct RequestAddress: Sendable, Equatable {
  public var model: String?
  /// Whether the address asks for a stream.
  public var streams: Bool?
  /// Whether the stream is to be one JSON array instead of events.
  public var isArray = false
  public init(model: String? = nil, streams: Bool? = nil, isArray: Bool = false) {
    self.model = model
    self.streams = streams
    self.isArray = isArray
  }
}

/// A request and how its client wants the answer told.
public struct ClientRequest: Sendable, Equatable {
  public var request: ChatRequest
  /// The client asked for a usage event of its own in the stream.
  public var wantsStreamUsage = false
  /// The stream is to be one JSON array.
  public var isArray = false
  /// Fields that were read but have no place in the request, by their path: `reasoning.summary`.
  ///
  /// Only a provider of the same format sees them.
  public var unread: [String] = []
  /// Whether a stream in its own format can go to it as it came.
  ///
  /// Providers are asked for events, never for an array.
  public var takesForwardedStreams: Bool { !isArray }
  /// Where its turns and tools stood, where that is not where they stand in the request.
  public var places: RequestPlaces
  public init(
    _ request: ChatRequest, wantsStreamUsage: Bool = false, isArray: Bool = false, unread: [String] = [],
    places: RequestPlaces = RequestPlaces()
  ) {
    self.request = request
    self.unread = unread
    self.places = places
    self.wantsStreamUsage = wantsStreamUsage
    self.isArray = isArray
  }
}

/// What an answer says of itself besides what the model said.
public struct ReplyHeading: Sendable, Equatable {
  /// The answer's id where the provider gave none.
  public var id: String
  /// The request it answers; its `model` is the name the client asked for.
  public var client: ClientRequest
  /// Seconds since 1970.
  public var createdAt: Int
  /// The format the answer came in: only a client of the same gets what no other has words for.
  public var source: DialectName?
  public init(id: String, answering client: ClientRequest, createdAt: Int, from source: DialectName? = nil) {
    self.id = id
    self.client = client
    self.createdAt = createdAt
    self.source = source
  }
}

/// An answer as it goes to the client, and what of it had no place in the format.
public struct EncodedReply: Sendable, Equatable {
  public var body: [UInt8]
  public var changes: [Change]
  public init(body: [UInt8], changes: [Change] = []) {
    self.body = body
    self.changes = changes
  }
}

/// A failure as it goes to the client.
public struct EncodedFailure: Sendable, Equatable {
  /// The HTTP status.
  public var status: Int
  public var body: [UInt8]
  public init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
  }
}
