// Calls that are signed or carry a token, end to end: what arrives at the provider, and what is told when there is none.

import Synchronization
import TestSupport
import Testing
import Wire

@testable import GatewayCore

struct CloudCalls {
  private let awsVariables = [
    "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret-access-key", "AWS_REGION": "eu-west-1",
  ]

  // MARK: Signed

  @Test func `a call is signed, each attempt anew, and its stream of frames is read`() async throws {
    let busy = Answer.reply(
      #"{"message":"Too many tokens, please wait before trying again. secret-access-key"}"#, status: "429 No",
      type: "application/json", headers: "x-amzn-errortype: ThrottlingException:http://x/\r\n")
    let world = try GatewayWorld(
      [[.readRequest, .write(busy), .close], [.readRequest, .writeBytes(Self.frames), .close]],
      variables: awsVariables.merging(["AWS_SESSION_TOKEN": "session-token"]) { $1 })
    let told = Told()
    let outcome = await world.answer(
      world.call(to: world.target(try provider("bedrock"), .bedrockConverse, model: "a.b-v1:0")), told: told)
    #expect(outcome.status == .ok)
    #expect(outcome.reply.text == "Hi")
    #expect(outcome.usage.input == 3)
    #expect(outcome.keyOrigin == "AWS_ACCESS_KEY_ID")
    #expect(told.retries == [.rateLimited])
    #expect(outcome.attempts.first?.failure?.code == "ThrottlingException")
    #expect(!told.described.contains("secret-access-key"))

    let requests = await world.server.until { $0.requests.count == 2 }.requests
    for request in requests {
      #expect(request.requestLine == "POST /model/a.b-v1%3A0/converse-stream HTTP/1.1")
      #expect(request.header("accept") == "application/vnd.amazon.eventstream")
      #expect(request.header("x-amz-security-token") == "session-token")
      #expect(request.headers.count { $0.name == "authorization" } == 1)
      // The signature is that of what arrived.
      let signer = SignatureV4(
        keys: AWSKeys(accessKeyID: "AKID", secretAccessKey: "secret-access-key", sessionToken: "session-token"),
        region: "eu-west-1", service: "bedrock")
      var again = HTTPRequest(
        method: "POST", url: "http://\(request.header("host") ?? "")/model/a.b-v1%3A0/converse-stream",
        headers: [("content-type", request.header("content-type") ?? "")], body: request.body)
      try signer.sign(&again, at: mondayNoon)
      #expect(request.header("authorization") == again.headers.last?.value)
    }
  }

  @Test(arguments: ["AWS_BEARER_TOKEN_BEDROCK"])
  func `a bearer key goes before keys to sign with`(_ variable: String) async throws {
    let world = try GatewayWorld(
      [[.readRequest, .writeBytes(Self.frames), .close]],
      variables: awsVariables.merging([variable: "bearer-key"]) { $1 })
    let outcome = await world.answer(
      world.call(to: world.target(try provider("bedrock"), .bedrockConverse, model: "m")))
    #expect(outcome.keyOrigin == variable)
    let request = try #require(await world.server.until { $0.requests.count == 1 }.requests.first)
    #expect(request.header("authorization") == "Bearer bearer-key")
    #expect(request.header("x-amz-date") == nil)
  }

  // MARK: Tokens

  @Test func `one token serves many calls`() async throws {
    let world = try GatewayWorld([[.answer(Self.tokenThenAnswer)]], variables: [:])
    let target = try await vertexTarget(world)
    let gateway = world.gateway(target.environment)
    await withTaskGroup(of: Outcome.self) { group in
      for _ in 0..<5 { group.addTask { await gateway.answer(world.call(to: target.target)) { _ in } } }
      for await outcome in group {
        #expect(outcome.status == .ok)
        #expect(outcome.keyOrigin == "service account a@p")
      }
    }
    let requests = await world.server.until { $0.requests.count == 6 }.requests
    #expect(requests.count { $0.requestLine.hasPrefix("POST /token ") } == 1)
    let calls = requests.filter { !$0.requestLine.hasPrefix("POST /token ") }
    #expect(calls.allSatisfy { $0.header("authorization") == "Bearer the-token" })
    let asked = try #require(requests.first { $0.requestLine.hasPrefix("POST /token ") })
    #expect(asked.header("content-type") == "application/x-www-form-urlencoded")
    #expect(String(decoding: asked.body, as: UTF8.self).contains("&assertion="))
  }

  @Test func `a token that the provider does not take is not used again`() async throws {
    let refused = Answer.failed("401 Unauthorized", "the-token is no good")
    let served = Mutex(0)
    let world = try GatewayWorld([
      [
        .answer { request in
          let (text, isLast) = Self.tokenThenAnswer(request)
          if !isLast { return (text, false) }
          let number = served.withLock { count in
            count += 1
            return count
          }
          return (number == 1 ? refused : text, true)
        }
      ]
    ])
    let target = try await vertexTarget(world)
    let gateway = world.gateway(target.environment)
    let first = await gateway.answer(world.call(to: target.target)) { _ in }
    #expect(first.failure?.kind == .authentication)
    #expect(first.failure?.message == "[key] is no good")
    let second = await gateway.answer(world.call(to: target.target)) { _ in }
    #expect(second.status == .ok)
    let requests = await world.server.until { $0.requests.count == 4 }.requests
    #expect(requests.count { $0.requestLine.hasPrefix("POST /token ") } == 2)
  }

