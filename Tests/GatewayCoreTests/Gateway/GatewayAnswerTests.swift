// A call that goes well: what leaves, what the caller is told, and what stands in the books.

import TestSupport
import Testing
import Wire

@testable import GatewayCore

@Suite(.timeLimit(.minutes(1)))
struct GatewayAnswers {
  @Test func `a stream is told piece by piece and booked exactly`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let told = Told()
    let outcome = await world.answer(
      world.call {
        $0.project = "p"
        $0.tags = [Tag("team", "a")]
      }, told: told)
    #expect(outcome.status == .ok)
    #expect(outcome.reply.text == "Hello there")
    #expect(outcome.reply.model == "m-2026")
    #expect(told.text == "Hello there")
    #expect(outcome.failure == nil && outcome.rejection == nil && outcome.bookkeeping == nil)
    #expect([outcome.usage.input, outcome.usage.output] == [1000, 20])
    #expect(!outcome.usageIsEstimated)
    #expect(outcome.cost.amount?.decimalText == "0.0027")
    #expect(outcome.cost.source == .computed)

    let record = try await world.record(outcome.id)
    #expect(record.status == .ok)
    #expect([record.modelAsked, record.provider, record.model, record.project] == ["mock/m", "mock", "m", "p"])
    #expect(record.tags == [Tag("team", "a")])
    #expect([record.prompt, record.reply] == ["hi", "Hello there"])
    let attempt = try #require(record.attempts.first)
    #expect(record.attempts.count == 1)
    #expect(
      [attempt.cause, attempt.finishReason, attempt.requestID, attempt.modelReported] == [
        "primary", "stop", "c1", "m-2026",
      ])
    #expect(attempt.status == .ok)
    #expect(attempt.httpStatus == 200)
    #expect([attempt.usage.input, attempt.usage.output] == [1000, 20])
    #expect(attempt.cost == outcome.attempts.first?.cost)
    #expect(attempt.streams)
    #expect(attempt.changes.map(\.field) == ["stream_options.include_usage"])
    #expect(attempt.estimatedInputTokens == 5)
  }

  @Test func `moments come in their order`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let outcome = await world.answer(world.call())
    let firstByte = try #require(outcome.firstByteMicroseconds)
    let firstToken = try #require(outcome.firstTokenMicroseconds)
    #expect(0 < firstByte && firstByte < firstToken && firstToken < outcome.totalMicroseconds)
    #expect((outcome.attempts.first?.totalMicroseconds ?? 0) < outcome.totalMicroseconds)
  }

  @Test func `what leaves is the request, the key and who asks`() async throws {
    let world = try GatewayWorld(replies: Answer.whole, variables: ["MOCK_KEY": "sk-12345678"])
    let outcome = await world.answer(world.call(to: world.target(keyVariable: "MOCK_KEY")))
    #expect(outcome.keyOrigin == "MOCK_KEY")
    let request = try #require(world.server.log.requests.first)
    #expect(request.requestLine == "POST /v1/chat/completions HTTP/1.1")
    #expect(request.header("authorization") == "Bearer sk-12345678")
    #expect(request.header("user-agent") == "llmgw/test")
    #expect(request.header("accept") == "text/event-stream")
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == #"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,"#
        + #""stream_options":{"include_usage":true}}"#)
  }

  @Test func `another dialect goes its own way`() async throws {
    let reply =
      #"{"type":"message","id":"msg_1","model":"m-2026","content":[{"type":"text","text":"Hi."}],"#
      + #""stop_reason":"end_turn","usage":{"input_tokens":10,"cache_read_input_tokens":90,"output_tokens":20}}"#
    let world = try GatewayWorld(
      replies: Answer.reply(reply, type: "application/json", headers: "request-id: req_1\r\n"))
    let outcome = await world.answer(
      world.call(to: world.target(.anthropicMessages)) { $0.request.streams = false })
    #expect(outcome.status == .ok)
    #expect(outcome.reply.text == "Hi.")
    #expect(outcome.usage.input == 100)
    #expect(outcome.changes.map(\.field) == ["max_tokens"])
    #expect(world.server.log.requests.first?.requestLine == "POST /v1/messages HTTP/1.1")
    #expect(try await world.record().attempts.first?.requestID == "req_1")
  }

  @Test func `without a stream it is told all the same`() async throws {
    let body =
      #"{"id":"c1","model":"m-2026","choices":[{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}],"#
      + #""usage":{"prompt_tokens":1000,"completion_tokens":20}}"#
    for streams in [false, true] {
      // A server that ignores the wish for a stream is understood too.
      let world = try GatewayWorld(replies: Answer.reply(body, type: "application/json; charset=utf-8"))
      let told = Told()
      let outcome = await world.answer(world.call { $0.request.streams = streams }, told: told)
      #expect(outcome.status == .ok)
      #expect(told.text == "Hello")
      #expect(outcome.cost.amount?.decimalText == "0.0027")
    }
  }

  @Test func `a stream nobody asked for is read as one`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let outcome = await world.answer(world.call { $0.request.streams = false })
    #expect(outcome.status == .ok)
    #expect(outcome.reply.text == "Hello there")
  }

  @Test func `a connection that breaks right after the last event breaks nothing`() async throws {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    let body = Answer.events(Answer.text("Hello"), Answer.finish("stop"), Answer.usage, "[DONE]")
    let world = try GatewayWorld([[.readRequest, .write(head), .chunk(body), .close]])
    let outcome = await world.answer(world.call())
    #expect(outcome.status == .ok)
    #expect(outcome.attempts.count == 1)
  }

  @Test func `the provider inside the program needs no server and costs nothing`() async throws {
    let world = try GatewayWorld(replies: "")
    let target = world.target(route: .inProcess, facts: try ModelFacts.priced(["input": "0", "output": "0"]))
    let outcome = await world.answer(world.call(to: target))
    #expect(outcome.status == .ok)
    #expect(outcome.reply.text == "hi")
    #expect(outcome.cost.amount == .zero)
    #expect(world.server.log.connections == 0)
    #expect(try await world.record().attempts.map(\.status) == [.ok])
  }

  @Test func `contents are kept only when they are to be`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    _ = await world.answer(world.call { $0.storesContents = false })
    let record = try await world.record()
    #expect(record.prompt == nil && record.reply == nil)
    #expect(record.status == .ok)
  }
}

struct GatewayContents {
  @Test(arguments: [
    ([Message(.user, "hi")], "hi"), ([Message(.assistant, "hi")], "assistant: hi"),
    ([Message(.system, "s"), Message(.user, "u")], "system: s\n\nuser: u"),
  ])
  func `a conversation is kept as text`(_ messages: [Message], _ text: String) {
    #expect(ChatRequest(model: "m", messages: messages).contentsText == text)
  }

  @Test func `what is no text is named`() {
    let parts: [ContentPart.Kind] = [
      .text("t"), .image(Media(.base64("AA=="), mediaType: nil, name: "a.png")),
      .document(Media(.url("u"), mediaType: nil)), .audio(Media(.fileID("f"), mediaType: nil)),
      .reasoning(ReasoningBlock(text: "hidden")), .toolCall(ToolCall(id: "c", name: "f", arguments: #"{"x":1}"#)),
      .toolResult(ToolResult(callID: "c", content: [ContentPart(.text("r"))])), .refusal("no"), .other(type: "x", 1),
    ]
    #expect(
      parts.map { ContentPart($0) }.contentsText
        == "t\n[image a.png]\n[document]\n[audio]\n[tool call f {\"x\":1}]\n[tool result r]\nno\n[x]")
  }
}
