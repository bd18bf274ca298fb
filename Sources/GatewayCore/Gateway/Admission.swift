// The first stage of a call that came with a virtual key: what the key allows, and its share of the limits.

import Wire

extension Gateway {
  /// Lets a call in; what it holds until it is settled is `nil` for calls without a key.
  @inline(never)  // what it works with would stand in the frame of the async caller
  func admit(_ call: Call) throws(Rejection) -> Hold? {
    guard let governance, let key = call.key?.value else { return nil }
    let targets = call.plan.targets
    guard targets.contains(where: { key.allows(model: call.plan.asked, resolvedTo: $0.name) }) else {
      throw .forbidden(.model(call.plan.asked))
    }
    do {
      return try governance.admit(key, estimate: call.estimate, now: runtime.uptimeMicroseconds())
    } catch {
      throw .limited(error.problem, retryAfter: error.retryAfter)
    }
  }

  /// Gives back what a call held; `attempts` says what was used.
  @inline(never)  // as above
  func settle(_ hold: Hold?, _ attempts: [AttemptClosing]) {
    guard let governance, let hold else { return }
    var usage = Usage(input: 0, output: 0)
    for attempt in attempts {
      usage.input = usage.input.flatMap { sum in attempt.usage.input.map { sum + $0 } }
      usage.output = usage.output.flatMap { sum in attempt.usage.output.map { sum + $0 } }
    }
    governance.settle(hold, usage: usage, cost: nil, now: runtime.uptimeMicroseconds())
  }
}

extension Call {
  /// How much of an answer is held where the request does not say: holding the most a model can write would let hardly
  /// anything in.
  private static let usualOutputTokens = 1024

  fileprivate var estimate: HoldEstimate {
    let most = request.maxOutputTokens ?? min(Self.usualOutputTokens, target.facts?.traits.maxOutputTokens ?? .max)
    return HoldEstimate(
      inputTokens: TokenEstimate.input(of: request), outputTokens: side == nil ? most : 0)
  }
}
