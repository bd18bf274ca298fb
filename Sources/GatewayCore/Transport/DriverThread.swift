// The thread the driver runs on: started at the first transfer, so that what needs no network does not pay for it.
import Glibc
import Synchronization

/// Starts a driver when it is first needed, and tells it to stop.
final class DriverThread: Sendable {
  let commands: CommandQueue
  private let configuration: TransportConfiguration
  /// Loads libcurl; the text says why it cannot.
  private let loadLibrary: @Sendable () -> String?
  private let isStarted = Mutex(false)

  init(
    _ commands: CommandQueue, _ configuration: TransportConfiguration, loadLibrary: @escaping @Sendable () -> String?
  ) {
    self.commands = commands
    self.configuration = configuration
    self.loadLibrary = loadLibrary
  }

  /// Throws `.unavailable` when the system gives no thread.
  func startOnce() throws(TransportFailure) {
    let isRunning = isStarted.withLock { isStarted in
      if !isStarted { isStarted = start() }
      return isStarted
    }
    if !isRunning { throw TransportFailure(.unavailable, "no thread for the network: the system refused it") }
  }

  func stop() {
    commands.post(.stop)
  }

  private func start() -> Bool {
    DetachedThread.start(named: "llmgw-network") { [commands, configuration, loadLibrary] in
      Self.run(commands, configuration, loadLibrary)
    } == 0
  }

  private static func run(
    _ commands: CommandQueue, _ configuration: TransportConfiguration, _ loadLibrary: () -> String?
  ) {
    if let problem = loadLibrary() {
      refuseAll(commands, problem)
    } else if let driver = Driver(commands, configuration) {
      driver.run()
    } else {
      refuseAll(commands, "no file descriptor or memory left for the network")
    }
  }

  private static func refuseAll(_ commands: CommandQueue, _ problem: String) {
    for case .start(_, let exchange) in commands.close(refusing: TransportFailure(.unavailable, problem)) {
      exchange.finish(TransportFailure(.unavailable, problem))
      exchange.wakeReader()
    }
  }
}
