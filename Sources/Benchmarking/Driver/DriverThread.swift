// A thread for the tasks of a run: they wait for no other task of the program, and do not change threads between two steps.

import GatewayCore

/// Runs the jobs of tasks one after another on a thread of its own.
///
/// 5,000 requests a second took 78 % of a processor so, and 105 % in the common pool, with which they came late.
package final class DriverThread: TaskExecutor {
  private let jobs = Inbox<UnownedJob>()

  private init() {}

  /// Runs `body` and all its child tasks on such a thread; where the system gives none, where it was called.
  package static func run<Value: Sendable>(_ body: @Sendable () async -> Value) async -> Value {
    let thread = DriverThread()
    guard thread.start() else { return await body() }
    let value = await withTaskExecutorPreference(thread) { await body() }
    thread.jobs.close()
    return value
  }

  private func start() -> Bool {
    // The thread keeps the executor until the last job is over.
    DetachedThread.start(named: "llmgw-driver") { [self] in
      while let taken = jobs.takeAll() {
        for job in taken { job.runSynchronously(on: asUnownedTaskExecutor()) }
      }
    } == 0
  }

  package func enqueue(_ job: consuming ExecutorJob) { _ = jobs.put(UnownedJob(job)) }
}
