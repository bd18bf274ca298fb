// Tokens that stand in for longer-lived credentials, each got once until it is about to expire.

/// Keeps tokens in memory, and nowhere else.
actor TokenCache {
  private var tokens: [String: AccessToken] = [:]
  private var renewals: [String: Task<AccessToken, any Error>] = [:]

  /// The token of a grant that is good at `now`; `fetch` gets one when there is none.
  ///
  /// Those who ask while one is got wait for it. A failure is not kept.
  func token(
    of grant: TokenGrant, now: Timestamp, fetch: @escaping @Sendable () async throws -> AccessToken
  ) async throws -> String {
    let identity = grant.identity
    if let token = tokens[identity], now < token.renewAt { return token.value }
    if let renewal = renewals[identity] { return try await renewal.value.value }
    // A task of its own: whoever asked first may go away, and the others still wait for it.
    let renewal = Task { try await fetch() }
    renewals[identity] = renewal
    defer { renewals[identity] = nil }
    let token = try await renewal.value
    tokens[identity] = token
    return token.value
  }

  /// Gets a new token next time: the provider did not take this one.
  func forget(_ grant: TokenGrant) { tokens[grant.identity] = nil }
}
