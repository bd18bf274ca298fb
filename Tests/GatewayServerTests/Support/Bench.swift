import GatewayCore
import NIOCore
import NIOEmbedded
import Synchronization
// A connection without a socket: bytes in, bytes out, and a clock that the test moves.
import TestSupport

@testable import GatewayServer

/// A server's handlers on a channel in memory.
///
/// For tests that are not `async`: it belongs to one thread.
final class Bench {
  let channel: EmbeddedChannel
  let registry: ConnectionRegistry
  private(set) var text = ""

  init(_ limits: ServerLimits = ServerLimits(), _ responder: @escaping Responder = Responders.echo) throws {
    registry = ConnectionRegistry(connectionLimit: limits.connections, bodyLimit: limits.bodyBytesInAll)
    let services = ServerServices(
      limits: limits, responder: responder, dates: DateHeader { Timestamp(microseconds: 784_111_777_000_000) },
      registry: registry)
    channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHTTPServer(services)
    try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
  }

  deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

  /// Hands the bytes in, and takes what comes out.
  func send(_ bytes: [UInt8]) {
    if channel.isActive { _ = try? channel.writeInbound(ByteBuffer(bytes: bytes)) }
    settle()
  }

  func send(_ text: String) { send(Array(text.utf8)) }

  func advance(_ time: Duration) {
    channel.embeddedEventLoop.advanceTime(by: TimeAmount(time))
    settle()
  }

  /// Runs what waits on the loop.
  func settle() {
    channel.embeddedEventLoop.run()
    while let buffer = try? channel.readOutbound(as: ByteBuffer.self) {
      text += String(decoding: buffer.readableBytesView, as: UTF8.self)
    }
  }

  func setWritable(_ isWritable: Bool) {
    channel.isWritable = isWritable
    channel.pipeline.fireChannelWritabilityChanged()
  }

  var isClosed: Bool { !channel.isActive }

  var answers: [TestAnswer] { TestAnswer.all(in: text) }
}

/// What the tests' servers answer.
enum Responders {
  /// The request in one line.
  static let echo: Responder = { request, writer in
    let text =
      "\(request.method) \(request.path) \(request.query ?? "-") \(String(decoding: request.body, as: UTF8.self))"
    try? await writer.respond(200, [(name: "content-type", value: "text/plain")], body: Array(text.utf8))
  }

  /// The words of the path, one chunk each.
  static let stream: Responder = { request, writer in
    do {
      try await writer.begin(200, [(name: "content-type", value: "text/plain")])
      for word in request.path.split(separator: "/") { try await writer.write(Array(word.utf8)) }
      try await writer.finish()
    } catch {}
  }
}

/// Remembers what happened, in any order of threads.
final class Record: Sendable {
  private let notes = Mutex<[String]>([])
  var all: [String] { notes.withLock { $0 } }
  func note(_ text: String) { notes.withLock { $0.append(text) } }
}
