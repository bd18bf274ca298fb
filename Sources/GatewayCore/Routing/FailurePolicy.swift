// What follows a failed attempt: the same target again, the next one, or the end. One table for all of it.

package import Wire

/// What to do after an attempt that failed before anything of an answer had gone out.
package enum FailurePolicy {
  /// What may help.
  package enum Remedy: Sendable, Equatable {
    /// Going away by itself: the same target again, later; then the next one.
    case wait
    /// This target will not answer now, another one may.
    case moveOn
    /// Every target would say the same.
    case end
  }

  package static func remedy(for kind: ProviderFailure.Kind) -> Remedy {
    switch kind {
    case .rateLimited, .overloaded, .server, .network: .wait
    // The same target may still be at work on it, and bill for it: it is not asked twice.
    case .timeout, .malformed, .cut: .moveOn
    // About our key, our account, or what this provider has.
    case .authentication, .permission, .notFound, .quota: .moveOn
    case .invalidRequest, .contextLength, .contentFilter: .end
    }
  }

  /// A provider that asks for a longer wait than this is not waited for.
  package static let longestWait = Duration.seconds(60)
  private static let firstWait = 500.0

  /// How long to wait before the same target is tried again; `nil` when that would not help.
  ///
  /// What the provider asks for (`Retry-After`) is kept to. Otherwise 0.5 s, doubled each time, of which a random half
  /// is taken off, so that many callers do not come back at once. `random` is from 0 up to 1.
  package static func wait(after failure: ProviderFailure, attempt: Int, random: Double) -> Duration? {
    guard remedy(for: failure.kind) == .wait else { return nil }
    if let asked = failure.retryAfterMilliseconds {
      let wait = Duration.milliseconds(max(asked, 0))
      return wait <= longestWait ? wait : nil
    }
    let doubled = firstWait * Double(1 << min(attempt - 1, 6))
    return .milliseconds(Int64(doubled * (0.5 + random / 2)))
  }
}
