// Who may call, and how much: everything a request must be granted before it leaves, in one place.
package import Wire

/// What a request may take, estimated before it leaves.
public struct HoldEstimate: Sendable, Equatable {
  public var inputTokens: Int
  /// The most that may be written, as far as that is known.
  public var outputTokens: Int
  /// What that costs at most; `nil` when the price is not known.
  public var cost: Picodollars?

  public init(inputTokens: Int, outputTokens: Int, cost: Picodollars? = nil) {
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.cost = cost
  }

  fileprivate var tokens: Int { tokens(usedAs: Usage()) }

  /// What was used, as far as it is known, and the estimate for the rest.
  fileprivate func tokens(usedAs usage: Usage) -> Int {
    var sum = usage.input ?? inputTokens
    sum.addClamped(usage.output ?? outputTokens)
    return sum
  }
}

/// Why a request must not leave now.
package enum Denial: Error, Sendable, Equatable {
  case limit(LimitExceeded)

  /// One clause for the caller.
  package var problem: String {
    switch self {
    case .limit(let exceeded): exceeded.problem
    }
  }

  /// When to try again; `nil` when waiting does not help.
  package var retryAfter: Duration? {
    switch self {
    case .limit(let exceeded): exceeded.retryAfter
    }
  }
}

/// What a request was granted; settled once, by `Governance.settle` or, at the latest, when it is dropped.
package struct Hold: Sendable {
  fileprivate let limits: LimitHold
  package let estimate: HoldEstimate
}

/// Keys, limits and (in time) budgets of a running gateway.
public final class Governance: Sendable {
  package let book: AccessBook
  private let limiter: RateLimiter

  package init(book: AccessBook, limiter: RateLimiter = RateLimiter()) {
    self.book = book
    self.limiter = limiter
  }

  /// Takes what a request may need from all that limits its key, or nothing of it.
  ///
  /// `now` is in microseconds of a clock that never jumps.
  package func admit(_ key: AccessKey, estimate: HoldEstimate, now: Int64) throws(Denial) -> Hold {
    do {
      let limits = try limiter.hold(for: key, tokens: estimate.tokens, now: now)
      return Hold(limits: limits, estimate: estimate)
    } catch {
      throw .limit(error)
    }
  }

  /// Gives back what was held, and counts what was used.
  ///
  /// What `usage` does not say stays as it was estimated; a call that never left has used nothing:
  /// `Usage(input: 0, output: 0)`.
  package func settle(_ hold: Hold, usage: Usage, cost: Cost?, now: Int64) {
    limiter.settle(hold.limits, tokens: hold.estimate.tokens(usedAs: usage), now: now)
  }

  /// What is left for a key, for its caller to read.
  package func status(of key: AccessKey, now: Int64) -> LimitStatus { limiter.status(of: key, now: now) }
}
