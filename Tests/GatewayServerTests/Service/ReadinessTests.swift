// Whether the server is ready, as those are told who start and watch it.

import Synchronization
import TestSupport
import Testing
import Wire

@testable import GatewayServer

struct Readiness {
  private static func answering(_ status: String, _ body: String) -> [[ScriptedServer.Step]] {
    [[.readRequest, .write(ProviderAnswers.http(body, status: status)), .close]]
  }

  @Test func `providers that are to be probed must answer, and are asked only so often`() async throws {
    let world = try ServiceWorld(
      Self.answering("200 OK", #"{"data":[{"id":"m"}]}"#),
      config: "server: { probe: [messy], probe_interval: 30s }", keys: ["a": [:]])
    try await world.serve { client in
      for _ in 0..<3 {
        let ready = try client.ask("/health/ready")
        #expect(ready.status == 200 && ready.body.contains(#""providers":{"messy":"ok"}"#), "\(ready)")
      }
      #expect(world.provider.log.requests.map(\.requestLine) == ["GET /v1/models HTTP/1.1"])
      world.advance(by: .seconds(29))
      #expect(try client.ask("/health/ready").status == 200)
      #expect(world.provider.log.requests.count == 1)
      world.advance(by: .seconds(1))
      #expect(try client.ask("/health/ready").status == 200)
    }
    #expect(world.provider.log.requests.count == 2)
    #expect(try world.calls().isEmpty)
  }

  @Test func `one that does not answer well is told by a word, which is none of its own`() async throws {
    let world = try ServiceWorld(
      Self.answering("401 X", #"{"error":{"message":"the key \#(Canary.providerKey) is bad"}}"#),
      config: "server: { probe: [chatty, nobody] }", keys: ["a": [:]])
    try await world.serve { client in
      let ready = try client.ask("/health/ready")
      #expect(ready.status == 503)
      let told = try JSON.parse(Array(ready.body.utf8))
      #expect(told["status"] == "unavailable" && told["ledger"] == "ok")
      #expect(told["providers"] == ["chatty": "authentication", "nobody": "unknown"])
      #expect(!"\(ready)".contains("canary"))
    }
  }

  @Test func `those who ask at the same time share the answer, and a silent provider is not waited for without end`()
    async throws
  {
    let world = try ServiceWorld(
      [[.readRequest, .awaitClientClose]], config: "server: { probe: [messy], probe_interval: 300ms }")
    try await world.serve { client in
      let asking = try (0..<3).map { _ in try client.begin("/health/ready") }
      let answers = try asking.map { try #require($0.answer()) }
      #expect(answers.allSatisfy { $0.status == 503 && $0.body.contains(#""messy":"timeout""#) }, "\(answers)")
    }
    #expect(world.provider.log.connections == 1)
  }

  @Test func `nobody is asked where nothing is to be probed`() async throws {
    let world = try ServiceWorld()
    try await world.serve { client in
      let ready = try client.ask("/health/ready")
      #expect(ready.body == #"{"status":"ok","ledger":"ok","config":"ok"}"#)
    }
    #expect(world.provider.log.connections == 0)
  }
}
