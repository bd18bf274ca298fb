// Which failures are tried again, after how long, and that every try is on the books.

import TestSupport
import Testing
import Wire

@testable import GatewayCore

@Suite(.timeLimit(.minutes(1)))
struct GatewayRetries {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// `nil` closes the connection instead.
    var reply: String?
    /// The wait before the second attempt; `nil` when there must be none.
    var wait: Duration?
    var kind: ProviderFailure.Kind
    var testDescription: String { name }
    init(_ name: String, _ reply: String?, _ wait: Duration?, _ kind: ProviderFailure.Kind) {
      self.name = name
      self.reply = reply
      self.wait = wait
      self.kind = kind
    }
  }

  @Test(arguments: passing + lasting)
  func `a failure is tried again when it may pass`(_ row: Case) async throws {
    let first: [ScriptedServer.Step] = [.readRequest] + (row.reply.map { [.write($0)] } ?? []) + [.close]
    let world = try GatewayWorld([first, [.readRequest, .write(Answer.whole), .close]])
    let told = Told()
    let outcome = await world.answer(world.call(), told: told)
    #expect(world.sleeps == [row.wait].compactMap { $0 })
    let record = try await world.record()
    #expect(record.attempts.first?.failureKind == row.kind.rawValue)
    guard row.wait != nil else {
      #expect(outcome.failure?.kind == row.kind)
      #expect(told.retries == [])
      #expect(outcome.attempts.count == 1 && record.attempts.count == 1)
      #expect(record.failureKind == row.kind.rawValue)
      return
    }
    #expect(outcome.status == .ok)
    #expect(outcome.failure == nil)
    #expect(outcome.reply.text == "Hello there")
    #expect(told.retries == [row.kind])
    #expect(outcome.attempts.map(\.status) == [.failed, .ok])
    #expect(record.status == .ok)
    #expect(record.failureKind == nil)
    #expect(record.attempts.map(\.status) == [.failed, .ok])
    #expect(record.attempts.map(\.cause) == ["primary", "retry"])
  }

  @Test func `waits grow, and what is left of the tries is told`() async throws {
    let world = try GatewayWorld(replies: Answer.failed("503 Busy", "busy"))
    let told = Told()
    let outcome = await world.answer(world.call { $0.retries = 3 }, told: told)
    #expect(world.sleeps == [.milliseconds(375), .milliseconds(750), .milliseconds(1500)])
    let numbers = told.events.compactMap { event -> [Int]? in
      if case .retrying(let number, let count, _, _) = event { [number, count] } else { nil }
    }
    #expect(numbers == [[1, 3], [2, 3], [3, 3]])
    #expect(outcome.status == .failed)
    #expect(outcome.failure?.kind == .overloaded)
    #expect(outcome.attempts.map(\.number) == [1, 2, 3, 4])
    #expect(world.server.log.requests.count == 4)
    let record = try await world.record()
    #expect(record.status == .failed)
    #expect(record.failureMessage == "busy")
    #expect(record.attempts.map(\.number) == [1, 2, 3, 4])
    #expect(record.attempts.allSatisfy { $0.status == .failed && $0.httpStatus == 503 && $0.cost?.amount == .zero })
  }

  @Test func `no retries are none`() async throws {
    let world = try GatewayWorld(replies: Answer.failed("503 Busy"))
    let outcome = await world.answer(world.call { $0.retries = 0 })
    #expect(outcome.attempts.count == 1)
    #expect(world.sleeps == [])
  }

  @Test func `a connection that is refused is tried again, and costs nothing`() async throws {
    let world = try GatewayWorld(replies: "")
    world.server.stop()
    let outcome = await world.answer(world.call())
    #expect(outcome.status == .failed)
    #expect(outcome.failure?.kind == .network)
    #expect(outcome.failure?.message.contains("127.0.0.1") == true)
    #expect(world.sleeps == [.milliseconds(375), .milliseconds(750)])
    let record = try await world.record()
    #expect(record.attempts.map(\.cost?.amount) == [.zero, .zero, .zero])
    #expect(record.attempts.allSatisfy { $0.httpStatus == nil && $0.usage.input == nil })
  }

  @Test func `once a piece of the answer went out there is no way back`() async throws {
    let broken = Answer.stream(Answer.text("Hel"), #"{"error":{"message":"Overloaded","code":503}}"#)
    let world = try GatewayWorld(replies: broken, Answer.whole)
    let told = Told()
    let outcome = await world.answer(world.call(), told: told)
    #expect(outcome.status == .failed)
    #expect(outcome.failure?.kind == .overloaded)
    #expect(outcome.reply.text == "Hel" && told.text == "Hel")
    #expect(outcome.attempts.count == 1)
    #expect(world.sleeps == [])
    #expect(try await world.record().reply == "Hel")
  }

  @Test func `a stream that fails before any piece of the answer is tried again`() async throws {
    let broken = Answer.stream(
      #"{"id":"c0","model":"m","choices":[]}"#, #"{"error":{"message":"Overloaded","code":503}}"#)
    let world = try GatewayWorld(replies: broken, Answer.whole)
    let outcome = await world.answer(world.call())
    #expect(outcome.status == .ok)
    #expect(outcome.reply.text == "Hello there")
    // The first request was taken: what it read is billed as far as we know.
    let attempts = try await world.record().attempts
    #expect(attempts.map(\.status) == [.failed, .ok])
    #expect(attempts.first?.cost == Cost(amount: Picodollars(12_500_000), source: .estimated, priceID: cardID))
    #expect(outcome.cost.amount?.decimalText == "0.0027125")
    #expect(outcome.cost.source == .mixed)
  }

  @Test func `a head that does not come in time is not tried again`() async throws {
    let world = try GatewayWorld([[.readRequest, .awaitClientClose]])
    let outcome = await world.answer(world.call { $0.timeouts.firstByte = .milliseconds(50) })
    #expect(outcome.status == .failed)
    #expect(outcome.failure?.kind == .timeout)
    #expect(outcome.attempts.count == 1)
    // The provider may be at work on it.
    #expect(outcome.usageIsEstimated)
    #expect(outcome.usage.input == 5)
    #expect(outcome.cost.source == .estimated)
  }

  private var cardID: String? { ModelFacts.priced?.prices?.id }
}

private typealias Case = GatewayRetries.Case

/// Half of the random half of 500 ms is taken off.
private let usual = Duration.milliseconds(375)

private let passing: [Case] = [
  Case("429", Answer.failed("429 Slow"), usual, .rateLimited),
  Case("429 and seconds", Answer.failed("429 Slow", headers: "retry-after: 3\r\n"), .seconds(3), .rateLimited),
  Case(
    "429 and a date", Answer.failed("429 Slow", headers: "Retry-After: Mon, 16 Nov 2026 12:00:05 GMT\r\n"),
    .seconds(5), .rateLimited),
  Case(
    "429 and milliseconds", Answer.failed("429 Slow", headers: "retry-after: 9\r\nretry-after-ms: 1500\r\n"),
    .milliseconds(1500), .rateLimited),
  Case(
    "429 and words", Answer.failed("429 Slow", "Try again in 2.5s.", headers: "retry-after: 9\r\n"),
    .milliseconds(2500), .rateLimited),
  Case("429 and a minute", Answer.failed("429 Slow", headers: "retry-after: 60\r\n"), .seconds(60), .rateLimited),
  Case("429 and no sense", Answer.failed("429 Slow", headers: "retry-after: soon\r\n"), usual, .rateLimited),
  Case("500", Answer.failed("500 Oops"), usual, .server), Case("502", Answer.failed("502 Gate"), usual, .server),
  Case("503", Answer.failed("503 Busy"), usual, .overloaded),
  Case("529", Answer.failed("529 Busy"), usual, .overloaded),
  Case("a connection that closes without a word", nil, usual, .network),
]

private let lasting: [Case] = [
  Case("429 and more than a minute", Answer.failed("429 Slow", headers: "retry-after: 61\r\n"), nil, .rateLimited),
  Case("429 out of credit", Answer.failed("429 Slow", "Insufficient balance"), nil, .quota),
  Case("400", Answer.failed("400 Bad"), nil, .invalidRequest),
  Case("401", Answer.failed("401 Who"), nil, .authentication),
  Case("403", Answer.failed("403 No"), nil, .permission), Case("404", Answer.failed("404 Gone"), nil, .notFound),
  Case("408", Answer.failed("408 Late"), nil, .timeout), Case("504", Answer.failed("504 Late"), nil, .timeout),
  Case("a stream that ends before it begins", Answer.stream(), nil, .cut),
  Case("a stream that is not one", Answer.reply("data: {oops\n\n"), nil, .malformed),
]
