// Who waits for whom: timeouts, cancellation, slow readers, dropped replies.
import Synchronization
import TestSupport
import Testing

@testable import GatewayCore

@Suite(.timeLimit(.minutes(1)))
struct TransportTimingTests {
  let transport = Transport()

  private static let short = Duration.milliseconds(80)

  private func failureOfReading(_ request: HTTPRequest) async -> TransportFailure? {
    await failure { () throws(TransportFailure) in try await transport.send(request).body.collect() }
  }

  @Test func `a handshake that is not answered is a connect timeout`() async throws {
    let server = try #require(ScriptedServer(.awaitClientClose))
    let timeouts = Timeouts(connect: Self.short, firstByte: nil, idle: nil)
    let failed = await failureOfReading(.get("https://127.0.0.1:\(server.port)/", timeouts: timeouts))
    #expect(failed?.kind == .timeout(.connect))
    await server.until { $0.closedConnections == 1 }
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n"])
  func `a head that does not come is a first-byte timeout`(_ beginning: String) async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(beginning), .awaitClientClose))
    let timeouts = Timeouts(connect: nil, firstByte: Self.short, idle: nil)
    #expect(await failureOfReading(.get(server.url(), timeouts: timeouts))?.kind == .timeout(.firstByte))
    await server.until { $0.closedConnections == 1 }
  }

  @Test func `a body that stalls is an idle timeout`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .streamHead, .chunk("12345"), .awaitClientClose))
    let timeouts = Timeouts(connect: nil, firstByte: nil, idle: Self.short)
    let failed = await failureOfReading(.get(server.url(), timeouts: timeouts))
    #expect(failed?.kind == .timeout(.idle))
    #expect(failed?.bytesReceived == 5)
    await server.until { $0.closedConnections == 1 }
  }

  @Test(arguments: [[ScriptedServer.Step.readRequest], [.readRequest, .streamHead, .chunk("x")]])
  func `the total counts in every phase`(_ beginning: [ScriptedServer.Step]) async throws {
    let server = try #require(ScriptedServer([beginning + [.awaitClientClose]]))
    let timeouts = Timeouts(total: Self.short)
    #expect(await failureOfReading(.get(server.url(), timeouts: timeouts))?.kind == .timeout(.total))
    await server.until { $0.closedConnections == $0.connections }
  }

  @Test func `a timeout of one transfer leaves its neighbours alone`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer([[.readRequest, .wait(gate), .reply("patient")], [.readRequest, .awaitClientClose]]))
    async let patient = transport.send(.get(server.url())).body.text()
    await server.until { $0.requests.count == 1 }
    let timeouts = Timeouts(firstByte: Self.short)
    #expect(await failureOfReading(.get(server.url(), timeouts: timeouts))?.kind == .timeout(.firstByte))
    gate.open()
    #expect(try await patient == "patient")
  }

  @Test(arguments: HTTPRequest.Pieces.allCases)
  func `a reader that takes nothing stops the sender, and its rest does not count as idleness`(
    _ size: HTTPRequest.Pieces
  ) async throws {
    let total = 64_000_000
    let server = try #require(
      ScriptedServer(
        .readRequest, .write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n"), .flood(total)))
    // Shorter than the 400 ms after which the server calls it a stall.
    let timeouts = Timeouts(idle: .milliseconds(250))
    var request = HTTPRequest.get(server.url(), timeouts: timeouts)
    request.pieces = size
    let response = try await transport.send(request)
    let stalledAt = try #require(await server.until { $0.stalledAt != nil || $0.closedConnections == 1 }.stalledAt)
    #expect(stalledAt < 16_000_000, "our buffer and the kernel's two")
    var read = 0
    var largest = 0
    for try await piece in response.body {
      read += piece.count
      largest = max(largest, piece.count)
    }
    #expect(read == total)
    #expect(largest <= TransportConfiguration().bufferLimit)
  }

  @Test func `a task that is cancelled before it sends sends nothing`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .reply("")))
    let task = Task { [transport] in
      withUnsafeCurrentTask { $0?.cancel() }
      return await failure { () throws(TransportFailure) in try await transport.send(.get(server.url())) }
    }
    #expect(await task.value?.kind == .cancelled)
    #expect(server.log.requests.isEmpty)
  }

  @Test func `cancelling while the connection is made lets go of it`() async throws {
    let server = try #require(ScriptedServer(.awaitClientClose))
    let task = Task { [transport] in
      await failure { () throws(TransportFailure) in try await transport.send(.get("https://127.0.0.1:\(server.port)/"))
      }
    }
    await server.until { $0.connections == 1 }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    await server.until { $0.closedConnections == 1 }
  }

  @Test func `giving up on a slow name lookup holds up nobody`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .reply("ok")))
    let started = ContinuousClock.now
    let timeouts = Timeouts(connect: .milliseconds(50))
    let kind = await failureOfReading(.get("http://slow.invalid/", timeouts: timeouts))?.kind
    #expect(kind == .timeout(.connect) || kind == .resolve, "the latter where names are refused quickly")
    #expect(try await transport.send(.get(server.url())).body.text() == "ok")
    // A driver that waited for the resolver would be held up for its 10 s.
    #expect(started.duration(to: .now) < .seconds(8))
  }

  @Test func `cancelling while the reply is awaited aborts the transfer`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .awaitClientClose))
    let task = Task { [transport] in
      await failure { () throws(TransportFailure) in try await transport.send(.get(server.url())) }
    }
    await server.until { $0.requests.count == 1 }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    await server.until { $0.closedConnections == 1 }
  }

  @Test func `cancelling while the body is read aborts the transfer`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .streamHead, .chunk("one"), .awaitClientClose))
    let (pieces, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    let task = Task { [transport] in
      await failure { () throws(TransportFailure) in
        for try await piece in try await transport.send(.get(server.url())).body { continuation.yield(piece) }
      }
    }
    for await piece in pieces {
      #expect(piece == Array("one".utf8))
      break
    }
    task.cancel()
    let failed = await task.value
    #expect(failed?.kind == .cancelled)
    #expect(failed?.bytesReceived == 3)
    await server.until { $0.closedConnections == 1 }
  }

  @Test func `cancelling a reader that made the sender wait aborts the transfer`() async throws {
    let total = 64_000_000
    let server = try #require(
      ScriptedServer(.readRequest, .write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n"), .flood(total)))
    let task = Task { [transport] in
      await failure { () throws(TransportFailure) in
        let response = try await transport.send(.get(server.url()))
        await server.until { $0.stalledAt != nil }
        withUnsafeCurrentTask { $0?.cancel() }
        _ = try await response.body.collect()
      }
    }
    #expect(await task.value?.kind == .cancelled)
    await server.until { $0.closedConnections == 1 }
  }

  @Test func `a cancelled reader never takes a cut body for a whole one`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .reply("whole"), .readRequest))
    let task = Task { [transport] in
      await failure { () throws(TransportFailure) in
        let response = try await transport.send(.get(server.url()))
        withUnsafeCurrentTask { $0?.cancel() }
        _ = try await response.body.collect()
      }
    }
    #expect(await task.value?.kind == .cancelled)
  }

  @Test func `a reply that is dropped unread aborts the transfer`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .streamHead, .awaitClientClose))
    #expect(try await transport.send(.get(server.url())).status == 200)
    await server.until { $0.closedConnections == 1 }
  }

  @Test func `an iterator that is let go in the middle aborts the transfer`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .streamHead, .chunk("x"), .awaitClientClose))
    for try await piece in try await transport.send(.get(server.url())).body {
      #expect(piece == Array("x".utf8))
      break
    }
    await server.until { $0.closedConnections == 1 }
  }

  @Test func `a transport that nobody holds lets a running reply be told`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .streamHead, .awaitClientClose))
    var transport: Transport? = Transport()
    let response = try #require(try await transport?.send(.get(server.url())))
    transport = nil
    let failed = await failure { () throws(TransportFailure) in try await response.body.collect() }
    #expect(failed?.kind == .cancelled)
    await server.until { $0.closedConnections == 1 }
  }
}
