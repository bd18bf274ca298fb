// What the load generator writes down of each request, and all that any figure of a benchmark is made from.

package import GatewayCore
package import Wire

/// One request of a benchmark, as the load generator saw it.
///
/// Moments are microseconds since the run began, on the clock that never jumps.
package struct Sample: Sendable, Equatable {
  /// Which of the run's targets it went to, counted from 0.
  package var target: Int
  /// Its place in the run, warm-up included, counted from 0.
  package var number: Int
  /// It was sent to warm things up, and counts for nothing.
  package var isWarmUp = false
  /// When the schedule wanted it to start; in a closed loop that is when it did start.
  package var intended: Int64
  /// When it was handed to the transport.
  package var started: Int64
  package var connection: Connection?
  package var firstByte: Int64?
  /// The first token of any kind.
  package var firstToken: Int64?
  /// The first token a reader sees: text or a tool call, no reasoning.
  package var firstVisibleToken: Int64?
  /// The last token of any kind.
  package var lastToken: Int64?
  package var ended: Int64
  /// Microseconds between each two moments at which tokens arrived.
  package var gaps: [UInt32] = []
  package var usage = Usage()
  /// The tokens are our own count: the provider told none.
  package var usageIsEstimated = false
  package var finishReason: String?
  package var status: CallStatus
  package var httpStatus: Int?
  /// Why there is no good answer: a kind of `ProviderFailure` or of `Rejection`, as in the books; `nil` when there is one.
  package var failure: String?
  package var cost = Cost.unpriced
  /// The operation's id in the ledger.
  package var operation: String
  /// The provider's own id of the request.
  package var requestID: String?

  /// How its connection came about, in microseconds each.
  package struct Connection: Sendable, Equatable {
    package var isReused: Bool
    package var nameLookup: Int64
    package var connect: Int64
    package var tls: Int64

    package init(isReused: Bool, nameLookup: Int64 = 0, connect: Int64 = 0, tls: Int64 = 0) {
      self.isReused = isReused
      self.nameLookup = nameLookup
      self.connect = connect
      self.tls = tls
    }
  }

  package init(
    target: Int, number: Int, intended: Int64, started: Int64, ended: Int64, status: CallStatus, operation: String
  ) {
    self.target = target
    self.number = number
    self.intended = intended
    self.started = started
    self.ended = ended
    self.status = status
    self.operation = operation
  }
}
