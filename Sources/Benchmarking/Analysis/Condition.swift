// What a later run must not do: `p95(ttft)>+10%`. A build fails by it.

import GatewayCore

/// A limit for how much worse one run may be than another.
package struct Condition: Sendable, Equatable {
  package enum Subject: Sendable, Equatable {
    case time(Statistic, Measure)
    /// The share of requests without a good answer.
    case errors
    /// Per good answer that has a price.
    case cost
  }

  package enum Limit: Sendable, Equatable {
    /// More than so large a share above the first run.
    case change(Double)
    /// More than so many microseconds, or so large a share of all requests, above the first run.
    case increase(Double)
    /// A share of all requests, whatever the first run had.
    case value(Double)
  }

  package var subject: Subject
  package var limit: Limit
  /// As it was written.
  package var text: String

  package enum Outcome: Sendable, Equatable {
    case kept
    /// Past the limit, and no chance finding.
    case passed
    /// Past the limit, but the interval of the difference includes zero.
    case passedByChance
    /// Why there is nothing to judge.
    case unknown(String)
  }

  // MARK: Reading

  /// Reads `p95(ttft)>+10%`, `mean(e2e)>+50ms`, `errors>1%`, `errors>+1%`, `cost>+10%`.
  package init(_ text: String) throws(UnreadableText) {
    self.text = text
    let sides = text.filter { $0 != " " }.split(separator: ">", omittingEmptySubsequences: false).map(String.init)
    guard sides.count == 2 else { throw Self.unreadable("'\(text)' is not a condition") }
    subject = try Self.subject(sides[0])
    limit = try Self.limit(sides[1])
    switch (subject, limit) {
    case (.time, .change), (.time, .increase), (.errors, .value), (.cost, .change): break
    case (.errors, .change(let share)): limit = .increase(share)
    default: throw Self.unreadable("'\(sides[1])' is no limit for \(sides[0])")
    }
    if case .increase = limit, subject == .errors, !sides[1].hasSuffix("%") {
      throw Self.unreadable("'\(sides[1])' is no limit for errors")
    }
  }

  private static func unreadable(_ problem: String) -> UnreadableText {
    UnreadableText(problem, advice: "Write it as p95(ttft)>+10%, mean(e2e)>+50ms, errors>1% or cost>+10%.")
  }

  private static func subject(_ text: String) throws(UnreadableText) -> Subject {
    if text == "errors" { return .errors }
    if text == "cost" { return .cost }
    let halves = text.split(separator: "(", omittingEmptySubsequences: false)
    guard halves.count == 2, halves[1].last == ")" else { throw unreadable("'\(text)' is not a figure") }
    guard let statistic = Statistic(rawValue: String(halves[0])) else {
      throw UnreadableText(
        "'\(halves[0])' is not a statistic",
        advice: "They are \(Statistic.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return .time(statistic, try Measure(typed: String(halves[1].dropLast())))
  }

  private static func limit(_ text: String) throws(UnreadableText) -> Limit {
    let isIncrease = text.first == "+"
    let amount = isIncrease ? String(text.dropFirst()) : text
    if amount.last == "%" {
      guard let percent = Self.percent(amount.dropLast()) else { throw unreadable("'\(text)' is not a limit") }
      return isIncrease ? .change(percent / 100) : .value(percent / 100)
    }
    guard isIncrease else { throw unreadable("'\(text)' is not a limit") }
    return .increase(Double(try Duration.limit(amount)))
  }

  /// Digits with at most one point, from 0 to 100,000.
  private static func percent(_ text: Substring) -> Double? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }), let value = Double(text),
      value <= 100_000
    else { return nil }
    return value
  }

  // MARK: Judging

  /// How `pair.second` stands to `pair.first`; `confidence` is that of a time's difference.
  func outcome(of pair: Comparison.Pair, confidence: Double) -> Outcome {
    switch subject {
    case .time(let statistic, let measure): timeOutcome(pair, statistic, measure, confidence)
    case .errors: Self.isPast(limit, pair.first.errorRate, pair.second.errorRate) ? .passed : .kept
    case .cost: costOutcome(pair, confidence)
    }
  }

  private func costOutcome(_ pair: Comparison.Pair, _ confidence: Double) -> Outcome {
    guard let first = pair.first.money.perRequest, let second = pair.second.money.perRequest, first > .zero else {
      return .unknown("the cost of a request is not known in both runs, or was nothing")
    }
    guard Self.isPast(limit, Double(first.count), Double(second.count)) else { return .kept }
    // Files keep no costs of single requests: there the mean alone decides.
    let comparison = Comparison(pair, .cost, confidence: confidence)
    return comparison.map { $0.verdict == .higher } ?? true ? .passed : .passedByChance
  }

  private func timeOutcome(
    _ pair: Comparison.Pair, _ statistic: Statistic, _ measure: Measure, _ confidence: Double
  ) -> Outcome {
    guard let first = pair.first.times[measure], let second = pair.second.times[measure] else {
      return .unknown("\(measure.rawValue) was not measured in both runs")
    }
    let isPast = Self.isPast(limit, first.value(statistic), second.value(statistic))
    // The slowest request of a run has no interval.
    if statistic == .max { return isPast ? .passed : .kept }
    guard first.isDense(at: statistic), second.isDense(at: statistic) else {
      return .unknown("too few requests for \(statistic.rawValue): \(first.count) and \(second.count)")
    }
    let comparison = Comparison(pair, .time(measure, statistic), confidence: confidence)
    return isPast ? (comparison?.verdict == .higher ? .passed : .passedByChance) : .kept
  }

  private static func isPast(_ limit: Limit, _ first: Double, _ second: Double) -> Bool {
    switch limit {
    case .change(let share): second > first * (1 + share)
    case .increase(let amount): second > first + amount
    case .value(let value): second > value
    }
  }
}
