// Replies that arrive as they should: whole, in pieces, many at once, over one connection or several.
import Synchronization
import TestSupport
import Testing

@testable import GatewayCore

@Suite(.timeLimit(.minutes(1)))
struct TransportReplyTests {
  let transport = Transport()

  @Test func `a plain reply has its status, headers and body`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .reply(#"{"a":1}"#)))
    let response = try await transport.send(.post(server.url("/v1/chat"), #"{"q":2}"#))
    #expect(response.status == 200)
    #expect(response.headers["content-type"] == "application/json")
    #expect(try await response.body.text() == #"{"a":1}"#)
    let request = try #require(server.log.requests.first)
    #expect(request.requestLine == "POST /v1/chat HTTP/1.1")
    #expect(request.body == Array(#"{"q":2}"#.utf8))
    #expect(request.header("content-type") == "application/json")
  }

  @Test func `a request carries its own headers and none that it did not ask for`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .reply("")))
    var request = HTTPRequest(method: "POST", url: server.url(), body: Array("{}".utf8))
    request.headers = [("Authorization", "Bearer k"), ("X-Empty", ""), ("X-Twice", "1"), ("X-Twice", "2")]
    _ = try await transport.send(request).body.collect()
    let seen = try #require(server.log.requests.first).headers
    #expect(seen.filter { $0.name == "x-twice" }.map(\.value) == ["1", "2"])
    #expect(
      Set(seen.map(\.name)) == ["host", "accept", "authorization", "x-empty", "x-twice", "content-length"])
  }

  @Test(arguments: [("GET", 0), ("POST", 0), ("POST", 3), ("PUT", 3), ("DELETE", 0), ("PATCH", 2)])
  func `every method sends its body and nothing else`(_ method: String, _ size: Int) async throws {
    let server = try #require(ScriptedServer(.readRequest, .reply("")))
    let body = [UInt8](repeating: 7, count: size)
    let response = try await transport.send(HTTPRequest(method: method, url: server.url(), body: body))
    #expect(response.status == 200)
    let request = try #require(server.log.requests.first)
    #expect(request.requestLine == "\(method) / HTTP/1.1")
    #expect(request.body == body)
  }

  @Test func `a reply to HEAD ends with its headers`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")))
    let response = try await transport.send(HTTPRequest(method: "HEAD", url: server.url()))
    #expect(try await response.body.collect() == [])
  }

  @Test func `an error status is a reply, and redirects are not followed`() async throws {
    let server = try #require(
      ScriptedServer(.readRequest, .write("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 2\r\n\r\nno")))
    let response = try await transport.send(.get(server.url()))
    #expect(response.status == 302)
    #expect(try await response.body.text() == "no")
    #expect(server.log.requests.count == 1)
  }

  @Test func `interim replies are passed over and trailers are not headers`() async throws {
    let server = try #require(
      ScriptedServer(
        .readRequest, .write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), .streamHead, .chunk("x"),
        .write("0\r\nX-Late: 1\r\n\r\n")))
    let response = try await transport.send(.get(server.url()))
    #expect(response.status == 200)
    #expect(response.headers["link"] == nil)
    #expect(try await response.body.text() == "x")
    #expect(response.headers["x-late"] == nil)
  }

  @Test func `a body without a length ends with the connection`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write("HTTP/1.1 200 OK\r\n\r\nall of it"), .close))
    #expect(try await transport.send(.get(server.url())).body.text() == "all of it")
  }

  @Test(arguments: HTTPRequest.Pieces.allCases)
  func `send returns at the headers and pieces come as they are sent`(_ size: HTTPRequest.Pieces) async throws {
    let gates = (0..<3).map { _ in ScriptedServer.Gate() }
    let server = try #require(
      ScriptedServer(
        .readRequest, .streamHead, .wait(gates[0]), .chunk("data: 1\n\n"), .wait(gates[1]), .chunk("data: 2\n\n"),
        .wait(gates[2]), .lastChunk))
    var request = HTTPRequest.get(server.url())
    request.pieces = size
    let response = try await transport.send(request)
    var pieces = response.body.makeAsyncIterator()
    gates[0].open()
    #expect(try await pieces.next() == Array("data: 1\n\n".utf8))
    gates[1].open()
    #expect(try await pieces.next() == Array("data: 2\n\n".utf8))
    gates[2].open()
    #expect(try await pieces.next() == nil)
    #expect(try await pieces.next() == nil)
  }

  @Test func `a second request reuses the connection and says so`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .reply("1"), .readRequest, .reply("2")))
    let first = try await transport.send(.get(server.url()))
    #expect(try await first.body.text() == "1")
    let second = try await transport.send(.get(server.url()))
    #expect(try await second.body.text() == "2")
    #expect(!first.connection.reused)
    #expect(first.connection.connectMicroseconds > 0)
    #expect(first.connection.firstByteMicroseconds >= first.connection.connectMicroseconds)
    #expect(second.connection.reused)
    #expect(second.connection.connectMicroseconds == 0)
    #expect(server.log.connections == 1)
  }

  @Test func `what one request was set up for is not left to the next one`() async throws {
    let servers = [
      try #require(ScriptedServer(.readRequest, .reply("a"), .readRequest, .reply("b"), .readRequest, .reply("c"))),
      try #require(ScriptedServer(.readRequest, .reply("d"), .readRequest, .reply("e"))),
    ]
    // One after the other, so that all go out by one handle.
    let calls = [(0, "/1?x=1", "a"), (1, "/2", "d"), (0, "/1?x=1", "b"), (0, "/3", "c"), (1, "/2", "e")]
    for (server, path, answer) in calls {
      let response = try await transport.send(.post(servers[server].url(path), path))
      #expect(try await response.body.text() == answer)
    }
    for (index, server) in servers.enumerated() {
      let paths = calls.filter { $0.0 == index }.map(\.1)
      #expect(server.log.requests.map(\.requestLine) == paths.map { "POST \($0) HTTP/1.1" })
      #expect(server.log.requests.map { $0.header("host") ?? "" }.allSatisfy { server.url().contains($0) })
    }
  }

  @Test func `two hundred transfers run at once`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(ScriptedServer(.readRequest, .wait(gate), .reply("ok")))
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<200 {
        group.addTask { [transport] in
          let response = try await transport.send(.post(server.url("/\(number)"), "\(number)"))
          return try await response.body.text() == "ok" ? response.status : 0
        }
      }
      await server.until { $0.requests.count == 200 }
      gate.open()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == Array(repeating: 200, count: 200))
    #expect(server.log.connections == 200)
    #expect(Set(server.log.requests.map { $0.body }).count == 200)
  }

  @Test func `a transfer above the limit of connections to a host waits, as long as it may`() async throws {
    var configuration = TransportConfiguration()
    configuration.connectionsPerHost = 1
    let transport = Transport(configuration: configuration)
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer(.readRequest, .wait(gate), .reply("first"), .readRequest, .reply("second")))
    async let first = transport.send(.get(server.url())).body.text()
    await server.until { $0.requests.count == 1 }
    let impatient = HTTPRequest.get(server.url(), timeouts: Timeouts(connect: .milliseconds(80)))
    let failed = await failure { () throws(TransportFailure) in try await transport.send(impatient) }
    #expect(failed?.kind == .timeout(.connect))
    async let second = transport.send(.get(server.url())).body.text()
    gate.open()
    #expect(try await [first, second] == ["first", "second"])
    #expect(server.log.requests.count == 2)
  }

  @Test func `a large upload arrives whole, without waiting for leave to send it`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .reply("ok")))
    let body = (0..<(5 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let response = try await transport.send(HTTPRequest(method: "POST", url: server.url(), body: body))
    #expect(response.status == 200)
    let request = try #require(server.log.requests.first)
    #expect(request.body == body)
    #expect(request.header("expect") == nil)
  }

  @Test func `localhost is found, whichever family the server listens on`() async throws {
    for ipv6 in [false, true] {
      guard let server = ScriptedServer([[.readRequest, .reply("ok")]], ipv6: ipv6) else {
        #expect(ipv6, "there is an IPv4 loopback")
        print("skipped: no IPv6 loopback here")
        continue
      }
      let response = try await transport.send(.get("http://localhost:\(server.port)/"))
      #expect(try await response.body.text() == "ok")
    }
  }

  @Test func `a literal IPv6 address is reached`() async throws {
    guard let server = ScriptedServer([[.readRequest, .reply("ok")]], ipv6: true) else {
      return print("skipped: no IPv6 loopback here")
    }
    #expect(try await transport.send(.get("http://[::1]:\(server.port)/")).status == 200)
  }

  @Test func `a proxy is used for other machines and never for this one`() async throws {
    let proxy = try #require(ScriptedServer(.readRequest, .reply("from the proxy")))
    let server = try #require(ScriptedServer(.readRequest, .reply("direct")))
    var configuration = TransportConfiguration()
    configuration.proxy = "http://127.0.0.1:\(proxy.port)"
    let transport = Transport(configuration: configuration)
    #expect(try await transport.send(.get(server.url())).body.text() == "direct")
    #expect(proxy.log.connections == 0)
    #expect(try await transport.send(.get("http://elsewhere.invalid/x")).body.text() == "from the proxy")
    #expect(proxy.log.requests.map(\.requestLine) == ["GET http://elsewhere.invalid/x HTTP/1.1"])
  }

  @Test func `a proxy that opens a tunnel is not shown the request's headers`() async throws {
    let proxy = try #require(ScriptedServer(.readRequest, .write("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")))
    var configuration = TransportConfiguration()
    configuration.proxy = "http://127.0.0.1:\(proxy.port)"
    let transport = Transport(configuration: configuration)
    let request = HTTPRequest(method: "GET", url: "https://elsewhere.invalid/", headers: [("Authorization", "k")])
    #expect(await failure { () throws(TransportFailure) in try await transport.send(request) } != nil)
    let seen = try #require(proxy.log.requests.first)
    #expect(seen.requestLine == "CONNECT elsewhere.invalid:443 HTTP/1.1")
    #expect(seen.header("authorization") == nil)
  }
}
