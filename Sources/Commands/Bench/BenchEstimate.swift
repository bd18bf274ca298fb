// What the requests of a benchmark may cost, known before anything is sent.

import Benchmarking
import GatewayCore
import Wire

/// The cost of a run, as far as it can be told from prices and prompts.
struct BenchEstimate {
  /// Of an average request to one target.
  struct Price {
    var name: String
    /// The prompt alone; `nil` where no price is known.
    var least: PicodollarSum?
    /// With the longest answer; `nil` where its length is not known, either.
    var most: PicodollarSum?

    var isNothing: Bool { most == .zero }
  }

  private(set) var prices: [Price] = []
  /// To each target, warm-up included; `nil` when only time tells, or a sweep.
  let requests: Int?
  private let limit: Picodollars?

  /// Prompts that are looked at: the average of these stands for all.
  private static let mostLookedAt = 200

  /// Encodes requests as they will be sent; throws what no request could pass: no key, a change that `--strict` refuses,
  /// no price under a limit.
  init(_ run: BenchRun) throws(CommandFailure) {
    let plan = run.plan
    let total = run.options.sweep == nil ? plan.expectedRequests : nil
    requests = total.map { ($0 + plan.targets - 1) / plan.targets }
    limit = run.options.chat.costLimit
    let looked = max(1, min(requests ?? Self.mostLookedAt, Self.mostLookedAt))
    let sender = RequestSender(
      run.gateway, run.runtime, began: 0, calls: run.calls, prompts: run.prompts, markedBy: "000000", isClosedLoop: true
    )
    for (target, call) in run.calls.enumerated() {
      var price = Price(name: call.plan.asked, least: .zero, most: .zero)
      for round in 0..<looked {
        let cost = try Self.cost(of: sender.call(toTarget: target, inRound: round), run)
        price.least = Self.sum(price.least, cost.input, count: looked)
        price.most = Self.sum(price.most, cost.most, count: looked)
      }
      if limit != nil, price.most == nil { throw CommandFailure(withoutLongestAnswer: call.target.name) }
      prices.append(price)
    }
    try refuseTooMany(plan)
  }

  private static func cost(of call: Call, _ run: BenchRun) throws(CommandFailure) -> CostEstimate {
    do throws(Rejection) {
      let prepared = try run.gateway.prepare(call)
      var estimate = prepared.estimate(now: run.runtime.now())
      estimate.most = prepared.worstCost(attempts: call.mostRetries + 1, now: run.runtime.now())
      if run.options.chat.costLimit != nil, estimate.input == nil { throw .unpricedUnderLimit }
      return estimate
    } catch {
      throw CommandFailure(rejection: error, about: call.target.name)
    }
  }

  /// A part of an average: money is summed in whole picodollars, rounded up.
  private static func sum(_ sum: PicodollarSum?, _ amount: Picodollars?, count: Int) -> PicodollarSum? {
    guard var sum, let amount else { return nil }
    sum.count += (Int128(amount.count) + Int128(count) - 1) / Int128(count)
    return sum
  }

  /// What could not even be begun.
  private func refuseTooMany(_ plan: LoadPlan) throws(CommandFailure) {
    if let requests, requests * plan.targets > LoadPlan.mostRequests {
      throw CommandFailure(
        .usage,
        "bench: these are \((requests * plan.targets).grouped) requests, and one run holds \(LoadPlan.mostRequests.grouped)",
        advice: "Ask for fewer, or for less time.")
    }
    guard let limit, case .closed(let concurrency) = plan.load else { return }
    let dearest = prices.compactMap(\.most).max() ?? .zero
    if dearest.count * Int128(concurrency) > Int128(limit.count) {
      throw CommandFailure(
        .budget, "bench: the first \(concurrency) requests could cost more than --max-cost (\(limit.shown))",
        advice: "Raise it, or limit answers with -o max_tokens=N.")
    }
  }

  /// Nothing is paid, whatever is answered.
  var isNothing: Bool { prices.allSatisfy(\.isNothing) }

  /// `$0.0012 to $0.0345`, with what is not in it; of the run, or of each request where their number is not known.
  var shown: String {
    let times = Int128(requests ?? 1)
    let known = prices.filter { $0.least != nil }
    func sum(_ amounts: [PicodollarSum]) -> String {
      var sum = PicodollarSum.zero
      for amount in amounts { sum += amount }
      sum.count *= times
      return sum.shown
    }
    var parts: [String] = []
    if !known.isEmpty {
      let least = sum(known.compactMap(\.least))
      let isLimited = known.allSatisfy { $0.most != nil }
      parts.append(isLimited ? "\(least) to \(sum(known.compactMap(\.most)))" : "\(least) and what the answers cost")
    }
    let unknown = prices.filter { $0.least == nil }.map(\.name)
    if !unknown.isEmpty { parts.append("no price is known for \(unknown.joined(separator: ", "))") }
    return parts.joined(separator: "; ") + (requests == nil && !known.isEmpty ? " for each request to each" : "")
  }
}

extension CommandFailure {
  fileprivate init(withoutLongestAnswer name: String) {
    self.init(
      .budget, "\(name): how long an answer may be is not known, so --max-cost cannot hold",
      advice: "Set a limit with -o max_tokens=N.")
  }
}
