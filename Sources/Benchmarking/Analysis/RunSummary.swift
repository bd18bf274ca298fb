// All that is said of a run, made from what was written down of it.

/// The figures of a run.
package struct RunSummary: Sendable {
  /// What was asked and where it ran; its samples may be gone.
  package var run: RunRecord
  package var targets: [TargetSummary]

  package init(_ run: RunRecord) {
    self.run = run
    let samples = run.samples.sorted { ($0.intended, $0.number) < ($1.intended, $1.number) }
    targets = run.targets.enumerated().map { index, name in
      TargetSummary(name: name, samples: samples.filter { $0.target == index }, objectives: run.objectives)
    }
  }

  init(run: RunRecord, targets: [TargetSummary]) {
    self.run = run
    self.targets = targets
  }

  /// None where the figures cannot be trusted.
  package var comparisons: [Comparison] { run.driver.invalid == nil ? Comparison.all(targets) : [] }

  /// What a reader must know before believing the figures, a sentence each.
  package var warnings: [String] {
    var warnings: [String] = []
    if let invalid = run.driver.invalid { warnings.append("The result is not valid: \(invalid).") }
    if let reason = run.endedEarly { warnings.append("The run ended early: \(reason).") }
    for target in targets { warnings += Self.warnings(target) }
    return warnings
  }

  private static func warnings(_ target: TargetSummary) -> [String] {
    var warnings: [String] = []
    if target.good == 0 {
      warnings.append("\(target.name): no request got a good answer.")
    } else if target.good < fewAnswers {
      warnings.append("\(target.name): \(target.good) good answers are too few for a 99th percentile.")
    }
    if target.tokens.estimated > 0 {
      warnings.append(
        "\(target.name): the tokens of \(target.tokens.estimated) of \(target.good) answers are our own estimate.")
    }
    if target.money.unpriced > 0 {
      warnings.append(
        "\(target.name): no price is known for \(target.money.unpriced) of the requests, which have no part in the cost."
      )
    }
    return warnings
  }

  /// One value in a hundred is then a single request.
  private static let fewAnswers = 200
}
