// How far a benchmark is, on the line at the bottom of a terminal.

import Benchmarking
import GatewayCore

extension BenchRun {
  /// Draws until the task is cancelled.
  func showProgress(_ log: RunLog, _ plan: LoadPlan, began: Int64) async {
    var line = ProgressLine(terminal.stderr, width: terminal.width)
    while !Task.isCancelled {
      let now = runtime.uptimeMicroseconds()
      line.show(at: now) { BenchProgress(plan: plan, progress: log.progress, elapsed: now - began).text }
      try? await runtime.sleep(.milliseconds(200))
    }
    line.erase()
  }
}

/// What the progress line of a benchmark says.
struct BenchProgress {
  let plan: LoadPlan
  let progress: RunProgress
  /// Microseconds.
  let elapsed: Int64

  /// `███▌   412/1,000  8.2/s  p50 ttft 312 ms  3 failed  $0.0123  1m12s left`.
  var text: String {
    var parts: [String] = []
    if let total = plan.expectedRequests {
      parts += [
        ProgressLine.drawn(progress.ended, of: total), "\(progress.ended.grouped)/\(total.grouped)",
      ]
    } else {
      parts.append(progress.ended.grouped)
    }
    let tenths = Int64(progress.ended) * 10_000_000 / max(elapsed, 1)
    parts.append("\(tenths / 10).\(tenths % 10)/s")
    if let median = progress.medianFirstToken { parts.append("p50 ttft \(shownMilliseconds(Double(median))) ms") }
    if progress.failed > 0 { parts.append("\(progress.failed.grouped) failed") }
    parts.append(cost)
    if let left { parts.append("\(ProgressLine.time(microseconds: left)) left") }
    return parts.joined(separator: "  ")
  }

  private var cost: String {
    if progress.unpriced == 0 { return progress.spent.shown }
    return progress.spent == .zero ? "unpriced" : "≥\(progress.spent.shown)"
  }

  private var left: Int64? {
    if let time = plan.expectedTime { return max(time - elapsed, 0) }
    guard let total = plan.expectedRequests, progress.ended > 0 else { return nil }
    return elapsed / Int64(progress.ended) * Int64(max(total - progress.ended, 0))
  }
}
