// One connection: requests in, one task at a time, answers out in order. This file: what comes in, and the tasks.
//
// Everything here happens on the connection's event loop. Requests start when a read is over, never while the decoder is
// at work, so that an answer may close the connection.
import GatewayCore
import NIOCore
import NIOHTTP1

/// What the connections of a server share.
struct ServerServices: Sendable {
  let limits: ServerLimits
  let responder: Responder
  let dates: DateHeader
  let registry: ConnectionRegistry
}

final class ServerConnection: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Waiting {
    case request(ServerRequest, AnswerRules)
    case rejection(Rejection)
  }

  /// What the next bytes of the client belong to.
  private enum Input {
    case nothing
    case head
    case body
    /// Nothing: they are thrown away.
    case over
  }

  struct Answer {
    enum Stage: Equatable {
      case none
      case streaming(BodyFraming)
    }
    let number: Int
    var rules: AnswerRules
    let bodyBytes: Int
    var stage = Stage.none
    let goneOut = GoneOut()
    /// The head of a stream that has not begun.
    var held: ResponseHead?
    var keepAlive: KeepAlive?
    var task: Task<Void, Never>?
  }

  let services: ServerServices
  var context: ChannelHandlerContext?
  private var executor: LoopExecutor?

  private var collector: RequestCollector?
  private var input = Input.nothing
  /// What the deadline was set for; `nil` when it is to be set anew.
  private var timedInput: Input?
  private var inputDeadline: DeadlineTimer?
  private var waiting = CircularBuffer<Waiting>()
  private var owesContinue = false
  private var readIsHeld = false
  /// The bytes of bodies that this connection has taken from what the server may hold.
  private var heldBytes = 0
  /// Those of the body that is being read.
  private var incomingBytes = 0

  var answer: Answer?
  private var lastNumber = 0
  private var runningTasks = 0
  private var isStarting = false
  private(set) var isDraining = false
  private(set) var isClosing = false
  private(set) var isClosed = false

  // What goes out: ServerConnection+Output.swift.
  var output = ByteBuffer()
  var flushIsDue = false
  var handedOut = 0
  var stall: DeadlineTimer?
  var silenceTimer: DeadlineTimer?
  var sentAtLastLook = 0
  var waitingWriters: [Latch] = []

  init(services: ServerServices) { self.services = services }
}

/// The channel's life.
extension ServerConnection {
  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { open(context) }
  }

  func channelActive(context: ChannelHandlerContext) { open(context) }

  private func open(_ context: ChannelHandlerContext) {
    guard executor == nil else { return }
    let loop = context.eventLoop
    executor = LoopExecutor(loop)
    collector = RequestCollector(services.limits, remoteAddress: context.remoteAddress?.ipAddress ?? "")
    inputDeadline = DeadlineTimer(on: loop) { [weak self] in self?.inputTookTooLong() }
    stall = DeadlineTimer(on: loop) { [weak self] in self?.lookForProgress() }
    switch services.registry.enter(self, loop) {
    case .welcome: settleInput()
    case .overfull:
      reject(.tooManyConnections)
      advance()
    case .unwanted: context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    guard !isClosed else { return }
    isClosed = true
    inputDeadline?.cancel()
    stall?.cancel()
    silenceTimer?.cancel()
    waiting.removeAll()
    answer?.task?.cancel()
    answer = nil
    releaseBodies(heldBytes)
    wakeWriters()
    leaveIfDone()
  }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? HTTPParserError {
      reject(.unreadable(error))
    } else {
      context.close(promise: nil)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case ChannelEvent.outputClosed = event else { return }
    // Closing now would reset the connection if the client is still sending, and the answer might be lost with it.
    stall?.stop()
    inputDeadline?.start(services.limits.lingerTime)
  }

  /// Closes when nothing is going on, else after the answer.
  func drain() {
    isDraining = true
    if answer == nil, waiting.isEmpty, input == .nothing, !isClosing { closeNow() }
  }

  func closeNow() { context?.close(promise: nil) }

  /// The registry counts a closed connection until its tasks have ended.
  private func leaveIfDone() {
    if isClosed && runningTasks == 0 { services.registry.leave(self) }
  }
}

/// What comes in.
extension ServerConnection {
  /// False when the bytes are not to be read.
  func noticeBytes() -> Bool {
    if input == .nothing {
      input = .head
      // Even when the read ends where it began, between two requests, the time for the next one starts anew.
      timedInput = nil
    }
    return input != .over
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard input != .over else { return }
    let part = unwrapInboundIn(data)
    if case .body = part { owesContinue = false }
    switch collector?.take(part) {
    case .began(let awaitsContinue):
      input = .body
      owesContinue = awaitsContinue
      if !holdIncoming(collector?.heldBytes ?? 0) { reject(.tooManyBodies) }
    case .request(let request, let rules):
      _ = holdIncoming(request.body.count)
      incomingBytes = 0
      input = rules.keepsAlive ? .nothing : .over
      owesContinue = false
      waiting.append(.request(request, rules))
    case .rejected(let rejection): reject(rejection)
    case .more: if !holdIncoming(collector?.heldBytes ?? 0) { reject(.tooManyBodies) }
    case nil: break
    }
  }

