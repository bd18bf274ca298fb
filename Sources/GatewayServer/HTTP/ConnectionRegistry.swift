// Which connections are open, how much they hold, and when the last one is gone.
import GatewayCore
import NIOCore
import Synchronization

/// What the server knows of all its connections.
final class ConnectionRegistry: Sendable {
  enum Welcome {
    case welcome
    /// One too many: it may be told so.
    case overfull
    /// Far too many, or the server is closing.
    case unwanted
  }

  private struct State {
    var connections: [ObjectIdentifier: NIOLoopBound<ServerConnection>] = [:]
    var isDraining = false
    var watchers: [Latch] = []

    mutating func openIfEmpty() {
      guard connections.isEmpty else { return }
      for latch in watchers { latch.open() }
      watchers = []
    }
  }

  /// Connections beyond the limit that are told so at one time.
  private static let refusedAtOnce = 64

  private let limit: Int
  private let bodyLimit: Int
  private let bodyBytes = Atomic(0)
  private let state = Mutex(State())

  init(connectionLimit: Int, bodyLimit: Int) {
    limit = connectionLimit
    self.bodyLimit = bodyLimit
  }

  /// Connections that are open, and closed ones whose task has not ended.
  var count: Int { state.withLock { $0.connections.count } }

  func enter(_ connection: ServerConnection, _ loop: any EventLoop) -> Welcome {
    let bound = NIOLoopBound(connection, eventLoop: loop)
    return state.withLock { state in
      state.connections[ObjectIdentifier(connection)] = bound
      if state.isDraining || state.connections.count > limit + Self.refusedAtOnce { return .unwanted }
      return state.connections.count > limit ? .overfull : .welcome
    }
  }

  func leave(_ connection: ServerConnection) {
    state.withLock { state in
      state.connections[ObjectIdentifier(connection)] = nil
      state.openIfEmpty()
    }
  }

  /// False when the server holds too much already; then nothing is added.
  func holdBody(_ bytes: Int) -> Bool {
    let held = bodyBytes.add(bytes, ordering: .relaxed).newValue
    if held <= bodyLimit { return true }
    releaseBody(bytes)
    return false
  }

  func releaseBody(_ bytes: Int) { bodyBytes.subtract(bytes, ordering: .relaxed) }

  /// Has every connection close as soon as it has answered what it is answering.
  func drain() {
    let all = state.withLock { state in
      state.isDraining = true
      return Array(state.connections.values)
    }
    for connection in all { connection.eventLoop.execute { connection.value.drain() } }
  }

  func closeAll() {
    for connection in state.withLock({ Array($0.connections.values) }) {
      connection.eventLoop.execute { connection.value.closeNow() }
    }
  }

  /// Opens the latch when no connection is left.
  func openWhenEmpty(_ latch: Latch) {
    state.withLock { state in
      state.watchers.append(latch)
      state.openIfEmpty()
    }
  }
}
