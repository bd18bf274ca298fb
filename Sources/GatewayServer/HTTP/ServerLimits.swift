// What a client may cost the server before it has said who it is. Each has a test.

/// Bounds on what a client may send, hold and wait for.
package struct ServerLimits: Sendable {
  /// Of the request target, and of each header field's name and value.
  package var headerFieldBytes = 16 << 10
  /// Of the target and all header fields of a request, trailers included.
  package var headerBytes = 64 << 10
  package var headerCount = 100
  /// Of one request's body; most providers take 20 to 32 MB.
  package var bodyBytes = 64 << 20
  /// How many times as large as what was sent an inflated body may be; text that models read shrinks to a tenth or so.
  package var inflationRatio = 100
  /// A body up to this size may be inflated from however little.
  package var inflationFreeBytes = 1 << 20
  /// Of all bodies that the server holds at one time.
  package var bodyBytesInAll = 512 << 20

  /// From a request's first byte to the end of its header fields.
  package var headerTime = Duration.seconds(10)
  /// From the end of the header fields to the end of the body.
  package var bodyTime = Duration.seconds(300)
  /// How long a connection may stand without a request.
  package var idleTime = Duration.seconds(75)
  /// How long a client may take not one byte of what waits for it.
  package var writeStallTime = Duration.seconds(60)
  /// How long a closing connection listens on, so that the client can read the answer before the reset.
  package var lingerTime = Duration.seconds(2)
  /// How long tasks whose connections were closed may take to end before the server stops waiting for them.
  package var settleTime = Duration.seconds(5)

  /// Requests of one connection that stand behind the one that is answered; then nothing more is read.
  package var waitingRequests = 4
  /// What may wait for a client to read it before `write` suspends.
  package var writeBufferBytes = 64 << 10
  /// Connections at one time; one more is answered 503.
  package var connections = 10_000

  package init() {}
}
