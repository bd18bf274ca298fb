// Calls the gateway itself does not make: no key, a change that strictness forbids, a cost above the limit.

import TestSupport
import Testing
import Wire

@testable import GatewayCore

@Suite(.timeLimit(.minutes(1)))
struct GatewayRefusals {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: String
    var rejection: Rejection
    var edit: @Sendable (inout Call) -> Void
    var testDescription: String { name }
  }

  @Test(arguments: refusals)
  func `a call that may not be made is booked and nothing leaves`(_ row: Case) async throws {
    let world = try GatewayWorld(replies: Answer.whole, variables: ["OTHER_KEY": "sk-12345678"])
    let told = Told()
    let outcome = await world.answer(world.call(row.edit), told: told)
    #expect(outcome.status == .rejected)
    #expect(outcome.rejection == row.rejection)
    #expect(outcome.cost == Cost(amount: .zero, source: .computed))
    #expect(outcome.attempts.isEmpty && told.events.isEmpty)
    #expect(world.server.log.connections == 0)
    let record = try await world.record()
    #expect(record.status == .rejected)
    #expect(record.failureKind == row.kind)
    #expect([record.provider, record.model] == ["mock", "m"])
    #expect(record.attempts == [])
  }

  @Test func `asking a stream for its usage is no change that strictness forbids`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let outcome = await world.answer(world.call { $0.isStrict = true })
    #expect(outcome.status == .ok)
    #expect(outcome.changes.map(\.field) == ["stream_options.include_usage"])
  }

  @Test func `what strictness forbids is told in the outcome`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let outcome = await world.answer(
      world.call {
        $0.isStrict = true
        $0.request.sampling.topK = JSONNumber(5)
      })
    #expect(outcome.changes.map(\.field) == ["top_k"])
  }

  @Test(
    arguments: [
      // 14 tokens of prompt, the estimate and a third, are $0.000035; each token of the answer is $0.00001.
      ("0.001", nil, 96), ("0.001", 96, 96), ("0.001", 97, 96), ("0.001", 50, 50), ("0.000195", nil, 16),
      ("1", nil, nil),
    ] as [(String, Int?, Int?)])
  func `a limit on the cost limits the answer`(_ limit: String, _ asked: Int?, _ sent: Int?) throws {
    let world = try GatewayWorld(replies: Answer.whole)
    var facts = try #require(ModelFacts.priced)
    facts.traits.maxOutputTokens = 4000
    let call = world.call(to: world.target(facts: facts)) {
      $0.costLimit = Picodollars(dollars: limit)
      $0.request.maxOutputTokens = asked
    }
    let prepared = try world.gateway.prepare(call)
    #expect(prepared.request.maxOutputTokens == sent)
    let isClamped = sent != asked
    #expect(prepared.changes.map(\.field) == (isClamped ? ["max_tokens"] : []) + ["stream_options.include_usage"])
    #expect((prepared.changes.first?.what == .clamped) == isClamped)
    let most = try #require(prepared.estimate(now: mondayNoon).most)
    #expect(most <= (try #require(call.costLimit)))
  }

  @Test(
    arguments: [
      (["input": "0", "output": "0"], "0.000001", true), (["input": "2.50", "output": "0"], "0.000035", true),
      (["input": "2.50", "output": "0"], "0.000034", false), (["input": "2.50", "output": "10"], "0.00019", false),
      (["input": "2.50"], "1", false),
    ] as [(JSONObject, String, Bool)])
  func `a limit is held against what is priced`(_ prices: JSONObject, _ limit: String, _ isAllowed: Bool) throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let call = world.call(to: world.target(facts: try ModelFacts.priced(prices))) {
      $0.costLimit = Picodollars(dollars: limit)
    }
    let prepared = try? world.gateway.prepare(call)
    #expect((prepared != nil) == isAllowed)
  }

  @Test func `a call can be looked at without a key, which is masked when there is one`() throws {
    for variables in [[:], ["MOCK_KEY": "sk-12345678"]] {
      let world = try GatewayWorld(replies: "", variables: variables)
      let call = world.call(to: world.target(keyVariable: "MOCK_KEY"))
      let preview = try #require(try world.gateway.prepare(call, keyIsNeeded: false).preview)
      let authorization = preview.headers.first { $0.name == "authorization" }?.value
      #expect(authorization == (variables.isEmpty ? nil : "Bearer [key from MOCK_KEY]"))
    }
  }

  @Test func `quirks that cannot be read are an invalid request`() throws {
    let world = try GatewayWorld(replies: "")
    #expect(throws: Rejection.invalidRequest("quirk `no_steram_options` is not known")) {
      try world.gateway.prepare(world.call(to: world.target(quirks: ["no_steram_options": true])))
    }
  }
}

private let refusals: [GatewayRefusals.Case] = [
  .init(
    name: "no key", kind: "no_key",
    rejection: .noKey(
      Rejection.KeyProblem(
        problem: "no key for provider 'mock'",
        advice: "Set MOCK_KEY, or run: llmgw keys set mock."))
  ) {
    $0.plan.first = $0.plan.first.changed {
      $0.keyVariables = ["MOCK_KEY"]
      $0.keyIsOptional = false
    }
  },
  .init(
    name: "a change", kind: "strict",
    rejection: .changes([Change("top_k", .dropped, "this provider is not known to have such a parameter")])
  ) {
    $0.isStrict = true
    $0.request.sampling.topK = JSONNumber(5)
  },
  .init(
    name: "a clamp for the cost's sake", kind: "strict",
    rejection: .changes([Change("max_tokens", .clamped, "more than 96 tokens could cost over $0.00100")])
  ) {
    $0.isStrict = true
    $0.costLimit = Picodollars(dollars: "0.001")
  },
  .init(
    name: "a cost above the limit", kind: "over_cost_limit",
    rejection: .overCostLimit(limit: Picodollars(1000), least: Picodollars(35_000_000))
  ) { $0.costLimit = Picodollars(1000) },
  .init(name: "a limit and no price", kind: "unpriced", rejection: .unpricedUnderLimit) {
    $0.costLimit = Picodollars(1000)
    $0.plan.first = $0.plan.first.withoutFacts
  },
  .init(
    name: "a way to sign that is not there", kind: "invalid_request",
    rejection: .invalidRequest("provider 'mock' wants 'sigv4' authentication, which this version cannot do")
  ) {
    $0.plan.first = $0.plan.first.changed {
      $0.auth = .unsupported("sigv4")
      $0.key = .variable("OTHER_KEY")
    }
  },
]
