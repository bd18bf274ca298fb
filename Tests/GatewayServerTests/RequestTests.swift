// What a request becomes, and what its answer looks like.

import GatewayCore
import Testing

@testable import GatewayServer

struct RequestTests {
  struct Case: CustomStringConvertible {
    var sent: String
    var seen: String
    var description: String { sent.debugDescription }
    init(_ sent: String, _ seen: String) {
      self.sent = sent
      self.seen = seen
    }
  }

  static let ordinary = [
    Case("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / - "),
    Case("get / HTTP/1.1\r\nHost: a\r\n\r\n", ""),
    Case("GET /v1/models?x=1&y=%2F HTTP/1.1\r\nHost: a\r\n\r\n", "GET /v1/models x=1&y=%2F "),
    Case("GET /a%20b%2Fc? HTTP/1.1\r\nhOST:a\r\n\r\n", "GET /a%20b%2Fc  "),
    Case("GET /v1beta/models/m:generateContent HTTP/1.1\r\nHost: a\r\n\r\n", "GET /v1beta/models/m:generateContent - "),
    Case("GET http://example.com/a?b HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a b "),
    Case("GET HTTP://example.com:80 HTTP/1.1\r\nHost: a\r\n\r\n", "GET / - "),
    Case("GET http://example.com?b HTTP/1.1\r\nHost: a\r\n\r\n", "GET / b "),
    Case("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * - "),
    Case("GET / HTTP/1.0\r\n\r\n", "GET / - "),
    Case("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "POST /a - hello"),
    Case("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "POST /a - "),
    Case("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST /a - hello"),
    Case(
      "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nhel\r\nA;x=\"y\"\r\nlo again, \r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n",
      "POST /a - hello again, !"),
    Case("POST /a HTTP/1.1\r\nHost: a\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi", "POST /a - hi"),
    Case(
      "POST /a HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 2\r\n\r\nhi",
      "POST /a - hi"),
    Case("GET /a HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\nPRI * HTTP/2", "GET /a - "),
    Case("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / - "),
  ]

  @Test(arguments: ordinary.filter { !$0.seen.isEmpty }, [Int.max, 7, 1])
  func `an ordinary request is read, in pieces of whatever size`(_ one: Case, _ size: Int) throws {
    let bench = try Bench()
    var rest = Array(one.sent.utf8)[...]
    while !rest.isEmpty {
      bench.send(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    #expect(bench.answers.map(\.body) == [one.seen])
    #expect(bench.answers.first?.status == 200)
  }

  @Test func `header fields are found whatever their case, and all of a name`() throws {
    let seen = Record()
    let bench = try Bench { request, writer in
      seen.note(request.headers["authorization"] ?? "none")
      seen.note(request.headers["X-Missing"] ?? "none")
      seen.note(request.headers.values(of: "x-tag").joined(separator: "+"))
      seen.note(request.headers.all.map(\.name).joined(separator: " "))
      seen.note(request.remoteAddress)
      try? await writer.respond(204)
    }
    bench.send("GET / HTTP/1.1\r\nHost: a\r\nAUTHORIZATION: Bearer x\r\nX-Tag: 1\r\nx-tag:  2 \r\n\r\n")
    #expect(seen.all == ["Bearer x", "none", "1+2", "Host AUTHORIZATION X-Tag x-tag", "192.0.2.1"])
    #expect(bench.text.hasPrefix("HTTP/1.1 204 No Content\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"))
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", false), ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", true),
    ("GET / HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive, close\r\n\r\n", true), ("GET / HTTP/1.0\r\n\r\n", true),
    ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false),
    ("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", true),
  ])
  func `a connection is kept unless the client says otherwise`(_ request: String, _ closes: Bool) throws {
    let bench = try Bench()
    bench.send(request)
    #expect(bench.answers.count == 1)
    #expect((bench.answers.first?.headers["connection"] == "close") == closes)
    #expect(bench.isClosed == closes)
  }

  @Test func `requests that come together are answered in order, one at a time`() throws {
    let bench = try Bench()
    bench.send((0..<20).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
    #expect(bench.answers.map(\.body) == (0..<20).map { "GET /\($0) - " })
    bench.send(
      "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhiGET /y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    #expect(bench.answers.suffix(2).map(\.body) == ["POST /x - hi", "GET /y - "])
    #expect(bench.isClosed)
  }

  @Test func `a request begins when the answer before it is finished`() throws {
    let seen = Record()
    let gate = Latch()
    let bench = try Bench { request, writer in
      seen.note("begin \(request.path)")
      if request.path == "/slow" { await gate.wait() }
      try? await writer.respond(200, body: Array(request.path.utf8))
      seen.note("end \(request.path)")
    }
    bench.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /fast HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n")
    #expect(seen.all == ["begin /slow"])
    #expect(bench.text.isEmpty)
    gate.open()
    bench.settle()
    #expect(seen.all.first == "begin /slow" && Set(seen.all).contains("end /fast"))
    #expect(bench.answers.map(\.status) == [200, 200, 400])
    #expect(bench.answers.prefix(2).map(\.body) == ["/slow", "/fast"])
    #expect(bench.isClosed)
  }

  @Test func `with enough requests waiting nothing more is read`() throws {
    var limits = ServerLimits()
    limits.waitingRequests = 2
    let gate = Latch()
    let bench = try Bench(limits) { request, writer in
      await gate.wait()
      try? await writer.respond(200, body: Array(request.path.utf8))
    }
    let reads = ReadCounter()
    try bench.channel.pipeline.syncOperations.addHandler(reads, position: .first)
    for number in 0..<3 { bench.send("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n") }
    reads.count = 0
    bench.channel.read()
    #expect(reads.count == 0)
    gate.open()
    bench.settle()
    #expect(bench.answers.map(\.body) == ["/0", "/1", "/2"])
    #expect(reads.count == 1)
  }

  @Test(arguments: [("GET", ""), ("POST", "Content-Length: 2\r\n")])
  func `who expects to be asked for the body is asked, once, and only when there is one`(
    _ method: String, _ length: String
  ) throws {
    let bench = try Bench()
    bench.send("\(method) / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\(length)\r\n")
    if method == "GET" {
      #expect(bench.answers.map(\.status) == [200])
    } else {
      #expect(bench.text == "HTTP/1.1 100 Continue\r\n\r\n")
      bench.send("hi")
      #expect(bench.answers.map(\.status) == [100, 200])
    }
  }

  @Test func `nobody is asked for a body in the midst of another answer`() throws {
    let gate = Latch()
    let bench = try Bench { request, writer in
      try? await writer.begin(200)
      await gate.wait()
      try? await writer.finish()
    }
    bench.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    bench.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
    #expect(!bench.text.contains("100 Continue"))
    gate.open()
    bench.settle()
    #expect(bench.text.hasSuffix("0\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"))
  }
}
