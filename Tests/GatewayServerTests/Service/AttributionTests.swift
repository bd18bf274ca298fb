// What header fields say of a call, what an answer says of what was done, and what must never be said.

import Synchronization
import TestSupport
import Testing
import Wire

@testable import GatewayServer

struct Attribution {
  private static let body = Asked.chat.whole("chatty/m").body

  @Test func `header fields and the key say what a call is booked on`() async throws {
    let world = try ServiceWorld(
      keys: ["a": ["tags": ["team": "web"]], "b": ["project": "fixed", "owner": "ann"]])
    try await world.serve { [secrets = world.secrets] client in
      let said = ["project: shop", "user: u1", "session: s1", "tags: stage=test, x=y"].map { "x-llmgw-" + $0 }
      for key in ["a", "b"] {
        let headers = said + ["User-Agent: probe/2", "x-api-key: \(secrets[key] ?? "")"]
        let answer = try client.ask("/v1/chat/completions", Self.body, headers: headers)
        #expect(answer.status == 200)
      }
      let silent = try client.ask("/v1/chat/completions", Self.body, headers: ["x-api-key: \(secrets["b"] ?? "")"])
      #expect(silent.status == 200)
    }
    let calls = try world.calls().sorted { $0.id < $1.id }
    #expect(calls.map(\.project) == ["shop", "fixed", "fixed"])
    #expect(calls.map(\.user) == ["u1", "u1", "ann"])
    #expect(calls.map(\.session) == ["s1", "s1", nil])
    #expect(calls.map(\.client) == ["probe/2", "probe/2", nil])
    #expect(Set(calls[0].tags.map { "\($0.key)=\($0.value)" }) == ["stage=test", "x=y", "team=web"])
  }

  @Test(arguments: [
    "x-llmgw-tags: no-value", "x-llmgw-strict: maybe", "x-llmgw-timeout: soon",
  ])
  func `a header field that cannot be read is an error`(_ header: String) async throws {
    let world = try ServiceWorld()
    try await world.serve { client in
      let answer = try client.ask("/v1/chat/completions", Self.body, headers: [header])
      #expect(answer.status == 400 && answer.body.contains("the header x-llmgw-"), "\(answer)")
    }
    #expect(world.provider.log.connections == 0)
  }

