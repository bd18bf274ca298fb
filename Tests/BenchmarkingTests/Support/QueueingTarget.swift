// A server of the tests: so many places, so long an answer; who finds no place free waits in line.

import Benchmarking
import Synchronization
import Wire

final class QueueingTarget: Sendable {
  private struct State {
    /// When each place is free again.
    var free: [Int64]
    var underWay = 0
    var mostUnderWay = 0
    var starts: [Int64] = []
    var requests: [PlannedRequest] = []
  }

  private let state: Mutex<State>
  private let time: VirtualTime
  private let service: @Sendable (PlannedRequest) -> Int64
  private let fails: @Sendable (PlannedRequest) -> Bool

  /// `service` is how long a request has a place, in microseconds.
  init(
    _ time: VirtualTime, places: Int = .max, fails: @escaping @Sendable (PlannedRequest) -> Bool = { _ in false },
    service: @escaping @Sendable (PlannedRequest) -> Int64
  ) {
    self.time = time
    self.fails = fails
    self.service = service
    state = Mutex(State(free: places == .max ? [] : Array(repeating: 0, count: places)))
  }

  var mostUnderWay: Int { state.withLock(\.mostUnderWay) }
  var requests: [PlannedRequest] { state.withLock(\.requests) }

  func send(_ request: PlannedRequest) async -> Result<Sample, LoadStop> {
    let started = time.now
    let takes = service(request)
    let end = state.withLock { state in
      state.requests.append(request)
      state.underWay += 1
      state.mostUnderWay = max(state.mostUnderWay, state.underWay)
      guard let place = state.free.indices.min(by: { state.free[$0] < state.free[$1] }) else { return started + takes }
      state.free[place] = max(state.free[place], started) + takes
      return state.free[place]
    }
    try? await time.sleep(end - started)
    state.withLock { $0.underWay -= 1 }
    var sample = Sample(
      target: request.target, number: request.number, intended: request.intended, started: started, ended: time.now,
      status: Task.isCancelled ? .interrupted : fails(request) ? .failed : .ok, operation: "op-\(request.number)")
    sample.isWarmUp = request.isWarmUp
    sample.firstToken = sample.ended
    if sample.status == .failed { sample.failure = ProviderFailure.Kind.overloaded.rawValue }
    return .success(sample)
  }
}

/// A run in virtual time to its end.
func run(_ plan: LoadPlan, on target: QueueingTarget, _ time: VirtualTime, began: Int64 = 0) -> RunLog {
  let log = RunLog(plan)
  time.run { await LoadGenerator(plan, into: log, runtime: time.runtime, began: began, send: target.send).run() }
  return log
}
