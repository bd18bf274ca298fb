// Between the answer that is under way and the thread that takes Ctrl-C.

import Synchronization

/// Runs one thing at a time so that it can be stopped: an answer, or what it waits for.
final class Answering: Sendable {
  private let stopper = Mutex<(@Sendable () -> Void)?>(nil)

  /// Stops what is under way; false when nothing is.
  func stop() -> Bool {
    guard let stop = stopper.withLock({ $0 }) else { return false }
    stop()
    return true
  }

  /// Waits for `task`, which Ctrl-C cancels meanwhile, and not what waits for it.
  func wait<Value: Sendable>(for task: Task<Value, Never>) async -> Value {
    let outer = stopper.withLock { stopper in
      defer { stopper = { task.cancel() } }
      return stopper
    }
    defer { stopper.withLock { $0 = outer } }
    return await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
