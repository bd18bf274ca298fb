import Testing
import Wire

@testable import Commands
@testable import GatewayCore

private func outcome(_ model: String = "mock/m", _ change: (inout Outcome) -> Void = { _ in }) throws -> Outcome {
  let settings = try Settings.parse(
    Array("providers: {mock: {dialect: openai-chat, base_url: 'http://127.0.0.1:1'}}".utf8), file: "test",
    variables: { _ in nil }, nearest: { _, _ in nil })
  let catalog = Catalog(settings: settings, environment: Environment(variables: [:]))
  var outcome = Outcome(id: "1", status: .ok, target: try catalog.resolve(model))
  outcome.usage = Usage(input: 1000, output: 1_234_567)
  outcome.cost = Cost(amount: Picodollars(dollars: "0.0027"), source: .computed)
  outcome.attempts = [
    AttemptSummary(
      number: 1, provider: "mock", model: "m", status: .ok, cost: outcome.cost, totalMicroseconds: 10_310_000)
  ]
  outcome.firstTokenMicroseconds = 310_000
  outcome.totalMicroseconds = 10_310_000
  change(&outcome)
  return outcome
}

struct TheSummary {
  @Test func `has the model, the tokens, the cost and the speed`() throws {
    #expect(
      try outcome().summaryLine(width: 200)
        == "mock/m · 1,000 in · 1,234,567 out · $0.00270 · first token 310 ms · 123,456 tok/s")
  }

  @Test func `drops the last figures, never the cost, where there is no room`() throws {
    #expect(
      try outcome().summaryLine(width: 71) == "mock/m · 1,000 in · 1,234,567 out · $0.00270 · first token 310 ms")
    #expect(try outcome().summaryLine(width: 20) == "mock/m · 1,000 in · 1,234,567 out · $0.00270")
  }

  @Test func `marks what is estimated and what has no price`() throws {
    let estimated = try outcome {
      $0.usageIsEstimated = true
      $0.status = .interrupted
      $0.cost.source = .estimated
    }
    #expect(
      estimated.summaryLine(width: 200).hasPrefix("mock/m · interrupted · ~1,000 in · ~1,234,567 out · ~$0.00270 · "))
    #expect(try outcome { $0.cost = .unpriced }.summaryLine(width: 200).contains(" · unpriced · "))
    #expect(try outcome { $0.cost.source = .mixed }.summaryLine(width: 200).contains(" · ~$0.00270 · "))
  }

  @Test func `tells what came from the provider's cache`() throws {
    #expect(try outcome { $0.usage.cacheRead = 800 }.summaryLine(width: 200).contains("1,000 in (800 cached) · "))
    #expect(try !outcome { $0.usage.cacheRead = 0 }.summaryLine(width: 200).contains("cached"))
  }

  @Test func `names no speed that was not measured`() throws {
    #expect(try outcome { $0.totalMicroseconds = 311_000 }.tokensPerSecond == nil)
    #expect(try outcome { $0.firstTokenMicroseconds = nil }.tokensPerSecond == nil)
    #expect(try outcome { $0.usage.output = 1 }.tokensPerSecond == nil)
  }

  @Test func `of several models is a table whose numbers stand below each other`() throws {
    let second = try outcome("mock/a-model-with-quite-a-long-name") {
      $0.status = .failed
      $0.usage = Usage()
      $0.cost = .unpriced
      $0.firstTokenMicroseconds = nil
      $0.totalMicroseconds = 999
    }
    #expect(
      comparison(of: [try outcome(), second]).lines(width: 80).joined(separator: "\n") == """
        MODEL           STATUS     IN        OUT      COST  FIRST TOKEN    TOK/S   TOTAL
        mock/m          ok      1,000  1,234,567  $0.00270       310 ms  123,456  10.3 s
        mock/a-model-…  failed      -          -  unpriced            -        -    1 ms
        """)
  }
}
