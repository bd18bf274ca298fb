// What is written into the ledger: an operation (one call) and its attempts, each opened once and closed once.
package import Wire

/// How a call or an attempt ended.
public enum CallStatus: String, Sendable, CaseIterable {
  /// Still running; never a closing status.
  case open
  case ok
  /// The answer was cut: by a limit, or by a stream without its end.
  case truncated
  /// The model or the provider's filter would not answer.
  case refused
  case failed
  /// The caller went away or stopped it.
  case interrupted
  /// We would not let it through: budget, limit, key.
  case rejected
  /// The process that ran it died.
  case lost
}

/// Which part of the program a call came in by.
public enum CallOrigin: String, Sendable, CaseIterable {
  case cli, repl, bench, server
}

/// A name and a value that a caller puts on its calls: `team`, `search`.
public struct Tag: Sendable, Hashable {
  public var key: String
  public var value: String

  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// One call, as it is opened: before anything leaves.
package struct OperationOpening: Sendable, Equatable {
  /// Unique in the ledger; ids that grow with time keep its index quick.
  package var id: String
  /// `chat`, `embeddings`, `rerank`.
  package var kind: String
  package var startedAt: Timestamp
  package var origin: CallOrigin
  /// The virtual key, by its id; never the key.
  package var keyID: String?
  package var user: String?
  package var project: String?
  package var session: String?
  /// One value for each key; of several the last one counts.
  package var tags: [Tag]
  package var dialectIn: String?
  package var modelAsked: String
  package var route: String?
  package var team: String?
  /// The program that called a server, with its version: `openai-python/1.2`.
  package var client: String?
  /// What was asked, when contents are kept for this call.
  package var prompt: String?

  package init(
    id: String, kind: String = "chat", startedAt: Timestamp, origin: CallOrigin, modelAsked: String,
    keyID: String? = nil, user: String? = nil,
    project: String? = nil, session: String? = nil, tags: [Tag] = [],
    dialectIn: String? = nil, route: String? = nil, team: String? = nil, client: String? = nil,
    prompt: String? = nil
  ) {
    self.id = id
    self.kind = kind
    self.startedAt = startedAt
    self.origin = origin
    self.modelAsked = modelAsked
    self.keyID = keyID
    self.user = user
    self.project = project
    self.session = session
    self.tags = tags
    self.dialectIn = dialectIn
    self.route = route
    self.team = team
    self.client = client
    self.prompt = prompt
  }
}

/// How a call ended; attempts still open then are closed as lost.
package struct OperationClosing: Sendable, Equatable {
  package var endedAt: Timestamp
  package var status: CallStatus
  /// Who answered, or would have.
  package var provider: String?
  package var model: String?
  /// The exit code a command line shows for it.
  package var exitCode: Int?
  package var failureKind: String?
  package var failureMessage: String?
  /// What a cached answer saved.
  package var saved: Picodollars?
  /// Why it went where it went: `Decision` as JSON; `nil` when there was nothing to decide.
  package var decision: String?
  /// What was answered, when contents are kept for this call.
  package var reply: String?

  package init(
    endedAt: Timestamp, status: CallStatus, provider: String? = nil, model: String? = nil, exitCode: Int? = nil,
    failureKind: String? = nil, failureMessage: String? = nil, saved: Picodollars? = nil, reply: String? = nil
  ) {
    self.endedAt = endedAt
    self.status = status
    self.provider = provider
    self.model = model
    self.exitCode = exitCode
    self.failureKind = failureKind
    self.failureMessage = failureMessage
    self.saved = saved
    self.reply = reply
  }
}

/// Which attempt of which operation.
package struct AttemptID: Sendable, Hashable {
  package var operationID: String
  /// Counted from 1 in the order in which they are opened.
  package var number: Int

  package init(operationID: String, number: Int) {
    self.operationID = operationID
    self.number = number
  }
}

/// One request to a provider, as it is opened: before it leaves.
package struct AttemptOpening: Sendable, Equatable {
  package enum Cause: String, Sendable, CaseIterable {
    case primary, retry, fallback, hedge
  }

  package var id: AttemptID
  package var cause: Cause
  package var startedAt: Timestamp
  package var provider: String
  package var model: String
  package var streams: Bool
  /// The card in force now; kept with the books.
  package var priceCard: PriceCard?
  package var estimatedInputTokens: Int?
  /// What it costs should it be lost.
  package var estimatedCost: Picodollars?

  package init(
    operationID: String, number: Int, cause: Cause, startedAt: Timestamp, provider: String, model: String,
    streams: Bool, priceCard: PriceCard? = nil, estimatedInputTokens: Int? = nil, estimatedCost: Picodollars? = nil
  ) {
    id = AttemptID(operationID: operationID, number: number)
    self.cause = cause
    self.startedAt = startedAt
    self.provider = provider
    self.model = model
    self.streams = streams
    self.priceCard = priceCard
    self.estimatedInputTokens = estimatedInputTokens
    self.estimatedCost = estimatedCost
  }
}

/// How an attempt ended and what it cost.
package struct AttemptClosing: Sendable, Equatable {
  package var endedAt: Timestamp
  package var status: CallStatus
  @Shared package var usage: Usage
  package var cost: Cost
  package var httpStatus: Int?
  package var failureKind: String?
  package var failureMessage: String?
  /// The provider's id of the request.
  package var requestID: String?
  /// The model the provider says has answered.
  package var modelReported: String?
  /// From the start of the attempt.
  package var firstByteMicroseconds: Int64?
  /// From the start of the attempt.
  package var firstTokenMicroseconds: Int64?
  /// The tokens are our own count.
  package var usageIsEstimated = false
  package var finishReason: String?
  /// What was dropped, renamed, clamped or made up on the way.
  package var changes: [Change] = []

  package init(endedAt: Timestamp, status: CallStatus, usage: Usage = Usage(), cost: Cost) {
    self.endedAt = endedAt
    self.status = status
    self.usage = usage
    self.cost = cost
  }
}

/// One line of the books; several may go into one commit.
package enum LedgerEntry: Sendable {
  case openOperation(OperationOpening)
  case openAttempt(AttemptOpening)
  case closeAttempt(AttemptID, AttemptClosing)
  case closeOperation(id: String, OperationClosing)
}
