// What the driver thread and one reader share about a transfer: a bounded buffer, an outcome, and who waits.
// The driver fills, the reader pulls, either may end it; every waiting reader is resumed exactly once.
import Synchronization

/// The meeting point of one transfer and its reader.
final class Exchange: Sendable {
  enum Delivery: Sendable {
    case head(ResponseHead)
    case bytes([UInt8])
    case end
  }

  enum Acceptance {
    case taken
    /// The buffer is full: the sender has to wait until the reader asks for it with `.resume`.
    case full
  }

  private typealias Waiter = CheckedContinuation<Result<Delivery, TransportFailure>, Never>

  private struct State {
    var head: ResponseHead?
    var buffer: [UInt8] = []
    var received = 0
    var isPaused = false
    var outcome: Result<Delivery, TransportFailure>?
    var waiter: Waiter?

    /// What the reader gets next, if it need not wait.
    mutating func take() -> Result<Delivery, TransportFailure>? {
      if let head {
        self.head = nil
        return .success(.head(head))
      }
      guard !buffer.isEmpty else { return outcome }
      defer { buffer = [] }
      return .success(.bytes(buffer))
    }

    var hasUnread: Bool { head != nil || !buffer.isEmpty }

    /// True, once, when the sender was made to wait and there is room again.
    mutating func takeResumption() -> Bool {
      guard isPaused, buffer.isEmpty, outcome == nil else { return false }
      isPaused = false
      return true
    }
  }

  private let state = Mutex(State())
  private let commands: CommandQueue
  private let bufferLimit: Int

  init(commands: CommandQueue, bufferLimit: Int) {
    self.commands = commands
    self.bufferLimit = bufferLimit
  }
}

/// The reader's side.
extension Exchange {
  /// The head, then the body piece by piece, then the end.
  ///
  /// Cancelling the task aborts the transfer.
  func next() async throws(TransportFailure) -> Delivery {
    if Task.isCancelled { cancel() }
    let result: Result<Delivery, TransportFailure>
    if let ready = takeReady() {
      result = ready
    } else {
      result = await withTaskCancellationHandler {
        await withCheckedContinuation(wait)
      } onCancel: {
        cancel()
      }
    }
    return try result.get()
  }

  /// Ends the transfer, unless it is over, and drops what was not read.
  func cancel() {
    let (wasRunning, waiter, failure) = state.withLock { state in
      let failure = TransportFailure(.cancelled, "the transfer was cancelled", bytesReceived: state.received)
      let wasRunning = state.outcome == nil
      if wasRunning || state.hasUnread { state.outcome = .failure(failure) }
      state.head = nil
      state.buffer = []
      return (wasRunning, state.waiter.take(), failure)
    }
    if wasRunning { commands.post(.cancel(self)) }
    waiter?.resume(returning: .failure(failure))
  }

  private func takeReady() -> Result<Delivery, TransportFailure>? {
    let (ready, resumes) = state.withLock { state in (state.take(), state.takeResumption()) }
    if resumes { commands.post(.resume(self)) }
    return ready
  }

  private func wait(_ waiter: Waiter) {
    let (ready, resumes) = state.withLock { state -> (Result<Delivery, TransportFailure>?, Bool) in
      if let ready = state.take() { return (ready, state.takeResumption()) }
      guard state.waiter == nil else {
        return (.failure(TransportFailure(.other, "two tasks read the same reply")), false)
      }
      state.waiter = waiter
      return (nil, false)
    }
    if resumes { commands.post(.resume(self)) }
    if let ready { waiter.resume(returning: ready) }
  }
}

/// The driver's side. None of these resumes the reader: `wakeReader` does, once per batch of socket events.
extension Exchange {
  var isOver: Bool { state.withLock { $0.outcome != nil } }

  func deliver(_ head: ResponseHead) {
    state.withLock { state in if state.outcome == nil { state.head = head } }
  }

  /// An empty buffer takes any piece; a piece that would overfill it is left to the sender.
  func deliver(_ bytes: UnsafeBufferPointer<UInt8>) -> Acceptance {
    state.withLock { state in
      guard state.outcome == nil else { return .taken }
      guard state.buffer.isEmpty || state.buffer.count + bytes.count <= bufferLimit else {
        state.isPaused = true
        return .full
      }
      state.buffer.append(contentsOf: bytes)
      state.received += bytes.count
      return .taken
    }
  }

  /// The end; the first one counts.
  ///
  /// What was delivered before can still be read.
  func finish(_ failure: TransportFailure?) {
    state.withLock { state in
      if state.outcome == nil { state.outcome = failure.map { .failure($0) } ?? .success(.end) }
    }
  }

  func wakeReader() {
    let (waiter, ready, resumes) = state.withLock { state -> (Waiter?, Result<Delivery, TransportFailure>?, Bool) in
      guard state.waiter != nil, let ready = state.take() else { return (nil, nil, false) }
      return (state.waiter.take(), ready, state.takeResumption())
    }
    if resumes { commands.post(.resume(self)) }
    if let ready { waiter?.resume(returning: ready) }
  }
}
