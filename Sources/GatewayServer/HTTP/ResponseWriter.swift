// How a responder answers: whole, or as a stream that goes no faster than its reader.
import GatewayCore
import NIOCore

/// Answers one request: called for each, on the event loop of its connection.
///
/// When the client leaves, the task is cancelled at once. The connection goes on to the next request as soon as this one
/// is answered; what the function still does then is neither hurried nor cancelled by anything that client does.
package typealias Responder = @Sendable (ServerRequest, ResponseWriter) async -> Void

/// Why an answer could not be written.
package enum ResponseFailure: Error, Equatable {
  /// The client closed or reset the connection, or did not read, or the server was closed.
  case clientLeft
  /// The task was cancelled while it waited for a slow client.
  case cancelled
  /// The answer had been finished before, or had begun otherwise.
  case finished
}

/// The one answer to a request: `respond`, or `begin`, `write`..., `finish`.
///
/// May be used from any task, but by one at a time. A responder that returns without an answer has the client told so
/// (500), and one that returns in the midst of a stream has it cut. Header fields about the connection and the length are
/// the writer's own affair.
package struct ResponseWriter: Sendable {
  private let connection: NIOLoopBound<ServerConnection>
  private let number: Int
  private let goneOut: GoneOut

  init(_ connection: ServerConnection, on loop: any EventLoop, number: Int, goneOut: GoneOut) {
    self.connection = NIOLoopBound(connection, eventLoop: loop)
    self.number = number
    self.goneOut = goneOut
  }

  /// Whether something of the answer has been written.
  package var hasBegun: Bool { goneOut.value }

  /// How many bytes of the body have been written.
  package var bodyBytes: Int { goneOut.bodyBytes }

  /// Answers whole, with one write.
  package func respond(
    _ status: Int, _ headers: [(name: String, value: String)] = [], body: [UInt8] = []
  ) async throws(ResponseFailure) {
    let head = ResponseHead(status: status, headers: headers)
    try await perform { [number] connection throws(ResponseFailure) in
      try connection.respond(head, body: body, as: number)
    }
  }

  /// Begins a stream; the status goes out with the first bytes written in the same turn, or by itself.
  package func begin(
    _ status: Int, _ headers: [(name: String, value: String)] = []
  ) async throws(ResponseFailure) {
    let head = ResponseHead(status: status, headers: headers)
    try await perform { [number] connection throws(ResponseFailure) in try connection.begin(head, as: number) }
  }

  /// Begins a stream whose head goes out with its first bytes, or when the client has waited long enough for a sign of life.
  ///
  /// Until then it may be held anew, or answered otherwise.
  package func hold(
    _ status: Int, _ headers: [(name: String, value: String)] = [], keepAlive: KeepAlive
  ) async throws(ResponseFailure) {
    let head = ResponseHead(status: status, headers: headers)
    try await perform { [number] connection throws(ResponseFailure) in
      try connection.hold(head, keepAlive, as: number)
    }
  }

  /// Writes a piece of a stream, and waits while the client has too much unread.
  package func write(_ bytes: [UInt8]) async throws(ResponseFailure) {
    let hasRoom = try await perform { [number] connection throws(ResponseFailure) in
      try connection.write(bytes, as: number)
    }
    if !hasRoom { try await waitForRoom() }
  }

  /// Ends a stream.
  package func finish() async throws(ResponseFailure) {
    try await perform { [number] connection throws(ResponseFailure) in try connection.finish(as: number) }
  }

  /// The responder has returned.
  func end() async {
    try? await perform { [number] connection throws(ResponseFailure) in connection.taskEnded(number) }
  }

  private func waitForRoom() async throws(ResponseFailure) {
    let room = Latch()
    connection.eventLoop.execute { connection.value.openWhenWritable(room) }
    await withTaskCancellationHandler {
      await room.wait()
    } onCancel: {
      room.open()
    }
    // Of a client that left, the next lines of the responder hear by the same error as elsewhere.
    try await perform { connection throws(ResponseFailure) in
      if connection.isClosed { throw ResponseFailure.clientLeft }
      if Task.isCancelled { throw ResponseFailure.cancelled }
    }
  }

  /// Does something to the connection, which belongs to its event loop.
  private func perform<Value: Sendable>(
    _ action: @escaping @Sendable (ServerConnection) throws(ResponseFailure) -> Value
  ) async throws(ResponseFailure) -> Value {
    if connection.eventLoop.inEventLoop { return try action(connection.value) }
    let result: Result<Value, ResponseFailure> = await withCheckedContinuation { continuation in
      connection.eventLoop.execute {
        continuation.resume(returning: Result { () throws(ResponseFailure) in try action(connection.value) })
      }
    }
    return try result.get()
  }
}
