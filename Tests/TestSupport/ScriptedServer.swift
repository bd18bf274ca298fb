// A server on a loopback port that does to each connection what a script says, byte by byte, and remembers what it saw.
import Glibc
import Synchronization

/// Answers connection n with script n (the last script again for those after it), each on a thread of its own.
package final class ScriptedServer: Sendable {
  package enum Step: Sendable {
    /// Reads a request: its head, and as much body as its `Content-Length` says.
    case readRequest
    /// Reads requests and answers each with what the closure makes of it, until it says that one was the last.
    case answer(@Sendable (Request) -> (text: String, isLast: Bool))
    case write(String)
    case writeBytes([UInt8])
    /// Does nothing until the test opens the gate.
    case wait(Gate)
    /// Sends that many bytes, and notes how many had gone when the client took nothing for 400 ms.
    case flood(Int)
    /// Reads until the client closes.
    case awaitClientClose
    case close
    /// Closes with a TCP reset.
    case reset
  }

  package struct Request: Sendable {
    package var connection: Int
    package var requestLine: String
    /// Names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  }

  /// What the server has seen so far.
  package struct Log: Sendable {
    package var connections = 0
    package var requests: [Request] = []
    /// Connections whose script is over, or whose client went away.
    package var closedConnections = 0
    /// How many bytes of a flood had gone when it first stalled.
    package var stalledAt: Int?
  }

  /// Holds up scripts until the test opens it, once and for all.
  package final class Gate: Sendable {
    private let readEnd: Int32
    private let writeEnd: Mutex<Int32?>

    package init() {
      var ends: [Int32] = [-1, -1]
      precondition(pipe(&ends) == 0, "no pipe for a test gate")
      for end in ends { ScriptedServer.hideFromChildren(end) }
      readEnd = ends[0]
      writeEnd = Mutex(ends[1])
    }

    deinit {
      open()
      close(readEnd)
    }

    /// Every reader of the pipe now sees its end.
    package func open() {
      if let end = writeEnd.withLock({ $0.take() }) { close(end) }
    }

    /// Waits until it is open.
    package func pass() {
      var byte: UInt8 = 0
      read(readEnd, &byte, 1)
    }
  }

  private struct Watcher {
    var id: Int
    var condition: @Sendable (Log) -> Bool
    var continuation: CheckedContinuation<Log, Never>
  }

  private struct State {
    var log = Log()
    var watchers: [Watcher] = []
    var lastWatcher = 0
    var sockets: Set<Int32> = []
    var isStopped = false
  }

  package let port: Int
  private let listener: Int32
  private let scripts: [[Step]]
  private let state = Mutex(State())

  private static let connectionLimit = 512
  private static let requestLimit = 32 << 20

  /// Fails when the loopback address of that family cannot be had.
  package init?(_ scripts: [[Step]], ipv6: Bool = false) {
    self.scripts = scripts
    guard let (listener, port) = Self.listen(ipv6: ipv6) else { return nil }
    self.listener = listener
    self.port = port
    let server = self
    Self.startThread { [listener = server.listener, weak server] in
      while let socket = Self.accept(listener) {
        guard let server else { return _ = Glibc.close(socket) }
        server.begin(socket)
      }
      Glibc.close(listener)
    }
  }

  /// The same script for every connection.
  package convenience init?(_ script: Step...) { self.init([script]) }

  deinit { stop() }

  /// Closes everything at once.
  package func stop() {
    state.withLock { state in
      guard !state.isStopped else { return }
      state.isStopped = true
      // Under the lock: a number in the set is an open socket of ours, a moment later it may be someone else's.
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
      shutdown(listener, Int32(SHUT_RDWR))
    }
  }

  package func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

  package var log: Log { state.withLock { $0.log } }

  /// Returns as soon as the log fulfils `condition`, or the task is cancelled (by a test's time limit).
  @discardableResult
  package func until(_ condition: @escaping @Sendable (Log) -> Bool) async -> Log {
    let id = state.withLock { state in
      state.lastWatcher += 1
      return state.lastWatcher
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let due = state.withLock { state -> Log? in
          if Task.isCancelled || condition(state.log) { return state.log }
          state.watchers.append(Watcher(id: id, condition: condition, continuation: continuation))
          return nil
        }
        if let due { continuation.resume(returning: due) }
      }
    } onCancel: {
      wake { watcher, _ in watcher.id == id }
    }
  }

  private func note(_ change: (inout Log) -> Void) {
    state.withLock { change(&$0.log) }
    wake { watcher, log in watcher.condition(log) }
  }

  private func wake(where isDue: (Watcher, Log) -> Bool) {
    let (due, log) = state.withLock { state in
      let log = state.log
      let due = state.watchers.filter { isDue($0, log) }
      state.watchers.removeAll { watcher in due.contains { $0.id == watcher.id } }
      return (due, log)
    }
    for watcher in due { watcher.continuation.resume(returning: log) }
  }
}

/// Connections.
extension ScriptedServer {
  private func begin(_ socket: Int32) {
    let index = state.withLock { state -> Int? in
      guard !state.isStopped, state.log.connections < Self.connectionLimit else { return nil }
      state.sockets.insert(socket)
      return state.log.connections
    }
    guard let index, let script = index < scripts.count ? scripts[index] : scripts.last else {
      Glibc.close(socket)
      return
    }
    note { $0.connections += 1 }
    Self.startThread { [weak self] in
      for step in script {
        guard let server = self, server.perform(step, on: socket, connection: index) else { break }
      }
      self?.end(socket)
    }
  }

