// When a failed attempt is worth another one, and how long to wait before it.

package import Wire

/// Plain retries: what may have gone away by itself is tried again, later each time.
package enum RetryPolicy {
  /// A provider that asks for a longer wait than this is not waited for.
  package static let longestWait = Duration.seconds(60)
  private static let firstWait = 500.0

  /// How long to wait before the next attempt; `nil` when another one would not help.
  ///
  /// What the provider asks for (`Retry-After`) is kept to. Otherwise 0.5 s, doubled each time, of which a random half
  /// is taken off, so that many callers do not come back at once. `random` is from 0 up to 1.
  package static func wait(after failure: ProviderFailure, attempt: Int, random: Double) -> Duration? {
    guard isPassing(failure.kind) else { return nil }
    if let asked = failure.retryAfterMilliseconds {
      let wait = Duration.milliseconds(max(asked, 0))
      return wait <= longestWait ? wait : nil
    }
    let doubled = firstWait * Double(1 << min(attempt - 1, 6))
    return .milliseconds(Int64(doubled * (0.5 + random / 2)))
  }

  /// A timeout is not tried again: the provider may be at work, and bill for it.
  private static func isPassing(_ kind: ProviderFailure.Kind) -> Bool {
    switch kind {
    case .rateLimited, .overloaded, .server, .network: true
    case .authentication, .permission, .notFound, .invalidRequest, .contextLength, .contentFilter, .quota, .timeout,
      .malformed, .cut:
      false
    }
  }
}
