// Who is let in, with what, and how often.

import TestSupport
import Testing
import Wire

@testable import GatewayServer

struct Keys {
  private static let body = Asked.chat.whole("chatty/m").body

  @Test(arguments: [
    "Authorization: Bearer %", "authorization: bearer %", "x-api-key: %", "x-goog-api-key: %", "api-key: %", "?key=%",
  ])
  func `a key is found wherever a client's API wants it, and goes no further`(_ place: String) async throws {
    let world = try ServiceWorld(keys: ["a": [:]])
    try await world.serve { [secret = try #require(world.secrets["a"])] client in
      let text = place.replacing("%", with: secret)
      for path in ["/v1/chat/completions", "/passthrough/chatty/v1/chat/completions"] {
        let answer = try client.ask(
          text.hasPrefix("?") ? path + text : path, Self.body, headers: text.hasPrefix("?") ? [] : [text])
        #expect(answer.status == 200, "\(answer)")
      }
    }
    let seen = world.provider.log.requests
    #expect(seen.count == 2)
    for request in seen {
      #expect(request.header("authorization") == "Bearer \(Canary.providerKey)")
      let secret = try #require(world.secrets["a"])
      #expect(!"\(request)".contains(secret) && request.header("x-api-key") == nil && request.header("api-key") == nil)
    }
    #expect(try world.calls().allSatisfy { $0.keyID == "key_a" })
  }

  @Test(arguments: [
    "Authorization: %", "Authorization: Basic %", "Authorization: Bearer", "Cookie: key=%", "x-key: %",
    "proxy-authorization: Bearer %", "/v1/chat/%/completions", "?api_key=%",
  ])
  func `a key in the wrong place opens nothing and is written nowhere`(_ place: String) async throws {
    let world = try ServiceWorld(keys: ["a": [:]])
    let secret = try #require(world.secrets["a"])
    try await world.serve { client in
      let text = place.replacing("%", with: secret)
      let path = text.hasPrefix("/") ? text : "/v1/chat/completions" + (text.hasPrefix("?") ? text : "")
      let answer = try client.ask(path, Self.body, headers: "/?".contains(text.prefix(1)) ? [] : [text])
      #expect(answer.status == (text.hasPrefix("/") ? 404 : 401) && !answer.body.contains(secret), "\(answer)")
    }
    #expect(world.provider.log.connections == 0)
    #expect(await !world.writtenText().contains(secret))
  }

  @Test func `a key that is missing, wrong, expired or revoked is refused in the same words`() async throws {
    let world = try ServiceWorld(keys: ["old": ["expires_at": "2020-01-01T00:00:00Z"], "gone": [:]])
    _ = try world.store.revoke("gone", now: ServiceWorld.noon)
    _ = try world.governance.book.refresh()
    let secrets = [nil, "llmgw-nonsense", world.secrets["old"], world.secrets["gone"]]
    try await world.serve { client in
      let answers = try secrets.map { secret in
        try client.ask("/v1/chat/completions", Self.body, headers: secret.map { ["x-api-key: " + $0] } ?? [])
      }
      #expect(answers.allSatisfy { $0.status == 401 && $0.body == answers[0].body })
      #expect(answers[0].body.contains("the API key is missing or not valid"))
    }
    #expect(world.provider.log.connections == 0)
  }

  @Test(
    arguments: [
      (["models": ["chatty/other"]], "for the model 'chatty/m'"),
      (["surfaces": ["messages"]], "for chat"),
      (["addresses": ["10.0.0.0/8"]], "from this address"),
    ] as [(JSONObject, String)])
  func `a key is held to its models, its surfaces and its addresses`(
    _ settings: JSONObject, _ text: String
  ) async throws {
    let world = try ServiceWorld(keys: ["a": settings])
    try await world.serve { [secret = try #require(world.secrets["a"])] client in
      let answer = try client.ask("/v1/chat/completions", Self.body, headers: ["Authorization: Bearer \(secret)"])
      #expect(answer.status == 403 && answer.body.contains(text), "\(answer)")
    }
    #expect(world.provider.log.connections == 0)
  }

  @Test func `a limit of requests is told beforehand and when it is reached, and is over in time`() async throws {
    let world = try ServiceWorld(keys: ["a": ["rpm": 2, "parallel": 5]])
    try await world.serve { [secret = try #require(world.secrets["a"])] client in
      let ask = { (path: String, body: String) in
        try client.ask(path, body, headers: ["Authorization: Bearer \(secret)"])
      }
      let first = try ask("/v1/chat/completions", Self.body)
      #expect(first.headers["x-ratelimit-limit-requests"] == "2")
      #expect(first.headers["x-ratelimit-remaining-requests"] == "1", "\(first)")
      let second = try ask("/v1/messages", Asked.messages.whole("chatty/m").body)
      #expect(second.headers["anthropic-ratelimit-requests-remaining"] == "0")
      #expect(second.headers["anthropic-ratelimit-requests-reset"]?.hasSuffix("Z") == true)
      let third = try ask("/v1/chat/completions", Self.body)
      #expect(third.status == 429 && third.body.contains("2 requests a minute"), "\(third)")
      #expect(third.headers["x-should-retry"] == nil)
      let wait = try #require(third.headers["retry-after"].flatMap { Int($0) })
      #expect((1...61).contains(wait))
      world.advance(by: .seconds(wait + 1))
      #expect(try ask("/v1/chat/completions", Self.body).status == 200)
    }
    #expect(try world.held(by: "a") == 0)
    #expect(try world.calls().map(\.status) == [.ok, .rejected, .ok, .ok])
  }

  @Test func `a request that is larger than its limit is not to be sent again`() async throws {
    let world = try ServiceWorld(keys: ["a": ["tpm": 10]])
    try await world.serve { [secret = try #require(world.secrets["a"])] client in
      let answer = try client.ask("/v1/chat/completions", Self.body, headers: ["Authorization: Bearer \(secret)"])
      #expect(answer.status == 429 && answer.headers["x-should-retry"] == "false", "\(answer)")
      #expect(answer.headers["retry-after"] == nil)
    }
  }

  @Test func `only so many requests of a key run at a time`() async throws {
    let gate = ScriptedServer.Gate()
    let world = try ServiceWorld(
      [
        [.readRequest, .wait(gate), .write(ProviderAnswers.http(ProviderAnswers.chat)), .close],
        [.answer(ProviderAnswers.any)],
      ], keys: ["a": ["parallel": 1]])
    try await world.serve { [secret = try #require(world.secrets["a"])] client in
      let headers = ["Authorization: Bearer \(secret)"]
      let running = try client.begin("/v1/chat/completions", Self.body, headers: headers)
      await world.provider.until { $0.requests.count == 1 }
      #expect(try world.held(by: "a") == 1)
      let other = try client.ask("/v1/chat/completions", Self.body, headers: headers)
      #expect(other.status == 429 && other.body.contains("1 requests at a time"), "\(other)")
      gate.open()
      #expect(running.answer()?.status == 200)
      #expect(try client.ask("/v1/chat/completions", Self.body, headers: headers).status == 200)
    }
    #expect(try world.held(by: "a") == 0)
  }

  @Test(arguments: [
    ("", "/v1/models", ["data", "id"]), ("anthropic-version: 2023-06-01", "/v1/models", ["data", "id"]),
    ("", "/v1beta/models", ["models", "name"]),
  ])
  func `the list of models holds what the key may call, in the shape of the client's API`(
    _ header: String, _ path: String, _ place: [String]
  ) async throws {
    let world = try ServiceWorld(
      config: "aliases: { quick: chatty/m }\nroutes: { safe: { targets: [chatty/m, messy/m] } }",
      keys: ["a": ["models": ["quick"]], "b": [:]])
    try await world.serve { [secrets = world.secrets] client in
      let names = { (key: String) in
        let headers = ["x-api-key: \(secrets[key] ?? "")"] + (header.isEmpty ? [] : [header])
        let answer = try client.ask(path, headers: headers)
        #expect(answer.status == 200, "\(answer)")
        let list = try JSON.parse(Array(answer.body.utf8))[place[0]]?.array ?? []
        return list.compactMap { $0[place[1]]?.string?.split(separator: "/", maxSplits: 1).last.map(String.init) }
      }
      #expect(try names("a") == ["quick"])
      let all = try names("b")
      #expect(all.contains("quick") && all.contains("safe") && all.contains { $0.hasSuffix("m") }, "\(all)")
    }
  }

  @Test func `what operators ask is for keys that administer`() async throws {
    let world = try ServiceWorld(keys: ["user": [:], "admin": ["admin": true]])
    try await world.serve { [secrets = world.secrets] client in
      let ask = { (key: String, method: String, path: String, body: String?) in
        try client.ask(path, body, method: method, headers: ["x-api-key: \(secrets[key] ?? "")"])
      }
      let cases: [(String, String, String?, Int, String)] = [
        ("GET", "/v1/llmgw/spend?by=model", nil, 200, #""spend":"model""#),
        ("GET", "/v1/llmgw/operations/op-1", nil, 200, #""id":"op-1""#),
        ("GET", "/v1/llmgw/operations/op-9", nil, 404, "there is no call op-9"),
        ("GET", "/v1/llmgw/access", nil, 200, "GET  {}"),
        ("POST", "/v1/llmgw/access", #"{"name":"x"}"#, 201, "POST  "),
        ("PATCH", "/v1/llmgw/access/x", #"{"rpm":1}"#, 200, "PATCH x "),
        ("POST", "/v1/llmgw/access/x/rotate", nil, 200, "POST x/rotate "),
        ("DELETE", "/v1/llmgw/access/teams/t", nil, 200, "DELETE teams/t "),
        ("POST", "/v1/llmgw/access", "{", 400, "cannot be read"),
        ("POST", "/v1/llmgw/access", "[1]", 400, "must be an object"),
        ("GET", "/v1/llmgw/access/a/b/c/d", nil, 404, "there is nothing at"),
      ]
      for (method, path, body, status, text) in cases {
        let answer = try ask("admin", method, path, body)
        #expect(answer.status == status && answer.body.contains(text), "\(method) \(path): \(answer)")
        #expect(try ask("user", method, path, body).status == 403, "\(method) \(path)")
        #expect(try ask("nobody", method, path, body).status == 401, "\(method) \(path)")
      }
    }
  }

  @Test func `figures are there for programs of this machine`() async throws {
    let world = try ServiceWorld(keys: ["a": [:]])
    try await world.serve { client in
      let answer = try client.ask("/metrics")
      #expect(answer.status == 200 && answer.body.contains("llmgw_ledger_failures_total 0"), "\(answer)")
    }
  }
}

/// A server without keys, which every page that its user looks at can reach.
struct KeylessServers {
  private static let body = Asked.chat.whole("chatty/m").body

  @Test(arguments: [
    (["Host: 127.0.0.1:4000"], 200), (["Host: [::1]:4000"], 200), (["Host: localhost"], 200),
    (["Host: evil.example"], 403), (["Host: localhost.evil.example"], 403), (["Host: 127.0.0.1.evil.example"], 403),
    (["Origin: http://localhost:3000"], 200), (["Origin: https://app.example"], 200),
    (["Origin: https://evil.example"], 403), (["Origin: null"], 403),
    (["Origin: https://app.example.evil.example"], 403),
    (["Content-Type: text/plain"], 415), (["Content-Type: application/json; charset=utf-8"], 200),
    (["Content-Type: application/x-www-form-urlencoded"], 415),
  ])
  func `a request that a page could have made is refused`(_ headers: [String], _ status: Int) async throws {
    let world = try ServiceWorld(config: "server: { cors_origins: [\"https://app.example\"] }")
    try await world.serve { client in
      let answer = try client.ask("/v1/chat/completions", Self.body, headers: headers)
      #expect(answer.status == status)
    }
    #expect(world.provider.log.connections == (status == 200 ? 1 : 0))
  }

  @Test(arguments: [("https://app.example", true), ("https://evil.example", false)])
  func `a browser is told which origins may call`(_ origin: String, _ isAllowed: Bool) async throws {
    let world = try ServiceWorld(config: "server: { cors_origins: [\"https://app.example\"] }", keys: ["a": [:]])
    try await world.serve { [secret = try #require(world.secrets["a"])] client in
      let asked = try client.ask(
        "/v1/chat/completions", method: "OPTIONS",
        headers: ["Origin: \(origin)", "Access-Control-Request-Headers: x-api-key, content-type"])
      #expect(asked.status == 204)
      #expect(asked.headers["access-control-allow-origin"] == (isAllowed ? origin : nil))
      #expect(asked.headers["access-control-allow-headers"] == (isAllowed ? "x-api-key, content-type" : nil))
      for body in [Self.body, Asked.chat.stream("chatty/m").body] {
        let answer = try client.ask(
          "/v1/chat/completions", body, headers: ["Origin: \(origin)", "x-api-key: \(secret)"])
        #expect(answer.status == 200)
        #expect(answer.headers["access-control-allow-origin"] == (isAllowed ? origin : nil))
      }
    }
  }
}
