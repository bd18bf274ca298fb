// How far a run over many lines is, on the line at the bottom of a terminal.

import GatewayCore

/// What the progress line of a run says.
package struct MapProgress {
  private var line: ProgressLine
  private let total: Int?
  private let began: Int64

  /// `began` is on the clock that never jumps, in microseconds; `total` is `nil` when it cannot be known.
  package init(_ stderr: OutputStream, width: Int, total: Int?, began: Int64) {
    line = ProgressLine(stderr, width: width)
    (self.total, self.began) = (total, began)
  }

  package mutating func show(_ tally: MapTally, at now: Int64) {
    let (total, began) = (total, began)
    line.show(at: now) { Self.text(tally, total: total, elapsed: now - began) }
  }

  /// A line for the person, above the progress line.
  package mutating func note(_ text: String) { line.note(text) }

  /// Takes the line away.
  package mutating func erase() { line.erase() }

  /// `███▌  412/1,000  3 failed  $0.0123  8.2/s  1m12s left`.
  package func text(_ tally: MapTally, at now: Int64) -> String {
    Self.text(tally, total: total, elapsed: now - began)
  }

  private static func text(_ tally: MapTally, total: Int?, elapsed: Int64) -> String {
    let elapsed = max(elapsed, 1)
    let asked = tally.answered + tally.failed
    let tenthsPerSecond = Int64(asked) * 10_000_000 / elapsed
    var parts = [tally.done.grouped]
    if let total, total > 0 {
      parts = [ProgressLine.drawn(tally.done, of: total), "\(tally.done.grouped)/\(total.grouped)"]
    }
    if tally.failed > 0 { parts.append("\(tally.failed.grouped) failed") }
    parts.append(tally.costShown)
    parts.append("\(tenthsPerSecond / 10).\(tenthsPerSecond % 10)/s")
    if let total, asked > 0, total > tally.done {
      parts.append(ProgressLine.time(microseconds: elapsed / Int64(asked) * Int64(total - tally.done)) + " left")
    }
    return parts.joined(separator: "  ")
  }
}
