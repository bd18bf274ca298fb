// A prepared call as it may be shown: the exact request with the key masked, and what it may cost.

import Wire

/// A request as it would go out.
package struct CallPreview: Sendable {
  package var method: String
  package var url: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
}

/// What a call may cost; `nil` where no price is known.
package struct CostEstimate: Sendable, Equatable {
  /// The prompt alone.
  package var input: Picodollars?
  /// The most the answer may have, where a limit is known.
  package var mostOutputTokens: Int?
  /// The prompt and the longest answer.
  package var most: Picodollars?
}

extension Gateway {
  /// The most a call can cost when every target is tried as often as may be; `nil` where the longest answer is not known.
  ///
  /// Throws `unpricedUnderLimit` where a price is not known.
  package func worstCost(of call: Call) throws(Rejection) -> Picodollars? {
    var sum = Picodollars.zero
    for target in call.plan.targets {
      let prepared = try prepare(call, to: target)
      guard target.facts?.prices != nil else { throw .unpricedUnderLimit }
      guard let worst = prepared.worstCost(attempts: call.mostRetries + 1, now: runtime.now()),
        let total = sum.adding(worst)
      else { return nil }
      sum = total
    }
    return sum
  }
}

extension PreparedCall {
  /// `nil` when the call would not leave the process.
  package var preview: CallPreview? {
    guard let http else { return nil }
    return CallPreview(
      method: http.method, url: masked(http.url),
      headers: http.headers.map { ($0.name, masked($0.value)) } + pendingHeaders,
      body: http.body)
  }

  /// The price of the estimated input tokens and of the longest answer.
  package func estimate(now: Timestamp) -> CostEstimate {
    func price(_ output: Int) -> Picodollars? { self.price(input: estimatedInputTokens, output: output, now: now) }
    return CostEstimate(input: price(0), mostOutputTokens: mostOutputTokens, most: mostOutputTokens.flatMap(price))
  }

  /// The most the call can cost with that many attempts, each of which may have read the prompt; `nil` where a price or
  /// the longest answer is not known.
  package func worstCost(attempts: Int, now: Timestamp) -> Picodollars? {
    func price(_ output: Int) -> Picodollars? { self.price(input: cautiousInputTokens, output: output, now: now) }
    // Where an answer costs nothing, its length does not matter.
    let isFree = price(0) == price(1_000_000)
    guard let output = mostOutputTokens ?? (isFree ? 0 : nil), let failed = price(0), let answered = price(output)
    else { return nil }
    let sum = Int128(failed.count) * Int128(max(attempts - 1, 0)) + Int128(answered.count)
    return Int64(exactly: sum).map { Picodollars($0) }
  }

  /// What is only put in when the request leaves.
  private var pendingHeaders: [(name: String, value: String)] {
    switch credential {
    case .signature(_, let origin): [("authorization", "[signature with the keys from \(origin)]")]
    case .token(let grant): grant.headers + [("authorization", "Bearer [token of \(grant.origin)]")]
    case .bearer(let key): [("authorization", "Bearer [key from \(key.origin)]")]
    case .key, nil: []
    }
  }

  private func masked(_ text: String) -> String {
    guard let keyOrigin else { return text }
    return secrets.reduce(text) { $0.replacing($1, with: "[key from \(keyOrigin)]") }
  }
}
