// Limits: exact at every moment, for a key and its team together, and nothing held that nobody holds.
import Testing
import Wire

@testable import GatewayCore

private let second: Int64 = 1_000_000
private let minute = 60 * second

extension RateLimiter {
  fileprivate func attempt(_ key: AccessKey, tokens: Int = 0, at now: Int64 = 0) -> Result<LimitHold, LimitExceeded> {
    do {
      return .success(try hold(for: key, tokens: tokens, now: now))
    } catch {
      return .failure(error)
    }
  }

  /// Lets a request in that ends at once.
  fileprivate func pass(_ key: AccessKey, tokens: Int = 0, at now: Int64 = 0) -> Bool {
    guard case .success(let hold) = attempt(key, tokens: tokens, at: now) else { return false }
    settle(hold, tokens: tokens, now: now)
    return true
  }
}

extension Result {
  fileprivate var refusal: Failure? { if case .failure(let failure) = self { failure } else { nil } }
  fileprivate var isIn: Bool { refusal == nil }
}

struct ARateLimiter {
  private let limiter = RateLimiter()

  @Test func `requests a minute are as many as allowed, and the next may come when it was told`() throws {
    let key = try accessKey(["rpm": 3])
    #expect((0..<3).allSatisfy { limiter.pass(key, at: Int64($0) * 2 * second) })
    let refusal = limiter.attempt(key, at: 10 * second).refusal
    #expect(
      refusal
        == LimitExceeded(
          owner: .key, name: "key_1", kind: .requests, limit: 3, remaining: 0, retryAfter: .seconds(50)))
    #expect(!limiter.pass(key, at: minute - 1))
    #expect(limiter.pass(key, at: minute))
    #expect(!limiter.pass(key, at: minute))
  }

  @Test func `requests at a time are freed when they end, and by nothing else`() throws {
    let key = try accessKey(["parallel": 2])
    let first = try limiter.attempt(key).get()
    var second: LimitHold? = try limiter.attempt(key).get()
    #expect(limiter.attempt(key, at: 10 * minute).refusal?.kind == .parallel)
    limiter.settle(first, tokens: 0, now: 0)
    limiter.settle(first, tokens: 0, now: 0)
    #expect(limiter.status(of: key, now: 0).parallel?.remaining == 1, "settled twice, freed once")
    #expect(second != nil)
    second = nil
    #expect(limiter.status(of: key, now: 0).parallel?.remaining == 2, "dropped, freed")
    limiter.settle(first, tokens: 0, now: 0)
    #expect(limiter.status(of: key, now: 0).parallel?.remaining == 2)
  }

  @Test(arguments: [(40, 60), (100, 0), (0, 100), (250, 0), (nil, 30)])
  func `tokens are held by estimate and count by truth for a minute`(_ truth: Int?, _ left: Int) throws {
    let key = try accessKey(["tpm": 100])
    let hold = try limiter.attempt(key, tokens: 70).get()
    #expect(limiter.status(of: key, now: 5 * minute).tokens?.remaining == 30, "held as long as it runs")
    limiter.settle(hold, tokens: truth, now: 5 * minute)
    #expect(limiter.status(of: key, now: 5 * minute).tokens?.remaining == left)
    #expect(limiter.status(of: key, now: 6 * minute).tokens?.remaining == 100)
  }

  @Test func `what is dropped counts with its estimate`() throws {
    let key = try accessKey(["tpm": 100])
    _ = limiter.attempt(key, tokens: 70)
    #expect(limiter.status(of: key, now: 0).tokens?.remaining == 30)
    #expect(limiter.status(of: key, now: minute).tokens?.remaining == 100)
  }

  @Test func `tokens that do not fit wait until enough are a minute old`() throws {
    let key = try accessKey(["tpm": 100])
    #expect(limiter.pass(key, tokens: 50, at: 0))
    #expect(limiter.pass(key, tokens: 50, at: 20 * second))
    #expect(limiter.attempt(key, tokens: 50, at: 30 * second).refusal?.retryAfter == .seconds(30))
    #expect(limiter.attempt(key, tokens: 51, at: 30 * second).refusal?.retryAfter == .seconds(50))
    #expect(limiter.attempt(key, tokens: 0, at: 30 * second).isIn)
    #expect(limiter.pass(key, tokens: 50, at: 60 * second))
  }

  @Test func `tokens that others hold make wait for the others`() throws {
    let key = try accessKey(["tpm": 100])
    let hold = try limiter.attempt(key, tokens: 80).get()
    let refusal = limiter.attempt(key, tokens: 30).refusal
    #expect(refusal?.retryAfter == .seconds(1) && refusal?.remaining == 20)
    limiter.settle(hold, tokens: 10, now: 0)
    #expect(limiter.attempt(key, tokens: 30).isIn)
  }

  @Test func `a request that is larger than the limit is not told to wait`() throws {
    let key = try accessKey(["tpm": 100])
    let refusal = try #require(limiter.attempt(key, tokens: 101).refusal)
    #expect(refusal.retryAfter == nil)
    #expect(refusal.problem == "the request alone is larger than the limit of this API key: 100 tokens a minute")
    #expect(limiter.attempt(key, tokens: .max).refusal?.retryAfter == nil)
    #expect(limiter.attempt(key, tokens: 100).isIn)
  }

  @Test func `the limit of a team holds for all its keys together, above their own`() throws {
    var team = Team(id: "team_1", name: "web", createdAt: mondayNoon)
    team.limits.requestsPerMinute = 3
    let keys = [try accessKey(["rpm": 2], id: "key_1", team: team), try accessKey(id: "key_2", team: team)]
    #expect(limiter.pass(keys[0]) && limiter.pass(keys[0]))
    #expect(limiter.attempt(keys[0]).refusal?.owner == .key)
    #expect(limiter.pass(keys[1]))
    let refusal = limiter.attempt(keys[1]).refusal
    #expect(refusal?.owner == .team && refusal?.name == "web")
    #expect(refusal?.problem == "the limit of the team 'web' is reached: 3 requests a minute")
  }

  @Test func `what a team refuses takes nothing from the key`() throws {
    var team = Team(id: "team_1", name: "web", createdAt: mondayNoon)
    team.limits.parallel = 1
    let (one, other) = (try accessKey(id: "key_1", team: team), try accessKey(["rpm": 1], id: "key_2", team: team))
    let hold = try limiter.attempt(one).get()
    #expect((0..<5).allSatisfy { _ in limiter.attempt(other).refusal?.owner == .team })
    limiter.settle(hold, tokens: 0, now: 0)
    #expect(limiter.attempt(other).isIn)
  }

  @Test func `a changed limit holds for the next request, with what was used before`() throws {
    #expect(try (0..<5).allSatisfy { _ in limiter.pass(try accessKey()) })
    let narrow = try accessKey(["rpm": 4])
    #expect(limiter.attempt(narrow).refusal?.remaining == 0)
    let wide = try accessKey(["rpm": 6])
    #expect(limiter.pass(wide) && !limiter.pass(wide))
  }

  @Test func `who uses nothing for a minute is forgotten`() throws {
    for number in 0..<100 { #expect(limiter.pass(try accessKey(id: "key_\(number)"), at: 0)) }
    let running = try limiter.attempt(try accessKey(id: "running"), at: 0).get()
    #expect(limiter.count == 101)
    #expect(limiter.pass(try accessKey(id: "late"), at: 2 * minute))
    #expect(limiter.count == 2)
    limiter.settle(running, tokens: 0, now: 2 * minute)
    #expect(limiter.pass(try accessKey(id: "later"), at: 4 * minute))
    #expect(limiter.count == 1)
  }

  @Test func `a clock that runs backwards frees nothing and loses nothing`() throws {
    let key = try accessKey(["rpm": 2])
    #expect(limiter.pass(key, at: 30 * second) && limiter.pass(key, at: 10 * second))
    #expect(!limiter.pass(key, at: 0) && !limiter.pass(key, at: 85 * second))
    #expect(limiter.pass(key, at: 90 * second))
  }

  @Test func `what is left is told for the narrower of key and team`() throws {
    var team = Team(id: "team_1", name: "web", createdAt: mondayNoon)
    team.limits = RateLimits(requestsPerMinute: 10, tokensPerMinute: 1_000)
    let key = try accessKey(["rpm": 4, "tpm": 5_000], team: team)
    #expect(limiter.pass(key, tokens: 300, at: 0))
    let status = limiter.status(of: key, now: 15 * second)
    #expect(status.requests == LimitGauge(limit: 4, remaining: 3, resetAfter: .seconds(45)))
    #expect(status.tokens == LimitGauge(limit: 1_000, remaining: 700, resetAfter: .seconds(45)))
    #expect(status.parallel == nil)
  }

  @Test(arguments: ["rpm", "parallel", "tpm"])
  func `of many who come at once exactly as many get in as may`(_ kind: String) async throws {
    var settings = JSONObject()
    settings[kind] = 17
    let (key, limiter) = (try accessKey(settings), limiter)
    let holds = await withTaskGroup(of: LimitHold?.self) { group in
      for _ in 0..<64 { group.addTask { try? limiter.attempt(key, tokens: 1).get() } }
      return await group.reduce(into: [LimitHold]()) { if let hold = $1 { $0.append(hold) } }
    }
    #expect(holds.count == 17)
  }

  @Test func `of many who settle one hold exactly one does`() async throws {
    let (key, limiter) = (try accessKey(["parallel": 9, "tpm": 100]), limiter)
    let hold = try limiter.attempt(key, tokens: 10).get()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<64 { group.addTask { limiter.settle(hold, tokens: 5, now: 0) } }
    }
    #expect(limiter.status(of: key, now: 0).parallel?.remaining == 9)
    #expect(limiter.status(of: key, now: 0).tokens?.remaining == 95)
  }
}

