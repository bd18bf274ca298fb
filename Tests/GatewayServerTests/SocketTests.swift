// The server on real sockets.

import GatewayCore
import Glibc
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import GatewayServer

struct SocketTests {
  @Test func `requests over one connection are answered one after the other`() async throws {
    try await withServer { _, port in
      let client = try #require(RawClient(port: port))
      for number in 0..<50 {
        client.get("/\(number)")
        #expect(client.answer()?.body == "GET /\(number) - ")
      }
      client.get("/last", "Connection: close\r\n")
      #expect(client.answer()?.headers["connection"] == "close")
      #expect(client.rest() == "")
    }
  }

  @Test func `64 connections at once are all served`() async throws {
    try await withServer(
      ServerLimits(),
      { request, writer in
        await Task.yield()
        await Responders.echo(request, writer)
      }
    ) { server, port in
      let clients = try (0..<64).map { _ in try #require(RawClient(port: port)) }
      for round in 0..<5 {
        for (number, client) in clients.enumerated() { client.get("/\(number)/\(round)") }
        for (number, client) in clients.enumerated() {
          #expect(client.answer()?.body == "GET /\(number)/\(round) - ")
        }
      }
      #expect(server.connectionCount == 64)
    }
  }

  @Test(arguments: [1, 1_000, 1_000_000, 5_000_000])
  func `a body goes there and back whole`(_ size: Int) async throws {
    let echo: Responder = { request, writer in try? await writer.respond(200, body: request.body) }
    try await withServer(ServerLimits(), echo) { _, port in
      let body = (0..<size).map { UInt8(0x61 + $0 % 26) }
      let client = try #require(RawClient(port: port))
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
      client.send(body)
      #expect(client.answer()?.body == String(decoding: body, as: UTF8.self))
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      for piece in stride(from: 0, to: size, by: 70_000).map({ body[$0..<min($0 + 70_000, size)] }) {
        client.send(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8))
      }
      client.send("0\r\n\r\n")
      #expect(client.answer()?.body == String(decoding: body, as: UTF8.self))
    }
  }

  @Test func `a client that is refused in the midst of sending can read why`() async throws {
    var limits = ServerLimits()
    limits.bodyBytes = 1 << 20
    try await withServer(limits) { _, port in
      let client = try #require(RawClient(port: port))
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      let piece = Array("10000\r\n".utf8) + [UInt8](repeating: 0x61, count: 1 << 16) + Array("\r\n".utf8)
      for _ in 0..<64 { client.send(piece) }
      #expect(client.answer()?.status == 413)
      #expect(client.rest() == "")
    }
  }

  @Test(arguments: ["close", "reset", "half-close"])
  func `a client that leaves has its request cancelled`(_ way: String) async throws {
    let seen = Record()
    let never = Latch()
    let responder: Responder = { request, writer in
      try? await writer.begin(200)
      try? await writer.write(Array("begun".utf8))
      await withTaskCancellationHandler {
        await never.wait()
      } onCancel: {
        seen.note("cancelled")
        never.open()
      }
      do throws(ResponseFailure) { try await writer.write([0x61]) } catch { seen.note("\(error)") }
    }
    try await withServer(ServerLimits(), responder) { server, port in
      let client = try #require(RawClient(port: port))
      client.get("/")
      #expect(client.reads("begun"))
      switch way {
      case "close": client.close()
      case "reset": client.reset()
      default: client.endSending()
      }
      #expect(await eventually { seen.all == ["cancelled", "clientLeft"] })
      #expect(await eventually { server.connectionCount == 0 })
    }
  }

  @Test func `a client that sends and ends its side still gets an answer that is there at once`() async throws {
    try await withServer { _, port in
      for _ in 0..<20 {
        let client = try #require(RawClient(port: port))
        client.get("/", "Connection: close\r\n")
        client.endSending()
        #expect(client.answer()?.status == 200)
      }
    }
  }

