// Two runs side by side: before and after.

/// The targets of two runs, each with its like.
package struct RunComparison: Sendable {
  package let first: RunSummary
  package let second: RunSummary
  package let comparisons: [Comparison]
  /// Pairs of targets, as they are in both runs.
  package let pairs: [(first: TargetSummary, second: TargetSummary)]

  /// Targets of the same name belong together; where each run has one, these two, whatever they are called.
  ///
  /// `nil` when no two belong together.
  package init?(_ first: RunSummary, _ second: RunSummary) {
    self.first = first
    self.second = second
    if let one = first.targets.first, let other = second.targets.first, first.targets.count == 1,
      second.targets.count == 1
    {
      pairs = [(one, other)]
    } else {
      pairs = first.targets.compactMap { one in
        second.targets.first { $0.name == one.name }.map { (one, $0) }
      }
    }
    if pairs.isEmpty { return nil }
    comparisons = Comparison.all(pairs.map(Comparison.Pair.init))
  }

  /// A condition with what became of it for one pair.
  package struct Finding: Sendable {
    package var condition: Condition
    package var target: String
    package var outcome: Condition.Outcome
  }

  /// Every condition for every pair; together they fail between equals in at most 5 % of cases.
  package func findings(_ conditions: [Condition]) -> [Finding] {
    let confidence = 1 - 0.05 / Double(max(conditions.count * pairs.count, 1))
    let invalid = [first.run, second.run].first { $0.driver.invalid != nil }.map { run in
      Condition.Outcome.unknown("run \(run.id) is not valid")
    }
    return pairs.flatMap { pair in
      conditions.map { condition in
        Finding(
          condition: condition, target: pair.second.name,
          outcome: invalid ?? condition.outcome(of: Comparison.Pair(pair), confidence: confidence))
      }
    }
  }

  /// Why the two may not be alike, a sentence each.
  package var warnings: [String] {
    var warnings: [String] = []
    for run in [first.run, second.run] {
      if let invalid = run.driver.invalid { warnings.append("\(run.id) is not valid: \(invalid).") }
    }
    if first.run.load != second.run.load { warnings.append("The two runs had different loads.") }
    if first.run.environment.processors != second.run.environment.processors
      || first.run.environment.system != second.run.environment.system
    {
      warnings.append("The two runs were made on different machines.")
    }
    let paired = Set(pairs.flatMap { [$0.first.name, $0.second.name] })
    let alone = (first.targets + second.targets).map(\.name).filter { !paired.contains($0) }
    if !alone.isEmpty { warnings.append("In one run only: \(alone.joined(separator: ", ")).") }
    return warnings
  }
}

extension Comparison.Pair {
  fileprivate init(_ pair: (first: TargetSummary, second: TargetSummary)) {
    self.init(first: pair.first, second: pair.second)
  }
}
