// What the ledger holds about a call, as it is read back.
package import Wire

/// One call with its attempts.
package struct OperationRecord: Sendable, Equatable {
  package var id: String
  package var status: CallStatus
  package var kind: String
  package var origin: String
  package var startedAt: Timestamp
  /// `nil` while it runs, and when it was lost.
  package var endedAt: Timestamp?
  package var modelAsked: String
  package var provider: String?
  package var model: String?
  package var keyID: String?
  package var user: String?
  package var project: String?
  package var session: String?
  package var route: String?
  package var dialectIn: String?
  package var team: String?
  package var client: String?
  /// Why it went where it went, as JSON.
  package var decision: String?
  package var exitCode: Int?
  package var failureKind: String?
  package var failureMessage: String?
  package var saved: Picodollars?
  package var tags: [Tag] = []
  package var attempts: [AttemptRecord] = []
  /// Read only when asked for; `nil` also when it was not kept.
  package var prompt: String?
  package var reply: String?

  /// What all attempts cost; its amount is what is known of it.
  package var cost: (amount: PicodollarSum?, source: Cost.Source?) {
    var spend = Spend()
    for attempt in attempts {
      guard let cost = attempt.cost else { continue }
      spend.sources.insert(CostSources(cost.source))
      if let amount = cost.amount {
        spend.pricedAttempts += 1
        spend.priced += amount
      } else {
        spend.unpricedCalls = 1
      }
    }
    return (spend.cost, spend.source)
  }
}

/// One request to a provider.
package struct AttemptRecord: Sendable, Equatable {
  package var number: Int
  package var cause: String
  package var status: CallStatus
  package var startedAt: Timestamp
  package var endedAt: Timestamp?
  package var provider: String
  package var model: String
  package var streams: Bool
  package var usage = Usage()
  package var usageIsEstimated = false
  /// `nil` while it runs.
  package var cost: Cost?
  /// The card in force when it was opened, as `PriceCard.text`.
  package var priceCard: String?
  package var estimatedInputTokens: Int?
  package var estimatedCost: Picodollars?
  package var httpStatus: Int?
  package var failureKind: String?
  package var failureMessage: String?
  package var requestID: String?
  package var modelReported: String?
  package var firstByteMicroseconds: Int64?
  package var firstTokenMicroseconds: Int64?
  package var finishReason: String?
  package var changes: [Change] = []
}

/// Which calls to list.
package struct LogQuery: Sendable, Equatable {
  package var limit = 20
  /// The first moment that counts.
  package var since: Timestamp?
  /// The first moment that no longer counts.
  package var until: Timestamp?
  package var status: CallStatus?
  /// The model that was asked for or answered.
  package var model: String?
  package var provider: String?
  package var project: String?
  package var tag: Tag?
  /// Words that all stand in one text of the call; the last may be the beginning of a word (`anal*`).
  package var search: String?

  package init() {}
}

/// What an id, or the beginning of one, stands for.
package enum LogMatch: Sendable, Equatable {
  case none
  case one(OperationRecord)
  /// Some of the ids that begin so.
  case several([String])
}
