// Ctrl-C and its kin: a call under way is ended and booked first, anything else ends at once.

import Glibc
import Synchronization

/// Between the thread that takes signals and the command that runs.
package final class Interruption: Sendable {
  private struct State {
    var cancel: (@Sendable () -> Void)?
    var signal: Int32?
    var terminalIsYielded = false
    var handlers: [Int32: @Sendable () -> Void] = [:]
  }
  private let state = Mutex(State())

  package init() {}

  /// The signal that came during a call.
  package var signal: Int32? { state.withLock(\.signal) }

  /// A signal came.
  ///
  /// True when a call is under way and will end by itself; a second signal is not waited for.
  package func receive(_ signal: Int32) -> Bool {
    let isForAnother = state.withLock { $0.terminalIsYielded && signal == SIGINT }
    if isForAnother { return true }
    if let handler = state.withLock({ $0.handlers[signal] }) {
      handler()
      return true
    }
    let cancel = state.withLock { state -> (@Sendable () -> Void)? in
      guard ![SIGTSTP, SIGWINCH].contains(signal), state.signal == nil, let cancel = state.cancel else { return nil }
      state.signal = signal
      return cancel
    }
    cancel?()
    return cancel != nil
  }

  /// What a signal means to a command that goes on after it; `nil` gives it its usual meaning again.
  ///
  /// Runs on the thread that takes signals.
  package func handle(_ signal: Int32, by action: (@Sendable () -> Void)?) {
    state.withLock { $0.handlers[signal] = action }
  }

  /// The process is to end as if by this signal, once the command is over.
  package func end(by signal: Int32) { state.withLock { $0.signal = signal } }

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

  /// Runs `body` while another program has the terminal: Ctrl-C is meant for that one.
  package func yieldingTerminal<Result>(_ body: () -> Result) -> Result {
    state.withLock { $0.terminalIsYielded = true }
    defer { state.withLock { $0.terminalIsYielded = false } }
    return body()
  }
}
