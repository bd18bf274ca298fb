// The one thread that talks to libcurl: epoll over its sockets, commands from readers, and the timers libcurl lacks.
import CCurl

/// Runs transfers until it is told to stop.
///
/// Everything in it belongs to the driver thread.
final class Driver {
  private let commands: CommandQueue
  private let configuration: TransportConfiguration
  private let epoll: Epoll
  private let multi: CurlMulti
  private var transfers: [ObjectIdentifier: Transfer] = [:]
  private var spareHandles: [CurlEasy] = []
  private var ready: [Epoll.Ready] = []
  private let news = News()
  /// When libcurl wants to be called; set by its timer callback and acted on by the loop, never in the callback.
  private var curlDeadline: MonotonicTime?
  /// No transfer's deadline lies before this one; it may be too early, never too late.
  private var nextExpiry: MonotonicTime?
  private var isStopped = false

  private static let spareHandleLimit = 256
  /// The shortest time between two looks at all deadlines.
  private static let expiryGrain = Duration.milliseconds(5)

  /// Fails when the system has no descriptor or memory left.
  init?(_ commands: CommandQueue, _ configuration: TransportConfiguration) {
    guard let epoll = Epoll(), let multi = CurlMulti(configuration) else { return nil }
    self.commands = commands
    self.configuration = configuration
    self.epoll = epoll
    self.multi = multi
    self.epoll.watchWrites(to: commands.eventFile)
    self.multi.setCallbacks(context: Unmanaged.passUnretained(self).toOpaque(), socketChanged, timerChanged)
  }

  /// Returns after `.stop`, when all transfers have been ended.
  func run() {
    while !isStopped {
      let mayWait = commands.announceWait()
      epoll.wait(milliseconds: mayWait ? waitingTime : 0, into: &ready)
      for command in commands.takeAll() { obey(command) }
      for event in ready where event.socket != commands.eventFile {
        multi.act(on: event.socket, events: event.curlEvents)
      }
      ready.removeAll(keepingCapacity: true)
      serveCurlDeadline()
      collectDone()
      expire()
      news.wakeReaders()
    }
    stop()
  }
}

/// Commands.
extension Driver {
  private func obey(_ command: DriverCommand) {
    switch command {
    case .start(let request, let exchange): start(request, exchange)
    case .resume(let exchange): transfers[ObjectIdentifier(exchange)]?.resume()
    case .cancel(let exchange):
      if let transfer = transfers[ObjectIdentifier(exchange)] { release(transfer) }
    case .stop: isStopped = true
    }
  }

  private func start(_ request: HTTPRequest, _ exchange: Exchange) {
    guard !exchange.isOver else { return }
    do throws(TransportFailure) {
      try begin(request, exchange)
    } catch {
      exchange.finish(error)
      exchange.wakeReader()
    }
  }

  private func begin(_ request: HTTPRequest, _ exchange: Exchange) throws(TransportFailure) {
    guard let easy = spareHandles.popLast() ?? CurlEasy() else { throw TransportFailure(.other, "out of memory") }
    let now = MonotonicTime.now
    let origin = try easy.prepare(request, configuration)
    let transfer = Transfer(request, exchange, easy, origin, news: news, now: now)
    transfer.takeHandle()
    guard multi.add(easy) else { throw TransportFailure(.other, "libcurl refused the transfer") }
    transfers[ObjectIdentifier(exchange)] = transfer
    noteExpiry(of: transfer, now: now)
  }
}

/// The end of a transfer.
extension Driver {
  private func collectDone() {
    while let (easy, code) = multi.nextDone() {
      guard let transfer = Transfer.from(CurlEasy.privatePointer(of: easy)) else { continue }
      let failure = code == CURLE_OK ? nil : TransportFailure(code, of: transfer)
      finish(transfer, failure)
    }
  }

  private func finish(_ transfer: Transfer, _ failure: TransportFailure?) {
    transfer.finish(failure)
    release(transfer)
  }

  /// Takes the transfer from libcurl; what was running is aborted.
  private func release(_ transfer: Transfer) {
    multi.remove(transfer.easy)
    transfers[ObjectIdentifier(transfer.exchange)] = nil
    transfer.easy.rest()
    if spareHandles.count < Self.spareHandleLimit { spareHandles.append(transfer.easy) }
  }

  private func stop() {
    let refusal = TransportFailure(.cancelled, "the transport was shut down")
    for case .start(_, let exchange) in commands.close(refusing: refusal) {
      exchange.finish(refusal)
      exchange.wakeReader()
    }
    for transfer in Array(transfers.values) {
      finish(transfer, TransportFailure(.cancelled, refusal.message, bytesReceived: transfer.bytesReceived))
    }
    news.wakeReaders()
    spareHandles = []
    multi.clearCallbacks()  // closing the connections would call back into a driver that is going away
  }
}

/// Time.
extension Driver {
  private var waitingTime: Int32 {
    guard let next = earlier(curlDeadline, nextExpiry) else { return -1 }
    return MonotonicTime.now.millisecondsRoundedUp(until: next)
  }

  /// libcurl often asks to be called again at once; a few rounds save a turn of the loop.
  private func serveCurlDeadline() {
    for _ in 0..<4 {
      guard let deadline = curlDeadline, deadline <= .now else { return }
      curlDeadline = nil
      multi.actOnTimeout()
    }
  }

  private func noteExpiry(of transfer: Transfer, now: MonotonicTime) {
    nextExpiry = earlier(nextExpiry, transfer.earliestExpiry(from: now))
  }

  /// Ends the transfers whose time is up.
  ///
  /// One look at all of them, rarely, is cheaper than a sorted list of deadlines that move with each byte.
  private func expire() {
    let now = MonotonicTime.now
    guard let due = nextExpiry, due <= now else { return }
    nextExpiry = nil
    for transfer in Array(transfers.values) {
      if let deadline = transfer.deadline, deadline.at <= now {
        finish(transfer, TransportFailure(timeout: deadline.phase, of: transfer))
      } else {
        noteExpiry(of: transfer, now: now)
      }
    }
    nextExpiry = nextExpiry.map { max($0, now + Self.expiryGrain) }
  }
}

/// What libcurl tells: which sockets to watch, and when it wants to be called.
extension Driver {
  fileprivate func watch(_ socket: Int32, for what: Int32, isKnown: Bool) {
    // Without interest a socket is left out altogether: epoll reports its hang-up all the same.
    let isWanted = what == CURL_POLL_IN || what == CURL_POLL_OUT || what == CURL_POLL_INOUT
    if isWanted {
      epoll.watch(socket, for: what, isKnown: isKnown)
    } else if isKnown {
      epoll.forget(socket)
    }
    if isWanted != isKnown { multi.mark(socket, isWanted ? Unmanaged.passUnretained(self).toOpaque() : nil) }
  }

  fileprivate func setCurlTimer(milliseconds: Int) {
    curlDeadline = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
  }
}

private func socketChanged(
  _: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ context: UnsafeMutableRawPointer?,
  _ mark: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return -1 }
  Unmanaged<Driver>.fromOpaque(context).takeUnretainedValue().watch(socket, for: what, isKnown: mark != nil)
  return 0
}

private func timerChanged(
  _: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return -1 }
  Unmanaged<Driver>.fromOpaque(context).takeUnretainedValue().setCurlTimer(milliseconds: milliseconds)
  return 0
}