  @Test func `a token that is refused fails the attempt before anything goes to the provider`() async throws {
    let refusal = Answer.reply(
      #"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#, status: "400 Bad Request",
      type: "application/json")
    let world = try GatewayWorld([[.readRequest, .write(refusal), .close]], variables: [:])
    let target = try await vertexTarget(world)
    let outcome = await world.gateway(target.environment).answer(world.call(to: target.target)) { _ in }
    #expect(outcome.status == .failed)
    #expect(outcome.failure?.kind == .authentication)
    #expect(outcome.failure?.message == "no token of service account a@p: Invalid JWT Signature.")
    #expect(outcome.attempts.count == 1)
    #expect(await world.server.until { $0.closedConnections == 1 }.requests.count == 1)
  }

  @Test func `a token endpoint that is down is tried again`() async throws {
    let down = Answer.reply("", status: "503 No", type: "text/plain")
    let world = try GatewayWorld([
      [.readRequest, .write(down), .close], [.answer(Self.tokenThenAnswer)],
    ])
    let target = try await vertexTarget(world)
    let outcome = await world.gateway(target.environment).answer(world.call(to: target.target)) { _ in }
    #expect(outcome.status == .ok)
    #expect(outcome.attempts.map(\.status) == [.failed, .ok])
  }

  @Test func `an Entra token, a given one, or a key: each has its header`() async throws {
    for (provider, dialect, variables, name, value) in [
      ("azure", .openAIChat, ["AZURE_API_KEY": "azure-key-1"], "api-key", "azure-key-1"),
      ("azure", .openAIChat, ["AZURE_AD_TOKEN": "ad-token-1"], "authorization", "Bearer ad-token-1"),
      ("azure-ai", .anthropicMessages, ["AZURE_AI_API_KEY": "azure-key-2"], "x-api-key", "azure-key-2"),
    ] as [(String, DialectName, [String: String], String, String)] {
      let world = try GatewayWorld([[.readRequest, .write(Answer.whole), .close]], variables: variables)
      let outcome = await world.answer(
        world.call(to: world.target(try self.provider(provider), dialect, model: "m")))
      #expect(outcome.rejection == nil)
      let request = try #require(await world.server.until { $0.requests.count == 1 }.requests.first)
      #expect(request.header(name) == value)
      #expect(request.headers.count { ["authorization", "api-key", "x-api-key"].contains($0.name) } == 1)
    }
  }

  // MARK: Nothing to call with

  @Test(arguments: [
    ("bedrock", "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."),
    ("vertex-ai", "Run: gcloud auth application-default login. Or set GOOGLE_APPLICATION_CREDENTIALS."),
    ("azure", "Set AZURE_API_KEY, or run: llmgw keys set azure."),
  ])
  func `without credentials nothing is sent`(_ name: String, _ advice: String) async throws {
    let world = try GatewayWorld([[.close]])
    let outcome = await world.answer(world.call(to: world.target(try provider(name), .openAIChat, model: "m")))
    guard case .noKey(let problem)? = outcome.rejection else {
      Issue.record("not rejected: \(outcome.status)")
      return
    }
    #expect(problem.advice == advice)
  }

  @Test func `a call can be looked at without a signature or a token being made`() async throws {
    let world = try GatewayWorld([[.close]], variables: awsVariables)
    let signed = try world.gateway.prepare(
      world.call(to: world.target(try provider("bedrock"), .bedrockConverse, model: "m")))
    #expect(
      signed.preview?.headers.last?.value == "[signature with the keys from AWS_ACCESS_KEY_ID]")
    let target = try await vertexTarget(world)
    let token = try world.gateway(target.environment).prepare(world.call(to: target.target))
    #expect(token.preview?.headers.last?.value == "Bearer [token of service account a@p]")
  }

  // MARK: The scene

  private func provider(_ name: String) throws -> Provider {
    let catalog = Catalog(settings: Settings(), environment: Environment(variables: [:]))
    return try #require(catalog.provider(named: name))
  }

  /// A provider that wants a Google token, and the environment that names a service account at the scripted server.
  private func vertexTarget(_ world: GatewayWorld) async throws -> (target: Target, environment: Environment) {
    let file: JSON = [
      "type": "service_account", "client_email": "a@p", "private_key": .string(try TestKey.pem()),
      "token_uri": .string(world.server.url("/token")),
    ]
    let environment = Environment(variables: ["GOOGLE_APPLICATION_CREDENTIALS": file.text])
    return (world.target(try provider("vertex-ai"), .openAIChat, model: "m"), environment)
  }

  @Sendable private static func tokenThenAnswer(
    _ request: ScriptedServer.Request
  ) -> (text: String, isLast: Bool) {
    guard request.requestLine.hasPrefix("POST /token ") else { return (Answer.whole, true) }
    let body = #"{"access_token":"the-token","expires_in":3600,"token_type":"Bearer"}"#
    return (
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)", false
    )
  }

  /// "Hi", as the Converse format streams it.
  private static let frames: [UInt8] = {
    var bytes = Array(
      "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\nconnection: close\r\n\r\n".utf8)
    for (type, payload) in [
      ("messageStart", #"{"role":"assistant"}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#),
      ("messageStop", #"{"stopReason":"end_turn"}"#), ("metadata", #"{"usage":{"inputTokens":3,"outputTokens":1}}"#),
    ] {
      let headers = [(":message-type", "event"), (":event-type", type)].map {
        AWSEventStreamMessage.Header(name: Array($0.0.utf8)[...], value: .string(Array($0.1.utf8)[...]))
      }
      try? AWSEventStreamEncoder.append(
        AWSEventStreamMessage(headers: headers, payload: Array(payload.utf8)[...]), to: &bytes)
    }
    return bytes
  }()
}

extension Told {
  /// Everything that was told, for looking for what must not be there.
  fileprivate var described: String { "\(events)" }
}
