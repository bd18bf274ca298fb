import GatewayCore
import Glibc
import Synchronization
import Testing

@testable import Commands

/// What was written to a stream.
private final class Written: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
  func stream(isTerminal: Bool) -> OutputStream {
    OutputStream(isTerminal: isTerminal, hasColor: false) { piece in self.bytes.withLock { $0 += piece } }
  }
}

struct ThePager {
  private let home = ProgramHome()
  private let written = Written()

  /// As the program does at its start.
  init() { signal(SIGPIPE, SIG_IGN) }

  private func invocation(_ variables: [String: String], isTerminal: Bool = true) -> Invocation {
    let stream = written.stream(isTerminal: isTerminal)
    return Invocation(
      environment: Environment(variables: variables),
      terminal: Terminal(
        stdout: stream, stderr: stream, stdinIsTerminal: true, width: 80, height: isTerminal ? 3 : nil),
      readStdin: { _ throws(FileFailure) in [] },
      runtime: Runtime(
        now: { Timestamp(microseconds: 0) }, uptimeMicroseconds: { 0 }, sleep: { _ in }, makeID: { "" }, random: { 0 }),
      interruption: Interruption())
  }

  private var filing: String { "cat > '\(home.path)/paged'" }

  @Test func `gets what is longer than the screen`() throws {
    try invocation(["LLMGW_PAGER": filing, "PAGER": "false"]).showPaged("a\nb\nc\n")
    #expect(home.read("paged") == "a\nb\nc\n")
    #expect(written.text == "")
  }

  @Test func `of the desktop is used when there is no other`() throws {
    try invocation(["PAGER": filing]).showPaged("a\nb\nc\nd\n")
    #expect(home.read("paged") == "a\nb\nc\nd\n")
  }

  @Test func `that stops reading is no failure`() throws {
    try invocation(["PAGER": "true"]).showPaged(String(repeating: "line\n", count: 100_000))
    #expect(written.text == "")
  }

  @Test(arguments: [
    ["PAGER": "cat"], ["PAGER": ""], ["LLMGW_PAGER": "", "PAGER": "false"], ["PAGER": "/nonexistent/pager"],
    ["PAGER": "false", "TERM": "dumb"],
  ])
  func `that is none or cannot start leaves the text to us`(_ variables: [String: String]) throws {
    try invocation(variables).showPaged("a\nb\nc\n")
    #expect(written.text == "a\nb\nc\n")
  }

  @Test func `is spared a short text and a pipe`() throws {
    try invocation(["PAGER": "false"]).showPaged("a\nb\n")
    try invocation(["PAGER": "false"], isTerminal: false).showPaged("a\nb\nc\nd\n")
    #expect(written.text == "a\nb\na\nb\nc\nd\n")
  }

  @Test func `has Ctrl-C to itself, and nothing else`() {
    let interruption = Interruption()
    interruption.yieldingTerminal {
      #expect(interruption.receive(SIGINT))
      #expect(!interruption.receive(SIGTERM))
    }
    #expect(interruption.signal == nil)
    #expect(!interruption.receive(SIGINT))
  }
}
