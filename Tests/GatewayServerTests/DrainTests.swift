// How a server ends.

import GatewayCore
import TestSupport
import Testing

@testable import GatewayServer

struct DrainTests {
  /// Streams `begun`, then waits for the gate.
  private static func gated(_ gate: Latch, _ seen: Record) -> Responder {
    { request, writer in
      do throws(ResponseFailure) {
        try await writer.begin(200)
        try await writer.write(Array("begun".utf8))
        await withTaskCancellationHandler {
          await gate.wait()
        } onCancel: {
          gate.open()
        }
        try await writer.write(Array(" done".utf8))
        try await writer.finish()
        seen.note("finished")
      } catch {
        seen.note("\(error)")
      }
    }
  }

  @Test func `running streams end, idle connections close, new ones are not taken`() async throws {
    let gate = Latch()
    let seen = Record()
    try await withServer(ServerLimits(), Self.gated(gate, seen)) { server, port in
      let idle = try #require(RawClient(port: port))
      let busy = try #require(RawClient(port: port))
      busy.get("/")
      #expect(busy.reads("begun"))
      #expect(await eventually { server.connectionCount == 2 })
      let drained = Task { await server.drain(within: .seconds(30)) }
      #expect(idle.rest() == "")
      #expect(await eventually { RawClient(port: port) == nil })
      #expect(seen.all.isEmpty)
      gate.open()
      #expect(busy.answer()?.body == "begun done")
      #expect(busy.rest() == "")
      busy.close()
      await drained.value
      #expect(seen.all == ["finished"])
      #expect(server.connectionCount == 0)
    }
  }

  @Test func `an answer that begins while the server drains says that it is the last`() throws {
    let gate = Latch()
    let bench = try Bench { _, writer in
      await gate.wait()
      try? await writer.respond(200, body: Array("late".utf8))
    }
    bench.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    bench.registry.drain()
    bench.settle()
    #expect(!bench.isClosed)
    gate.open()
    bench.settle()
    #expect(bench.answers.map(\.body) == ["late"])
    #expect(bench.answers.first?.headers["connection"] == "close")
    #expect(bench.isClosed)
  }

  @Test func `a request that is on its way when the server drains is still answered`() throws {
    let bench = try Bench()
    bench.send("GET / HTTP/1.1\r\n")
    bench.registry.drain()
    bench.settle()
    #expect(!bench.isClosed)
    bench.send("Host: a\r\n\r\n")
    #expect(bench.answers.map(\.status) == [200])
    #expect(bench.isClosed)
  }

  @Test func `patience ends, and a second call ends it at once`() async throws {
    for patience in [Duration.milliseconds(50), .seconds(1_000)] {
      let gate = Latch()
      let seen = Record()
      try await withServer(ServerLimits(), Self.gated(gate, seen)) { server, port in
        let idle = try #require(RawClient(port: port))
        let client = try #require(RawClient(port: port))
        client.get("/")
        #expect(client.reads("begun"))
        #expect(await eventually { server.connectionCount == 2 })
        let drained = Task { await server.drain(within: patience) }
        #expect(idle.rest() == "")
        if patience > .seconds(1) { await server.drain(within: .seconds(1_000)) }
        await drained.value
        #expect(client.rest()?.hasSuffix("begun\r\n") == true)
        #expect(seen.all == ["clientLeft"])
      }
    }
  }
}
