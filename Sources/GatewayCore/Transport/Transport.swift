// The HTTP client: requests go in, replies come out as they arrive. Everything else here is how.
import CCurl

/// Sends HTTP requests over connections that it keeps.
///
/// Safe to use from any task; one is enough for a process.
///
/// ```swift
/// let response = try await transport.send(HTTPRequest(method: "GET", url: "https://example.com/"))
/// for try await bytes in response.body { print(bytes.count) }
/// ```
public final class Transport: Sendable {
  private let configuration: TransportConfiguration
  private let driver: DriverThread?
  private let running = RunningTransfers()

  /// Costs nothing: libcurl is loaded and the driver thread started by the first `send`.
  public convenience init(configuration: TransportConfiguration = TransportConfiguration()) {
    self.init(configuration: configuration, loadLibrary: { ccurl_load().map { String(cString: $0) } })
  }

  /// With another way to load libcurl, which returns what is wrong.
  init(configuration: TransportConfiguration, loadLibrary: @escaping @Sendable () -> String?) {
    self.configuration = configuration
    driver = CommandQueue().map { DriverThread($0, configuration, loadLibrary: loadLibrary) }
  }

  deinit { shutdown() }

  /// Returns when the status line and headers are in.
  ///
  /// Cancelling the task aborts the transfer.
  public func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    guard let driver else { throw TransportFailure(.unavailable, "no file descriptor left for the network") }
    try driver.startOnce()
    // The driver may be quicker than the cancellation of what was handed to it.
    if Task.isCancelled { throw TransportFailure(.cancelled, "the transfer was cancelled") }
    let exchange = Exchange(
      commands: driver.commands, bufferLimit: request.pieces == .onDemand ? 0 : configuration.bufferLimit)
    let lease = ExchangeLease(exchange, running)
    try driver.commands.post(start: request, exchange)
    guard case .head(let head) = try await exchange.next() else {
      throw TransportFailure(.other, "the transfer ended without a reply")
    }
    return HTTPResponse(
      status: head.status, headers: head.headers, body: HTTPBody(lease: lease), connection: head.connection)
  }

  /// Transfers whose replies are not over, or still held by someone.
  package var transfers: Int { running.count }

  /// Ends all transfers as cancelled and stops the driver thread.
  ///
  /// Nothing can be sent afterwards.
  public func shutdown() {
    driver?.stop()
  }
}
