// A reply whose status line and headers are in, and whose body is still to be pulled.
import Synchronization

/// A reply.
///
/// Dropping it, and every iterator over its body, aborts what is left of the transfer.
public struct HTTPResponse: Sendable {
  public var status: Int
  public var headers: HTTPHeaders
  public var body: HTTPBody
  public var connection: ConnectionFacts
  /// The type of the body without parameters, in lower case: `text/event-stream`.
  let mediaType: String

  init(status: Int, headers: HTTPHeaders, body: HTTPBody, connection: ConnectionFacts) {
    self.status = status
    self.headers = headers
    self.body = body
    self.connection = connection
    mediaType = headers.mediaType
  }

  /// Whether the body is a stream of server-sent events.
  var isEventStream: Bool { mediaType == "text/event-stream" }
}

/// What it took to get the reply, in microseconds from the moment the transfer began.
public struct ConnectionFacts: Sendable, Equatable {
  /// True when the request went over a connection that was already open.
  public var reused: Bool
  /// Until the host's name was an address; 0 when the connection was reused.
  public var nameLookupMicroseconds: Int
  /// Until the TCP connection stood; 0 when it was reused.
  public var connectMicroseconds: Int
  /// Until the TLS handshake was done; 0 without TLS or when the connection was reused.
  public var tlsMicroseconds: Int
  /// Until the status line and headers were in.
  public var firstByteMicroseconds: Int
}

/// The bytes of a reply, pulled piece by piece.
///
/// It can be read once, by one task at a time.
public struct HTTPBody: AsyncSequence, Sendable {
  public typealias Element = [UInt8]
  public typealias Failure = TransportFailure
  let lease: ExchangeLease

  public struct AsyncIterator: AsyncIteratorProtocol {
    let lease: ExchangeLease

    /// The bytes that have come since the last call, never none; `nil` at the proper end of the body.
    public mutating func next(
      isolation actor: isolated (any Actor)? = #isolation
    ) async throws(TransportFailure) -> [UInt8]? {
      switch try await lease.exchange.next() {
      case .bytes(let bytes): return bytes
      case .end: return nil
      case .head: throw TransportFailure(.other, "a second reply head arrived")
      }
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(lease: lease) }

  /// The whole rest of the body.
  public func collect() async throws(TransportFailure) -> [UInt8] {
    var all: [UInt8] = []
    var iterator = makeAsyncIterator()
    while let piece = try await iterator.next() { all.isEmpty ? all = piece : all.append(contentsOf: piece) }
    return all
  }
}

/// Held by everyone who may still read a reply; the last one to let go aborts the transfer.
final class ExchangeLease: Sendable {
  let exchange: Exchange
  private let running: RunningTransfers

  init(_ exchange: Exchange, _ running: RunningTransfers) {
    self.exchange = exchange
    self.running = running
    running.add(1)
  }

  deinit {
    exchange.cancel()
    running.add(-1)
  }
}

/// How many transfers are under way.
final class RunningTransfers: Sendable {
  private let number = Atomic(0)
  var count: Int { number.load(ordering: .relaxed) }
  func add(_ change: Int) { number.wrappingAdd(change, ordering: .relaxed) }
}