  @Test func `clients that never read cost little, and nobody else anything`() async throws {
    let written = Counter()
    let responder: Responder = { request, writer in
      guard request.path == "/flood" else { return await Responders.echo(request, writer) }
      do {
        try await writer.begin(200)
        while true {
          try await writer.write([UInt8](repeating: 0x61, count: 16 << 10))
          written.add(16 << 10)
        }
      } catch {}
    }
    var limits = ServerLimits()
    limits.writeStallTime = .milliseconds(300)
    try await withServer(limits, responder) { server, port in
      let idlers = try (0..<8).map { _ in try #require(RawClient(port: port, receiveBuffer: 4096)) }
      for idler in idlers { idler.get("/flood") }
      let good = try #require(RawClient(port: port))
      for number in 0..<200 {
        good.get("/\(number)")
        #expect(good.answer()?.status == 200)
      }
      // Each is given up; the one that reads stays.
      #expect(await eventually { server.connectionCount == 1 })
      // What the kernel takes for a socket, and what we hold: nowhere near an endless stream.
      #expect(written.value < 8 * (8 << 20))
      good.get("/still")
      #expect(good.answer()?.status == 200)
    }
  }

  @Test func `a stream reaches a slow reader whole`() async throws {
    let responder: Responder = { _, writer in
      do {
        try await writer.begin(200)
        for number in 0..<2_000 {
          try await writer.write(Array("\(number) ".utf8) + [UInt8](repeating: 0x2E, count: 8_000))
        }
        try await writer.finish()
      } catch {}
    }
    try await withServer(ServerLimits(), responder) { _, port in
      let client = try #require(RawClient(port: port, receiveBuffer: 4096))
      client.get("/")
      let body = try #require(client.answer()).body
      let numbers = body.split { $0 == " " || $0 == "." }.compactMap { Int($0) }
      #expect(numbers == Array(0..<2_000))
    }
  }

  @Test func `slow headers are closed while others are served`() async throws {
    var limits = ServerLimits()
    limits.headerTime = .milliseconds(100)
    try await withServer(limits) { _, port in
      let slow = try (0..<10).map { _ in try #require(RawClient(port: port)) }
      for client in slow { client.send("GET / HTTP/1.1\r\nX-") }
      let good = try #require(RawClient(port: port))
      for number in 0..<100 {
        good.get("/\(number)")
        #expect(good.answer()?.status == 200)
      }
      for client in slow {
        #expect(client.answer()?.status == 408)
        #expect(client.rest() == "")
      }
    }
  }

  @Test func `too many connections are told so, and again welcome when others have gone`() async throws {
    var limits = ServerLimits()
    limits.connections = 3
    try await withServer(limits) { server, port in
      let clients = try (0..<3).map { _ in try #require(RawClient(port: port)) }
      for client in clients {
        client.get("/")
        #expect(client.answer()?.status == 200)
      }
      let extra = try #require(RawClient(port: port))
      #expect(extra.answer()?.status == 503)
      #expect(extra.rest() == "")
      extra.close()
      clients[0].close()
      #expect(await eventually { server.connectionCount == 2 })
      let next = try #require(RawClient(port: port))
      next.get("/")
      #expect(next.answer()?.status == 200)
    }
  }

  @Test func `IPv6, and the port that the system chose`() async throws {
    let address = try #require(ListenAddress("[::1]:0"))
    try await withServer(at: .address(address)) { server, port in
      let client = try #require(RawClient(port: port, ipv6: true))
      client.get("/")
      #expect(client.answer()?.status == 200)
      #expect(server.address?.isLoopback == true && port > 0)
    }
  }

  @Test func `a port in use is an error, not a crash`() async throws {
    try await withServer { _, port in
      let taken = try #require(ListenAddress("127.0.0.1:\(port)"))
      let configuration = HTTPServer.Configuration(.address(taken), now: Timestamp.systemClock)
      await #expect(throws: HTTPServer.StartFailure.self) {
        _ = try await HTTPServer.start(configuration, responder: Responders.echo)
      }
    }
  }

  @Test func `two servers may share a port when both say so`() async throws {
    var configuration = HTTPServer.Configuration(
      .address(try #require(ListenAddress("127.0.0.1:0"))), now: Timestamp.systemClock)
    configuration.sharesPort = true
    let old = try await HTTPServer.start(configuration, responder: Responders.echo)
    configuration.place = .address(try #require(old.address))
    let new = try await HTTPServer.start(configuration, responder: Responders.echo)
    #expect(new.address == old.address)
    await old.close()
    let client = try #require(RawClient(port: new.address?.port ?? 0))
    client.get("/")
    #expect(client.answer()?.status == 200)
    await new.close()
  }

  @Test func `a listener without descriptors waits a moment before it tries again`() throws {
    let channel = EmbeddedChannel()
    let reads = ReadCounter()
    try channel.pipeline.syncOperations.addHandlers([reads, AcceptPause()])
    channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
    channel.read()
    #expect(reads.count == 0)
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(99))
    #expect(reads.count == 0)
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(reads.count == 1)
    channel.read()
    #expect(reads.count == 2)
  }

  @Test func `children of the process get no connection`() async throws {
    let loopback = try #require(ListenAddress("127.0.0.1:0"))
    let before = Self.sockets()
    try await withServer(at: .address(loopback)) { _, port in
      let client = try #require(RawClient(port: port))
      _ = fcntl(client.socket, F_SETFD, FD_CLOEXEC)
      client.get("/")
      #expect(client.answer()?.status == 200)
      // Other tests open and close sockets at the same time: what counts is the one on our port.
      let ours = Self.sockets().subtracting(before).filter { Self.localPort(of: $0) == port }
      #expect(!ours.isEmpty)
      for socket in ours { #expect(fcntl(socket, F_GETFD) & FD_CLOEXEC != 0) }
    }
  }

  private static func sockets() -> Set<Int32> {
    Set((0..<4096).filter { localPort(of: $0) != nil })
  }

  private static func localPort(of descriptor: Int32) -> Int? {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    return result == 0 ? Int(UInt16(bigEndian: address.sin_port)) : nil
  }

  @Test func `an inherited socket is served`() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(listen(listener, 16) == 0)
    try await withServer(at: .inherited(listener)) { _, port in
      let client = try #require(RawClient(port: port))
      client.get("/")
      #expect(client.answer()?.status == 200)
    }
  }
}
