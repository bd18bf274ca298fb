// One line for each request, and no request that waits for one.

import GatewayCore
import Glibc
import Testing
import Wire

@testable import GatewayServer

struct AccessLogTests {
  private static func request(status: Int = 200, path: String = "/v1/chat/completions") -> FinishedRequest {
    FinishedRequest(
      surface: "openai-chat", method: "POST", path: path, status: status, began: Timestamp(microseconds: 1_500_000),
      duration: .microseconds(1_234_500))
  }

  private static let full = {
    var request = AccessLogTests.request()
    request.operation = "op-1"
    request.key = "bench"
    request.remoteAddress = "127.0.0.1"
    (request.provider, request.model) = ("p", "m")
    request.isStream = true
    request.attempts = 2
    request.usage = Usage(input: 10, output: 20)
    request.cost = Cost(amount: Picodollars(1_500_000), source: .computed)
    request.untilFirstToken = .milliseconds(30)
    request.overhead = .microseconds(120)
    (request.bytesIn, request.bytesOut) = (300, 400)
    request.failure = "rate_limited"
    return request
  }()

  private static func line(_ request: FinishedRequest, _ format: AccessLogFormat) -> String {
    String(decoding: AccessLogLine.bytes(of: request, as: format), as: UTF8.self)
  }

