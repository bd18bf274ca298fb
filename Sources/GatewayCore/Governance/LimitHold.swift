// What a request holds of its key's limits while it runs, and why one may hold nothing.
import Synchronization

/// A part of the limits of a key and its team, held while a request runs.
///
/// A class, since a request crosses tasks and closures: what is dropped without being settled is settled by `deinit`,
/// with its estimate.
package final class LimitHold: Sendable {
  let scopes: [LimitScope]
  /// Tokens estimated beforehand.
  package let tokens: Int
  private let limiter: RateLimiter
  private let isOpen = Atomic(true)

  init(scopes: [LimitScope], tokens: Int, limiter: RateLimiter) {
    self.scopes = scopes
    self.tokens = tokens
    self.limiter = limiter
  }

  deinit { limiter.settle(self, tokens: nil, now: nil) }

  /// True for the first who asks.
  func close() -> Bool { isOpen.exchange(false, ordering: .relaxed) }
}

/// Whose limits.
package enum LimitScope: Sendable, Hashable {
  case key(id: String)
  case team(id: String)
}

/// A limit that a request would have exceeded.
package struct LimitExceeded: Error, Sendable, Equatable {
  package enum Owner: String, Sendable { case key, team }

  package enum Kind: String, Sendable, CaseIterable { case requests, tokens, parallel }

  package var owner: Owner
  /// The name of the key or of the team.
  package var name: String
  package var kind: Kind
  package var limit: Int
  /// What of the limit is left, which was not enough.
  package var remaining: Int
  /// When to try again; `nil` when waiting does not help, since the request alone is larger than the limit.
  package var retryAfter: Duration?

  /// One clause for the caller, without the name of the key.
  package var problem: String {
    let what =
      switch kind {
      case .requests: "\(limit) requests a minute"
      case .tokens: "\(limit) tokens a minute"
      case .parallel: "\(limit) requests at a time"
      }
    let whose = owner == .key ? "this API key" : "the team '\(name)'"
    guard retryAfter != nil else { return "the request alone is larger than the limit of \(whose): \(what)" }
    return "the limit of \(whose) is reached: \(what)"
  }
}

/// What is left of one limit.
package struct LimitGauge: Sendable, Equatable {
  package var limit: Int
  package var remaining: Int
  /// How long until all of it is there again, when nothing else comes.
  package var resetAfter: Duration
}

/// What is left of a key's limits, or of its team's where less is left there; `nil` is without limit.
package struct LimitStatus: Sendable, Equatable {
  package var requests: LimitGauge?
  package var tokens: LimitGauge?
  package var parallel: LimitGauge?
}
