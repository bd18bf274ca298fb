// What goes out of a connection: answers in their frames, flushed together, and clients that do not read.
import GatewayCore
import Glibc
import NIOCore

/// What a responder may do to the answer it is responsible for.
extension ServerConnection {
  func respond(_ head: ResponseHead, body: [UInt8], as number: Int) throws(ResponseFailure) {
    guard try answer(number).stage == .none else { throw .finished }
    answer?.goneOut.note(bodyBytes: body.count)
    respond(head, body: body)
  }

  func begin(_ head: ResponseHead, as number: Int) throws(ResponseFailure) {
    let answer = try answer(number)
    guard answer.stage == .none else { throw .finished }
    let framing: BodyFraming =
      !answer.rules.allowsBody || !head.allowsBody ? .none : answer.rules.allowsChunks ? .chunked : .untilClose
    if framing == .untilClose { self.answer?.rules.keepsAlive = false }
    self.answer?.stage = .streaming(framing)
    self.answer?.held = nil
    answer.goneOut.note()
    write(head, framing: framing)
    flushSoon()
  }

  /// False when the client does not keep up.
  func write(_ bytes: [UInt8], as number: Int) throws(ResponseFailure) -> Bool {
    try beginHeld(number)
    guard case .streaming(let framing) = try answer(number).stage else { throw .finished }
    framing.write(bytes, into: &output)
    answer?.goneOut.note(bodyBytes: bytes.count)
    if let keepAlive = answer?.keepAlive { silence(keepAlive.after) }
    if output.readableBytes < services.limits.writeBufferBytes { flushSoon() } else { flush() }
    return context?.channel.isWritable == true
  }

  func finish(as number: Int) throws(ResponseFailure) {
    try beginHeld(number)
    guard case .streaming(let framing) = try answer(number).stage else { throw .finished }
    framing.writeEnd(into: &output)
    answerIsComplete()
  }

  private func beginHeld(_ number: Int) throws(ResponseFailure) {
    if let held = try answer(number).held { try begin(held, as: number) }
  }

  func answer(_ number: Int) throws(ResponseFailure) -> Answer {
    if isClosed { throw .clientLeft }
    guard let answer, answer.number == number else { throw .finished }
    return answer
  }

  /// A whole answer at once.
  func respond(_ head: ResponseHead, body: [UInt8]) {
    guard let rules = answer?.rules else { return }
    let framing: BodyFraming = head.allowsBody ? .length(body.count) : .none
    write(head, framing: framing)
    if rules.allowsBody { framing.write(body, into: &output) }
    answerIsComplete()
  }

  private func write(_ head: ResponseHead, framing: BodyFraming) {
    guard let rules = answer?.rules else { return }
    let connection: StaticString? =
      !rules.keepsAlive || isDraining ? "close" : rules.allowsChunks ? nil : "keep-alive"
    head.write(into: &output, framing: framing, date: services.dates.text, connection: connection)
  }
}

/// Flushing.
extension ServerConnection {
  /// A buffer larger than this is not kept between flushes.
  private static let keptBytes = 4 << 10

  /// Everything that is written until then goes out with one system call.
  private func flushSoon() {
    guard !flushIsDue, let context else { return }
    flushIsDue = true
    context.eventLoop.assumeIsolated().execute { self.flush() }
  }

  func flush() {
    flushIsDue = false
    guard output.readableBytes > 0, let context else { return }
    // Taken away first: a write may change the writability, and that leads back here.
    var bytes = ByteBuffer()
    swap(&bytes, &output)
    handedOut += bytes.readableBytes
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    guard output.readableBytes == 0, bytes.capacity <= Self.keptBytes else { return }
    bytes.clear()
    output = bytes
  }
}

/// Clients that do not read.
extension ServerConnection {
  /// Opens the latch when there is room, or when the connection is no more.
  func openWhenWritable(_ room: Latch) {
    waitingWriters.append(room)
    if isClosed || context?.channel.isWritable != false { wakeWriters() }
  }

  func wakeWriters() {
    for room in waitingWriters { room.open() }
    waitingWriters = []
  }

  func watchForProgress() {
    sentAtLastLook = sentBytes
    stall?.start(services.limits.writeStallTime)
  }

  func lookForProgress() {
    if sentBytes > sentAtLastLook {
      watchForProgress()
    } else {
      abort()
    }
  }

  private var sentBytes: Int {
    let waiting = try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)
    return handedOut - (waiting ?? 0)
  }

  /// Resets the connection, so that the kernel forgets the bytes too that nobody reads.
  private func abort() {
    _ = (context?.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    closeNow()
  }
}
