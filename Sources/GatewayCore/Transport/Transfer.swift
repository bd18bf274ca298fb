// The driver's view of one transfer: its phase, its deadlines, and what libcurl calls back with.
import CCurl

/// The status line and headers of a reply.
struct ResponseHead: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var connection: ConnectionFacts
}

/// A transfer that libcurl is running.
///
/// Lives on the driver thread.
final class Transfer {
  enum Phase {
    case connecting, awaitingHead, readingBody, paused
  }

  let exchange: Exchange
  let easy: CurlEasy
  let origin: Origin
  private let timeouts: Timeouts
  private let replyLimit: Int
  private let startedAt: MonotonicTime
  private(set) var phase = Phase.connecting
  /// When the phase began, or when the last bytes came.
  private var phaseSince: MonotonicTime
  private var status = 0
  private var headers = HTTPHeaders()
  private var headerBytes = 0
  private(set) var bytesReceived = 0
  /// Why we made libcurl stop, when we did.
  private(set) var cause: TransportFailure.Kind?
  private let news: News
  fileprivate var hasNews = false

  private static let headerLimit = 256 << 10

  init(
    _ request: HTTPRequest, _ exchange: Exchange, _ easy: CurlEasy, _ origin: Origin, news: News, now: MonotonicTime
  ) {
    self.news = news
    self.exchange = exchange
    self.easy = easy
    self.origin = origin
    timeouts = request.timeouts
    replyLimit = request.replyLimit
    startedAt = now
    phaseSince = now
  }

  /// The reader has something to be woken for.
  fileprivate func noteNews() {
    guard !hasNews else { return }
    hasNews = true
    news.transfers.append(self)
  }

  /// libcurl is done with it; `nil` is the proper end.
  func finish(_ failure: TransportFailure?) {
    exchange.finish(failure)
    noteNews()
  }
}

/// The transfers whose readers are to be woken at the end of a batch of socket events: once, however much came.
final class News {
  fileprivate var transfers: [Transfer] = []

  func wakeReaders() {
    for transfer in transfers {
      transfer.hasNews = false
      transfer.exchange.wakeReader()
    }
    transfers.removeAll(keepingCapacity: true)
  }
}

/// Time.
extension Transfer {
  /// When the transfer is to be given up, and what it is waiting for; `nil` is never.
  var deadline: (at: MonotonicTime, phase: TransportFailure.Phase)? {
    let total = timeouts.total.map { (at: startedAt + $0, phase: TransportFailure.Phase.total) }
    guard let (limit, waitingFor) = phaseTimeout else { return total }
    let current = (at: phaseSince + limit, phase: waitingFor)
    guard let total, total.at < current.at else { return current }
    return total
  }

  /// A time before which the transfer cannot run out of time, whatever phases it goes through.
  func earliestExpiry(from now: MonotonicTime) -> MonotonicTime? {
    let laterPhases = earlier(earlier(timeouts.connect, timeouts.firstByte), timeouts.idle).map { now + $0 }
    return earlier(deadline?.at, laterPhases)
  }

  private var phaseTimeout: (Duration, TransportFailure.Phase)? {
    switch phase {
    case .connecting: timeouts.connect.map { ($0, .connect) }
    case .awaitingHead: timeouts.firstByte.map { ($0, .firstByte) }
    case .readingBody: timeouts.idle.map { ($0, .idle) }
    case .paused: nil
    }
  }

  private func enter(_ phase: Phase) {
    self.phase = phase
    phaseSince = .now
  }

  /// The reader made room.
  func resume() {
    guard phase == .paused else { return }
    enter(.readingBody)
    easy.unpause()
  }
}

/// What libcurl tells.
extension Transfer {
  /// The connection stands and the request is about to be sent.
  ///
  /// False forbids it.
  fileprivate func requestMayLeave() -> Bool {
    guard phase == .connecting else {
      cause = .resent
      return false
    }
    enter(.awaitingHead)
    return true
  }

  /// One line of a reply's head, or of its trailers.
  ///
  /// False aborts.
  fileprivate func readHeader(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    guard phase == .awaitingHead else { return true }  // trailers
    headerBytes += line.count
    guard headerBytes <= Self.headerLimit else {
      cause = .tooLarge
      return false
    }
    if line.starts(with: "HTTP/".utf8) {
      status = Self.status(in: line)
      headers = HTTPHeaders()
    } else if line.first == 0x0D || line.first == 0x0A {
      if status >= 200 { deliverHead() }  // below: an interim reply, the real one follows
    } else {
      headers.append(line: line)
    }
    return true
  }

  private func deliverHead() {
    enter(.readingBody)
    let facts = ConnectionFacts(
      reused: easy.number(CURLINFO_NUM_CONNECTS) == 0,
      nameLookupMicroseconds: easy.microseconds(CURLINFO_NAMELOOKUP_TIME_T),
      connectMicroseconds: easy.microseconds(CURLINFO_CONNECT_TIME_T),
      tlsMicroseconds: easy.microseconds(CURLINFO_APPCONNECT_TIME_T),
      firstByteMicroseconds: phaseSince.microseconds(since: startedAt))
    exchange.deliver(ResponseHead(status: status, headers: headers, connection: facts))
    headers = HTTPHeaders()
    noteNews()
  }

  /// A piece of the body.
  ///
  /// Returns what libcurl wants to hear: the count, a pause, or an error.
  fileprivate func readBody(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard bytesReceived + bytes.count <= replyLimit else {
      cause = .tooLarge
      return 0
    }
    switch exchange.deliver(bytes) {
    case .taken:
      bytesReceived += bytes.count
      enter(.readingBody)
      noteNews()
      return bytes.count
    case .full:
      enter(.paused)
      return Int(CURL_WRITEFUNC_PAUSE)
    }
  }

  private static func status(in line: UnsafeBufferPointer<UInt8>) -> Int {
    guard let blank = line.firstIndex(of: 0x20) else { return 0 }
    return Int(String(decoding: line[(blank + 1)...].prefix(3), as: UTF8.self)) ?? 0
  }
}

/// Handing itself to libcurl.
extension Transfer {
  /// Has the handle call back whatever transfer it is given to.
  static func installCallbacks(on easy: CurlEasy) {
    ccurl_easy_set_prereq_callback(easy.raw) { context, _, _, _, _ in
      Transfer.from(context)?.requestMayLeave() == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }
    ccurl_easy_set_write_callback(easy.raw, CURLOPT_HEADERFUNCTION) { start, _, count, context in
      guard let transfer = Transfer.from(context), let start else { return 0 }
      return transfer.readHeader(Transfer.bytes(start, count)) ? count : 0
    }
    ccurl_easy_set_write_callback(easy.raw, CURLOPT_WRITEFUNCTION) { start, _, count, context in
      guard let transfer = Transfer.from(context), let start else { return 0 }
      return transfer.readBody(Transfer.bytes(start, count))
    }
  }

  /// Takes the handle over; the transfer must outlive its time in a multi handle.
  func takeHandle() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    for option in [CURLOPT_PRIVATE, CURLOPT_PREREQDATA, CURLOPT_HEADERDATA, CURLOPT_WRITEDATA] {
      ccurl_easy_set_pointer(easy.raw, option, context)
    }
  }

  static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func bytes(_ start: UnsafeMutablePointer<CChar>, _ count: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
  }
}
