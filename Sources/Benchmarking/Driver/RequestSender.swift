// Makes the calls of a run, by the gateway's one path, and writes down what was seen of each.

package import GatewayCore
import Synchronization
import Wire

/// Sends the requests of a run.
package struct RequestSender: Sendable {
  private let gateway: Gateway
  private let runtime: Runtime
  private let began: Int64
  private let calls: [Call]
  private let prompts: any PromptSource
  /// Stands in the mark that keeps caches from answering; `nil` leaves it out.
  private let mark: String?
  private let isClosedLoop: Bool
  private let allowance: SharedAllowance?

  /// `calls` are the calls to each target, but for what is asked; with `markedBy` each request begins in its own way.
  package init(
    _ gateway: Gateway, _ runtime: Runtime, began: Int64, calls: [Call], prompts: any PromptSource,
    markedBy mark: String?,
    isClosedLoop: Bool, allowance: SharedAllowance? = nil
  ) {
    self.gateway = gateway
    self.runtime = runtime
    self.began = began
    self.calls = calls
    self.prompts = prompts
    self.mark = mark
    self.isClosedLoop = isClosedLoop
    self.allowance = allowance
  }

  /// Sends one and returns when it is over.
  package func send(_ planned: PlannedRequest) async -> Result<Sample, LoadStop> {
    let call = call(for: planned)
    var worst: Picodollars?
    if let allowance {
      worst = allowance.worst(of: call, gateway)
      guard allowance.hold(worst) else {
        return .failure(LoadStop(.budget, "the next request could cost more than what is left of the limit"))
      }
    }
    var watch = AnswerWatch()
    let outcome = await gateway.answer(call) { [runtime] in watch.note($0, at: runtime.uptimeMicroseconds()) }
    allowance?.settle(worst, cost: outcome.cost.amount)
    return .success(sample(planned, outcome, watch))
  }

  /// The first call of a target in that round, without sending it.
  package func call(toTarget target: Int, inRound round: Int) -> Call {
    call(for: PlannedRequest(number: 0, target: target, round: round, intended: 0, isWarmUp: false))
  }

  private func call(for planned: PlannedRequest) -> Call {
    var call = calls[planned.target]
    let mark = mark.map { "[\($0)-\(planned.number)] " }
    call.request = prompts.prompt(forRound: planned.round).request(like: call.request, mark: mark)
    return call
  }

  private func sample(_ planned: PlannedRequest, _ outcome: Outcome, _ watch: AnswerWatch) -> Sample {
    let last = outcome.attempts.last
    // A call that was refused here has no attempt: it began and ended now.
    let begin = (last?.beganMicroseconds ?? runtime.uptimeMicroseconds()) - began
    let started = begin + (last?.sentMicroseconds ?? 0)
    var sample = Sample(
      target: planned.target, number: planned.number, intended: isClosedLoop ? started : planned.intended,
      started: started, ended: max(begin + (last?.totalMicroseconds ?? 0), started), status: outcome.status,
      operation: outcome.id)
    sample.isWarmUp = planned.isWarmUp
    sample.connection = last?.connection.map(Sample.Connection.init)
    sample.firstByte = last?.connection.map { started + Int64($0.firstByteMicroseconds) }
    sample.firstToken = watch.firstToken.map { $0 - began }
    sample.firstVisibleToken = watch.firstVisibleToken.map { $0 - began }
    sample.lastToken = watch.lastToken.map { $0 - began }
    sample.gaps = watch.gaps
    sample.usage = outcome.usage
    sample.usage.raw = nil
    sample.usageIsEstimated = outcome.usageIsEstimated
    sample.finishReason = outcome.reply.finish?.reason.rawValue
    sample.httpStatus = last?.httpStatus
    sample.failure = outcome.failure?.kind.rawValue ?? outcome.rejection?.kind
    sample.cost = outcome.cost
    sample.requestID = last?.requestID
    return sample
  }
}

extension Sample.Connection {
  /// From moments that are counted from the same beginning.
  init(_ facts: ConnectionFacts) {
    // What libcurl took to find a connection that was there is no lookup.
    if facts.reused {
      self.init(isReused: true)
      return
    }
    self.init(
      isReused: facts.reused, nameLookup: Int64(facts.nameLookupMicroseconds),
      connect: Int64(max(facts.connectMicroseconds - facts.nameLookupMicroseconds, 0)),
      tls: Int64(max(facts.tlsMicroseconds - facts.connectMicroseconds, 0)))
  }
}

/// What is left of a run's limit, shared by all of its requests.
package final class SharedAllowance: Sendable {
  private let allowance: Mutex<CostAllowance>

  package init(_ limit: Picodollars) { allowance = Mutex(CostAllowance(limit)) }

  /// The most a call can cost; `nil` where it is not known, or where the call would be refused.
  func worst(of call: Call, _ gateway: Gateway) -> Picodollars? {
    guard case .success(let worst) = Result(catching: { try gateway.worstCost(of: call) }) else { return nil }
    return worst
  }

  func hold(_ worst: Picodollars?) -> Bool { worst.map { worst in allowance.withLock { $0.hold(worst) } } ?? false }

  func settle(_ worst: Picodollars?, cost: Picodollars?) {
    if let worst { allowance.withLock { $0.settle(worst, cost: cost) } }
  }
}
