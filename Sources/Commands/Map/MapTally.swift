// How far a run is and what it has cost: the numbers of the progress line and of the last one.

package import GatewayCore

/// Counts what is over.
package struct MapTally: Sendable {
  package var answered = 0
  package var failed = 0
  /// Answered by an earlier run.
  package var kept = 0
  package var blank = 0
  package var inputTokens = 0
  package var outputTokens = 0
  package var cost = PicodollarSum.zero
  /// Calls whose cost is not known.
  package var unpriced = 0
  /// Of the items that failed, the first in the input.
  package var firstFailure: (number: Int, code: ExitCode)?

  package init() {}

  /// Items that are over.
  package var done: Int { answered + failed + kept + blank }

  mutating func count(_ result: MapResult) {
    inputTokens += result.usage.input ?? 0
    outputTokens += result.usage.output ?? 0
    if let cost = result.cost { count(cost) }
    if let failure = result.failure {
      failed += 1
      if firstFailure.map({ result.number < $0.number }) ?? true { firstFailure = (result.number, failure.code) }
    } else if result.object.isEmpty {
      blank += 1
    } else if result.cost == nil {
      kept += 1
    } else {
      answered += 1
    }
  }

  /// Also of a call that was interrupted.
  mutating func count(_ cost: Cost) {
    if let amount = cost.amount { self.cost += amount } else { unpriced += 1 }
  }

  /// `$0.0123`, with what is not in it.
  package var costShown: String {
    if unpriced == 0 { return cost.shown }
    return cost == .zero ? "unpriced" : "≥\(cost.shown)"
  }

  /// `997 ok, 3 failed, 12,345 tokens in, 678 out, $0.0123`.
  package var summary: String {
    let parts = [
      "\(answered.grouped) ok", kept > 0 ? "\(kept.grouped) from before" : nil, "\(failed.grouped) failed",
      "\(inputTokens.grouped) tokens in", "\(outputTokens.grouped) out", costShown,
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }
}
