// A thread of its own for tests that block: the few threads that tasks share are for the others.

import GatewayCore

/// Runs tasks one after the other on its thread, until it is stopped.
final class TestThread: TaskExecutor {
  private let jobs = Inbox<UnownedJob>()

  /// Runs `body` on a new thread.
  static func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let thread = TestThread()
    guard DetachedThread.start(named: "test", { thread.work() }) == 0 else { return try await body() }
    defer { thread.jobs.close() }
    return try await Task(executorPreference: thread) { try await body() }.value
  }

  func enqueue(_ job: consuming ExecutorJob) { _ = jobs.put(UnownedJob(job)) }

  private func work() {
    while let taken = jobs.takeAll() {
      for job in taken { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }
}
