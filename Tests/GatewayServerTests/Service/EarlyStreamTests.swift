// Streams that are kept alive before a provider has answered (server.keepalive_before_reply).

import TestSupport
import Testing
import Wire

@testable import GatewayServer

struct StreamsKeptAliveEarly {
  private static let config = "server: { keepalive: 20ms, keepalive_before_reply: true }"
  private static let refusal = ProviderAnswers.http(
    #"{"error":{"message":"not with this key"}}"#, status: "401 X")

  @Test(arguments: Asked.all)
  func `a failure after a sign of life is an event of the stream`(_ asked: Asked) async throws {
    let gate = ScriptedServer.Gate()
    let world = try ServiceWorld([[.readRequest, .wait(gate), .write(Self.refusal), .close]], config: Self.config)
    try await world.serve { client in
      let (path, body) = asked.stream("chatty/m")
      let running = try client.begin(path, body)
      #expect(running.reads(": keep-alive"))
      gate.open()
      let answer = try #require(running.answer())
      #expect(answer.status == 200 && answer.body.contains("not with this key"), "\(answer)")
      #expect(answer.headers["x-llmgw-provider"] == nil)
    }
    #expect(try world.calls().map(\.status) == [.failed])
  }

  @Test(arguments: Asked.all)
  func `another target may still answer after a sign of life`(_ asked: Asked) async throws {
    let gate = ScriptedServer.Gate()
    let world = try ServiceWorld(
      [[.readRequest, .wait(gate), .write(Self.refusal), .close], [.answer(ProviderAnswers.any)]],
      config: Self.config + "\nroutes: { safe: { targets: [chatty/m, messy/m] } }")
    try await world.serve { client in
      let (path, body) = asked.stream("safe")
      let running = try client.begin(path, body)
      #expect(running.reads(": keep-alive"))
      gate.open()
      let answer = try #require(running.answer())
      #expect(answer.body.contains("Hello") && !answer.body.contains("not with this key"), "\(answer)")
    }
    #expect(try world.calls().map(\.status) == [.ok])
  }

  @Test func `no other target answers once a head that names one went out`() async throws {
    let gate = ScriptedServer.Gate()
    let world = try ServiceWorld(
      [[.readRequest, .write(ProviderAnswers.streamHead), .wait(gate), .close], [.answer(ProviderAnswers.any)]],
      config: "server: { keepalive: 20ms }\nroutes: { safe: { targets: [chatty/m, messy/m] } }")
    try await world.serve { client in
      let running = try client.begin("/v1/chat/completions", Asked.chat.stream("safe").body)
      #expect(running.reads(": keep-alive"))
      gate.open()
      let answer = try #require(running.answer())
      #expect(answer.headers["x-llmgw-provider"] == "chatty" && answer.body.contains("\"error\""), "\(answer)")
    }
    #expect(world.provider.log.connections == 1)
  }

  @Test(arguments: Asked.all)
  func `what fails before the first sign of life has a status of its own`(_ asked: Asked) async throws {
    let world = try ServiceWorld(
      [[.readRequest, .write(Self.refusal), .close]],
      config: "server: { keepalive: 1h, keepalive_before_reply: true }")
    try await world.serve { client in
      let (path, body) = asked.stream("chatty/m")
      let answer = try client.ask(path, body)
      #expect(answer.status >= 400 && answer.headers["x-llmgw-provider"] == "chatty", "\(answer)")
    }
  }

  @Test(arguments: [false, true])
  func `without it a provider that has not answered leaves the client waiting`(_ isEarly: Bool) async throws {
    let gate = ScriptedServer.Gate()
    let world = try ServiceWorld(
      [[.readRequest, .wait(gate), .write(Self.refusal), .close]],
      config: "server: { keepalive: 20ms, keepalive_before_reply: \(isEarly) }")
    try await world.serve { client in
      let running = try client.begin("/v1/chat/completions", Asked.chat.stream("chatty/m").body)
      await world.provider.until { $0.requests.count == 1 }
      // Long enough for several signs of life, while others are served.
      for _ in 0..<20 { #expect(try client.ask("/health/live").status == 200) }
      if isEarly { #expect(running.reads(": keep-alive")) }
      gate.open()
      let answer = try #require(running.answer())
      #expect(answer.status == (isEarly ? 200 : 401), "\(answer)")
    }
  }
}
