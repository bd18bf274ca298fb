// What a request has to keep to count as good service: `ttft:500ms,itl:50ms`.

import GatewayCore

/// A limit for one measure of each request: a service level objective.
package struct Objective: Sendable, Equatable {
  package var measure: Measure
  /// Microseconds that it may take at most.
  package var limit: Int64

  package init(_ measure: Measure, limit: Int64) {
    self.measure = measure
    self.limit = limit
  }

  /// Reads `ttft:500ms,itl:50ms`; each measure once.
  package static func list(_ text: String) throws(UnreadableText) -> [Objective] {
    var objectives: [Objective] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let objective = try Objective(String(part))
      guard !objectives.contains(where: { $0.measure == objective.measure }) else {
        throw UnreadableText("'\(objective.measure.rawValue)' stands twice in '\(text)'", advice: "Give it one limit.")
      }
      objectives.append(objective)
    }
    return objectives
  }

  private init(_ text: String) throws(UnreadableText) {
    let halves = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard halves.count == 2 else {
      throw UnreadableText("'\(text)' is not a limit", advice: "Write it as ttft:500ms.")
    }
    measure = try Measure(typed: halves[0])
    limit = try Duration.limit(halves[1])
  }

  /// It was kept; a request without such a time kept it only if that is no sign of trouble.
  ///
  /// An answer of fewer than two tokens has no gaps, and keeps what is asked of them; one without a first token does
  /// not keep what is asked of that.
  func isKept(by sample: Sample) -> Bool {
    guard let value = measure.single(sample) else { return measure == .itl || measure == .tpot }
    return value <= Double(limit)
  }

  /// `ttft:500ms`, to be read again.
  package var text: String { "\(measure.rawValue):\(limit / 1_000)ms" }
}

/// Text that says nothing we know: what is wrong with it and what to do, each one clause.
package struct UnreadableText: Error, Sendable, Equatable {
  package var problem: String
  package var advice: String?

  init(_ problem: String, advice: String? = nil) {
    self.problem = problem
    self.advice = advice
  }
}

extension Measure {
  init(typed text: String) throws(UnreadableText) {
    guard let measure = Measure(rawValue: text) else {
      throw UnreadableText(
        "'\(text)' is not a measure", advice: "They are \(Self.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    self = measure
  }
}

extension Duration {
  /// Microseconds of a limit that a person wrote.
  static func limit(_ text: String) throws(UnreadableText) -> Int64 {
    guard let duration = Duration(durationText: text), duration > .zero else {
      throw UnreadableText("'\(text)' is not a time", advice: "Write it with its unit, as 500ms or 2s.")
    }
    return duration.microseconds
  }
}
