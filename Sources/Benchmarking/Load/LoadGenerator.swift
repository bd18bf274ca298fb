// Sends the requests of a plan at their times. What a request is, and what is measured of it, is the sender's matter.

package import GatewayCore

/// Lays the load of a plan on its targets.
///
/// In a closed loop as many workers as the plan says each send one request after another. In an open loop every request
/// starts at its time, whatever became of those before: nothing waits for a free place, so a slow server cannot slow
/// down the load that it is measured with.
package struct LoadGenerator: Sendable {
  package typealias Sender = @Sendable (PlannedRequest) async -> Result<Sample, LoadStop>

  private let plan: LoadPlan
  private let log: RunLog
  private let runtime: Runtime
  private let began: Int64
  private let send: Sender

  /// `began` is the beginning of the run on the clock that never jumps, in microseconds.
  package init(_ plan: LoadPlan, into log: RunLog, runtime: Runtime, began: Int64, send: @escaping Sender) {
    self.plan = plan
    self.log = log
    self.runtime = runtime
    self.began = began
    self.send = send
  }

  /// Returns when the last request is over; a cancelled task begins no further one.
  package func run() async {
    switch plan.load {
    case .closed(let concurrency): await runClosed(concurrency)
    case .open: await runOpen()
    }
    if Task.isCancelled { log.stop(LoadStop(.interrupted, "it was interrupted")) }
  }

  private func runClosed(_ concurrency: Int) async {
    await withDiscardingTaskGroup { group in
      for worker in 0..<concurrency {
        group.addTask {
          // One after another, so that the load rises evenly.
          guard await pause(until: plan.ramp * Int64(worker) / Int64(concurrency)) else { return }
          while !Task.isCancelled, let request = log.take(at: now), log.begin() { log.end(await send(request)) }
        }
      }
    }
  }

  private func runOpen() async {
    await withDiscardingTaskGroup { group in
      while let request = log.take(at: now), await pause(until: request.intended), log.begin() {
        group.addTask { log.end(await send(request)) }
      }
    }
  }

  private var now: Int64 { runtime.uptimeMicroseconds() - began }

  /// False when the task was cancelled.
  private func pause(until moment: Int64) async -> Bool {
    let wait = moment - now
    if wait > 0 { try? await runtime.sleep(.microseconds(wait)) }
    return !Task.isCancelled
  }
}
