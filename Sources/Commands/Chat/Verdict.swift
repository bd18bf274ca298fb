// Whether an answer is what was asked for, and if not, what the command ends with.

import GatewayCore
import Wire

extension Questioning {
  /// `nil` when the command may end with 0.
  func verdict(on outcome: Outcome, _ output: OutputFormat) -> CommandFailure? {
    if let rejection = outcome.rejection { return CommandFailure(rejection: rejection, about: outcome.target.name) }
    if let failure = outcome.failure {
      let advice = failure.advice(target: outcome.target, keyOrigin: outcome.keyOrigin, catalog: gateway.catalog)
      return CommandFailure(failure, target: outcome.target, advice: advice)
    }
    if outcome.status == .interrupted { return nil }
    if outcome.status == .refused {
      return CommandFailure(.refused, "\(outcome.target.name): the provider's filter refused the answer")
    }
    if outcome.status == .truncated, options.failsOnLength {
      return CommandFailure(
        .cut, "\(outcome.target.name): the answer was cut at its length limit",
        advice: "Allow more with -o max_tokens=N.")
    }
    if let mismatch = mismatch(of: outcome.reply.text, with: output) {
      return CommandFailure(.schema, "\(outcome.target.name): the answer does not fit the schema: \(mismatch)")
    }
    return outcome.bookkeeping.map { bookkeeping in
      CommandFailure(
        .notBooked, "the answer is complete, but the call could not be booked: \(bookkeeping.description)")
    }
  }

  private func mismatch(of text: String, with output: OutputFormat) -> String? {
    guard case .jsonSchema(_, let schema, _) = output else { return nil }
    do {
      return JSONSchema(schema).mismatch(of: try JSON.parse(text))
    } catch {
      return "it is not JSON (byte \(error.offset): \(error.problem))"
    }
  }
}
