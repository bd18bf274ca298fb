// What the gateway is asked, what it tells on the way, and what came of it.

public import Wire

/// One call as its caller wants it made.
public struct Call: Sendable {
  /// What to ask.
  ///
  /// Its `model` is replaced by the target's.
  @Shared public var request: ChatRequest
  /// What is asked instead, when it is no chat; `request` then holds its texts for the books.
  public var side: SideRequest?
  /// What is passed through instead, in the provider's own words.
  public var raw: RawRequest?
  /// What of the caller's wish `request` could not hold.
  public var changes: [Change] = []
  /// Where it goes, and where next when that fails.
  @Shared public var plan: Plan
  /// The client of the server that sent it, where one did.
  public var client: ClientCall?
  public var origin: CallOrigin
  public var project: String?
  public var session: String?
  public var user: String?
  /// The virtual key it was made with: what it allows is checked, and its limits are held.
  public var key: Kept<AccessKey>?
  /// The program that called the server, with its version.
  public var clientName: String?
  public var tags: [Tag] = []
  /// How often a call that failed before an answer began is made again; `nil` leaves it to the route, or is 2.
  public var retries: Int?
  /// Limits that go before those of the config.
  public var timeouts = TimeoutSettings()
  /// Refuse rather than change anything.
  public var isStrict = false
  /// The most the call may cost.
  public var costLimit: Picodollars?
  /// Whether the prompt and the reply are stored beside the books.
  public var storesContents = true
  /// Whether the outcome must hold every word of the reply, also when nobody stores it.
  package var readsEverything = false
  /// Whether someone watches the answer, who sees it some 25 times a second: between two looks nothing need be read.
  package var isWatched = false

  public init(_ request: ChatRequest, to plan: Plan, origin: CallOrigin) {
    self.request = request
    self.plan = plan
    self.origin = origin
  }

  /// The target that is tried first.
  public var target: Target { plan.first }

  /// How often one target is tried again.
  package var mostRetries: Int { retries ?? plan.route?.retries ?? Self.usualRetries }

  private static let usualRetries = 2
}

/// A call in a client's own words.
public struct ClientCall: Sendable {
  /// The format it speaks, which is one that is served.
  public var dialect: DialectName
  @Shared public var request: ClientRequest
  /// The body as it came: a provider of the same format gets it as it is.
  public var body: [UInt8]
  /// Header fields that such a provider gets too.
  public var headers: [(name: String, value: String)]

  public init(
    _ request: ClientRequest, in dialect: DialectName, body: [UInt8], headers: [(name: String, value: String)] = []
  ) {
    self.request = request
    self.dialect = dialect
    self.body = body
    self.headers = headers
  }
}

/// What a caller is told while a call runs.
public enum CallEvent: Sendable {
  /// A provider has begun to answer well.
  case answering(AnswerHead)
  /// What came together of the answer.
  case chat([ChatEvent])
  /// Bytes of the stream that the client of a `ClientCall` gets, in its own format; `chat` is not told then.
  case bytes([UInt8])
  /// Attempt `number` failed; the next one starts after `wait`.
  case retrying(number: Int, of: Int, after: ProviderFailure, wait: Duration)
  /// A target failed; the next one of the route is tried.
  case movingOn(from: Target, after: ProviderFailure)
}

/// What is known when a provider begins to answer.
public struct AnswerHead: Sendable {
  /// The operation's id in the ledger.
  public var id: String
  public var target: Target
  /// Counted from 1.
  public var attempt: Int
  /// What was changed of the request on the way.
  public var changes: [Change]
  /// What a passed-through answer begins with.
  public var status = 200
  public var headers: [(name: String, value: String)] = []
}

/// Why the gateway itself would not make a call.
public enum Rejection: Error, Sendable, Equatable {
  case noKey(KeyProblem)
  /// `--strict`: these changes would have been needed.
  case changes([Change])
  /// The request cannot be said in the dialect.
  case invalidRequest(String)
  /// It might cost more than allowed; `least` is what the prompt alone costs.
  case overCostLimit(limit: Picodollars, least: Picodollars)
  /// A limit was set, and what the model costs is not known.
  case unpricedUnderLimit
  /// The virtual key does not allow it.
  case forbidden(AccessDenial)
  /// A limit of the virtual key or its team is reached; `retryAfter` is `nil` when waiting does not help.
  case limited(String, retryAfter: Duration?)

  /// For the books.
  package var kind: String {
    switch self {
    case .noKey: "no_key"
    case .changes: "strict"
    case .invalidRequest: "invalid_request"
    case .overCostLimit: "over_cost_limit"
    case .unpricedUnderLimit: "unpriced"
    case .forbidden: "forbidden"
    case .limited: "limited"
    }
  }

  /// A key that is missing, in words: what was looked for and what to do.
  public struct KeyProblem: Sendable, Equatable {
    public var problem: String
    public var advice: String
  }
}

/// What came of a call.
public struct Outcome: Sendable {
  /// The operation's id in the ledger.
  public var id: String
  public var status: CallStatus
  public var target: Target
  /// The answer, or as much of it as arrived.
  @Shared public var reply = ChatReply()
  /// The answer to a call that is no chat.
  @Shared public var sideReply: SideReply?
  /// The whole answer for the client of a `ClientCall` that did not ask for a stream, in its own format.
  public var body: [UInt8]?
  @Shared public var usage = Usage()
  /// The tokens are our own count.
  public var usageIsEstimated = false
  public var cost = Cost.unpriced
  public var attempts: [AttemptSummary] = []
  public var changes: [Change] = []
  /// What the provider or the network did wrong; `nil` when an answer came.
  public var failure: ProviderFailure?
  public var rejection: Rejection?
  /// Where the key that was used came from; never the key.
  public var keyOrigin: String?
  /// Why the books are not complete; the answer is good all the same.
  public var bookkeeping: LedgerFailure?
  /// Microseconds since the call began.
  public var firstByteMicroseconds: Int64?
  public var firstTokenMicroseconds: Int64?
  public var totalMicroseconds: Int64 = 0
}

/// One request that went to a provider.
public struct AttemptSummary: Sendable {
  public var number: Int
  public var provider: String
  public var model: String
  public var status: CallStatus
  public var httpStatus: Int?
  public var failure: ProviderFailure?
  public var cost: Cost
  public var totalMicroseconds: Int64
  /// The provider's own id of the request.
  public var requestID: String?
  /// How its connection came about; `nil` when nothing was answered.
  public var connection: ConnectionFacts?
  /// When it began, on the clock that never jumps.
  package var beganMicroseconds: Int64 = 0
  /// When it was handed to the transport, in microseconds since it began; `nil` when it was not.
  package var sentMicroseconds: Int64?
}
