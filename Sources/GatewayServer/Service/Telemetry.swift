// What is counted and logged of every request.
import GatewayCore

/// Where the server's own figures go.
package struct Telemetry: Sendable {
  package let metrics: Metrics
  /// `nil` where none is kept.
  package let log: AccessLog?

  package init(metrics: Metrics, log: AccessLog?) {
    self.metrics = metrics
    self.log = log
  }

  /// When a request began, on both clocks.
  struct Stopwatch: Sendable {
    let began: Timestamp
    let uptime: Int64
  }

  func begin(_ runtime: Runtime) -> Stopwatch {
    metrics.begin()
    return Stopwatch(began: runtime.now(), uptime: runtime.uptimeMicroseconds())
  }

  @inline(never)  // what it works with would stand in the frame of the async caller
  func end(_ visit: Visit, _ ending: Ending, _ stopwatch: Stopwatch) {
    metrics.end()
    let took = visit.runtime.uptimeMicroseconds() - stopwatch.uptime
    var finished = FinishedRequest(
      surface: visit.surface.name, method: visit.request.method, path: visit.request.shownPath, status: ending.status,
      began: stopwatch.began, duration: .microseconds(took))
    finished.key = visit.caller.key?.value.name
    finished.remoteAddress = visit.request.remoteAddress
    finished.bytesIn = visit.request.body.count
    finished.bytesOut = visit.writer.bodyBytes
    finished.failure = ending.failure?.rawValue
    (finished.prompt, finished.reply) = (ending.prompt, ending.reply)
    if let outcome = ending.outcome?.value {
      let upstream = outcome.attempts.reduce(0) { $0 + $1.totalMicroseconds }
      finished.operation = outcome.id
      finished.provider = outcome.target.provider.id
      finished.model = outcome.target.model
      finished.isStream = ending.isStream
      finished.attempts = outcome.attempts.count
      finished.usage = outcome.usage
      finished.cost = outcome.attempts.isEmpty ? nil : outcome.cost
      finished.untilFirstToken = outcome.firstTokenMicroseconds.map { .microseconds($0) }
      finished.overhead = .microseconds(max(took - upstream, 0))
    }
    metrics.record(finished)
    log?.record(finished)
  }
}