  @Test func `a line says all there is to say, in either format`() {
    #expect(
      Self.line(Self.full, .json) == #"""
        {"time":"1970-01-01T00:00:01.500000Z","level":"info","operation":"op-1","client":"127.0.0.1","key":"bench",\#
        "method":"POST","path":"/v1/chat/completions","status":200,"surface":"openai-chat","provider":"p","model":"m",\#
        "stream":true,"attempts":2,"input_tokens":10,"output_tokens":20,"cost_usd":"0.0000015",\#
        "cost_source":"computed","duration_ms":1234.5,"first_token_ms":30,"overhead_ms":0.12,"bytes_in":300,\#
        "bytes_out":400,"error":"rate_limited"}

        """#)
    #expect(
      Self.line(Self.full, .text) == #"""
        time=1970-01-01T00:00:01.500000Z level=info operation=op-1 client=127.0.0.1 key=bench method=POST \#
        path=/v1/chat/completions status=200 surface=openai-chat provider=p model=m stream=true attempts=2 \#
        input_tokens=10 output_tokens=20 cost_usd=0.0000015 cost_source=computed duration_ms=1234.5 first_token_ms=30 \#
        overhead_ms=0.12 bytes_in=300 bytes_out=400 error=rate_limited

        """#)
  }

  @Test func `contents are in a line only when they were asked for, escaped and cut`() async throws {
    var request = Self.request()
    #expect(!Self.line(request, .json).contains("prompt"))
    (request.prompt, request.reply) = ("a\nb", String(repeating: "ü", count: 5000))
    #expect(Self.line(request, .text).contains(#" prompt="a\u000ab" reply="#))
    try await Self.withFolder { folder in
      let log = try Self.log(folder + "/log")
      log.record(request)
      await log.close()
      let line = try #require(Self.lines(of: folder + "/log").first)
      #expect(line.count { $0 == "ü" } == 4096 && line.hasSuffix("\""))
    }
  }

  @Test func `what is not known is left out, and no price is no zero`() {
    var request = Self.request()
    request.cost = .unpriced
    let line = Self.line(request, .text)
    for name in [
      "operation", "client", "key", "provider", "model", "stream", "input_tokens", "cost_usd", "first_token",
    ] {
      #expect(!line.contains("\(name)="), "\(name)")
    }
    #expect(line.contains(" cost_source=unpriced "))
  }

  @Test(arguments: [
    ("/a b", #""/a b""#), ("/a=b", #""/a=b""#), ("", #""""#), ("/a\"b\\", #""/a\"b\\""#),
    ("/a\r\nlevel=error", #""/a\u000d\u000alevel=error""#), ("/\u{1B}[31m", #""/\u001b[31m""#),
    ("/\u{7F}\u{9B}\u{0}", #""/\u007f\u009b\u0000""#), ("/\u{202E}\u{2028}", #""/\u202e\u2028""#), ("/ü", #""/ü""#),
  ])
  func `nothing a client sends ends a line or moves a terminal`(_ path: String, _ written: String) throws {
    let request = Self.request(path: path)
    #expect(Self.line(request, .text).contains(" path=\(written) "))
    let json = Self.line(request, .json)
    #expect(json.contains("\"path\":\(written),"))
    let parsed = try JSON.parse(json)
    #expect(parsed["path"]?.string == path)
  }

  // The log itself.

  /// A folder of its own that is gone afterwards.
  private static func withFolder(_ test: (String) async throws -> Void) async throws {
    var template = Array("/tmp/llmgw-access-log-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer {
      for name in ["log", "log.1", "pipe"] { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
    try await test(folder)
  }

  private static func lines(of path: String) -> [String] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private static func log(
    _ path: String, _ level: AccessLogLevel = .info, waitingLines: Int = 8192
  ) throws -> AccessLog {
    var configuration = AccessLog.Configuration(.file(path)) { Timestamp(microseconds: 0) }
    configuration.level = level
    configuration.format = .text
    configuration.waitingLines = waitingLines
    return try AccessLog(configuration)
  }

  @Test func `every line is in the file when the log is closed, in order, and only its owner may read it`() async throws
  {
    try await Self.withFolder { folder in
      let log = try Self.log(folder + "/log")
      for number in 0..<5_000 { log.record(Self.request(path: "/\(number)")) }
      await log.close()
      let lines = Self.lines(of: folder + "/log")
      #expect(lines.count == 5_000)
      for (number, line) in lines.enumerated() { #expect(line.contains(" path=/\(number) ")) }
      #expect(log.droppedLines == 0)
      var facts = stat()
      #expect(stat(folder + "/log", &facts) == 0 && facts.st_mode & 0o777 == 0o600)
    }
  }

  @Test(arguments: [
    (AccessLogLevel.error, [500, 503]), (.warning, [400, 429, 500, 503]), (.info, [200, 400, 429, 500, 503]),
  ])
  func `requests that matter less than the level are left out`(_ level: AccessLogLevel, _ statuses: [Int]) async throws
  {
    try await Self.withFolder { folder in
      let log = try Self.log(folder + "/log", level)
      for status in [200, 400, 429, 500, 503] { log.record(Self.request(status: status)) }
      await log.close()
      let lines = Self.lines(of: folder + "/log")
      #expect(lines.count == statuses.count)
      for (line, status) in zip(lines, statuses) { #expect(line.contains(" status=\(status) ")) }
    }
  }

  @Test func `a log that was moved away is begun anew, and nothing is lost between`() async throws {
    try await Self.withFolder { folder in
      let log = try Self.log(folder + "/log")
      log.record(Self.request(path: "/before"))
      #expect(await eventually { Self.lines(of: folder + "/log").count == 1 })
      #expect(rename(folder + "/log", folder + "/log.1") == 0)
      log.record(Self.request(path: "/between"))
      #expect(await eventually { Self.lines(of: folder + "/log.1").count == 2 })
      log.reopen()
      log.record(Self.request(path: "/after"))
      await log.close()
      #expect(
        Self.lines(of: folder + "/log.1").map { $0.contains("/before ") || $0.contains("/between ") } == [true, true])
      #expect(Self.lines(of: folder + "/log").map { $0.contains("/after ") } == [true])
    }
  }

  @Test func `a log that cannot be reopened goes on where it was, and says so`() async throws {
    try await Self.withFolder { folder in
      let log = try Self.log(folder + "/log")
      #expect(rename(folder + "/log", folder + "/log.1") == 0)
      // A folder in its place.
      #expect(mkdir(folder + "/log", 0o700) == 0)
      log.reopen()
      #expect(await eventually { Self.lines(of: folder + "/log.1").count == 1 })
      log.record(Self.request(path: "/after"))
      await log.close()
      #expect(rmdir(folder + "/log") == 0)
      let lines = Self.lines(of: folder + "/log.1")
      #expect(lines.count == 2)
      #expect(lines.first?.contains("the log goes on in the old file: ") == true)
      #expect(lines.last?.contains(" path=/after ") == true)
    }
  }

  @Test func `a log that cannot be opened is an error`() {
    #expect(throws: AccessLog.Failure.self) { try Self.log("/nonexistent/log") }
  }

  @Test func `while the disk stands still requests go on; what is dropped is counted, and told when it moves again`()
    async throws
  {
    try await Self.withFolder { folder in
      // A pipe that nobody reads takes 64 KB, and then a write waits.
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      let reader = open(folder + "/pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      try #require(reader >= 0)
      defer { close(reader) }
      let log = try Self.log(folder + "/pipe", waitingLines: 500)
      let count = 3_000
      for number in 0..<count { log.record(Self.request(path: "/\(number)")) }
      let dropped = log.droppedLines
      #expect(dropped > 0 && dropped < count)
      let written = await Self.drain(reader, while: log)
      #expect(log.droppedLines == dropped)
      #expect(written.filter { $0.contains(" path=/") }.count == count - dropped)
      #expect(written.contains { $0.contains("\"the log could not keep up: \(dropped) lines were dropped\"") })
    }
  }

  /// Reads all that comes until the log is closed.
  private static func drain(_ reader: Int32, while log: AccessLog) async -> [String] {
    let isClosed = Counter()
    let closing = Task {
      await log.close()
      isClosed.add()
    }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    // The log is never kept waiting, so it ends; looked at before the last read, so that nothing comes after it.
    var isLast = false
    while !isLast {
      isLast = isClosed.value > 0
      while case let count = read(reader, &piece, piece.count), count > 0 { bytes += piece[..<count] }
      var question = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
      if !isLast { poll(&question, 1, 1) }
      await Task.yield()
    }
    await closing.value
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func `a full disk stops nothing either`() async throws {
    let log = try Self.log("/dev/full")
    for _ in 0..<10 { log.record(Self.request()) }
    await log.close()
    #expect(log.droppedLines == 10)
  }

  @Test func `names without end are cut`() async throws {
    try await Self.withFolder { folder in
      let log = try Self.log(folder + "/log")
      var request = Self.request(path: "/" + String(repeating: "p", count: 10_000))
      request.model = String(repeating: "m", count: 1_000_000)
      log.record(request)
      await log.close()
      let lines = Self.lines(of: folder + "/log")
      #expect(lines.count == 1 && (lines.first?.utf8.count ?? .max) < 1_000)
    }
  }
}
