// Providers that fail, and clients that leave: what is told, what is booked, and that nothing stays held.

import TestSupport
import Testing
import Wire

@testable import GatewayServer

struct BadProviders {
  private static let keys: [String: JSONObject] = ["a": ["parallel": 3]]

  /// Asks as the key `a` does.
  private static func headers(_ world: ServiceWorld) throws -> [String] {
    ["Authorization: Bearer \(try #require(world.secrets["a"]))"]
  }

  @Test(arguments: [
    ("garbage", ProviderAnswers.http("<html>")),
    ("nothing", ""),
    ("an empty answer", ProviderAnswers.http("")),
    ("another failure", ProviderAnswers.http(#"{"error":{"message":"no"}}"#, status: "500 X")),
  ])
  func `an answer that is none becomes a failure in the client's words`(_ name: String, _ answer: String) async throws {
    let world = try ServiceWorld([[.readRequest, .write(answer), .close]], keys: Self.keys)
    let headers = try Self.headers(world)
    try await world.serve { client in
      for asked in Asked.all {
        for (path, body) in [asked.whole("chatty/m"), asked.stream("chatty/m")] {
          let told = try client.ask(path, body, headers: headers)
          #expect((500...504).contains(told.status), "\(asked.name): \(told)")
          #expect(try JSON.parse(Array(told.body.utf8))["error"]?["message"]?.string?.isEmpty == false, "\(told)")
          #expect(told.headers["x-llmgw-operation-id"] != nil)
        }
      }
    }
    #expect(try Set(world.calls().map(\.status)) == [.failed])
    #expect(try world.held(by: "a") == 0)
  }

  @Test(arguments: ["silent", "endless"], Asked.all)
  func `a provider that never ends is given up in time`(_ name: String, _ asked: Asked) async throws {
    let forever: [ScriptedServer.Step] =
      name == "silent"
      ? [.readRequest, .awaitClientClose]
      : [.readRequest, .write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"), .flood(1 << 30)]
    let world = try ServiceWorld([forever], keys: Self.keys)
    let headers = try Self.headers(world) + ["x-llmgw-timeout: 200ms"]
    try await world.serve { client in
      for (path, body) in [asked.whole("chatty/m"), asked.stream("chatty/m")] {
        let told = try client.ask(path, body, headers: headers)
        #expect((500...504).contains(told.status), "\(told)")
      }
      await world.provider.until { $0.closedConnections == 2 }
    }
    #expect(try world.calls().map(\.status) == [.failed, .failed])
    #expect(try world.held(by: "a") == 0)
  }

  @Test(arguments: Asked.all)
  func `a stream that is cut tells so within, and is booked as truncated`(_ asked: Asked) async throws {
    let head = ProviderAnswers.streamHead + ProviderAnswers.hello
    let world = try ServiceWorld([[.readRequest, .write(head), .close]], keys: Self.keys)
    let headers = try Self.headers(world)
    try await world.serve { client in
      let (path, body) = asked.stream("chatty/m")
      let answer = try client.ask(path, body, headers: headers)
      #expect(answer.status == 200 && answer.body.contains("Hello"), "\(answer)")
      #expect(answer.body.contains("the answer ended without its end marker"), "\(answer)")
      #expect(!answer.body.contains("[DONE]"))
    }
    let call = try #require(try world.calls().first)
    #expect(call.status == .truncated && call.failureKind == "cut" && call.attempts.count == 1)
    #expect(try world.held(by: "a") == 0)
  }

  @Test func `a route goes on to its next target as long as nothing went out`() async throws {
    let world = try ServiceWorld(
      [[.readRequest, .write(ProviderAnswers.http("{}", status: "401 X")), .close], [.answer(ProviderAnswers.any)]],
      config: "routes: { safe: { targets: [chatty/m, messy/m], retries: 1 } }", keys: Self.keys)
    let headers = try Self.headers(world)
    try await world.serve { client in
      let answer = try client.ask("/v1/chat/completions", Asked.chat.stream("safe").body, headers: headers)
      #expect(answer.status == 200 && answer.body.contains("Hello there"), "\(answer)")
      #expect(answer.headers["x-llmgw-provider"] == "messy" && answer.headers["x-llmgw-attempts"] == "2")
    }
    #expect(try world.calls().first?.attempts.map(\.provider) == ["messy", "chatty"].reversed())
    #expect(try world.held(by: "a") == 0)
  }

  @Test func `a route does not go on once something went out`() async throws {
    let head = ProviderAnswers.streamHead + ProviderAnswers.hello
    let world = try ServiceWorld(
      [[.readRequest, .write(head), .close], [.answer(ProviderAnswers.any)]],
      config: "routes: { safe: { targets: [chatty/m, messy/m] } }")
    try await world.serve { client in
      let answer = try client.ask("/v1/chat/completions", Asked.chat.stream("safe").body)
      #expect(answer.body.contains("without its end marker"))
    }
    #expect(world.provider.log.connections == 1)
  }

  @Test(arguments: Asked.all)
  func `a client is kept alive while the provider is silent`(_ asked: Asked) async throws {
    let gate = ScriptedServer.Gate()
    let head = ProviderAnswers.streamHead
    let world = try ServiceWorld(
      [
        [
          .readRequest, .write(head), .wait(gate),
          .write(ProviderAnswers.chatStream + ProviderAnswers.usageEvent + ProviderAnswers.done), .close,
        ]
      ], config: "server: { keepalive: 20ms }")
    try await world.serve { client in
      let (path, body) = asked.stream("chatty/m")
      let running = try client.begin(path, body)
      #expect(running.reads(": keep-alive"))
      gate.open()
      let answer = try #require(running.answer())
      #expect(answer.status == 200 && answer.body.contains("Hello"), "\(answer)")
      #expect(!answer.body.contains("\"error\":{"))
    }
  }

  @Test(arguments: Asked.all, [false, true])
  func `a client that leaves ends the transfer, and the call is booked as interrupted`(
    _ asked: Asked, _ hasBegun: Bool
  ) async throws {
    let head = ProviderAnswers.streamHead + ProviderAnswers.hello
    let world = try ServiceWorld(
      [(hasBegun ? [.readRequest, .write(head)] : [.readRequest]) + [.awaitClientClose]], keys: Self.keys)
    let headers = try Self.headers(world)
    try await world.serve { client in
      let (path, body) = asked.stream("chatty/m")
      let leaving = try client.begin(path, body, headers: headers)
      if hasBegun { #expect(leaving.reads("Hello")) }
      await world.provider.until { $0.requests.count == 1 }
      leaving.reset()
      await world.provider.until { $0.closedConnections == 1 }
      #expect(await eventually { (try? world.held(by: "a")) == 0 })
      #expect(await eventually { (try? world.calls().first?.status) == .interrupted })
    }
  }

  @Test func `where it is to be drained, an answer is read to its end without its client`() async throws {
    let gate = ScriptedServer.Gate()
    let world = try ServiceWorld(
      [
        [
          .readRequest, .write(ProviderAnswers.streamHead + ProviderAnswers.hello), .wait(gate),
          .write(ProviderAnswers.chatStream), .write(ProviderAnswers.usageEvent + ProviderAnswers.done), .close,
        ]
      ], keys: Self.keys)
    let headers = try Self.headers(world)
    try await world.serve { client in
      let leaving = try client.begin(
        "/v1/chat/completions", Asked.chat.stream("patient/m").body, headers: headers)
      #expect(leaving.reads("Hello"))
      leaving.reset()
      gate.open()
      #expect(await eventually { (try? world.held(by: "a")) == 0 })
      #expect(await eventually { (try? world.calls().first?.status) == .interrupted })
    }
    let call = try #require(try world.calls().first)
    #expect(call.attempts.first?.usage.input == 1000 && call.attempts.first?.usageIsEstimated == false)
  }
}
