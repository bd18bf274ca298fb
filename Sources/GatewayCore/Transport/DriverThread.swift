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

  /// The thread is detached: nobody waits for it, and what it uses lives as long as it does.
  private func start() -> Bool {
    let body = Unmanaged.passRetained(
      ThreadBody(run: { [commands, configuration, loadLibrary] in
        Self.run(commands, configuration, loadLibrary)
      }))
    var thread = pthread_t()
    // All signals are blocked before the thread exists: they belong to the thread that waits for them.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let status = pthread_create(&thread, nil, threadMain, body.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard status == 0 else {
      body.release()
      return false
    }
    pthread_detach(thread)
    return true
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

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(run: @escaping @Sendable () -> Void) { self.run = run }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
  return nil
}
