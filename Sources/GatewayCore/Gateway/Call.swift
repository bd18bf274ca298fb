// What the gateway is asked, what it tells on the way, and what came of it.

public import Wire

/// One call as its caller wants it made.
public struct Call: Sendable {
  /// What to ask.
  ///
  /// Its `model` is replaced by the target's.
  public var request: ChatRequest
  /// What is asked instead, when it is no chat; `request` then holds its texts for the books.
  public var side: SideRequest?
  public var target: Target
  /// The model name as it was typed.
  public var modelAsked: String
  public var origin: CallOrigin
  public var project: String?
  public var session: String?
  public var user: String?
  public var tags: [Tag] = []
  /// How often a call that failed before an answer began is made again.
  public var retries = 2
  /// Limits that go before those of the config.
  public var timeouts = TimeoutSettings()
  /// Refuse rather than change anything.
  public var isStrict = false
  /// The most the call may cost.
  public var costLimit: Picodollars?
  /// Whether the prompt and the reply are stored beside the books.
  public var storesContents = true

  public init(_ request: ChatRequest, to target: Target, modelAsked: String, origin: CallOrigin) {
    self.request = request
    self.target = target
    self.modelAsked = modelAsked
    self.origin = origin
  }
}

/// What a caller is told while a call runs.
public enum CallEvent: Sendable {
  case chat(ChatEvent)
  /// Attempt `number` failed; the next one starts after `wait`.
  case retrying(number: Int, of: Int, after: ProviderFailure, wait: Duration)
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

  /// For the books.
  package var kind: String {
    switch self {
    case .noKey: "no_key"
    case .changes: "strict"
    case .invalidRequest: "invalid_request"
    case .overCostLimit: "over_cost_limit"
    case .unpricedUnderLimit: "unpriced"
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
  public var reply = ChatReply()
  /// The answer to a call that is no chat.
  public var sideReply: SideReply?
  public var usage = Usage()
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
}
