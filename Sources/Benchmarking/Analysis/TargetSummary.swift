// What became of the requests to one target.

package import GatewayCore
import Wire

/// The figures of one target in one run; warm-up counts for nothing but money.
package struct TargetSummary: Sendable, Equatable {
  package var name: String
  /// All that were measured, also those that failed.
  package var requests = 0
  package var warmUps = 0
  /// Those that were under way when the run was stopped: they say nothing of the target.
  package var unfinished = 0
  /// Those with a good answer, whose times count.
  package var good = 0
  /// The others by what went wrong, the most frequent first.
  package var failures: [Failure] = []
  package var times: [Measure: Distribution] = [:]
  /// Time to the first token where a connection had to be made first, and where it was there.
  package var newConnections: Distribution?
  package var reusedConnections: Distribution?
  /// Medians of what making a connection took.
  package var network: Sample.Connection?
  /// Output tokens a second of one request, in 1/1000.
  package var outputRates: Distribution?
  /// Microseconds from the first intended start to the last end.
  package var span: Int64 = 0
  package var tokens = Tokens()
  package var money = Money()
  /// Picodollars of each good answer; `nil` unless each of them has a price.
  package var costs: Distribution?
  /// Requests that kept every objective; `nil` without objectives.
  package var kept: Int?

  package struct Failure: Sendable, Equatable {
    package var kind: String
    package var count: Int
  }

  /// Of good answers.
  package struct Tokens: Sendable, Equatable {
    package var input = 0
    package var output = 0
    package var reasoning = 0
    package var cacheRead = 0
    /// Answers whose tokens we counted ourselves, since the provider told none.
    package var estimated = 0
  }

  package struct Money: Sendable, Equatable {
    /// Everything that was paid for: warm-up and failed requests too.
    package var spent = PicodollarSum.zero
    /// Requests without a known price, which are in no sum.
    package var unpriced = 0
    /// Of good answers that have a price.
    package var perRequest: PicodollarSum?
    package var perMillionOutputTokens: PicodollarSum?
    package var source: Cost.Source?
  }

  init(name: String) { self.name = name }

  /// `samples` are those of this target in the order in which they were meant to start.
  init(name: String, samples: [Sample], objectives: [Objective]) {
    let counted = samples.filter { !$0.isWarmUp }
    let measured = counted.filter { $0.status != .interrupted }
    let answers = measured.filter(\.isGood)
    self.name = name
    requests = measured.count
    warmUps = samples.count - counted.count
    unfinished = counted.count - measured.count
    good = answers.count
    failures = Self.failures(measured)
    times = Self.times(answers)
    takeConnections(answers)
    outputRates = Distribution(answers.compactMap(\.outputRate).map { Int64(clampedThousandths: $0) })
    span = (measured.map(\.ended).max() ?? 0) - (measured.map(\.intended).min() ?? 0)
    tokens = Tokens(answers)
    money = Money(all: samples, answers: answers)
    let prices = answers.compactMap { $0.cost.amount.map { max($0.count, 0) } }
    costs = prices.count == answers.count ? Distribution(prices) : nil
    if !objectives.isEmpty {
      kept = answers.count { sample in objectives.allSatisfy { $0.isKept(by: sample) } }
    }
  }

  /// The share of requests without a good answer.
  package var errorRate: Double { requests == 0 ? 0 : Double(requests - good) / Double(requests) }

  /// Good answers a second.
  package var requestRate: Double? { perSecond(good) }

  /// Output tokens a second of all requests together.
  package var outputRate: Double? { perSecond(tokens.output) }

  /// Requests a second that kept every objective.
  package var goodput: Double? { kept.flatMap { perSecond($0) } }

  private func perSecond(_ count: Int) -> Double? { span > 0 ? Double(count) * 1_000_000 / Double(span) : nil }

  private static func times(_ answers: [Sample]) -> [Measure: Distribution] {
    var times: [Measure: Distribution] = [:]
    // Without reasoning or a queue two measures are one: counted once.
    var (last, lastDistribution): ([Int64], Distribution?) = ([], nil)
    for measure in Measure.allCases {
      let values = answers.flatMap(measure.values)
      if values != last { (last, lastDistribution) = (values, Distribution(values)) }
      times[measure] = values.isEmpty ? nil : lastDistribution
    }
    return times
  }

  private static func failures(_ samples: [Sample]) -> [Failure] {
    var counts: [String: Int] = [:]
    for sample in samples where !sample.isGood { counts[sample.failure ?? sample.status.rawValue, default: 0] += 1 }
    return counts.map { Failure(kind: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.kind) < ($0.count, $1.kind) }
  }

  private mutating func takeConnections(_ answers: [Sample]) {
    func firstTokens(isReused: Bool) -> [Int64] {
      answers.filter { $0.connection?.isReused == isReused }.flatMap(Measure.ttft.values)
    }
    newConnections = Distribution(firstTokens(isReused: false))
    reusedConnections = Distribution(firstTokens(isReused: true))
    let made = answers.compactMap(\.connection).filter { !$0.isReused }
    func median(_ part: (Sample.Connection) -> Int64) -> Int64? {
      Distribution(made.map { max(part($0), 0) }).map { Int64($0.value(.p50)) }
    }
    guard let lookup = median(\.nameLookup), let connect = median(\.connect), let tls = median(\.tls) else { return }
    network = Sample.Connection(isReused: false, nameLookup: lookup, connect: connect, tls: tls)
  }
}

