/// The person's mistake on the command line: what was wrong and what to do, each one clause.
package struct UsageError: Error, Sendable, Equatable {
  /// What was wrong, such as `unknown flag '--modle'`.
  package var problem: String
  /// What to do about it, such as `Did you mean '--model'?`.
  package var advice: String?

  package init(_ problem: String, advice: String? = nil) {
    self.problem = problem
    self.advice = advice
  }

  /// `problem. advice`, on one line.
  package var description: String {
    guard let advice else { return problem + "." }
    return "\(problem). \(advice)"
  }
}
