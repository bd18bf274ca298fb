// What is written down of a call that went out over a real connection.

import GatewayCore
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Benchmarking

private let stream = [
  #"{"id":"c1","choices":[{"index":0,"delta":{"role":"assistant"}}]}"#,
  #"{"id":"c1","choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}"#,
  #"{"id":"c1","choices":[{"index":0,"delta":{"content":"Hello"}}]}"#,
  #"{"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
  #"{"id":"c1","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":20}}"#, "[DONE]",
].map { "data: \($0)\n\n" }.joined()

private func reply(_ body: String, _ status: String = "200 OK", type: String = "text/event-stream") -> String {
  "HTTP/1.1 \(status)\r\ncontent-type: \(type)\r\nx-request-id: req-7\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
}

private struct World {
  let server: ScriptedServer
  let sender: RequestSender
  let transport = Transport()

  /// The clock goes on a millisecond each time it is read.
  init(_ text: String, limit: Picodollars? = nil, isClosedLoop: Bool = true) throws {
    server = try #require(ScriptedServer(.answer { _ in (text, false) }))
    let config = """
      providers: { mock: { dialect: openai-chat, base_url: "http://127.0.0.1:\(server.port)/v1" } }
      models: { mock/m: { max_output: 100, price: { input: "2.50", output: "10" } } }
      """
    let settings = try Settings.parse(
      Array(config.utf8), file: "test", variables: { _ in nil }, nearest: { _, _ in nil })
    let environment = Environment(variables: [:])
    let catalog = Catalog(settings: settings, environment: environment)
    let clock = Mutex<Int64>(1_000_000)
    let runtime = Runtime(
      now: { Timestamp(microseconds: 0) },
      uptimeMicroseconds: {
        clock.withLock { now in
          now += 1_000
          return now
        }
      }, sleep: { _ in }, makeID: { "op" }, random: { 0.5 })
    let gateway = Gateway(
      catalog: catalog, environment: environment, keys: nil, transport: transport,
      ledger: .failure(LedgerFailure(.other, "open the ledger", "there is none")), runtime: runtime, version: "test")
    var request = ChatRequest(model: "", messages: [])
    request.streams = true
    var call = Call(request, to: try catalog.plan("mock/m"), origin: .bench)
    call.retries = 0
    sender = RequestSender(
      gateway, runtime, began: 1_000_000, calls: [call], prompts: PromptList.builtIn, markedBy: "run",
      isClosedLoop: isClosedLoop, allowance: limit.map { SharedAllowance($0) })
  }

  func send(_ number: Int, intended: Int64 = 0) async -> Result<Sample, LoadStop> {
    await sender.send(
      PlannedRequest(number: number, target: 0, round: number, intended: intended, isWarmUp: number == 0))
  }
}

struct ASampleOfACall {
  @Test func `has the moments in their order, the tokens and the money`() async throws {
    let sample = try #require(try? await World(reply(stream)).send(1).get())
    let moments = [
      sample.started, sample.firstToken, sample.firstVisibleToken, sample.lastToken, sample.ended,
    ].compactMap(\.self)
    #expect(moments.count == 5 && moments == moments.sorted() && sample.started > 0)
    // By libcurl's clock, which is not the one of this test.
    #expect(sample.firstByte.map { $0 > sample.started } == true)
    #expect(sample.intended == sample.started && sample.isGood && !sample.isWarmUp)
    #expect(sample.usage.input == 1_000 && sample.usage.output == 20 && !sample.usageIsEstimated)
    #expect(sample.cost.amount == Picodollars(dollars: "0.0027") && sample.finishReason == "stop")
    #expect(sample.httpStatus == 200 && sample.requestID == "req-7" && sample.operation == "op")
  }

  @Test func `tells a new connection from one that was there`() async throws {
    let world = try World(reply(stream))
    let first = try #require(try? await world.send(0).get())
    let second = try #require(try? await world.send(1).get())
    #expect(first.connection?.isReused == false && second.connection?.isReused == true)
    #expect(first.isWarmUp)
    #expect(second.connection == Sample.Connection(isReused: true))
  }

  @Test func `keeps when it was meant to start where a schedule says so`() async throws {
    let sample = try #require(try? await World(reply(stream), isClosedLoop: false).send(1, intended: 17).get())
    #expect(sample.intended == 17 && sample.started > 17)
  }

  @Test(arguments: [
    ("500 Oops", "server"), ("401 No", "authentication"), ("429 Wait", "rate_limited"),
  ])
  func `of a failure says what kind it was`(_ status: String, _ kind: String) async throws {
    let world = try World(reply(#"{"error":{"message":"no"}}"#, status, type: "application/json"))
    let sample = try #require(try? await world.send(1).get())
    #expect(!sample.isGood && sample.failure == kind && sample.status == .failed)
    #expect(sample.httpStatus == Int(status.prefix(3)) && sample.firstToken == nil)
    // A failure is not tried again: that would hide it.
    #expect(world.server.log.requests.count == 1)
  }

  @Test func `is of a prompt that begins as no other does`() async throws {
    let world = try World(reply(stream))
    for number in 0..<2 { _ = await world.send(number) }
    let bodies = world.server.log.requests.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(bodies[0].contains("[run-0] ") && bodies[1].contains("[run-1] "))
  }

  @Test func `is not taken when the request could cost more than what is left`() async throws {
    // At worst a request costs 100 tokens of output, $0.001, and a little more.
    let world = try World(reply(stream), limit: Picodollars(dollars: "0.0040"))
    #expect(try await world.send(0).get().isGood)
    guard case .failure(let stop) = await world.send(1) else {
      Issue.record("it was sent")
      return
    }
    #expect(stop.kind == .budget && world.server.log.requests.count == 1)
  }
}

struct AnAnswerThatIsWatched {
  @Test func `has its gaps between the moments at which tokens came`() {
    var watch = AnswerWatch()
    watch.note(.chat([.started(id: nil, model: nil)]), at: 5)
    watch.note(.chat([.reasoning("a"), .reasoning("b")]), at: 10)
    watch.note(.chat([.text("c")]), at: 30)
    watch.note(.chat([.finished(Finish(.stop, word: "stop")), .usage(Usage())]), at: 90)
    watch.note(.chat([.toolArguments(index: 0, "{}")]), at: 100)
    #expect(watch.firstToken == 10 && watch.firstVisibleToken == 30 && watch.lastToken == 100)
    #expect(watch.gaps == [20, 70])
  }

  @Test func `holds no more gaps than it may, and knows its end all the same`() {
    var watch = AnswerWatch()
    for moment in 0..<Int64(AnswerWatch.mostGaps + 100) { watch.note(.chat([.text("x")]), at: moment) }
    #expect(watch.gaps.count == AnswerWatch.mostGaps && watch.lastToken == Int64(AnswerWatch.mostGaps + 99))
  }
}
