// The plan of a benchmark in words, and the question whether it is worth its money.

import Benchmarking
import GatewayCore
import Glibc

extension BenchRun {
  /// What will be done and what it may cost, a line each.
  func planLines(_ estimate: BenchEstimate) -> [String] {
    let names = calls.map { safeLine($0.plan.asked) }.joined(separator: ", ")
    var lines = ["bench \(id): \(names); \(prompts.summary); \(load); seed \(seed)"]
    if options.allowsCacheHits {
      lines.append("prompts are sent as they are: providers may answer out of their caches")
    }
    lines.append("cost: \(estimate.isNothing ? "nothing" : safeLine(estimate.shown))")
    return lines
  }

  private var load: String {
    if let sweep = options.sweep {
      return "\(sweep.rawValue) is raised until the target is saturated, \(amount(of: stepPlan(at: sweepStart)))"
    }
    let plan = plan
    var parts = [plan.load.words, amount(of: plan)]
    switch plan.warmUp {
    case .requests(0): break
    case .requests(let count): parts.append("\(count) before for warm-up")
    case .time(let time): parts.append("\(ProgressLine.time(microseconds: time)) of warm-up")
    }
    if plan.ramp > 0 { parts.append("rising for \(ProgressLine.time(microseconds: plan.ramp))") }
    return parts.joined(separator: ", ")
  }

  private func amount(of plan: LoadPlan) -> String {
    let requests = plan.requests.map { "\($0.grouped) requests to each" }
    let time = plan.duration.map { "at most \(ProgressLine.time(microseconds: $0))" }
    return [requests, time].compactMap(\.self).joined(separator: ", ")
  }

  /// Asks at a terminal; elsewhere `--yes` or a limit has to be given.
  func confirm(_ estimate: BenchEstimate) throws {
    guard !estimate.isNothing, !options.isConfirmed else { return }
    guard terminal.stdinIsTerminal, terminal.stderr.isTerminal else {
      if options.chat.costLimit != nil { return }
      throw CommandFailure(
        .usage, "bench: it may cost money, and nobody can be asked here", advice: "Add --yes, or --max-cost USD.")
    }
    try terminal.stderr.write("Send them? [y/N] ")
    let answer = try? readLine(from: STDIN_FILENO)
    guard ["y", "yes"].contains(answer?.lowercased()) else {
      throw CommandFailure(.general, "bench: nothing was sent")
    }
  }

  private func readLine(from descriptor: Int32) throws -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while bytes.count < 64, read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self).trimmed
  }
}