extension TargetSummary.Tokens {
  fileprivate init(_ answers: [Sample]) {
    for answer in answers {
      input.addClamped(answer.usage.input ?? 0)
      output.addClamped(answer.usage.output ?? 0)
      reasoning.addClamped(answer.usage.reasoning ?? 0)
      cacheRead.addClamped(answer.usage.cacheRead ?? 0)
      if answer.usageIsEstimated { estimated += 1 }
    }
  }
}

extension TargetSummary.Money {
  fileprivate init(all: [Sample], answers: [Sample]) {
    for sample in all {
      if let amount = sample.cost.amount { spent += amount } else { unpriced += 1 }
    }
    let priced = answers.filter { $0.cost.amount != nil }
    guard !priced.isEmpty else { return }
    let sum = priced.compactMap(\.cost.amount).reduce(into: PicodollarSum.zero) { $0 += $1 }
    perRequest = sum.divided(by: priced.count)
    // An answer whose tokens nobody knows would make the others' look dear.
    let counted = priced.filter { $0.usage.output != nil }
    let tokens = counted.reduce(into: 0) { $0.addClamped($1.usage.output ?? 0) }
    let counting = counted.compactMap(\.cost.amount).reduce(into: PicodollarSum.zero) { $0 += $1 }
    perMillionOutputTokens = tokens > 0 ? counting.times(1_000_000).divided(by: tokens) : nil
    let sources = Set(priced.map(\.cost.source))
    source = sources.count == 1 ? sources.first : .mixed
  }
}

extension PicodollarSum {
  /// To the nearest picodollar, halves away from zero.
  fileprivate func divided(by divisor: Int) -> PicodollarSum {
    let (quotient, remainder) = count.magnitude.quotientAndRemainder(dividingBy: UInt128(divisor))
    let rounded = Int128(quotient) + (remainder * 2 >= UInt128(divisor) ? 1 : 0)
    var result = self
    result.count = count < 0 ? -rounded : rounded
    return result
  }

  fileprivate func times(_ factor: Int128) -> PicodollarSum {
    var result = self
    result.count *= factor
    return result
  }
}

extension Int64 {
  fileprivate init(clampedThousandths value: Double) {
    self = Int64(exactly: (Swift.min(Swift.max(value, 0), 1e12) * 1_000).rounded()) ?? 0
  }
}
