// Timeouts that move with every request and hardly ever come true.
import NIOCore

/// Calls `action` at a deadline that may move any number of times.
///
/// Moving it later costs a store: the event loop's own timer runs out at the earlier time, sees that, and is set again.
/// Confined to its event loop.
final class DeadlineTimer {
  private let loop: any EventLoop
  private let action: () -> Void
  private var deadline: NIODeadline?
  private var scheduled: (task: Scheduled<Void>, at: NIODeadline)?

  init(on loop: any EventLoop, action: @escaping () -> Void) {
    self.loop = loop
    self.action = action
  }

  func start(_ time: Duration) {
    let deadline = loop.now + TimeAmount(time)
    self.deadline = deadline
    if let scheduled {
      if scheduled.at <= deadline { return }
      scheduled.task.cancel()
    }
    schedule(at: deadline)
  }

  func stop() { deadline = nil }

  /// Lets go of everything.
  func cancel() {
    deadline = nil
    scheduled?.task.cancel()
    scheduled = nil
  }

  private func schedule(at deadline: NIODeadline) {
    let task = loop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
      if let self { runOut() }
    }
    scheduled = (task, deadline)
  }

  private func runOut() {
    scheduled = nil
    guard let deadline else { return }
    if loop.now < deadline {
      schedule(at: deadline)
    } else {
      self.deadline = nil
      action()
    }
  }
}
