// A world in which time passes only while everyone sleeps: seconds of load are over in milliseconds, always the same way.

import GatewayCore
import Synchronization
import Testing

/// Runs tasks one job at a time on the thread of the test; when none is left to run, the first sleeper's time has come.
final class VirtualTime: TaskExecutor {
  private struct Sleeper {
    var id: Int
    var until: Int64
    var continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var jobs: [UnownedJob] = []
    var nextJob = 0
    var sleepers: [Sleeper] = []
    var ids = 0
    var now: Int64 = 0
  }
  private let state = Mutex(State())

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
  }

  /// Microseconds that have passed.
  var now: Int64 { state.withLock(\.now) }

  var runtime: Runtime {
    Runtime(
      now: { Timestamp(microseconds: self.now) }, uptimeMicroseconds: { self.now },
      sleep: { try await self.sleep($0.microseconds) }, makeID: { "id" }, random: { 0.5 })
  }

  func sleep(_ microseconds: Int64) async throws {
    let id = state.withLock { state in
      state.ids += 1
      return state.ids
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = Task.isCancelled
        if isOver { return continuation.resume() }
        state.withLock {
          $0.sleepers.append(Sleeper(id: id, until: $0.now + microseconds, continuation: continuation))
        }
      }
    } onCancel: {
      wake { $0.id == id }
    }
    try Task.checkCancellation()
  }

  /// Runs `body` and all that it starts to the end.
  func run(_ body: @escaping @Sendable () async -> Void) {
    let isOver = Mutex(false)
    Task(executorPreference: self) {
      await body()
      isOver.withLock { $0 = true }
    }
    while !isOver.withLock({ $0 }) {
      if let job = nextJob() {
        job.runSynchronously(on: asUnownedTaskExecutor())
      } else if !wakeFirst() {
        Issue.record("everyone waits for ever")
        return
      }
    }
  }

  private func nextJob() -> UnownedJob? {
    state.withLock { state in
      guard state.nextJob < state.jobs.count else {
        state.jobs.removeAll(keepingCapacity: true)
        state.nextJob = 0
        return nil
      }
      defer { state.nextJob += 1 }
      return state.jobs[state.nextJob]
    }
  }

  private func wakeFirst() -> Bool {
    let first = state.withLock { state in
      let first = state.sleepers.min { ($0.until, $0.id) < ($1.until, $1.id) }
      if let first { state.now = max(state.now, first.until) }
      return first
    }
    if let first { wake { $0.id == first.id } }
    return first != nil
  }

  private func wake(where isDue: (Sleeper) -> Bool) {
    let due = state.withLock { state in
      let due = state.sleepers.filter(isDue)
      state.sleepers.removeAll { sleeper in due.contains { $0.id == sleeper.id } }
      return due
    }
    for sleeper in due { sleeper.continuation.resume() }
  }
}
