// Where a cost comes from, for one attempt and for all attempts of a call; and what a provider says that it must not.

import TestSupport
import Testing
import Wire

@testable import GatewayCore

@Suite(.timeLimit(.minutes(1)))
struct GatewayCosts {
  @Test func `what the provider says it cost stands beside what our card gives`() async throws {
    let usage =
      #"{"choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":20,"cost":0.005}}"#
    let world = try GatewayWorld(
      replies: Answer.stream(Answer.text("Hello"), Answer.finish("stop"), usage, "[DONE]"))
    let target = world.target(quirks: ["cost_in_usage": "usage.cost"])
    let outcome = await world.answer(world.call(to: target))
    #expect(outcome.cost.amount?.decimalText == "0.005")
    #expect(outcome.cost.source == .reported)
    let cost = try #require(try await world.record().attempts.first?.cost)
    #expect(cost.amount?.decimalText == "0.005")
    #expect(cost.source == .reported)
    #expect(cost.computed?.decimalText == "0.0027")
  }

  @Test func `a model without a price is unpriced, also when it failed for nothing`() async throws {
    let world = try GatewayWorld(replies: Answer.failed("503 Busy"), Answer.whole)
    let outcome = await world.answer(world.call(to: world.target(facts: nil)))
    #expect(outcome.status == .ok)
    #expect(outcome.cost == .unpriced)
    let attempts = try await world.record().attempts
    #expect(attempts.map(\.cost?.amount) == [.zero, nil])
    #expect(attempts.map(\.cost?.source) == [.estimated, .unpriced])
  }

  @Test func `a tier that was used is the one that is paid`() async throws {
    let usage = #"{"choices":[],"service_tier":"flex","usage":{"prompt_tokens":1000,"completion_tokens":20}}"#
    let world = try GatewayWorld(
      replies: Answer.stream(Answer.text("Hello"), Answer.finish("stop"), usage, "[DONE]"))
    var facts = ModelFacts()
    facts.prices = try PriceCard(row: [
      "price": ["input": 2_500_000, "output": 10_000_000],
      "service": ["flex": ["price": ["input": 1_250_000, "output": 5_000_000]]],
    ])
    let outcome = await world.answer(world.call(to: world.target(facts: facts)))
    #expect(outcome.cost.amount?.decimalText == "0.00135")
  }

  @Test(arguments: sums)
  func `the sum of costs says what it is made of`(_ costs: [Cost], _ sum: Cost) {
    #expect(Cost.sum(of: costs) == sum)
  }

  // MARK: Secrets

  @Test(arguments: ["401 Who", "200 OK"])
  func `a key that a provider echoes is not passed on`(_ status: String) async throws {
    let key = "sk-test-0123456789"
    let world = try GatewayWorld(
      replies: Answer.failed(status, "Incorrect API key: \(key)."), variables: ["MOCK_KEY": key])
    let outcome = await world.answer(world.call(to: world.target(keyVariable: "MOCK_KEY")) { $0.retries = 0 })
    #expect(outcome.failure?.message == "Incorrect API key: [key].")
    #expect(try await world.record().attempts.first?.failureMessage == "Incorrect API key: [key].")
  }

  @Test func `nor is one in the middle of a stream`() async throws {
    let key = "sk-test-0123456789"
    let error = #"{"error":{"message":"bad key \#(key)","code":"\#(key)"}}"#
    let world = try GatewayWorld(
      replies: Answer.stream(Answer.text("Hello"), error), variables: ["MOCK_KEY": key])
    let told = Told()
    let outcome = await world.answer(
      world.call(to: world.target(keyVariable: "MOCK_KEY")) { $0.retries = 0 }, told: told)
    let failures = told.events.flatMap(\.chat).compactMap { if case .failed(let failure) = $0 { failure } else { nil } }
    #expect(failures.map(\.message) == ["bad key [key]"])
    #expect(failures.map(\.code) == ["[key]"])
    #expect(outcome.failure == failures.first)
  }

  @Test(arguments: [
    ("key sk-test-0123456789 and sk-test-0123456789", "key [key] and [key]"), ("sk-test-01", "sk-test-01"),
    ("too long: sk-test-012345…", "too long: [key]…"), ("too long: sk-…", "too long: sk-…"),
    ("no key…", "no key…"), ("", ""),
  ])
  func `a key is taken out of a message, also one that was cut`(_ message: String, _ scrubbed: String) {
    var failure = ProviderFailure(.authentication, message: message)
    failure.scrub(["sk-test-0123456789"])
    #expect(failure.message == scrubbed)
  }

  @Test(arguments: [[], [""], ["short"]])
  func `what is too short for a key is left alone`(_ secrets: [String]) {
    var failure = ProviderFailure(.server, message: "a short word")
    failure.scrub(secrets)
    #expect(failure.message == "a short word")
  }
}

private func cost(_ amount: Int64?, _ source: Cost.Source, _ card: String? = nil) -> Cost {
  Cost(amount: amount.map { Picodollars($0) }, source: source, priceID: card)
}

private let sums: [([Cost], Cost)] = [
  ([], cost(0, .computed)), ([cost(5, .computed, "a")], cost(5, .computed, "a")),
  ([cost(5, .computed, "a"), cost(6, .computed, "a")], cost(11, .computed, "a")),
  ([cost(5, .computed, "a"), cost(6, .computed, "b")], cost(11, .computed)),
  ([cost(5, .computed, "a"), cost(6, .estimated, "a")], cost(11, .mixed, "a")),
  ([cost(5, .reported), cost(6, .computed, "a")], cost(11, .mixed)),
  ([cost(0, .estimated), cost(6, .computed, "a")], cost(6, .computed, "a")),
  ([cost(0, .estimated), cost(0, .computed, "a")], cost(0, .computed, "a")),
  ([cost(0, .estimated)], cost(0, .estimated)), ([.unpriced], .unpriced), ([.unpriced, .unpriced], .unpriced),
  ([cost(0, .estimated), .unpriced], .unpriced), ([cost(5, .computed, "a"), .unpriced], cost(5, .mixed)),
  // A sum that does not fit is not told as something else.
  ([cost(.max, .computed, "a"), cost(1, .computed, "a")], cost(nil, .computed, "a")),
]
