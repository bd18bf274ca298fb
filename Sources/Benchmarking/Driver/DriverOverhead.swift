// What a request costs the load generator itself: measured by sending some to a server in this process that answers at
// once, by the same path and with the same bookkeeping as the run.

package import GatewayCore
import Glibc
import Wire

/// The driver's own part in the time of a request, in microseconds, and how many it can send.
package struct DriverOverhead: Sendable, Equatable {
  package var median: Int64
  package var p99: Int64
  /// Requests a second that this machine can send, and answer to itself, when it does nothing else.
  package var mostPerSecond: Double

  package init(median: Int64, p99: Int64, mostPerSecond: Double) {
    self.median = median
    self.p99 = p99
    self.mostPerSecond = mostPerSecond
  }

  private static let oneByOne = 200
  private static let together = 1_000
  private static let atOnce = 32
  private static let warmUp = 50

  /// `nil` when this machine has no socket left, or does not answer itself.
  ///
  /// What `gateway` books of it is to be thrown away.
  package static func measure(_ runtime: Runtime, with gateway: Gateway) async -> DriverOverhead? {
    guard let server = LoopbackServer() else { return nil }
    defer { server.stop() }
    guard let call = call(to: server) else { return nil }

    let alone = await run(call, requests: oneByOne, concurrency: 1, runtime, gateway)
    let crowd = await run(call, requests: together, concurrency: atOnce, runtime, gateway)
    let times = alone.samples.filter { $0.isGood && !$0.isWarmUp }.map { $0.serviceTime }.sorted()
    guard let last = times.last, crowd.elapsed > 0 else { return nil }
    return DriverOverhead(
      median: times[times.count / 2], p99: times[min(times.count * 99 / 100, times.count - 1)],
      mostPerSecond: last > 0 ? Double(crowd.samples.count) * 1_000_000 / Double(crowd.elapsed) : 0)
  }

  private static func call(to server: LoopbackServer) -> Call? {
    var settings = Settings()
    settings.providers = [ProviderSettings(name: "loopback", dialect: .openAIChat, baseURL: server.base)]
    let catalog = Catalog(settings: settings, environment: Environment(variables: [:]))
    guard let plan = try? catalog.plan("loopback/loopback") else { return nil }
    var request = ChatRequest(model: "", messages: [])
    request.streams = true
    var call = Call(request, to: plan, origin: .bench)
    call.storesContents = false
    call.retries = 0
    call.timeouts.total = .seconds(10)
    return call
  }

  private static func run(
    _ call: Call, requests: Int, concurrency: Int, _ runtime: Runtime, _ gateway: Gateway
  ) async -> (samples: [Sample], elapsed: Int64) {
    var plan = LoadPlan(targets: 1, load: .closed(concurrency: concurrency), seed: 0)
    plan.requests = requests
    plan.warmUp = .requests(warmUp)
    let log = RunLog(plan)
    let began = runtime.uptimeMicroseconds()
    let sender = RequestSender(
      gateway, runtime, began: began, calls: [call], prompts: LoopbackPrompt(), markedBy: nil, isClosedLoop: true)
    let generator = LoadGenerator(plan, into: log, runtime: runtime, began: began, send: sender.send)
    await DriverThread.run { await generator.run() }
    return (log.samples, runtime.uptimeMicroseconds() - began)
  }
}

/// The one short prompt that is sent to the server in this process.
private struct LoopbackPrompt: PromptSource {
  let summary = "one prompt"
  func prompt(forRound round: Int) -> BenchPrompt { BenchPrompt("Say something.") }
}