  private func end(_ socket: Int32) {
    let isOpen = state.withLock { $0.sockets.remove(socket) != nil }
    if isOpen { Glibc.close(socket) }
    note { $0.closedConnections += 1 }
  }

  /// False when the connection is over.
  private func perform(_ step: Step, on socket: Int32, connection: Int) -> Bool {
    switch step {
    case .readRequest:
      guard let request = Self.readRequest(socket, connection: connection) else { return false }
      note { $0.requests.append(request) }
      return true
    case .answer(let reply):
      while let request = Self.readRequest(socket, connection: connection) {
        note { $0.requests.append(request) }
        let (text, isLast) = reply(request)
        guard Self.send(Array(text.utf8), to: socket), !isLast else { return false }
      }
      return false
    case .write(let text): return Self.send(Array(text.utf8), to: socket)
    case .writeBytes(let bytes): return Self.send(bytes, to: socket)
    case .wait(let gate):
      gate.pass()
      return true
    case .flood(let count): return flood(socket, count)
    case .awaitClientClose:
      while let some = Self.receive(socket, atMost: 4096), !some.isEmpty {}
      return false
    case .close: return false
    case .reset:
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
      return false
    }
  }

  private func flood(_ socket: Int32, _ count: Int) -> Bool {
    var patience = timeval(tv_sec: 0, tv_usec: 400_000)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let block = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
    var sent = 0
    while sent < count {
      let written = Glibc.send(socket, block, min(block.count, count - sent), Int32(MSG_NOSIGNAL))
      if written > 0 {
        sent += written
      } else if errno == EAGAIN {
        let sentSoFar = sent
        note { $0.stalledAt = $0.stalledAt ?? sentSoFar }
      } else {
        return false
      }
    }
    return true
  }
}

/// Sockets and threads.
extension ScriptedServer {
  private static func listen(ipv6: Bool) -> (socket: Int32, port: Int)? {
    let listener = socket(ipv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { return nil }
    guard bindToLoopback(listener, ipv6: ipv6), Glibc.listen(listener, 512) == 0, let port = port(of: listener) else {
      Glibc.close(listener)
      return nil
    }
    return (listener, port)
  }

  private static func bindToLoopback(_ socket: Int32, ipv6: Bool) -> Bool {
    var four = sockaddr_in()
    four.sin_family = sa_family_t(AF_INET)
    four.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var six = sockaddr_in6()
    six.sin6_family = sa_family_t(AF_INET6)
    six.sin6_addr = in6addr_loopback
    return ipv6 ? bind(socket, to: &six) : bind(socket, to: &four)
  }

  private static func bind<Address>(_ socket: Int32, to address: inout Address) -> Bool {
    withUnsafeBytes(of: &address) { bytes in
      guard let start = bytes.baseAddress else { return false }
      return Glibc.bind(socket, start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) == 0
    }
  }

  private static func port(of socket: Int32) -> Int? {
    var address = sockaddr_in6()  // large enough for either family; the port stands at the same place in both
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let status = withUnsafeMutableBytes(of: &address) { bytes in
      bytes.baseAddress.map { getsockname(socket, $0.assumingMemoryBound(to: sockaddr.self), &size) } ?? -1
    }
    return status == 0 ? Int(UInt16(bigEndian: address.sin6_port)) : nil
  }

  /// A copy in a child process would keep a connection open that we have closed.
  private static func hideFromChildren(_ file: Int32) {
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
  }

  private static func accept(_ listener: Int32) -> Int32? {
    let socket = Glibc.accept(listener, nil, nil)
    guard socket >= 0 else { return nil }
    hideFromChildren(socket)
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    return socket
  }

  /// `nil` when the connection broke; empty when the client closed.
  private static func receive(_ socket: Int32, atMost limit: Int) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = recv(socket, &buffer, limit, 0)
    return count < 0 ? nil : Array(buffer.prefix(count))
  }

  private static func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func readRequest(_ socket: Int32, connection: Int) -> Request? {
    var received: [UInt8] = []
    var request: Request?
    while received.count < requestLimit {
      guard let more = receive(socket, atMost: 64 << 10), !more.isEmpty else { return nil }
      received += more
      if request == nil, let end = endOfHead(in: received) {
        request = parseHead(received[..<end], connection: connection)
        received.removeFirst(end)
      }
      guard var whole = request else { continue }
      let length = whole.header("content-length").flatMap { Int($0) } ?? 0
      guard received.count >= length else { continue }
      whole.body = received
      return whole
    }
    return nil
  }

  private static func endOfHead(in bytes: [UInt8]) -> Int? {
    let mark = Array("\r\n\r\n".utf8)
    guard bytes.count >= mark.count else { return nil }
    return (0...(bytes.count - mark.count)).first { bytes[$0...].starts(with: mark) }.map { $0 + mark.count }
  }

  private static func parseHead(_ bytes: ArraySlice<UInt8>, connection: Int) -> Request {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
    let headers = lines.dropFirst().map { line -> (name: String, value: String) in
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      return (line[..<colon].lowercased(), String(line[colon...].dropFirst().drop { $0 == " " }))
    }
    return Request(connection: connection, requestLine: String(lines.first ?? ""), headers: headers, body: [])
  }

  private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs something that may block, on a thread of its own.
  package static func startThread(_ run: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let body = Unmanaged.passRetained(ThreadBody(run))
    let status = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    precondition(status == 0, "no thread for a test connection")
    pthread_detach(thread)
  }
}