  @Test(arguments: [
    ("/v1/chat/completions", #"{"model":"messy/m","seed":7,"messages":[{"role":"user","content":"hi"}]}"#, "seed"),
    (
      "/v1/chat/completions", #"{"model":"messy/m","vendor_x":{"a":1},"messages":[{"role":"user","content":"hi"}]}"#,
      "vendor_x"
    ),
    ("/v1/completions", #"{"model":"chatty/m","prompt":"hi","suffix":"end"}"#, "suffix"),
  ])
  func `what was changed is said, or refused where nothing may be`(
    _ path: String, _ body: String, _ field: String
  ) async throws {
    let world = try ServiceWorld()
    try await world.serve { client in
      let answer = try client.ask(path, body)
      #expect(answer.status == 200 && answer.headers["x-llmgw-changes"]?.contains(field) == true, "\(answer)")
      let strict = try client.ask(path, body, headers: ["x-llmgw-strict: true"])
      #expect(strict.status == 400 && strict.body.contains(field), "\(strict)")
    }
    #expect(world.provider.log.connections == 1)
    #expect(try world.calls().map(\.status) == [.rejected, .ok])
  }

  @Test func `what nobody knows goes to a provider of the same format as it is`() async throws {
    let world = try ServiceWorld()
    try await world.serve { client in
      let body = #"{"model":"chatty/m","vendor_x":{"a":1.50},"messages":[{"role":"user","content":"hi","v":null}]}"#
      let answer = try client.ask("/v1/chat/completions", body, headers: ["x-llmgw-strict: true"])
      #expect(answer.status == 200 && answer.headers["x-llmgw-changes"] == nil, "\(answer)")
    }
    let seen = world.provider.log.requests.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(seen == [#"{"model":"m","vendor_x":{"a":1.50},"messages":[{"role":"user","content":"hi","v":null}]}"#])
  }

  @Test func `what is passed through is booked with its usage`() async throws {
    let world = try ServiceWorld()
    try await world.serve { client in
      let answer = try client.ask("/passthrough/chatty/v1/chat/completions?a=1&key=x", #"{"model":"m"}"#)
      #expect(answer.status == 200 && answer.body == ProviderAnswers.chat, "\(answer)")
    }
    #expect(world.provider.log.requests.map(\.requestLine) == ["POST /v1/chat/completions?a=1 HTTP/1.1"])
    let call = try #require(try world.calls().first)
    #expect(call.status == .ok && call.attempts.first?.usage.input == 1000)
    #expect(call.cost.amount?.decimalText == "0.0027")
  }

  @Test func `the log tells how many bytes went out, whole and as a stream`() async throws {
    let world = try ServiceWorld()
    let (path, whole) = ("/v1/messages", Asked.messages.whole("chatty/m").body)
    let collected = Mutex<[Int]>([])
    try await world.serve { client in
      for body in [whole, Asked.messages.stream("chatty/m").body] {
        let answer = try client.ask(path, body)
        collected.withLock { $0.append(answer.body.utf8.count) }
      }
    }
    let sizes = collected.withLock { $0 }
    #expect(sizes.count == 2 && sizes.allSatisfy { $0 > 0 })
    let log = await world.writtenText()
    for size in sizes { #expect(log.contains("\"bytes_out\":\(size)")) }
  }

  @Test func `a config that is read anew counts for what comes after it`() async throws {
    let gate = ScriptedServer.Gate()
    let world = try ServiceWorld(
      [
        [.readRequest, .wait(gate), .write(ProviderAnswers.http(ProviderAnswers.chat)), .close],
        [.answer(ProviderAnswers.any)],
      ], config: "aliases: { quick: chatty/m }")
    try await world.serve { client in
      let running = try client.begin("/v1/chat/completions", Asked.chat.whole("quick").body)
      await world.provider.until { $0.requests.count == 1 }
      try world.reload("aliases: { quick: messy/m }")
      gate.open()
      #expect(running.answer()?.headers["x-llmgw-provider"] == "chatty")
      let next = try client.ask("/v1/chat/completions", Asked.chat.whole("quick").body)
      #expect(next.headers["x-llmgw-provider"] == "messy")
    }
  }

  @Test func `no secret is in an answer, a log line, a figure or a row of the ledger`() async throws {
    // A provider that repeats what it was sent, in a failure.
    let world = try ServiceWorld(
      [
        [
          .answer { request in
            let told = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: " ")
            let body = JSON.object(["error": ["message": .string(told)]]).text
            return (ProviderAnswers.http(body, status: "400 X"), true)
          }
        ]
      ], keys: ["a": [:]])
    let secret = try #require(world.secrets["a"])
    try await world.serve { client in
      let secrets = ["canary", secret]
      for headers in [
        ["Authorization: Bearer \(secret)"], ["x-api-key: \(secret)", "x-custom: \(Canary.header)"],
        ["api-key: \(secret)", "Cookie: \(Canary.header)"], ["Authorization: Bearer \(Canary.header)"],
      ] {
        for asked in Asked.all {
          for (path, body) in [asked.whole("chatty/m"), asked.stream("chatty/m")] {
            let answer = try client.ask(path, body, headers: headers)
            #expect(!secrets.contains { "\(answer)".contains($0) }, "\(answer)")
          }
        }
      }
      let inAddress = try client.ask("/v1/chat/completions?key=\(secret)", Self.body)
      #expect(inAddress.status == 400)
      let figures = try client.ask("/metrics")
      #expect(figures.body.contains("llmgw_") && !secrets.contains { figures.body.contains($0) })
    }
    let written = await world.writtenText()
    #expect(written.contains("chatty") && written.contains("/v1/messages"))
    #expect(!written.contains("canary") && !written.contains(secret))
  }
}

/// The text completions that chat replaced.
struct TextCompletionSurface {
  @Test func `a text is completed by a chat of one message`() async throws {
    let world = try ServiceWorld()
    try await world.serve { client in
      let answer = try client.ask(
        "/v1/completions",
        #"{"model":"chatty/m","prompt":["Say hi"],"max_tokens":9,"temperature":0.5,"stop":["x"],"seed":1,"user":"u"}"#)
      let body = try JSON.parse(Array(answer.body.utf8))
      #expect(body["object"] == "text_completion" && body["model"] == "m-2026", "\(answer)")
      #expect(
        body["choices"] == [["text": "Hello there", "index": 0, "logprobs": .null, "finish_reason": "stop"]])
      #expect(body["usage"]?["completion_tokens"] == 20)
      #expect(answer.headers["x-llmgw-changes"] == nil)
    }
    let seen = try JSON.parse(try #require(world.provider.log.requests.first).body)
    #expect(seen["messages"] == [["role": "user", "content": "Say hi"]])
    #expect(seen["stop"] == ["x"] && seen["seed"] == 1 && seen["user"] == "u")
    #expect((seen["max_tokens"] ?? seen["max_completion_tokens"]) == 9)
  }

  @Test(arguments: [false, true])
  func `a stream has its pieces, its end, and the usage when it was asked for`(_ wantsUsage: Bool) async throws {
    let options = wantsUsage ? #","stream_options":{"include_usage":true}"# : ""
    try await ServiceWorld().serve { client in
      let answer = try client.ask(
        "/v1/completions", #"{"model":"chatty/m","prompt":"hi","stream":true\#(options)}"#)
      let events = answer.body.split(separator: "\n\n").map { $0.dropFirst("data: ".count) }
      #expect(events.last == "[DONE]")
      let chunks = try events.dropLast().map { try JSON.parse(Array($0.utf8)) }
      #expect(chunks.allSatisfy { $0["object"] == "text_completion" && $0["id"] == "c1" })
      let choices = chunks.compactMap { $0["choices"]?.array?.first }
      #expect(choices.map { $0["text"]?.string } == ["Hello", " there", ""])
      #expect(choices.map { $0["finish_reason"]?.string } == [nil, nil, "stop"])
      #expect(chunks.compactMap { $0["usage"]?["prompt_tokens"]?.int } == (wantsUsage ? [1000] : []))
      #expect(answer.body.contains(#""cost":0.0027"#) == wantsUsage)
    }
  }

  @Test(arguments: [
    (#"{"model":"chatty/m"}"#, "`prompt` is missing"),
    (#"{"model":"chatty/m","prompt":["a","b"]}"#, "`prompt` must be one text, not 2"),
    (#"{"model":"chatty/m","prompt":[1,2]}"#, "`prompt` must be a string"),
    (#"{"model":"chatty/m","prompt":"a","n":2}"#, "`n` must be 1"),
    (#"{"prompt":"a"}"#, "`model` is missing"),
  ])
  func `what a chat cannot be made of is refused`(_ body: String, _ text: String) async throws {
    let world = try ServiceWorld()
    try await world.serve { client in
      let answer = try client.ask("/v1/completions", body)
      #expect(answer.status == 400 && answer.body.contains(text), "\(answer)")
    }
    #expect(world.provider.log.connections == 0)
  }

  @Test(arguments: ["suffix", "best_of", "logprobs", "logit_bias", "echo"])
  func `what a chat has no word for is told as dropped, and what asks for nothing is not`(_ name: String) throws {
    let asking: [String: String] = [
      "suffix": #""s""#, "best_of": "3", "logprobs": "0", "logit_bias": #"{"1":2}"#, "echo": "true",
    ]
    let idle: [String: String] = [
      "suffix": #""""#, "best_of": "1", "logprobs": "null", "logit_bias": "{}", "echo": "false",
    ]
    for (values, fields) in [(asking, [name]), (idle, [])] {
      let body = #"{"model":"m","prompt":"p","\#(name)":\#(values[name] ?? "")}"#
      let read = try TextCompletions.decodeRequest(Array(body.utf8))
      #expect(read.changes.map(\.field) == fields && read.client.request.extras.isEmpty)
    }
  }
}
