// One vocabulary for what goes wrong between us and a provider.

/// A call that failed at or on the way to a provider.
public struct ProviderFailure: Error, Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The key is missing, wrong or expired.
    case authentication
    /// The key may not do this.
    case permission
    case notFound = "not_found"
    case invalidRequest = "invalid_request"
    case contextLength = "context_length"
    case contentFilter = "content_filter"
    case rateLimited = "rate_limited"
    /// Out of credit: waiting does not help.
    case quota
    case overloaded
    case server
    case timeout
    case network
    /// The bytes are not what the dialect says.
    case malformed
    /// The stream ended without its end marker.
    case cut
  }

  public var kind: Kind
  /// The HTTP status, where there was one.
  public var status: Int?
  /// What the provider said, in its own words: one line, at most 300 characters, no control characters.
  public var message: String
  /// The provider's own type or code.
  public var code: String?
  /// How long the provider asks us to wait, in milliseconds.
  public var retryAfterMilliseconds: Int?

  public init(
    _ kind: Kind, status: Int? = nil, message: String, code: String? = nil, retryAfterMilliseconds: Int? = nil
  ) {
    self.kind = kind
    self.status = status
    self.message = message
    self.code = code
    self.retryAfterMilliseconds = retryAfterMilliseconds
  }
}
