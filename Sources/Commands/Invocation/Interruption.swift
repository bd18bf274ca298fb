// Ctrl-C and its kin: a call under way is ended and booked first, anything else ends at once.

import Synchronization

/// Between the thread that takes signals and the command that runs.
package final class Interruption: Sendable {
  private struct State {
    var cancel: (@Sendable () -> Void)?
    var signal: Int32?
  }
  private let state = Mutex(State())

  package init() {}

  /// The signal that came during a call.
  package var signal: Int32? { state.withLock(\.signal) }

  /// A signal came.
  ///
  /// True when a call is under way and will end by itself; a second signal is not waited for.
  package func receive(_ signal: Int32) -> Bool {
    let cancel = state.withLock { state -> (@Sendable () -> Void)? in
      guard state.signal == nil, let cancel = state.cancel else { return nil }
      state.signal = signal
      return cancel
    }
    cancel?()
    return cancel != nil
  }

  /// Runs `body` so that a signal cancels it.
  package func guarding<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
    let task = state.withLock { state in
      let task = Task { await body() }
      state.cancel = { task.cancel() }
      return task
    }
    defer { state.withLock { $0.cancel = nil } }
    return await task.value
  }
}
