// Every surface, whole and as a stream, in front of every kind of provider.

import TestSupport
import Testing
import Wire

@testable import GatewayServer

/// A request as a client of one API sends it.
struct Asked: Sendable, CustomTestStringConvertible {
  let name: String
  /// The provider whose format it is.
  let native: String
  let whole: @Sendable (_ model: String) -> (path: String, body: String)
  let stream: @Sendable (_ model: String) -> (path: String, body: String)
  var testDescription: String { name }

  static let chat = Asked(name: "chat", native: "chatty") {
    ("/v1/chat/completions", #"{"model":"\#($0)", "messages":[{"role":"user","content":"hi"}]}"#)
  } stream: {
    ("/v1/chat/completions", #"{"model":"\#($0)","messages":[{"role":"user","content":"hi"}],"stream":true}"#)
  }
  static let messages = Asked(name: "messages", native: "messy") {
    ("/v1/messages", #"{"model":"\#($0)", "max_tokens":100,"messages":[{"role":"user","content":"hi"}]}"#)
  } stream: {
    ("/v1/messages", #"{"model":"\#($0)","max_tokens":100,"messages":[{"role":"user","content":"hi"}],"stream":true}"#)
  }
  static let responses = Asked(name: "responses", native: "respondent") {
    ("/v1/responses", #"{"model":"\#($0)", "input":"hi"}"#)
  } stream: {
    ("/v1/responses", #"{"model":"\#($0)","input":"hi","stream":true}"#)
  }
  static let gemini = Asked(name: "gemini", native: "twin") {
    ("/v1beta/models/\($0):generateContent", #"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#)
  } stream: {
    (
      "/v1beta/models/\($0):streamGenerateContent?alt=sse",
      #"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#
    )
  }
  static let completions = Asked(name: "completions", native: "") {
    ("/v1/completions", #"{"model":"\#($0)","prompt":"hi"}"#)
  } stream: {
    ("/v1/completions", #"{"model":"\#($0)","prompt":["hi"],"stream":true}"#)
  }
  static let all = [chat, messages, responses, gemini, completions]
}

struct Surfaces {
  @Test(arguments: Asked.all, ["chatty", "messy", "respondent", "twin"])
  func `every surface reaches a provider of every format, whole and as a stream, and books it`(
    _ asked: Asked, _ provider: String
  ) async throws {
    let world = try ServiceWorld(keys: ["a": ["parallel": 3]])
    try await world.serve { [secret = try #require(world.secrets["a"])] client in
      let authorization = ["Authorization: Bearer \(secret)"]
      for streams in [false, true] {
        let (path, body) = (streams ? asked.stream : asked.whole)(provider + "/m")
        let answer = try client.ask(path, body, headers: authorization)
        #expect(answer.status == 200, "\(answer)")
        let text = answer.body.replacing(#"" there""#, with: "Hello there")
        #expect(text.contains("Hello there") && !answer.body.contains("\"error\":{"), "\(answer)")
        #expect(answer.headers["content-type"]?.hasPrefix(streams ? "text/event-stream" : "application/json") == true)
        #expect(answer.headers["x-llmgw-provider"] == provider && answer.headers["x-llmgw-model"] == "m")
        if !streams { _ = try JSON.parse(Array(answer.body.utf8)) }
      }
    }
    let calls = try world.calls()
    #expect(calls.map(\.status) == [.ok, .ok])
    #expect(calls.allSatisfy { $0.keyID == "key_a" && $0.attempts.first?.usage.input == 1000 })
    #expect(calls.allSatisfy { $0.attempts.first?.usage.output == 20 })
    #expect(try world.held(by: "a") == 0)
  }

  @Test(arguments: [
    (Asked.chat, ProviderAnswers.chat, ProviderAnswers.chatStream + ProviderAnswers.done),
    (.messages, ProviderAnswers.messages, ProviderAnswers.messagesStream),
    (.responses, ProviderAnswers.responses, ProviderAnswers.responsesStream),
    (.gemini, ProviderAnswers.gemini, "data: \(ProviderAnswers.gemini)\n\n"),
  ])
  func `a provider of the client's own format gets its bytes, and the client gets the provider's`(
    _ asked: Asked, _ whole: String, _ stream: String
  ) async throws {
    let world = try ServiceWorld()
    let model = asked.native + "/m"
    try await world.serve { client in
      let (path, body) = asked.whole(model)
      let answer = try client.ask(path, body)
      #expect(answer.body == whole)
      let (streamPath, streamBody) = asked.stream(model)
      let streamed = try client.ask(streamPath, streamBody)
      #expect(streamed.body == stream)
    }
    let seen = world.provider.log.requests.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(seen.first == asked.whole(model).body.replacing(model, with: "m"))
    let streamed = asked.stream(model).body.replacing(model, with: "m")
    #expect(
      seen.last
        == (asked.name == "chat" ? streamed.dropLast() + #","stream_options":{"include_usage":true}}"# : streamed))
  }

  @Test func `the usage event is the client's only when it asked, with the cost in it`() async throws {
    let world = try ServiceWorld()
    let body = Asked.chat.stream("chatty/m").body.dropLast() + #","stream_options":{"include_usage":true}}"#
    try await world.serve { client in
      let answer = try client.ask("/v1/chat/completions", String(body))
      #expect(answer.body.hasPrefix(ProviderAnswers.chatStream) && answer.body.hasSuffix(ProviderAnswers.done))
      #expect(answer.body.contains(#""cost":0.0027"#), "\(answer.body)")
      #expect(answer.headers["x-llmgw-operation-id"] == "op-1")
    }
    #expect(try world.calls().first?.cost.amount?.decimalText == "0.0027")
  }

  @Test func `the array form of Gemini's stream is one list`() async throws {
    let world = try ServiceWorld()
    try await world.serve { client in
      for model in ["twin/m", "chatty/m"] {
        let answer = try client.ask(
          "/v1beta/models/\(model):streamGenerateContent", Asked.gemini.whole(model).body)
        let list = try #require(try JSON.parse(Array(answer.body.utf8)).array)
        #expect(!list.isEmpty && answer.headers["content-type"] == "application/json")
      }
    }
  }

  @Test(arguments: ["/openai/v1/chat/completions", "/openai/chat/completions", "/chat/completions"])
  func `an address may stand below the name of its API, and without its version`(_ path: String) async throws {
    try await ServiceWorld().serve { client in
      let answer = try client.ask(path, Asked.chat.whole("chatty/m").body)
      #expect(answer.status == 200)
    }
  }

  @Test(
    arguments: [
      ("/v1/nothing", nil, "POST", 404, "there is nothing at POST /v1/nothing"),
      ("/v1/chat/completions", nil, "GET", 405, "takes POST, not GET"),
      ("/v1/models", nil, "PUT", 405, "takes GET, not PUT"),
      ("/v1/chat/completions", "{", nil, 400, "cannot be read"),
      ("/v1/chat/completions", "{\"model\":\"\u{1}\"}", nil, 400, "cannot be read"),
      ("/v1/chat/completions", String(repeating: "[", count: 5000), nil, 400, "cannot be read"),
      ("/v1/chat/completions", "[]", nil, 400, "a JSON object expected"),
      ("/v1/chat/completions", #"{"messages":[]}"#, nil, 400, "`model` is missing"),
      (
        "/v1/chat/completions", #"{"model":"chaty/m","messages":[]}"#, nil, 404,
        "the model 'chaty/m' does not exist"
      ),
      ("/passthrough/nobody/v1/x", "{}", nil, 404, "there is no provider 'nobody'"),
    ] as [(String, String?, String?, Int, String)])
  func `what cannot be served is told, and nothing is asked of a provider`(
    _ path: String, _ body: String?, _ method: String?, _ status: Int, _ text: String
  ) async throws {
    let world = try ServiceWorld()
    try await world.serve { client in
      let answer = try client.ask(path, body, method: method)
      #expect(answer.status == status && answer.body.contains(text), "\(answer)")
      let error = try JSON.parse(Array(answer.body.utf8))["error"]
      #expect(error?["message"]?.string != nil)
      if status == 405 { #expect(answer.headers["allow"]?.isEmpty == false) }
    }
    #expect(world.provider.log.connections == 0)
    #expect(try world.calls().isEmpty)
  }

  @Test(arguments: [
    ("/v1/chat/completions", ["error", "type"], "invalid_request_error"),
    ("/v1/completions", ["error", "type"], "invalid_request_error"),
    ("/v1/responses", ["error", "type"], "invalid_request_error"),
    ("/v1/messages", ["error", "type"], "invalid_request_error"),
    ("/v1beta/models/chatty/m:generateContent", ["error", "status"], "INVALID_ARGUMENT"),
  ])
  func `a failure is told in the words of the client's API`(
    _ path: String, _ place: [String], _ word: String
  ) async throws {
    try await ServiceWorld().serve { client in
      let answer = try client.ask(path, "{")
      let told = place.reduce(try JSON.parse(Array(answer.body.utf8)) as JSON?) { $0?[$1] }
      #expect(answer.status == 400 && told?.string == word, "\(answer)")
    }
  }

  @Test func `a body that is no UTF-8 or too large is refused`() async throws {
    var limits = ServerLimits()
    limits.bodyBytes = 1000
    try await ServiceWorld().serve(limits) { client in
      let wrong = try #require(RawClient(port: client.port))
      wrong.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
      wrong.send(Array("Content-Length: 14\r\n\r\n{\"model\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8))
      #expect(wrong.answer()?.status == 400)
      let large = try client.ask("/v1/chat/completions", String(repeating: " ", count: 1001))
      #expect(large.status == 413)
    }
  }

  @Test func `tokens are counted by a provider of the same format, else estimated`() async throws {
    let world = try ServiceWorld()
    try await world.serve { client in
      let path = "/v1/messages/count_tokens"
      let body = { (model: String) in #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"# }
      let counted = try client.ask(path, body("messy/m"))
      #expect(counted.body == #"{"input_tokens":77}"#, "\(counted)")
      let estimated = try client.ask(path, body("chatty/m"))
      #expect(estimated.headers["x-llmgw-count-source"] == "estimated")
      #expect(try JSON.parse(Array(estimated.body.utf8))["input_tokens"]?.int ?? 0 > 0)
      let gemini = try client.ask("/v1beta/models/chatty/m:countTokens", Asked.gemini.whole("").body)
      #expect(try JSON.parse(Array(gemini.body.utf8))["totalTokens"]?.int ?? 0 > 0)
    }
    #expect(world.provider.log.requests.map(\.requestLine) == ["POST /v1/messages/count_tokens HTTP/1.1"])
    #expect(try JSON.parse(world.provider.log.requests[0].body)["model"]?.string == "m")
  }

  @Test func `health is for everyone and says whether calls can be booked`() async throws {
    let world = try ServiceWorld(keys: ["a": [:]])
    try await world.serve { client in
      let live = try client.ask("/health/live")
      #expect(live.body == #"{"status":"ok"}"#)
      let ready = try client.ask("/health/ready")
      #expect(ready.status == 200)
    }
  }
}
