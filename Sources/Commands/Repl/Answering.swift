// Between the answer that is under way and the thread that takes Ctrl-C.

import Synchronization

/// Runs one answer at a time so that it can be stopped.
final class Answering: Sendable {
  private let stopper = Mutex<(@Sendable () -> Void)?>(nil)

  /// Stops what is under way; false when nothing is.
  func stop() -> Bool {
    guard let stop = stopper.withLock({ $0 }) else { return false }
    stop()
    return true
  }

  /// Waits for `task`, which Ctrl-C cancels meanwhile.
  func wait<Value: Sendable>(for task: Task<Value, Never>) async -> Value {
    stopper.withLock { $0 = { task.cancel() } }
    defer { stopper.withLock { $0 = nil } }
    return await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
