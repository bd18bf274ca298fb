// The line at the bottom of a terminal that tells how far a run is. Nothing where stderr is no terminal.

import GatewayCore

/// One line that is drawn over itself; notes go above it.
package struct MapProgress {
  private let stderr: OutputStream
  private let width: Int
  private let total: Int?
  private let began: Int64
  private var drawnAt: Int64?
  private var drawnWidth = 0

  private static let redrawMicroseconds: Int64 = 100_000
  private static let barWidth = 20

  /// `began` is on the clock that never jumps, in microseconds; `total` is `nil` when it cannot be known.
  package init(_ stderr: OutputStream, width: Int, total: Int?, began: Int64) {
    (self.stderr, self.width, self.total, self.began) = (stderr, width, total, began)
  }

  /// Draws the line again, at most ten times a second.
  package mutating func show(_ tally: MapTally, at now: Int64) {
    guard stderr.isTerminal, drawnAt.map({ now - $0 >= Self.redrawMicroseconds }) ?? true else { return }
    drawnAt = now
    let line = truncated(text(tally, at: now), to: width - 1)
    // Spaces over what is left of a longer line: a dumb terminal knows no sequence for it.
    let padding = String(repeating: " ", count: max(0, drawnWidth - displayWidth(line)))
    drawnWidth = displayWidth(line)
    try? stderr.write("\r" + line + padding)
  }

  /// A line for the person, above the progress line.
  package mutating func note(_ text: String) {
    erase()
    stderr.note(safeLine(text))
  }

  /// Takes the line away.
  package mutating func erase() {
    guard drawnWidth > 0 else { return }
    try? stderr.write("\r" + String(repeating: " ", count: drawnWidth) + "\r")
    (drawnWidth, drawnAt) = (0, nil)
  }

  /// `███▌  412/1,000  3 failed  $0.0123  8.2/s  1m12s left`.
  package func text(_ tally: MapTally, at now: Int64) -> String {
    let elapsed = max(now - began, 1)
    let asked = tally.answered + tally.failed
    let tenthsPerSecond = Int64(asked) * 10_000_000 / elapsed
    var parts = [tally.done.grouped]
    if let total, total > 0 {
      let drawn = bar(thousandths: tally.done * 1000 / total, width: Self.barWidth)
      parts = [
        drawn + String(repeating: " ", count: max(0, Self.barWidth - displayWidth(drawn))),
        "\(tally.done.grouped)/\(total.grouped)",
      ]
    }
    if tally.failed > 0 { parts.append("\(tally.failed.grouped) failed") }
    parts.append(tally.costShown)
    parts.append("\(tenthsPerSecond / 10).\(tenthsPerSecond % 10)/s")
    if let total, asked > 0, total > tally.done {
      parts.append(Self.time(microseconds: elapsed / Int64(asked) * Int64(total - tally.done)) + " left")
    }
    return parts.joined(separator: "  ")
  }

  private static func time(microseconds: Int64) -> String {
    let seconds = microseconds / 1_000_000
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 3_600 { return "\(seconds / 60)m\(Int(seconds % 60).padded(2))s" }
    return "\(seconds / 3_600)h\(Int(seconds % 3_600 / 60).padded(2))m"
  }
}
