// How other threads tell the driver thread what to do: a list behind a lock, and an eventfd that wakes it once a batch.
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
    /// Why nothing more is accepted, once that is so.
    var refusal: TransportFailure?
  }
  private let state = Mutex(State())
  /// Readable while commands wait.
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
    let (refusal, isFirst) = state.withLock { state -> (TransportFailure?, Bool) in
      if let refusal = state.refusal { return (refusal, false) }
      state.commands.append(command)
      return (nil, state.commands.count == 1)
    }
    if isFirst { eventfd_write(eventFile, 1) }
    return refusal
  }

  /// All commands that wait, oldest first.
  ///
  /// For the driver thread.
  func takeAll() -> [DriverCommand] {
    var count: eventfd_t = 0
    eventfd_read(eventFile, &count)
    return state.withLock { state in
      defer { state.commands = [] }
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