  /// False when the server holds too much already.
  private func holdIncoming(_ bytes: Int) -> Bool {
    let more = bytes - incomingBytes
    guard more != 0 else { return true }
    if more < 0 {
      services.registry.releaseBody(-more)
    } else if !services.registry.holdBody(more) {
      return false
    }
    heldBytes += more
    incomingBytes = bytes
    return true
  }

  func channelReadComplete(context: ChannelHandlerContext) { advance() }

  func read(context: ChannelHandlerContext) {
    if waiting.count < services.limits.waitingRequests {
      context.read()
    } else {
      readIsHeld = true
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      if !isClosing { stall?.stop() }
      wakeWriters()
      advance()
    } else {
      watchForProgress()
    }
  }

  /// The answer takes its turn behind those of earlier requests.
  private func reject(_ rejection: Rejection) {
    guard input != .over else { return }
    input = .over
    owesContinue = false
    collector = nil
    waiting.append(.rejection(rejection))
  }

  private func inputTookTooLong() {
    timedInput = nil
    if isClosing || input == .nothing {
      closeNow()
    } else {
      reject(input == .head ? .headerTooSlow : .bodyTooSlow)
      advance()
    }
  }

  /// Sets the deadline for what the client owes, when that has changed.
  private func settleInput() {
    guard !isClosing, !isClosed else { return }
    let state = input == .nothing && !(answer == nil && waiting.isEmpty) ? .over : input
    guard state != timedInput else { return }
    timedInput = state
    switch state {
    case .nothing: inputDeadline?.start(services.limits.idleTime)
    case .head: inputDeadline?.start(services.limits.headerTime)
    case .body: inputDeadline?.start(services.limits.bodyTime)
    case .over: inputDeadline?.stop()
    }
  }

  private func releaseBodies(_ bytes: Int) {
    if bytes > 0 { services.registry.releaseBody(bytes) }
    heldBytes -= bytes
  }
}

/// Requests become tasks.
extension ServerConnection {
  /// Begins what can begin, and sends what is to be sent.
  func advance() {
    guard !isStarting else { return }
    isStarting = true
    while isReady, let next = waiting.popFirst() {
      switch next {
      case .request(let request, let rules): begin(request, rules)
      case .rejection(let rejection): send(rejection)
      }
    }
    isStarting = false
    if owesContinue, answer == nil, waiting.isEmpty, !isClosing {
      owesContinue = false
      output.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
    }
    flush()
    settleInput()
    if readIsHeld, waiting.count < services.limits.waitingRequests {
      readIsHeld = false
      context?.read()
    }
  }

  /// Whether the next request may begin: the one before is answered, and the client reads its answers.
  private var isReady: Bool {
    guard answer == nil, !isClosing, !isClosed, let channel = context?.channel else { return false }
    return channel.isActive && channel.isWritable
  }

  private func begin(_ request: ServerRequest, _ rules: AnswerRules) {
    guard let context, let executor else { return }
    lastNumber += 1
    let number = lastNumber
    let answer = Answer(number: number, rules: rules, bodyBytes: request.body.count)
    self.answer = answer
    runningTasks += 1
    let writer = ResponseWriter(self, on: context.eventLoop, number: number, goneOut: answer.goneOut)
    // Begins here and now, and comes back to this loop after each suspension.
    let task = Task.immediate(executorPreference: executor) { [responder = services.responder] in
      await responder(request, writer)
      await writer.end()
    }
    if self.answer?.number == number { self.answer?.task = task }
  }

  private func send(_ rejection: Rejection) {
    lastNumber += 1
    answer = Answer(number: lastNumber, rules: AnswerRules(keepsAlive: false), bodyBytes: 0)
    let head = ResponseHead(status: rejection.status, headers: [(name: "content-type", value: "application/json")])
    respond(head, body: rejection.body)
  }

  /// The last byte of an answer is written.
  func answerIsComplete() {
    guard let answer else { return }
    self.answer = nil
    silenceTimer?.stop()
    releaseBodies(answer.bodyBytes)
    if answer.rules.keepsAlive && !isDraining {
      advance()
    } else {
      closeGently()
    }
  }

  /// The responder has returned.
  func taskEnded(_ number: Int) {
    runningTasks -= 1
    if let answer, answer.number == number {
      switch answer.stage {
      case .none:
        self.answer?.rules.keepsAlive = false
        let head = ResponseHead(status: 500, headers: [(name: "content-type", value: "application/json")])
        respond(head, body: Rejection.noAnswer.body)
      case .streaming:
        // Without the mark of its end, the client sees that the stream was cut.
        flush()
        closeNow()
      }
    }
    leaveIfDone()
  }

  /// Sends what is left, then only listens until the client closes too.
  private func closeGently() {
    isClosing = true
    input = .over
    waiting.removeAll()
    flush()
    watchForProgress()
    inputDeadline?.stop()
    context?.close(mode: .output).assumeIsolated().whenFailure { _ in self.closeNow() }
  }
}