/// Random requests of three keys in one team, checked against a list of all that happened.
struct RandomTraffic {
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  private struct Running {
    var hold: LimitHold
    var key: Int
  }

  @Test(arguments: UInt64(1)...20)
  func `never exceeds a limit in any minute, and leaves nothing held`(_ seed: UInt64) throws {
    var dice = Dice(state: seed)
    let limiter = RateLimiter()
    var team = Team(id: "team_1", name: "t", createdAt: mondayNoon)
    team.limits = RateLimits(requestsPerMinute: 25, tokensPerMinute: 700, parallel: 6)
    let keys = try (0..<3).map { try accessKey(["rpm": 10, "tpm": 300, "parallel": 3], id: "key_\($0)", team: team) }
    var now: Int64 = 0
    var running: [Running] = []
    var requests: [(key: Int, time: Int64)] = []
    var tokens: [(key: Int, time: Int64, count: Int)] = []
    var refusals = 0

    for _ in 0..<3_000 {
      now += Int64.random(in: 0...2 * second, using: &dice)
      // What is dropped is settled at the time that was spoken of last.
      _ = limiter.status(of: keys[0], now: now)
      if Bool.random(using: &dice), let index = running.indices.randomElement(using: &dice) {
        let ended = running.remove(at: index)
        // Some are dropped, and then count with their estimate.
        let isDropped = Int.random(in: 0..<4, using: &dice) == 0
        let used = isDropped ? ended.hold.tokens : Int.random(in: 0...ended.hold.tokens, using: &dice)
        if !isDropped { limiter.settle(ended.hold, tokens: used, now: now) }
        tokens.append((ended.key, now, used))
      } else {
        let key = Int.random(in: 0..<3, using: &dice)
        switch limiter.attempt(keys[key], tokens: Int.random(in: 0...120, using: &dice), at: now) {
        case .success(let hold):
          running.append(Running(hold: hold, key: key))
          requests.append((key, now))
        case .failure: refusals += 1
        }
      }
      #expect(running.count <= 6)
      for key in 0..<3 { #expect(running.filter { $0.key == key }.count <= 3) }
    }
    #expect(refusals > 100 && requests.count > 100, "the limits were reached")
    for end in requests.map(\.time) {
      let last = requests.filter { $0.time <= end && $0.time > end - minute }
      #expect(last.count <= 25)
      for key in 0..<3 { #expect(last.filter { $0.key == key }.count <= 10) }
    }
    for end in tokens.map(\.time) {
      let last = tokens.filter { $0.time <= end && $0.time > end - minute }
      #expect(last.reduce(0) { $0 + $1.count } <= 700)
      for key in 0..<3 { #expect(last.filter { $0.key == key }.reduce(0) { $0 + $1.count } <= 300) }
    }

    running.removeAll()
    let status = limiter.status(of: keys[0], now: now + minute)
    #expect(status.requests?.remaining == 10 && status.tokens?.remaining == 300 && status.parallel?.remaining == 3)
    #expect(limiter.pass(keys[0], at: now + 3 * minute) && limiter.count == 2, "one key and its team")
  }

  @Test(arguments: UInt64(1)...20)
  func `whoever waits as long as was said gets in`(_ seed: UInt64) throws {
    var dice = Dice(state: seed)
    let limiter = RateLimiter()
    let key = try accessKey(["rpm": 5, "tpm": 200])
    var now: Int64 = 0
    for _ in 0..<300 {
      now += Int64.random(in: 0...5 * second, using: &dice)
      let tokens = Int.random(in: 0...90, using: &dice)
      guard let refusal = limiter.attempt(key, tokens: tokens, at: now).refusal else { continue }
      var wait = try #require(refusal.retryAfter)
      // One limit may be behind the other.
      for _ in 0..<2 {
        now += wait.microseconds
        guard let next = limiter.attempt(key, tokens: tokens, at: now).refusal else { break }
        #expect(next.kind != refusal.kind)
        wait = try #require(next.retryAfter)
      }
      #expect(wait <= .seconds(61))
    }
  }
}

struct GovernanceOfARequest {
  @Test func `what usage does not say stays as it was estimated`() throws {
    let scratch = try Scratch()
    let governance = Governance(book: try AccessBook(AccessStore(scratch.files), now: mondayNoon))
    let key = try accessKey(["tpm": 1_000])
    for (usage, left) in [(Usage(input: 5, output: 7), 988), (Usage(input: 5), 968), (Usage(), 858)] {
      let hold = try governance.admit(key, estimate: HoldEstimate(inputTokens: 95, outputTokens: 15), now: 0)
      governance.settle(hold, usage: usage, cost: nil, now: 0)
      #expect(governance.status(of: key, now: 0).tokens?.remaining == left)
    }
  }

  @Test func `a denial says why and when to come back`() throws {
    let scratch = try Scratch()
    let governance = Governance(book: try AccessBook(AccessStore(scratch.files), now: mondayNoon))
    let key = try accessKey(["rpm": 1])
    let estimate = HoldEstimate(inputTokens: .max, outputTokens: .max)
    _ = try governance.admit(key, estimate: estimate, now: 0)
    let denial = #expect(throws: Denial.self) { try governance.admit(key, estimate: estimate, now: 0) }
    #expect(denial?.retryAfter == .seconds(60))
    #expect(denial?.problem == "the limit of this API key is reached: 1 requests a minute")
  }
}
