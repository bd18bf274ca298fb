// Why a call went where it went: every target of its route, in order, with what became of it.

package import Wire

/// The record of one call's way through a route.
package struct Decision: Sendable, Equatable {
  package enum Verdict: String, Sendable {
    /// Its answer is the call's.
    case taken
    /// It failed and the next one was tried.
    case failed
    /// No attempt was made.
    case skipped
    /// The call was over before its turn came.
    case unused
  }

  package struct Step: Sendable, Equatable {
    /// `provider/model`.
    package var target: String
    package var verdict: Verdict
    /// In words for a person: a kind of failure, or what was missing.
    package var why: String?

    package init(target: String, verdict: Verdict, why: String? = nil) {
      self.target = target
      self.verdict = verdict
      self.why = why
    }
  }

  package var route: String
  package var strategy: Route.Strategy
  package var steps: [Step] = []

  package init(route: String, strategy: Route.Strategy) {
    self.route = route
    self.strategy = strategy
  }

  /// `{"route": …, "strategy": …, "targets": [{"target", "verdict", "why"}]}`.
  package var json: JSON {
    let targets = steps.map { step -> JSON in
      [
        "target": .string(step.target), "verdict": .string(step.verdict.rawValue),
        "why": step.why.map { .string($0) } ?? .null,
      ]
    }
    return ["route": .string(route), "strategy": .string(strategy.rawValue), "targets": .array(targets)]
  }
}
