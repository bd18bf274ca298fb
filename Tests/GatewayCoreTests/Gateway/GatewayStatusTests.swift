// How a call that did not go well is told and booked: cut, refused, failed, or something else than an answer.

import TestSupport
import Testing
import Wire

@testable import GatewayCore

@Suite(.timeLimit(.minutes(1)))
struct GatewayStatuses {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var reply: String
    var status: CallStatus
    var failure: ProviderFailure.Kind?
    /// Tokens in and out, and whether they are our own count.
    var usage: (Int?, Int?, isEstimated: Bool)
    /// US dollars.
    var cost: String
    var testDescription: String { name }
  }

  @Test(arguments: cuts + refusals + failures + noAnswers)
  func `an ending has its status, its tokens and its cost`(_ row: Case) async throws {
    let world = try GatewayWorld(replies: row.reply)
    let outcome = await world.answer(world.call { $0.retries = 0 })
    #expect(outcome.status == row.status)
    #expect(outcome.failure?.kind == row.failure)
    #expect(outcome.usage.input == row.usage.0)
    #expect(outcome.usage.output == row.usage.1)
    #expect(outcome.usageIsEstimated == row.usage.isEstimated)
    #expect(outcome.cost.amount?.decimalText == row.cost)
    #expect(outcome.cost.source == (row.usage.isEstimated ? .estimated : .computed))
    let record = try await world.record()
    let attempt = try #require(record.attempts.first)
    #expect(record.status == row.status && attempt.status == row.status)
    #expect(record.failureKind == row.failure?.rawValue && attempt.failureKind == row.failure?.rawValue)
    #expect(attempt.usage.input == row.usage.0)
    #expect(attempt.usageIsEstimated == row.usage.isEstimated)
    #expect(attempt.cost?.amount?.decimalText == row.cost)
  }

  @Test func `a page instead of a stream is named by its title`() async throws {
    let page = "<html><head><title>Sign in</title></head><body>x</body></html>"
    let world = try GatewayWorld(replies: Answer.reply(page, type: "text/html; charset=utf-8"))
    let outcome = await world.answer(world.call { $0.retries = 0 })
    #expect(outcome.failure?.message == "Sign in")
    #expect(outcome.reply.text == "")
  }

  @Test func `a connection that breaks in the middle keeps what had come`() async throws {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    let gate = ScriptedServer.Gate()
    let world = try GatewayWorld([
      [.readRequest, .write(head), .chunk(Answer.events(Answer.text("Hel"))), .wait(gate), .reset]
    ])
    let outcome = await world.gateway.answer(world.call()) { event in if event.isText { gate.open() } }
    #expect(outcome.status == .truncated)
    #expect(outcome.failure?.kind == .cut)
    #expect(outcome.reply.text == "Hel")
    #expect(outcome.usageIsEstimated)
    #expect(try await world.record().reply == "Hel")
  }
}

private typealias Case = GatewayStatuses.Case

/// What our own count makes of a call that wrote nothing: 5 tokens in.
private let promptAlone = "0.0000125"

private let cuts: [Case] = [
  Case(
    name: "the limit", reply: Answer.stream(Answer.text("Hello"), Answer.finish("length"), Answer.usage, "[DONE]"),
    status: .truncated, usage: (1000, 20, false), cost: "0.0027"),
  Case(
    name: "no end", reply: Answer.stream(Answer.text("Hello"), Answer.text(" there")), status: .truncated,
    failure: .cut, usage: (5, 3, true), cost: "0.0000425"),
  Case(
    name: "no usage", reply: Answer.stream(Answer.text("Hello"), Answer.finish("stop"), "[DONE]"), status: .ok,
    usage: (5, 2, true), cost: "0.0000325"),
  Case(
    name: "half a chunk", reply: Answer.stream(Answer.text("Hello")) + "data: {\"choices\":[{\"ind", status: .truncated,
    failure: .cut, usage: (5, 2, true), cost: "0.0000325"),
]

private let refusals: [Case] = [
  Case(
    name: "a filter", reply: Answer.stream(Answer.text("I"), Answer.finish("content_filter"), Answer.usage, "[DONE]"),
    status: .refused, usage: (1000, 20, false), cost: "0.0027"),
  Case(
    name: "a refusal in words",
    reply: Answer.stream(
      #"{"choices":[{"index":0,"delta":{"refusal":"No."}}]}"#, Answer.finish("stop"), Answer.usage, "[DONE]"),
    status: .refused, usage: (1000, 20, false), cost: "0.0027"),
  Case(
    name: "a filter at the door", reply: Answer.failed("400 Bad", "blocked by our content policy"), status: .refused,
    failure: .contentFilter, usage: (nil, nil, true), cost: "0"),
]

private let failures: [Case] = [
  Case(
    name: "an error status", reply: Answer.failed("500 Oops"), status: .failed, failure: .server,
    usage: (nil, nil, true), cost: "0"),
  Case(
    name: "an error in the stream, after its usage",
    reply: Answer.stream(
      Answer.text("Hello"), Answer.finish("stop"), Answer.usage, #"{"error":{"message":"m","code":500}}"#),
    status: .failed, failure: .server, usage: (1000, 20, false), cost: "0.0027"),
  Case(
    name: "an error in the stream",
    reply: Answer.stream(Answer.text("Hello"), #"{"error":{"message":"m","code":500}}"#),
    status: .failed, failure: .server, usage: (5, 2, true), cost: "0.0000325"),
  Case(
    name: "a chunk that is no JSON", reply: Answer.stream(Answer.text("Hello"), "{oops}"), status: .failed,
    failure: .malformed, usage: (5, 2, true), cost: "0.0000325"),
]

private let noAnswers: [Case] = [
  Case(
    name: "an error object under 200",
    reply: Answer.reply(#"{"error":{"message":"slow down","code":429}}"#, type: "application/json"), status: .failed,
    failure: .rateLimited, usage: (5, 0, true), cost: promptAlone),
  Case(
    name: "a page under 200", reply: Answer.reply("<html><h1>Welcome</h1></html>", type: "text/html"), status: .failed,
    failure: .malformed, usage: (5, 0, true), cost: promptAlone),
  Case(
    name: "nothing under 200", reply: Answer.reply("", type: "application/json"), status: .failed, failure: .malformed,
    usage: (5, 0, true), cost: promptAlone),
  Case(
    name: "JSON that says nothing", reply: Answer.reply("{}", type: "application/json"), status: .failed,
    failure: .malformed, usage: (5, 0, true), cost: promptAlone),
  Case(
    name: "a redirect", reply: Answer.reply("", status: "302 Found", headers: "location: http://h/\r\n"),
    status: .failed, failure: .server, usage: (nil, nil, true), cost: "0"),
]
