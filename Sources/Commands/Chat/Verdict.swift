// What a finished call means for the exit status.

import GatewayCore
import Wire

extension Outcome {
  /// Why the call is not a success; `nil` when it is one, and when it was interrupted.
  func verdict(for output: OutputFormat, failsOnLength: Bool, _ catalog: Catalog) -> CommandFailure? {
    if let rejection { return CommandFailure(rejection: rejection, about: target.name) }
    if let failure {
      let advice = failure.advice(target: target, keyOrigin: keyOrigin, catalog: catalog)
      return CommandFailure(failure, target: target, advice: advice)
    }
    if status == .interrupted { return nil }
    if status == .refused {
      return CommandFailure(.refused, "\(target.name): the provider's filter refused the answer")
    }
    if status == .truncated, failsOnLength {
      return CommandFailure(
        .cut, "\(target.name): the answer was cut at its length limit", advice: "Allow more with -o max_tokens=N.")
    }
    if let mismatch = mismatch(of: reply.text, with: output) {
      return CommandFailure(.schema, "\(target.name): the answer does not fit the schema: \(mismatch)")
    }
    return bookkeeping.map {
      CommandFailure(.notBooked, "the answer is complete, but the call could not be booked: \($0.description)")
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
