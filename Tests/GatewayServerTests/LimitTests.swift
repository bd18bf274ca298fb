// Each bound on what a client may send, hold or wait for.

import GatewayCore
import NIOCore
import Testing

@testable import GatewayServer

struct LimitTests {
  private static let get = "GET / HTTP/1.1\r\nHost: a\r\n"

  struct Case: CustomStringConvertible {
    var description: String
    var change: @Sendable (inout ServerLimits) -> Void
    /// Within the limit, and one beyond it.
    var within: String
    var beyond: String
    var status: Int
  }

  static let sizes = [
    Case(
      description: "a header field", change: { $0.headerFieldBytes = 40 },
      within: get + "X: \(String(repeating: "x", count: 39))\r\n\r\n",
      beyond: get + "X: \(String(repeating: "x", count: 41))\r\n\r\n", status: 431),
    Case(
      description: "the target", change: { $0.headerFieldBytes = 40 },
      within: "GET /\(String(repeating: "x", count: 39)) HTTP/1.1\r\nHost: a\r\n\r\n",
      beyond: "GET /\(String(repeating: "x", count: 40)) HTTP/1.1\r\nHost: a\r\n\r\n", status: 431),
    Case(
      description: "the whole header", change: { $0.headerBytes = 46 },
      within: get + (0..<5).map { "X-\($0): 12345\r\n" }.joined() + "\r\n",
      beyond: get + (0..<6).map { "X-\($0): 12345\r\n" }.joined() + "\r\n", status: 431),
    Case(
      description: "the number of fields", change: { $0.headerCount = 100 },
      within: get + (0..<99).map { "X-\($0): 1\r\n" }.joined() + "\r\n",
      beyond: get + (0..<100).map { "X-\($0): 1\r\n" }.joined() + "\r\n", status: 431),
    Case(
      description: "trailers", change: { $0.headerCount = 5 },
      within: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 1\r\nB: 1\r\n\r\n",
      beyond:
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\n\r\n",
      status: 431),
    Case(
      description: "a body with a length", change: { $0.bodyBytes = 5 },
      within: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
      beyond: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n", status: 413),
    Case(
      description: "a body in chunks", change: { $0.bodyBytes = 5 },
      within: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
      beyond: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n3\r\nlo!\r\n", status: 413),
    Case(
      description: "all bodies", change: { $0.bodyBytesInAll = 5 },
      within: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
      beyond: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nhello!", status: 503),
  ]

  @Test(arguments: sizes)
  func `a size has its bound`(_ one: Case) throws {
    var limits = ServerLimits()
    one.change(&limits)
    let good = try Bench(limits)
    for _ in 0..<3 { good.send(one.within) }
    #expect(good.answers.map(\.status) == [200, 200, 200])
    #expect(!good.isClosed)
    let bad = try Bench(limits)
    bad.send(one.beyond)
    #expect(bad.answers.map(\.status) == [one.status])
    #expect(bad.isClosed)
  }

  @Test func `a header without end is refused long before it ends`() throws {
    let bench = try Bench()
    bench.send(Self.get)
    var sent = 0
    while !bench.isClosed && sent < 1_000_000 {
      bench.send("X-\(sent): y\r\n")
      sent += 1
    }
    #expect(sent < 200)
    #expect(bench.answers.map(\.status) == [431])
  }

  @Test func `who expects to be asked for too large a body is refused at once`() throws {
    var limits = ServerLimits()
    limits.bodyBytes = 5
    let bench = try Bench(limits)
    bench.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n")
    #expect(bench.answers.map(\.status) == [413])
  }

  @Test func `what bodies held is free again when they are answered, refused or left`() throws {
    var limits = ServerLimits()
    limits.bodyBytesInAll = 10
    let bench = try Bench(limits)
    #expect(bench.registry.holdBody(4))
    bench.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nhello!")
    #expect(bench.answers.map(\.status) == [200])
    bench.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nhello")
    #expect(!bench.registry.holdBody(2))
    _ = try? bench.channel.finish(acceptAlreadyClosed: true)
    #expect(bench.registry.holdBody(6))
  }

  // Of time.

  @Test(arguments: [
    ("", Duration.seconds(75), [Int]()), ("GET / HT", .seconds(10), [408]), (get + "\r\n", .seconds(75), [200]),
    (get + "\r\nGET", .seconds(75), [200]),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nhello", .seconds(300), [408]),
  ])
  func `what a client owes has its time`(_ sent: String, _ time: Duration, _ statuses: [Int]) throws {
    let bench = try Bench()
    if !sent.isEmpty { bench.send(sent) }
    bench.advance(time - .milliseconds(1))
    #expect(!bench.isClosed)
    bench.advance(.milliseconds(1))
    #expect(bench.isClosed)
    #expect(bench.answers.map(\.status) == statuses)
  }

  @Test func `dripping bytes buys no time`() throws {
    let bench = try Bench()
    for second in 0..<12 {
      bench.send(second == 0 ? "GET /" : "x")
      bench.advance(.seconds(1))
    }
    #expect(bench.isClosed)
    #expect(bench.answers.map(\.status) == [408])
  }

  @Test func `an answer may take its time`() throws {
    let gate = Latch()
    let bench = try Bench { _, writer in
      await gate.wait()
      try? await writer.respond(200)
    }
    bench.send(Self.get + "\r\n")
    bench.advance(.seconds(100_000))
    gate.open()
    bench.settle()
    #expect(bench.answers.map(\.status) == [200])
    bench.advance(.seconds(74))
    #expect(!bench.isClosed)
    bench.advance(.seconds(1))
    #expect(bench.isClosed)
  }

  @Test func `requests that come in time keep a connection open`() throws {
    let bench = try Bench()
    for _ in 0..<10 {
      bench.send(Self.get + "\r\n")
      bench.advance(.seconds(60))
    }
    #expect(bench.answers.count == 10)
    #expect(!bench.isClosed)
  }

  @Test func `a client that reads nothing is given up`() throws {
    let seen = Record()
    let bench = try Bench { _, writer in
      do throws(ResponseFailure) {
        try await writer.begin(200)
        while true { try await writer.write(Array(repeating: 0x61, count: 1 << 16)) }
      } catch {
        seen.note("\(error)")
      }
    }
    try bench.channel.pipeline.syncOperations.addHandler(Sluice(bench.setWritable), position: .first)
    bench.send(Self.get + "\r\n")
    bench.advance(.seconds(59))
    #expect(!bench.isClosed && seen.all.isEmpty)
    bench.advance(.seconds(1))
    #expect(bench.isClosed)
    #expect(seen.all == ["clientLeft"])
  }

  // Of connections.

  @Test func `connections beyond the limit are told so`() throws {
    var limits = ServerLimits()
    limits.connections = 0
    let bench = try Bench(limits)
    bench.settle()
    #expect(bench.answers.map(\.status) == [503])
    #expect(bench.isClosed)
  }
}
