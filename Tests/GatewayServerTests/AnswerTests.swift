// Answers: their frames, what a responder may get wrong, and clients that go.

import GatewayCore
import NIOCore
import TestSupport
import Testing

@testable import GatewayServer

struct AnswerTests {
  static let request = "GET /a/bc HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test(arguments: [
    (request, "chunked", nil, "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", false),
    ("GET /a/bc HTTP/1.0\r\n\r\n", nil, "close", "abc", true),
    ("GET /a/bc HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", nil, "close", "abc", true),
    ("HEAD /a/bc HTTP/1.1\r\nHost: a\r\n\r\n", nil, nil, "", false),
  ])
  func `a stream has the frame that its reader understands`(
    _ request: String, _ encoding: String?, _ connection: String?, _ body: String, _ closes: Bool
  ) throws {
    let bench = try Bench(ServerLimits(), Responders.stream)
    bench.send(request)
    let end = try #require(bench.text.firstRange(of: "\r\n\r\n"))
    var head = Array(bench.text[..<end.upperBound].utf8)[...]
    let answer = try #require(TestAnswer.take(from: &head, hasBody: false))
    #expect(answer.headers["transfer-encoding"] == encoding)
    #expect(answer.headers["connection"] == connection)
    #expect(answer.headers["content-length"] == nil)
    #expect(bench.text[end.upperBound...] == body)
    #expect(bench.isClosed == closes)
  }

  @Test func `the answer to HEAD tells the length and has no body`() throws {
    let bench = try Bench()
    bench.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(bench.text.hasSuffix("\r\ncontent-length: 10\r\n\r\n"))
    bench.send("GET /y HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(bench.text.hasSuffix("\r\n\r\nGET /y - "))
  }

  @Test func `what is written in one turn goes out in one piece`() throws {
    let bench = try Bench(ServerLimits(), Responders.stream)
    _ = try bench.channel.writeInbound(ByteBuffer(string: "GET /a/b/c/d/e HTTP/1.1\r\nHost: a\r\n\r\n"))
    bench.channel.embeddedEventLoop.run()
    let first = try #require(try bench.channel.readOutbound(as: ByteBuffer.self))
    #expect(String(buffer: first).hasSuffix("0\r\n\r\n"))
    #expect(try bench.channel.readOutbound(as: ByteBuffer.self) == nil)
  }

  @Test func `header fields about the connection are ours, and no value can write a field`() throws {
    let bench = try Bench { _, writer in
      let headers = [
        (name: "x-a", value: "1\r\nx-evil: 2"), (name: "Content-Length", value: "99"), (name: "connection", value: "x"),
        (name: "Transfer-Encoding", value: "chunked"), (name: "bad name", value: "1"), (name: "x-b:\r\n", value: "1"),
        (name: "", value: "1"), (name: "x-c", value: "ü\u{0}\u{7F}\t."),
      ]
      try? await writer.respond(200, headers, body: Array("ok".utf8))
    }
    bench.send(Self.request)
    #expect(
      bench.text == "HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\nx-a: 1  x-evil: 2\r\nx-c: ü  \t.\r\n"
        + "content-length: 2\r\n\r\nok")
  }

  @Test func `a responder that says nothing has the client told so`() throws {
    let bench = try Bench { _, _ in }
    bench.send(Self.request)
    #expect(bench.answers.map(\.status) == [500])
    #expect(bench.answers.first?.body.hasPrefix("{\"error\":{\"code\":500,") == true)
    #expect(bench.isClosed)
  }

  @Test func `a stream that its responder leaves is cut, not ended`() throws {
    let bench = try Bench { _, writer in
      try? await writer.begin(200)
      try? await writer.write(Array("part".utf8))
    }
    bench.send(Self.request)
    #expect(bench.text.hasSuffix("4\r\npart\r\n"))
    #expect(bench.isClosed)
  }

  @Test func `one request has one answer`() throws {
    let failures = Record()
    let bench = try Bench { _, writer in
      do throws(ResponseFailure) { try await writer.write([1]) } catch { failures.note("\(error)") }
      do throws(ResponseFailure) { try await writer.finish() } catch { failures.note("\(error)") }
      try? await writer.respond(200, body: Array("first".utf8))
      do throws(ResponseFailure) { try await writer.respond(200) } catch { failures.note("\(error)") }
      do throws(ResponseFailure) { try await writer.begin(200) } catch { failures.note("\(error)") }
    }
    bench.send(Self.request)
    #expect(failures.all == ["finished", "finished", "finished", "finished"])
    #expect(bench.answers.map(\.body) == ["first"])
  }

  @Test func `an empty piece does not end a stream`() throws {
    let bench = try Bench { _, writer in
      try? await writer.begin(200)
      for piece in ["a", "", "b"] { try? await writer.write(Array(piece.utf8)) }
      try? await writer.finish()
    }
    bench.send(Self.request)
    #expect(bench.answers.map(\.body) == ["ab"])
  }

  @Test func `a writer outlives its connection`() throws {
    let seen = Record()
    let gate = Latch()
    let bench = try Bench { _, writer in
      try? await writer.begin(200)
      await gate.wait()
      seen.note("cancelled \(Task.isCancelled)")
      do throws(ResponseFailure) { try await writer.write([1]) } catch { seen.note("\(error)") }
      do throws(ResponseFailure) { try await writer.finish() } catch { seen.note("\(error)") }
    }
    bench.send(Self.request)
    _ = try? bench.channel.finish(acceptAlreadyClosed: true)
    #expect(bench.registry.count == 1)
    gate.open()
    bench.settle()
    #expect(seen.all == ["cancelled true", "clientLeft", "clientLeft"])
    #expect(bench.registry.count == 0)
  }

  @Test func `a writer waits while its reader does not read, and stops waiting when it is cancelled`() throws {
    let seen = Record()
    let gate = Latch()
    let bench = try Bench { _, writer in
      try? await writer.begin(200)
      await gate.wait()
      do throws(ResponseFailure) { try await writer.write([0x61]) } catch { seen.note("\(error)") }
      seen.note("room")
      withUnsafeCurrentTask { $0?.cancel() }
      do throws(ResponseFailure) { try await writer.write([0x62]) } catch { seen.note("\(error)") }
    }
    bench.send(Self.request)
    bench.setWritable(false)
    gate.open()
    bench.settle()
    #expect(seen.all.isEmpty)
    bench.setWritable(true)
    bench.channel.isWritable = false
    bench.settle()
    #expect(seen.all == ["room", "cancelled"])
  }

  @Test func `the next request waits until the answers are read`() throws {
    let bench = try Bench()
    bench.setWritable(false)
    bench.send(Self.request)
    #expect(bench.text.isEmpty)
    bench.setWritable(true)
    bench.settle()
    #expect(bench.answers.count == 1)
  }

  @Test func `a request whose client is gone before it began never begins`() throws {
    let seen = Record()
    let bench = try Bench { request, _ in seen.note(request.path) }
    bench.setWritable(false)
    bench.send(Self.request)
    bench.channel.isWritable = true
    _ = try? bench.channel.finish(acceptAlreadyClosed: true)
    #expect(seen.all.isEmpty)
  }
}

struct TextTests {
  @Test(arguments: [
    ("127.0.0.1:4000", "127.0.0.1:4000", true), ("localhost:0", "127.0.0.1:0", true), (":8080", "0.0.0.0:8080", false),
    ("[::1]:4000", "[::1]:4000", true), ("[::]:1", "[::]:1", false), ("192.0.2.1:80", "192.0.2.1:80", false),
    ("[::ffff:127.0.0.1]:80", "[::ffff:127.0.0.1]:80", true),
  ])
  func `an address to listen on`(_ text: String, _ shown: String, _ isLoopback: Bool) throws {
    let address = try #require(ListenAddress(text))
    #expect(address.description == shown)
    #expect(address.isLoopback == isLoopback)
  }

  @Test(arguments: [
    "", "4000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "[::1]", "[127.0.0.1]:1", "a.b:80", "1.2.3:80",
    "x:-1",
  ])
  func `what is no address to listen on`(_ text: String) {
    #expect(ListenAddress(text) == nil)
  }
}
