// What goes wrong between us and a provider, and what each kind is called.
import TestSupport
import Testing

@testable import GatewayCore

@Suite(.timeLimit(.minutes(1)))
struct TransportFailureTests {
  let transport = Transport()

  /// What became of a GET: the failure, and the text that had come by then.
  private func outcome(_ request: HTTPRequest) async -> (text: String, failure: TransportFailure?) {
    var text = ""
    do throws(TransportFailure) {
      for try await bytes in try await transport.send(request).body { text += String(decoding: bytes, as: UTF8.self) }
      return (text, nil)
    } catch {
      return (text, error)
    }
  }

  @Test func `a connection that is refused names host and port`() async throws {
    let server = try #require(ScriptedServer(.close))
    server.stop()
    let failure = try #require(await outcome(.get("http://127.0.0.1:\(server.port)/secret?key=k")).failure)
    #expect(failure.kind == .connect)
    #expect(failure.message.hasPrefix("127.0.0.1:\(server.port): "))
    #expect(!failure.message.contains("secret"))
  }

  @Test func `a name without an address is a resolve failure`() async throws {
    let failure = try #require(await outcome(.get("http://nowhere.invalid:81/")).failure)
    #expect(failure.kind == .resolve)
    #expect(failure.message.hasPrefix("nowhere.invalid:81: "))
  }

  @Test(arguments: [
    "ftp://h/", "file:///etc/passwd", "h/x", "http://", "http://h:99999/", "http://h/a b", "http://h/\n", "", "http:h",
  ])
  func `an address that is not http or https never leaves`(_ url: String) async throws {
    let failure = try #require(await outcome(.get(url)).failure)
    #expect(failure.kind == .other)
  }

  @Test(arguments: [
    ("X-A", "1\r\nX-B: 2"), ("X-A", "1\n"), ("X-A", "\u{0}"), ("X A", "1"), ("", "1"), ("X:A", "1"),
  ])
  func `a header that would become two never leaves`(_ name: String, _ value: String) async throws {
    let server = try #require(ScriptedServer(.readRequest, .reply("")))
    let request = HTTPRequest(method: "GET", url: server.url(), headers: [(name, value)])
    #expect(await outcome(request).failure?.kind == .other)
    #expect(server.log.connections == 0)
  }

  @Test func `a reset before any byte`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .reset))
    let failure = try #require(await outcome(.post(server.url(), "{}")).failure)
    #expect(failure.kind == .reset)
    #expect(failure.bytesReceived == 0)
  }

  @Test func `a close before any byte`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .close))
    #expect(await outcome(.post(server.url(), "{}")).failure?.kind == .reset)
    #expect(server.log.requests.count == 1)
  }

  @Test func `a reset in the middle of the body keeps what had come`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(ScriptedServer(.readRequest, .streamHead, .chunk("half"), .wait(gate), .reset))
    let response = try await transport.send(.get(server.url()))
    var pieces = response.body.makeAsyncIterator()
    #expect(try await pieces.next() == Array("half".utf8))
    gate.open()
    let failed = await failure { () throws(TransportFailure) in try await pieces.next() }
    #expect(failed?.kind == .reset)
    #expect(failed?.bytesReceived == 4)
  }

  @Test func `a body shorter than its length is cut`() async throws {
    let server = try #require(
      ScriptedServer(.readRequest, .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nseven.."), .close))
    let (text, failure) = await outcome(.get(server.url()))
    #expect(text == "seven..")
    #expect(failure?.kind == .cut)
    #expect(failure?.bytesReceived == 7)
  }

  @Test func `chunks without the last one are cut`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .streamHead, .chunk("data: 1\n\n"), .close))
    let (text, failure) = await outcome(.get(server.url()))
    #expect(text == "data: 1\n\n")
    #expect(failure?.kind == .cut)
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 2", "SSH-2.0-OpenSSH\r\n", "\0\0\0\0\r\n\r\n"])
  func `a reply that is not HTTP, or only half a head, is a failure`(_ bytes: String) async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(bytes), .close))
    let failure = try #require(await outcome(.get(server.url())).failure)
    #expect([.reset, .cut, .other].contains(failure.kind))
  }

  @Test func `a request that libcurl would send again by itself is sent once`() async throws {
    let server = try #require(
      ScriptedServer([[.readRequest, .reply("1"), .readRequest, .close], [.readRequest, .reply("resent")]]))
    #expect(await outcome(.post(server.url(), "a")).text == "1")
    let (_, failure) = await outcome(.post(server.url(), "b"))
    #expect(failure?.kind == .resent)
    #expect(server.log.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["a", "b"])
    #expect(await outcome(.post(server.url(), "c")).text == "resent")
  }

  @Test func `a kept connection that the server has closed is not used`() async throws {
    let server = try #require(ScriptedServer([[.readRequest, .reply("1"), .close], [.readRequest, .reply("2")]]))
    #expect(await outcome(.post(server.url(), "a")).text == "1")
    await server.until { $0.closedConnections == 1 }
    #expect(await outcome(.post(server.url(), "b")).text == "2")
  }

  @Test func `a reply above its limit is refused, streams too`() async throws {
    for limit in [0, 5, 9] {
      let server = try #require(ScriptedServer(.readRequest, .streamHead, .chunk("12345"), .chunk("67890"), .lastChunk))
      var request = HTTPRequest.get(server.url())
      request.replyLimit = limit
      let failure = try #require(await outcome(request).failure)
      #expect(failure.kind == .tooLarge)
      #expect(failure.bytesReceived <= limit)
    }
  }

  @Test func `headers without end are refused`() async throws {
    let line = "X-Filler: " + String(repeating: "x", count: 8_000) + "\r\n"
    let server = try #require(
      ScriptedServer(.readRequest, .write("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 64))))
    #expect(await outcome(.get(server.url())).failure?.kind == .tooLarge)
  }

  @Test func `a missing libcurl is said, every time`() async throws {
    let transport = Transport(configuration: TransportConfiguration()) { "libcurl is not installed" }
    for _ in 0..<2 {
      let failed = await failure { () throws(TransportFailure) in try await transport.send(.get("http://127.0.0.1:1/"))
      }
      #expect(failed == TransportFailure(.unavailable, "libcurl is not installed"))
    }
  }

  @Test func `shutting down cancels what runs and refuses what comes`() async throws {
    let transport = Transport()
    let server = try #require(ScriptedServer(.readRequest, .streamHead, .chunk("x"), .awaitClientClose))
    let response = try await transport.send(.get(server.url()))
    var pieces = response.body.makeAsyncIterator()
    #expect(try await pieces.next() == Array("x".utf8))
    transport.shutdown()
    #expect(await failure { () throws(TransportFailure) in try await pieces.next() }?.kind == .cancelled)
    await server.until { $0.closedConnections == 1 }
    let late = await failure { () throws(TransportFailure) in try await transport.send(.get(server.url())) }
    #expect(late?.kind == .cancelled)
  }
}
