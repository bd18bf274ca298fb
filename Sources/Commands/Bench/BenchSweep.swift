// `--sweep`: runs at rising load until the target takes no more, and what was found.

import Benchmarking
import GatewayCore
import Wire

extension BenchRun {
  /// One load of a sweep, and what came of it.
  struct Step: Sendable {
    var result: StepResult
    var summary: RunSummary
  }

  /// The first load: what was typed, or the smallest there is.
  var sweepStart: Double { options.rate ?? Double(options.concurrency ?? 1) }

  /// The plan of one step.
  func stepPlan(at level: Double) -> LoadPlan {
    let load: RunRecord.Load =
      options.sweep == .rate
      ? .open(perSecond: level, options.arrivals ?? .constant) : .closed(concurrency: Int(level.rounded()))
    var plan = LoadPlan(targets: 1, load: load, seed: seed)
    plan.requests = options.requests
    plan.duration = options.duration ?? (options.requests == nil ? usualStep(at: level) : nil)
    plan.warmUp = options.warmUp ?? .requests(1)
    return plan
  }

  /// Microseconds of a step for which none were typed: longer where chance decides how many requests arrive in it.
  private func usualStep(at level: Double) -> Int64 {
    guard options.sweep == .rate, options.arrivals == .poisson else { return BenchOptions.usualStep }
    let needed = Int64(Self.fewestArrivals / level * 1_000_000)
    return min(max(needed, BenchOptions.usualStep), 6 * BenchOptions.usualStep)
  }

  /// So many vary by a twentieth.
  private static let fewestArrivals = 400.0

  /// Raises the load, keeps each step as a run, and tells what was found.
  func sweep(_ overhead: DriverOverhead) async throws -> Int32 {
    let kind = options.sweep ?? .rate
    let most = kind == .rate ? max(overhead.mostPerSecond, sweepStart) : Double(LoadPlan.mostUnderWay / 2)
    var search = SaturationSearch(kind, from: sweepStart, atMost: most)
    var steps: [Step] = []
    var last = Result()
    while let level = search.next {
      last = await measure(stepPlan(at: level), id: runtime.makeID(), overhead)
      guard let record = last.record else { break }
      try invocation.keep(record)
      let result = StepResult(level: level, of: record.samples, stop: last.stop)
      search.note(result)
      steps.append(Step(result: result, summary: RunSummary(record)))
      note(steps[steps.count - 1], kind)
      // Beyond what the driver can send it would measure itself.
      if last.stop.map({ [.interrupted, .budget, .memory].contains($0.kind) }) ?? false || record.driver.invalid != nil
      {
        break
      }
    }
    try tell(steps, search)
    let isSaturated = search.finding?.isSaturated ?? false
    // Overload is what a sweep is for: only what kept it from its end counts.
    return isSaturated && last.stop?.kind != .budget ? ExitCode.ok.rawValue : try status(of: last)
  }

  private func note(_ step: Step, _ kind: SaturationSearch.Kind) {
    guard terminal.stderr.isTerminal else { return }
    let (level, rate) = (shownDigits(step.result.level), shownDigits(step.result.throughput))
    terminal.stderr.note(
      terminal.stderr.styled("\(kind.rawValue) \(level): \(rate)/s\(step.result.trouble.map { ", " + $0 } ?? "")", .dim)
    )
  }

  private func tell(_ steps: [Step], _ search: SaturationSearch) throws {
    if options.results.json {
      return try terminal.stdout.write(json(steps, search).indentedText + "\n")
    }
    guard !steps.isEmpty else { return }
    try terminal.stdout.write(table(steps, search.kind).text(width: terminal.tableWidth))
    try terminal.stdout.write("\n" + words(search) + "\n")
    for warning in Set(steps.compactMap(\.summary.run.driver.invalid)).sorted() {
      terminal.stderr.note("llmgw: bench: a step is not valid: \(warning).")
    }
  }

  private func words(_ search: SaturationSearch) -> String {
    guard let finding = search.finding else { return "Nothing was measured." }
    let (level, rate) = (shownDigits(finding.level), shownDigits(finding.throughput))
    guard finding.isSaturated else {
      return "Not saturated up to \(search.kind.rawValue) \(level) (\(rate) requests/s)."
    }
    return search.kind == .rate
      ? "Saturated above \(level) requests/s." : "Saturated from \(level) requests at a time on, at \(rate) requests/s."
  }

  private func table(_ steps: [Step], _ kind: SaturationSearch.Kind) -> Table {
    Table(
      [
        .number(kind == .rate ? "RATE" : "AT A TIME"), .number("ANSWERS/S"), .number("P50 TTFT MS"),
        .number("P99 TTFT MS"), .number("P99 RESPONSE MS"), .number("ERRORS"), .word("RUN"), .text("TOOK IT", least: 8),
      ],
      rows: steps.sorted { $0.result.level < $1.result.level }.map { step in
        let target = step.summary.targets.first
        func time(_ measure: Measure, _ statistic: Statistic) -> String {
          target?.times[measure].map { shownMilliseconds($0.value(statistic)) } ?? ""
        }
        return [
          shownDigits(step.result.level), shownDigits(step.result.throughput), time(.ttft, .p50), time(.ttft, .p99),
          time(.response, .p99), String((target?.requests ?? 0) - (target?.good ?? 0)), step.summary.run.id,
          step.result.trouble.map { "no: " + $0 } ?? "yes",
        ]
      })
  }

  /// All keys are always there; what is unknown is null.
  private func json(_ steps: [Step], _ search: SaturationSearch) -> JSON {
    [
      "sweep": .string(search.kind.rawValue), "target": JSON(text: calls.first?.plan.asked),
      "saturation": search.finding.map { finding in
        [
          "level": JSON(finding.level, places: 3), "requests_per_second": JSON(finding.throughput, places: 3),
          "is_saturated": .bool(finding.isSaturated),
        ]
      } ?? .null,
      "steps": .array(
        steps.map { step in
          [
            "level": JSON(step.result.level, places: 3), "requests_per_second": JSON(step.result.throughput, places: 3),
            "trouble": JSON(text: step.result.trouble), "run": step.summary.json,
          ]
        }),
    ]
  }
}
