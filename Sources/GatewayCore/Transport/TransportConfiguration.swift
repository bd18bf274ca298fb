// What holds for every transfer of a transport. There is no switch that turns certificate checks off.

/// How connections are made and kept.
///
/// This machine's own addresses are always reached directly, never by a proxy.
public struct TransportConfiguration: Sendable {
  /// `nil`: as the environment says (`HTTPS_PROXY`, `http_proxy`, `ALL_PROXY`).
  ///
  /// `NO_PROXY` holds either way.
  public var proxy: String?
  /// A PEM file of further certificate authorities to trust.
  public var caFile: String?
  /// The most connections to one host; 0 is no limit.
  ///
  /// Transfers above it wait, and their connect timeout runs.
  public var connectionsPerHost = 0
  /// The most connections kept open while nobody uses them.
  public var idleConnections = 256
  /// A connection that was idle for longer is not used again: providers close theirs after a minute or so, and a
  /// request that meets the closing is lost.
  public var connectionMaxIdle: Duration = .seconds(45)
  /// The most bytes of one reply that are held for a reader before the sender is made to wait.
  public var bufferLimit = 256 << 10

  public init() {}
}
