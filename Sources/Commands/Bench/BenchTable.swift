// A run as tables: one row per target, then the times of each in full.

import Benchmarking
import GatewayCore
import Wire

/// What is printed of a run for a person.
struct BenchReport {
  let summary: RunSummary
  private let width: Int
  private let stdout: OutputStream

  init(_ summary: RunSummary, on terminal: Terminal) {
    self.summary = summary
    width = terminal.tableWidth
    stdout = terminal.stdout
  }

  var text: String {
    var parts = [overview]
    if summary.targets.contains(where: { !$0.times.isEmpty }) { parts.append(times) }
    if stdout.isTerminal {
      parts += [BenchPlot.distributions(summary, width: width), BenchPlot.course(summary, width: width)]
    }
    parts.append(summary.verdicts.map { $0 + ".\n" }.joined())
    parts.append(facts)
    parts.append(summary.warnings.map { stdout.styled("Warning: " + safeLine($0), .yellow) + "\n" }.joined())
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  // MARK: One row per target

  private var overview: String {
    let hasObjectives = !summary.run.objectives.isEmpty
    let columns: [Table.Column] =
      [
        .text("TARGET", least: 26), .number("GOOD"), .number("ERRORS"), .number("TTFT"),
        .number("E2E").whereThereIsRoom, .number("P95"), .number("TOKENS/S").whereThereIsRoom,
        .number("REQUESTS/S").whereThereIsRoom,
      ] + (hasObjectives ? [.number("GOODPUT/S").whereThereIsRoom] : []) + [
        .number("COST"), .number("PER REQUEST").whereThereIsRoom, .number("PER M OUTPUT").whereThereIsRoom,
      ]
    let rows = summary.targets.map { target in
      [
        target.name, target.good.grouped, shownPercent(target.errorRate), milliseconds(target, .ttft, .p50),
        milliseconds(target, .e2e, .p50), milliseconds(target, slowest, .p95),
        target.outputRates.map { shownDigits($0.value(.p50) / 1_000) } ?? "",
        target.requestRate.map(shownDigits) ?? "",
      ] + (hasObjectives ? [target.goodput.map(shownDigits) ?? ""] : []) + money(target)
    }
    let note = "TTFT and E2E: medians in ms; P95 of \(slowest.rawValue) in ms; TOKENS/S of the median request.\n"
    return Table(columns, rows: rows).text(width: width) + note + errors
  }

  /// What a person has to wait: in an open loop from the moment they wanted to begin.
  private var slowest: Measure { summary.run.load.isOpen ? .response : .e2e }

  private func milliseconds(_ target: TargetSummary, _ measure: Measure, _ statistic: Statistic) -> String {
    target.times[measure].map { shownMilliseconds($0.value(statistic)) } ?? ""
  }

  private func money(_ target: TargetSummary) -> [String] {
    let money = target.money
    guard let perRequest = money.perRequest else {
      return [money.spent > .zero ? "≥" + money.spent.shown : "unpriced", "", ""]
    }
    let spent = (money.unpriced > 0 ? "≥" : "") + money.spent.shown
    return [spent, perRequest.shown, money.perMillionOutputTokens?.shown ?? ""]
  }

  private var errors: String {
    summary.targets.filter { !$0.failures.isEmpty }.map { target in
      let kinds = target.failures.map { "\($0.count.grouped) \($0.kind)" }.joined(separator: ", ")
      return safeLine("Errors of \(target.name): \(kinds).") + "\n"
    }.joined()
  }

  // MARK: Every time

  /// A table for each target, with its name above the names of the times.
  private var times: String {
    summary.targets.filter { !$0.times.isEmpty }.map { target in
      let columns: [Table.Column] =
        [.word(safeLine(target.name))] + Statistic.allCases.map { .number($0.rawValue.uppercased()) }
        + [Statistic.p50, .p95].map { .word("95 % OF \($0.rawValue.uppercased())").whereThereIsRoom }
      let rows = shownTimes(target).map { name, times in
        [name] + Statistic.allCases.map { shownMilliseconds(times.value($0)) }
          + [interval(times, .p50), interval(times, .p95)]
      }
      return Table(columns, rows: rows).text(width: width)
    }.joined(separator: "\n")
  }

  private func shownTimes(_ target: TargetSummary) -> [(String, Distribution)] {
    var shown: [(String, Distribution)] = Measure.allCases.compactMap { measure in
      guard let times = target.times[measure] else { return nil }
      // What would only say again what stands above it.
      if measure == .visible, times == target.times[.ttft] { return nil }
      if measure == .response, !summary.run.load.isOpen { return nil }
      return (measure.rawValue, times)
    }
    if let new = target.newConnections, let reused = target.reusedConnections {
      shown += [("ttft, new connection", new), ("ttft, reused", reused)]
    }
    return shown
  }

  private func interval(_ times: Distribution, _ statistic: Statistic) -> String {
    guard times.isDense(at: statistic), let interval = times.interval(statistic) else { return "" }
    return "\(shownMilliseconds(interval.lowerBound)) to \(shownMilliseconds(interval.upperBound))"
  }

  // MARK: What else must be known

  private var facts: String {
    let run = summary.run
    let warmUps = summary.targets.reduce(0) { $0 + $1.warmUps }
    let unfinished = summary.targets.reduce(0) { $0 + $1.unfinished }
    let slip = run.load.isOpen ? shownPercent(run.driver.slip) + " of the requests started late" : nil
    let machine =
      "\(run.environment.system), \(run.environment.processors) processors, llmgw \(run.environment.version)"
    return namedLines([
      ("run", run.id), ("load", run.load.words), ("took", shownDigits(Double(run.elapsed) / 1_000_000) + " s"),
      ("seed", String(run.seed)), ("warm-up", warmUps > 0 ? "\(warmUps.grouped) requests, not counted" : nil),
      ("unfinished", unfinished > 0 ? "\(unfinished.grouped) requests when it was stopped, not counted" : nil),
      (
        "objectives", run.objectives.isEmpty ? nil : run.objectives.map(\.text).joined(separator: ", ")
      ),
      (
        "driver",
        "\(shownMilliseconds(Double(run.driver.overheadMedian))) ms of its own in a request, "
          + "\(shownMilliseconds(Double(run.driver.overheadP99))) at p99"
      ), ("slip", slip), ("machine", machine),
    ])
  }
}
