// Requests and tokens a minute and requests at a time, of keys and of teams, in the memory of one process.
import Synchronization

/// Counts what runs and what was used, and says who has to wait.
///
/// Requests count from the moment they are let in. Tokens are held by estimate as long as a request runs and count by
/// truth for a minute after it has ended: what is held and what has been used together never exceed the limit.
package final class RateLimiter: Sendable {
  private struct State {
    var usages: [LimitScope: Consumption] = [:]
    /// The latest time anybody spoke of: clocks read on several threads may come out of order.
    var now = Int64.min
    var nextSweep = Int64.min

    /// The time that counts; once a minute, who has used nothing for one is forgotten.
    mutating func pass(to now: Int64) -> Int64 {
      self.now = max(self.now, now)
      if self.now >= nextSweep {
        usages = usages.filter { $0.value.isInUse(at: self.now) }
        nextSweep = self.now + SlidingWindow.length
      }
      return self.now
    }
  }

  private let state = Mutex(State())

  package init() {}

  /// Keys and teams that are remembered at the moment.
  package var count: Int { state.withLock { $0.usages.count } }

  /// Lets a request of about so many tokens in, or says which limit of its key or its team is in the way.
  ///
  /// Nothing is held when it throws. `now` is in microseconds of a clock that never jumps.
  package func hold(for key: AccessKey, tokens: Int, now: Int64) throws(LimitExceeded) -> LimitHold {
    let tokens = min(max(tokens, 0), SlidingWindow.mostAtOnce)
    let parties = Self.parties(of: key)
    let exceeded: LimitExceeded? = state.withLock { state in
      let now = state.pass(to: now)
      for party in parties {
        let excess = state.usages[party.scope, default: Consumption()].excess(over: party, tokens: tokens, now: now)
        if let excess { return excess }
      }
      for party in parties { state.usages[party.scope, default: Consumption()].begin(tokens: tokens, now: now) }
      return nil
    }
    if let exceeded { throw exceeded }
    return LimitHold(scopes: parties.map(\.scope), tokens: tokens, limiter: self)
  }

  /// Ends a hold: `tokens` were used, or as many as were held when that is not known; the second time nothing happens.
  package func settle(_ hold: LimitHold, tokens: Int?, now: Int64?) {
    guard hold.close() else { return }
    state.withLock { state in
      let now = state.pass(to: now ?? state.now)
      for scope in hold.scopes {
        state.usages[scope, default: Consumption()].end(held: hold.tokens, used: tokens ?? hold.tokens, now: now)
      }
    }
  }

  /// What is left for a key.
  package func status(of key: AccessKey, now: Int64) -> LimitStatus {
    state.withLock { state in
      let now = state.pass(to: now)
      return Self.parties(of: key).map {
        state.usages[$0.scope, default: Consumption()].status(under: $0.limits, now: now)
      }
      .reduce(LimitStatus()) { $0.tighter($1) }
    }
  }

  /// Someone with limits.
  fileprivate struct Party {
    var scope: LimitScope
    var owner: LimitExceeded.Owner
    var name: String
    var limits: RateLimits
  }

  private static func parties(of key: AccessKey) -> [Party] {
    var parties = [Party(scope: .key(id: key.id), owner: .key, name: key.name, limits: key.limits)]
    if let team = key.team {
      parties.append(Party(scope: .team(id: team.id), owner: .team, name: team.name, limits: team.limits))
    }
    return parties
  }
}

/// What one key or one team uses.
private struct Consumption {
  var requests = SlidingWindow()
  var tokens = SlidingWindow()
  var heldTokens = 0
  var running = 0

  /// When somebody else's request has to end first, nobody knows how long that takes.
  static let unknownWait: Int64 = 1_000_000

  func isInUse(at now: Int64) -> Bool {
    var copy = self
    copy.pass(to: now)
    return running > 0 || !copy.requests.isEmpty || !copy.tokens.isEmpty
  }

  mutating func pass(to now: Int64) {
    requests.pass(to: now)
    tokens.pass(to: now)
  }

  mutating func begin(tokens: Int, now: Int64) {
    running += 1
    heldTokens += tokens
    requests.add(1, at: now)
  }

  mutating func end(held: Int, used: Int, now: Int64) {
    running -= 1
    heldTokens -= held
    tokens.add(used, at: now)
  }

  /// The limit that one more request of so many tokens would exceed.
  mutating func excess(over party: RateLimiter.Party, tokens wanted: Int, now: Int64) -> LimitExceeded? {
    pass(to: now)
    let limits = party.limits
    func exceeded(_ kind: LimitExceeded.Kind, _ limit: Int, used: Int, wait: Int64?) -> LimitExceeded {
      LimitExceeded(
        owner: party.owner, name: party.name, kind: kind, limit: limit, remaining: max(limit - used, 0),
        retryAfter: wait.map { .microseconds($0) })
    }
    if let limit = limits.parallel, running >= limit {
      return exceeded(.parallel, limit, used: running, wait: limit > 0 ? Self.unknownWait : nil)
    }
    if let limit = limits.requestsPerMinute, requests.total >= limit {
      let wait = limit > 0 ? requests.wait(untilAtMost: limit - 1, from: now) : nil
      return exceeded(.requests, limit, used: requests.total, wait: wait)
    }
    if let limit = limits.tokensPerMinute, tokens.total + heldTokens + wanted > limit {
      return exceeded(.tokens, limit, used: tokens.total + heldTokens, wait: tokenWait(limit, wanted, now))
    }
    return nil
  }

  /// Until there is room for so many tokens; `nil` when there never will be.
  private func tokenWait(_ limit: Int, _ wanted: Int, _ now: Int64) -> Int64? {
    guard wanted <= limit else { return nil }
    let room = limit - wanted - heldTokens
    return room >= 0
      ? tokens.wait(untilAtMost: room, from: now)
      : max(tokens.wait(untilAtMost: limit - wanted, from: now), Self.unknownWait)
  }

  mutating func status(under limits: RateLimits, now: Int64) -> LimitStatus {
    pass(to: now)
    return LimitStatus(
      requests: limits.requestsPerMinute.map {
        LimitGauge(used: requests.total, of: $0, reset: requests.wait(untilAtMost: 0, from: now))
      },
      tokens: limits.tokensPerMinute.map {
        // What is held now counts for a minute after its request has ended.
        let reset = heldTokens > 0 ? SlidingWindow.length : tokens.wait(untilAtMost: 0, from: now)
        return LimitGauge(used: tokens.total + heldTokens, of: $0, reset: reset)
      },
      parallel: limits.parallel.map {
        LimitGauge(used: running, of: $0, reset: running > 0 ? Self.unknownWait : 0)
      })
  }
}

extension LimitGauge {
  fileprivate init(used: Int, of limit: Int, reset: Int64) {
    self.init(limit: limit, remaining: max(limit - used, 0), resetAfter: .microseconds(reset))
  }
}

extension LimitStatus {
  /// Of each limit the one of which less is left.
  fileprivate func tighter(_ other: LimitStatus) -> LimitStatus {
    func tighter(_ left: LimitGauge?, _ right: LimitGauge?) -> LimitGauge? {
      guard let left, let right else { return left ?? right }
      return right.remaining < left.remaining ? right : left
    }
    return LimitStatus(
      requests: tighter(requests, other.requests), tokens: tighter(tokens, other.tokens),
      parallel: tighter(parallel, other.parallel))
  }
}
