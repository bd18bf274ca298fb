// The listening socket, the event loops, and how they end.
package import GatewayCore
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP/1.1 server: everything between the socket and a `Responder`.
package final class HTTPServer: Sendable {
  package enum Place: Sendable {
    case address(ListenAddress)
    /// A socket that listens already, handed over by whoever started the program.
    case inherited(CInt)
  }

  package struct Configuration: Sendable {
    package var place: Place
    package var limits = ServerLimits()
    /// Event loops, each on a thread of its own; as many as there are cores when it is not said.
    package var loops: Int?
    /// Lets another process listen on the same address, for a change of versions without a gap.
    package var sharesPort = false
    package var now: @Sendable () -> Timestamp

    package init(_ place: Place, now: @escaping @Sendable () -> Timestamp) {
      self.place = place
      self.now = now
    }
  }

  /// Why a server did not start; `description` says it in a few words.
  package struct StartFailure: Error, CustomStringConvertible { package let description: String }

  private enum Phase { case running, draining, closing }

  private static let backlog: CInt = 1024

  /// Where it listens; with port 0, the real one.
  package let address: ListenAddress?
  private let group: MultiThreadedEventLoopGroup
  private let listener: any Channel
  private let services: ServerServices
  private let phase = Mutex(Phase.running)
  private let isClosed = Latch()

  private init(group: MultiThreadedEventLoopGroup, listener: any Channel, services: ServerServices) {
    self.group = group
    self.listener = listener
    self.services = services
    address = ListenAddress(listener.localAddress)
  }

  /// Open connections, and closed ones whose task has not ended.
  package var connectionCount: Int { services.registry.count }

  /// Listens; returns as soon as connections are taken.
  package static func start(
    _ configuration: Configuration, responder: @escaping Responder
  ) async throws(StartFailure) -> HTTPServer {
    let limits = configuration.limits
    let services = ServerServices(
      limits: limits, responder: responder, dates: DateHeader(now: configuration.now),
      registry: ConnectionRegistry(
        connectionLimit: min(limits.connections, DescriptorLimit.connections), bodyLimit: limits.bodyBytesInAll))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.loops ?? NIOCore.System.coreCount))
    do {
      let bootstrap = bootstrap(on: group, services)
      let listener =
        switch configuration.place {
        case .address(let address):
          try await bootstrap.withBoundSocket(
            ListeningSocket.make(
              at: address.socketAddress, backlog: backlog, sharesPort: configuration.sharesPort)
          ).get()
        case .inherited(let descriptor): try await bootstrap.withBoundSocket(descriptor).get()
        }
      return HTTPServer(group: group, listener: listener, services: services)
    } catch {
      try? await group.shutdownGracefully()
      throw StartFailure(description: "\(error)")
    }
  }

  private static func bootstrap(
    on group: MultiThreadedEventLoopGroup, _ services: ServerServices
  ) -> ServerBootstrap {
    let buffer = services.limits.writeBufferBytes
    return ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: backlog)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AcceptPause()) }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // After each read the connection decides whether it wants another one.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.writeBufferWaterMark, value: .init(low: buffer / 2, high: buffer))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.withUnsafeTransportIfAvailable { SocketActivation.keepFromChildren($0 as NIOBSDSocket.Handle) }
          try pipeline.addHTTPServer(services)
        }
      }
  }

  /// Takes no new connections, lets running answers end for at most `patience`, then closes; a second call closes at once.
  ///
  /// Returns when everything is closed.
  package func drain(within patience: Duration) async {
    if advance(from: .running, to: .draining) {
      try? await listener.close()
      services.registry.drain()
      await wait(patience)
    }
    await close()
  }

  /// Closes everything at once, cancelling what runs; returns when the tasks have ended, or after `settleTime`.
  package func close() async {
    if advance(from: .running, to: .closing) || advance(from: .draining, to: .closing) {
      try? await listener.close()
      services.registry.drain()
      services.registry.closeAll()
      await wait(services.limits.settleTime)
      // A task that has not ended needs its event loop.
      if connectionCount == 0 { try? await group.shutdownGracefully() }
      isClosed.open()
    }
    await isClosed.wait()
  }

  /// False when it was not there.
  private func advance(from before: Phase, to after: Phase) -> Bool {
    phase.withLock { phase in
      guard phase == before else { return false }
      phase = after
      return true
    }
  }

  private func wait(_ patience: Duration) async {
    let isOver = Latch()
    services.registry.openWhenEmpty(isOver)
    // Not on an event loop: a second call may have shut those down by the time the timer is cancelled.
    let timer = Task {
      try? await Task.sleep(for: patience)
      isOver.open()
    }
    await isOver.wait()
    timer.cancel()
  }
}

extension ChannelPipeline.SynchronousOperations {
  /// The handlers of a connection.
  func addHTTPServer(_ services: ServerServices) throws {
    var bounds = NIOHTTPDecoderLimitConfiguration()
    bounds.maxHeaderFieldSize = services.limits.headerFieldBytes
    bounds.maxHeaderListSize = services.limits.headerBytes
    bounds.maxHeaderFieldCount = services.limits.headerCount
    let connection = ServerConnection(services: services)
    try addHandler(InboundGate(connection))
    try addHandler(ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: bounds)))
    try addHandler(connection)
  }
}
