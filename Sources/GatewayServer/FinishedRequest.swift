// What is known of a request when it is over: what metrics count, and what the access log says.
package import GatewayCore
package import Wire

/// One request that was answered, or whose client left.
///
/// Holds no header field and no query, and no word of a prompt or an answer unless that was asked for.
package struct FinishedRequest: Sendable {
  /// The wire format it came in: of a fixed set.
  package var surface: String
  package var method: String
  /// Without the query, where some clients put their key.
  package var path: String
  /// The status that went out.
  package var status: Int
  package var began: Timestamp

  /// The operation's id in the ledger.
  package var operation: String?
  /// The name of the virtual key, never the key.
  package var key: String?
  package var remoteAddress: String?
  /// Of the last attempt; `nil` before a target was found.
  package var provider: String?
  package var model: String?
  package var isStream = false
  package var attempts = 0
  package var usage = Usage()
  /// `nil` when nothing was asked of a provider.
  package var cost: Cost?
  /// The error's code in the answer's body, when it was one.
  package var failure: String?

  /// From the request's last byte to the answer's last.
  package var duration: Duration
  package var untilFirstToken: Duration?
  /// What of `duration` was not spent waiting for a provider.
  package var overhead: Duration?
  package var bytesIn = 0
  package var bytesOut = 0

  /// Where contents are logged, for a key that allows it.
  package var prompt: String?
  package var reply: String?

  package init(
    surface: String, method: String, path: String, status: Int, began: Timestamp, duration: Duration
  ) {
    self.surface = surface
    self.method = method
    self.path = path
    self.status = status
    self.began = began
    self.duration = duration
  }
}
