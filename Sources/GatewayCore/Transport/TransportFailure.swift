// How a transfer can fail, seen from this side of the wire.

/// A transfer that did not come to its proper end.
///
/// An error status is not a failure: it is a reply.
public struct TransportFailure: Error, Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// The name of the host (or of the proxy) has no address.
    case resolve
    case connect
    case tls
    case timeout(Phase)
    /// The connection broke, or was closed before any reply.
    case reset
    /// The body ended before its announced end.
    case cut
    /// The reply is larger than the request allows.
    case tooLarge
    /// The task was cancelled, the reply was dropped, or the transport was shut down.
    case cancelled
    /// A reused connection closed without a byte, and the request was about to leave a second time unasked.
    /// Whether the first one was heard is unknown; sending again is a new attempt.
    case resent
    /// libcurl is missing or cannot be used.
    case unavailable
    case other
  }

  /// What a transfer was waiting for.
  public enum Phase: String, Sendable, CaseIterable {
    case connect, firstByte = "first_byte", idle, total
  }

  public var kind: Kind
  /// One line: host, port and cause.
  ///
  /// No path, query, header or body.
  public var message: String
  /// How many bytes of the body had come.
  public var bytesReceived: Int

  public init(_ kind: Kind, _ message: String, bytesReceived: Int = 0) {
    self.kind = kind
    self.message = message
    self.bytesReceived = bytesReceived
  }
}
