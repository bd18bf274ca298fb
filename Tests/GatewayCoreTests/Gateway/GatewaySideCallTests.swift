// Embeddings and rankings go the one path: made, tried again, priced and booked as a chat is.

import TestSupport
import Testing
import Wire

@testable import GatewayCore

private func json(_ body: String, _ status: String = "200 OK") -> String {
  Answer.reply(body, status: status, type: "application/json")
}

private let twoVectors = json(
  #"{"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}],"model":"m-real","#
    + #""usage":{"prompt_tokens":1000,"total_tokens":1000}}"#)

private let ranked = json(
  #"{"id":"r1","results":[{"index":1,"relevance_score":0.9}],"meta":{"billed_units":{"search_units":2}}}"#)

extension GatewayWorld {
  fileprivate func embed(
    _ texts: [String], facts: ModelFacts? = .priced, _ change: (inout Call) -> Void = { _ in }
  ) -> Call {
    side(.embeddings(EmbeddingRequest(model: "", inputs: texts.map { .text($0) })), "openai-chat", facts, change)
  }

  fileprivate func rank(
    _ dialect: String = "cohere-v2", facts: ModelFacts? = nil, _ change: (inout Call) -> Void = { _ in }
  ) -> Call {
    let request = RerankRequest(model: "", query: "which?", documents: [.text("first"), .object(["text": "second"])])
    return side(.rerank(request), dialect, facts, change)
  }

  private func side(
    _ request: SideRequest, _ dialect: String, _ facts: ModelFacts?, _ change: (inout Call) -> Void
  ) -> Call {
    let target = target(
      route: .side(dialect: dialect, base: "http://127.0.0.1:\(server.port)/v1"), facts: facts)
    var call = Call(request, to: Plan(target, asked: "mock/m"), origin: .cli)
    change(&call)
    return call
  }
}

@Suite(.timeLimit(.minutes(1)))
struct GatewaySideCalls {
  @Test func `texts are embedded, in their order, and booked`() async throws {
    let world = try GatewayWorld(replies: twoVectors)
    let outcome = await world.answer(world.embed(["one", "two"]))
    #expect(outcome.status == .ok)
    #expect(outcome.sideReply == .embeddings(EmbeddingReply([[1], [2]], model: "m-real", usage: outcome.usage)))
    #expect(outcome.usage.input == 1000 && outcome.usage.output == 0)
    #expect(outcome.cost.amount?.decimalText == "0.0025")
    let request = try #require(world.server.log.requests.first)
    #expect(request.requestLine == "POST /v1/embeddings HTTP/1.1")
    #expect(String(decoding: request.body, as: UTF8.self) == #"{"model":"m","input":["one","two"]}"#)
    let record = try await world.record()
    #expect(record.kind == "embeddings" && record.status == .ok && record.prompt == "one\ntwo")
    #expect(record.attempts.map(\.modelReported) == ["m-real"])
    #expect(record.attempts.first?.streams == false)
  }

  @Test func `documents are ranked and paid for by the query`() async throws {
    let world = try GatewayWorld(replies: ranked)
    let facts = try ModelFacts.priced(["input": "0", "output": "0", "per_query": "0.002"])
    let outcome = await world.answer(world.rank(facts: facts))
    guard case .rerank(let reply)? = outcome.sideReply else { throw SideCallMissing() }
    #expect(reply.results.map(\.index) == [1])
    #expect(outcome.cost == Cost(amount: Picodollars(4_000_000_000), source: .computed, priceID: facts.prices?.id))
    let request = try #require(world.server.log.requests.first)
    #expect(request.requestLine == "POST /v1/rerank HTTP/1.1")
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == #"{"model":"m","query":"which?","documents":["first","second"]}"#)
    let record = try await world.record()
    #expect(record.kind == "rerank" && record.prompt == "which?\nfirst\n{\"text\":\"second\"}")
    #expect(record.attempts.map(\.usage.queries) == [2])
  }

  @Test func `a ranking that tells no tokens is estimated where tokens are paid for`() async throws {
    let world = try GatewayWorld(replies: json(#"[{"index":0,"score":1},{"index":1,"score":0}]"#))
    let outcome = await world.answer(world.rank("openai-embeddings", facts: .priced))
    #expect(outcome.status == .ok)
    #expect(outcome.usageIsEstimated && outcome.cost.source == .estimated)
    #expect(outcome.usage.input ?? 0 > 5 && outcome.usage.queries == 1)
  }

  @Test func `vectors that come without a count are estimated`() async throws {
    let world = try GatewayWorld(replies: json(#"{"data":[{"embedding":[1]}]}"#))
    let outcome = await world.answer(world.embed(["a text of some words"]))
    #expect(outcome.usageIsEstimated && outcome.usage.output == 0)
    #expect(outcome.cost.source == .estimated && outcome.cost.amount != nil)
  }

  @Test func `a provider that is busy is asked again`() async throws {
    let world = try GatewayWorld(replies: Answer.failed("503 Busy"), twoVectors)
    let told = Told()
    let outcome = await world.answer(world.embed(["one", "two"]), told: told)
    #expect(outcome.status == .ok)
    #expect(outcome.attempts.map(\.status) == [.failed, .ok])
    #expect(told.retries == [.overloaded])
  }

  @Test(
    arguments: [
      (json(#"{"data":[{"embedding":[1]}]}"#), .malformed, "1 vectors came for 2 inputs"),
      (json(#"{"data":[{"embedding":[1]},{"embedding":null}]}"#), .malformed, "1 vectors came for 2 inputs"),
      (json(#"{"data":[{"embedding":[1]},{"embedding":[2]},{}]}"#), .malformed, "2 vectors came for 2 inputs"),
      (json(#"{"data":[{"embedding":["x"]}]}"#), .malformed, "a vector is a list of numbers"),
      (json("<html><title>Down</title>"), .malformed, "an object expected"),
      (json(#"{"error":{"message":"no credit","code":402}}"#), .quota, "no credit"),
      (json(#"{"error":{"message":"bad input"}}"#, "400 Bad Request"), .invalidRequest, "bad input"),
    ] as [(String, ProviderFailure.Kind, String)])
  func `an answer that is none is told as what it is`(
    _ reply: String, _ kind: ProviderFailure.Kind, _ message: String
  ) async throws {
    let world = try GatewayWorld(replies: reply)
    let outcome = await world.answer(world.embed(["one", "two"]) { $0.retries = 0 })
    #expect(outcome.status == .failed && outcome.sideReply == nil)
    #expect(outcome.failure?.kind == kind)
    #expect(outcome.failure?.message == message)
  }

  @Test(arguments: [#"[{"index":2,"score":1}]"#, #"[{"index":0,"score":1},{"index":0,"score":1}]"#])
  func `a ranking of what was not sent is none`(_ body: String) async throws {
    let world = try GatewayWorld(replies: json(body))
    let outcome = await world.answer(world.rank("openai-embeddings") { $0.retries = 0 })
    #expect(outcome.failure?.message == "a result names a document that was not sent, or one twice")
  }

  @Test func `what may be spent is held to`() async throws {
    let world = try GatewayWorld(replies: twoVectors)
    let prices = try ModelFacts.priced(["input": "2.50"])  // nothing is written, so nothing more need be known
    let dear = await world.answer(
      world.embed([String(repeating: "word ", count: 4000)], facts: prices) {
        $0.costLimit = Picodollars(1_000_000_000)
      })
    guard case .overCostLimit? = dear.rejection else { throw SideCallMissing() }
    let queries = try ModelFacts.priced(["input": "0", "output": "0", "per_query": "0.002"])
    let ranking = await world.answer(world.rank(facts: queries) { $0.costLimit = Picodollars(1_000_000_000) })
    guard case .overCostLimit? = ranking.rejection else { throw SideCallMissing() }
    let cheap = await world.answer(
      world.embed(["one", "two"], facts: prices) { $0.costLimit = Picodollars(1_000_000_000) })
    #expect(cheap.status == .ok && cheap.cost.amount?.decimalText == "0.0025")
  }

  @Test func `a preview tells the price of all there is`() throws {
    let world = try GatewayWorld(replies: "")
    let facts = try ModelFacts.priced(["input": "0", "output": "0", "per_query": "0.002"])
    let prepared = try world.gateway.prepare(world.rank(facts: facts))
    let estimate = prepared.estimate(now: mondayNoon)
    #expect(estimate.most?.decimalText == "0.002" && estimate.mostOutputTokens == 0)
    #expect(prepared.worstCost(attempts: 2, now: mondayNoon)?.decimalText == "0.004")
  }

  @Test func `strict calls are refused when something would be changed`() async throws {
    let world = try GatewayWorld(replies: twoVectors)
    var request = EmbeddingRequest(model: "", inputs: [.text("a")])
    request.purpose = .query
    let call = world.embed(["a"]) { $0.isStrict = true }.asking(.embeddings(request))
    let outcome = await world.answer(call)
    guard case .changes(let changes)? = outcome.rejection else { throw SideCallMissing() }
    #expect(changes.map(\.field) == ["input_type"])
  }

  @Test func `a call goes only where it can be answered`() async throws {
    let world = try GatewayWorld(replies: "")
    var chat = world.call()
    chat.plan.first = world.target(route: .side(dialect: "openai-chat", base: "http://127.0.0.1:1"))
    var vectors = world.embed(["a"])
    vectors.plan.first = world.target(route: .http(.openAIChat, base: "http://127.0.0.1:1"))
    for call in [chat, vectors] {
      let outcome = await world.answer(call)
      guard case .invalidRequest? = outcome.rejection else { throw SideCallMissing() }
    }
  }

  @Test func `contents are kept only where they may be`() async throws {
    let world = try GatewayWorld(replies: twoVectors)
    _ = await world.answer(world.embed(["one", "two"]) { $0.storesContents = false })
    #expect(try await world.record().prompt == nil)
  }
}

/// What came was of another kind than expected.
private struct SideCallMissing: Error {}

@Suite(.timeLimit(.minutes(1)))
struct NativeFormats {
  @Test func `an answer told line by line is read as a stream`() async throws {
    let lines =
      #"{"model":"q","created_at":"t","message":{"role":"assistant","content":"Hel"},"done":false}"# + "\n"
      + #"{"model":"q","message":{"role":"assistant","content":"lo"},"done":false}"# + "\n"
      + #"{"model":"q","message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":1000,"eval_count":20}"#
    let world = try GatewayWorld(replies: Answer.reply(lines, type: "application/x-ndjson"))
    let told = Told()
    let outcome = await world.answer(world.call(to: world.target(.ollama)), told: told)
    #expect(outcome.status == .ok && told.text == "Hello")
    #expect(outcome.cost.amount?.decimalText == "0.0027")
    let request = try #require(world.server.log.requests.first)
    #expect(request.requestLine == "POST /v1/api/chat HTTP/1.1")
    #expect(request.header("accept") == "application/x-ndjson")
  }

  @Test func `a line that ends too early is a cut answer`() async throws {
    let world = try GatewayWorld(
      replies: Answer.reply(#"{"message":{"content":"Hel"},"done":false}"#, type: "application/x-ndjson"))
    #expect(await world.answer(world.call(to: world.target(.ollama))).status == .truncated)
  }

  @Test func `what is billed is paid for, not what was read`() async throws {
    let events = Answer.events(
      #"{"type":"message-start","id":"c"}"#,
      #"{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Hi"}}}}"#,
      #"{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"#
        + #""billed_units":{"input_tokens":1000,"output_tokens":20},"tokens":{"input_tokens":5000,"output_tokens":40}}}}"#
    )
    let world = try GatewayWorld(replies: Answer.reply(events))
    let outcome = await world.answer(world.call(to: world.target(.cohereV2)))
    #expect(outcome.usage.input == 5000 && outcome.usage.output == 40)
    #expect(outcome.cost.amount?.decimalText == "0.0027")
  }
}
