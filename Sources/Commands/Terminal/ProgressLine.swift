// The line at the bottom of a terminal that tells how far something is. Nothing where the stream is no terminal.

/// One line that is drawn over itself; notes go above it.
package struct ProgressLine: Sendable {
  private let stream: OutputStream
  private let width: Int
  private var drawnAt: Int64?
  private var drawnWidth = 0

  private static let redrawMicroseconds: Int64 = 100_000

  package init(_ stream: OutputStream, width: Int) { (self.stream, self.width) = (stream, width) }

  /// Draws the line again, at most ten times a second; `now` is on the clock that never jumps, in microseconds.
  package mutating func show(at now: Int64, _ text: () -> String) {
    guard stream.isTerminal, drawnAt.map({ now - $0 >= Self.redrawMicroseconds }) ?? true else { return }
    drawnAt = now
    let line = truncated(text(), to: width - 1)
    // Spaces over what is left of a longer line: a dumb terminal knows no sequence for it.
    let padding = String(repeating: " ", count: max(0, drawnWidth - displayWidth(line)))
    drawnWidth = displayWidth(line)
    try? stream.write("\r" + line + padding)
  }

  /// A line for the person, above the progress line.
  package mutating func note(_ text: String) {
    erase()
    stream.note(safeLine(text))
  }

  /// Takes the line away.
  package mutating func erase() {
    guard drawnWidth > 0 else { return }
    try? stream.write("\r" + String(repeating: " ", count: drawnWidth) + "\r")
    (drawnWidth, drawnAt) = (0, nil)
  }

  /// `███▌                `: how much of a whole is done.
  package static func drawn(_ done: Int, of total: Int) -> String {
    let drawn = bar(thousandths: min(done * 1_000 / max(total, 1), 1_000), width: barWidth)
    return drawn + String(repeating: " ", count: max(0, barWidth - displayWidth(drawn)))
  }

  private static let barWidth = 20

  /// `12s`, `1m07s`, `2h05m`.
  package static func time(microseconds: Int64) -> String {
    let seconds = microseconds / 1_000_000
    if seconds < 60 { return "\(seconds)s" }
    if seconds < 3_600 { return "\(seconds / 60)m\(Int(seconds % 60).padded(2))s" }
    return "\(seconds / 3_600)h\(Int(seconds % 3_600 / 60).padded(2))m"
  }
}
