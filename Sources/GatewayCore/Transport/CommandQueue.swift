// How other threads tell the driver thread what to do: a list behind a lock, and an eventfd that wakes it when it waits.
import CCurl
import Glibc
import Synchronization

/// What the driver thread can be asked for.
enum DriverCommand: Sendable {
  case start(HTTPRequest, Exchange)
  case resume(Exchange)
  case cancel(Exchange)
  case stop
}

/// Commands on their way to the driver thread.
///
/// It holds at most three per transfer, so it needs no bound of its own.
final class CommandQueue: Sendable {
  private struct State {
    var commands: [DriverCommand] = []
    /// The driver waits, or is about to, and nobody has woken it yet.
    var driverWaits = false
    /// Why nothing more is accepted, once that is so.
    var refusal: TransportFailure?
  }
  private let state = Mutex(State())
  /// Written to when the driver is to wake; nobody reads it.
  let eventFile: Int32

  /// Fails when the system has no file descriptor left.
  init?() {
    eventFile = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    if eventFile < 0 { return nil }
  }

  deinit { Glibc.close(eventFile) }

  /// Throws when the driver has stopped, or never could start.
  func post(start request: HTTPRequest, _ exchange: Exchange) throws(TransportFailure) {
    if let refusal = append(.start(request, exchange)) { throw refusal }
  }

  /// To a driver that has stopped it says nothing: there is no transfer left.
  func post(_ command: DriverCommand) {
    _ = append(command)
  }

  private func append(_ command: DriverCommand) -> TransportFailure? {
    let (refusal, wakes) = state.withLock { state -> (TransportFailure?, Bool) in
      if let refusal = state.refusal { return (refusal, false) }
      state.commands.append(command)
      defer { state.driverWaits = false }
      return (nil, state.driverWaits)
    }
    if wakes { eventfd_write(eventFile, 1) }
    return refusal
  }

  /// Has the next command wake the driver; false when one has come already, and it must not wait.
  ///
  /// For the driver thread: who posts while it works need not call the kernel.
  func announceWait() -> Bool {
    state.withLock { state in
      state.driverWaits = state.commands.isEmpty
      return state.driverWaits
    }
  }

  /// All commands that have come, oldest first.
  ///
  /// For the driver thread, after it has waited.
  func takeAll() -> [DriverCommand] {
    state.withLock { state in
      defer { state.commands = [] }
      state.driverWaits = false
      return state.commands
    }
  }

  /// Takes what waits and refuses all that comes later.
  func close(refusing refusal: TransportFailure) -> [DriverCommand] {
    state.withLock { state in
      state.refusal = refusal
      defer { state.commands = [] }
      return state.commands
    }
  }
}
