// Where the lines of a conversation come from: a person at a prompt, or a script.

import GatewayCore
import Glibc

/// Gives one line after the other.
protocol LineSource: Sendable {
  func read(prompt: String) async -> LineRead
}

extension LineEditor: LineSource {}

/// Lines of standard input: a script, or another program.
///
/// `@unchecked Sendable`: touched by the thread of the one read that is under way.
final class ScriptLines: LineSource, @unchecked Sendable {
  private var buffer = LineBuffer()
  /// A longer line is the end of the script: it is none.
  private static let longest = 64 << 20

  func read(prompt: String) async -> LineRead {
    await DetachedThread.value(named: "llmgw-script", { self.next() }) ?? .ended
  }

  private func next() -> LineRead {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      if let line = buffer.nextLine() { return .line(String(decoding: line, as: UTF8.self)) }
      let count = buffer.waiting > Self.longest ? 0 : Glibc.read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let last = buffer.lastLine()
        return last.isEmpty ? .ended : .line(String(decoding: last, as: UTF8.self))
      }
      buffer.append(chunk[..<count])
    }
  }
}

/// A message of several lines between `"""` and `"""`.
struct TextFence {
  private static let mark = "\"\"\""

  /// Whether `text` begins a message that has not ended.
  static func isOpen(_ text: String) -> Bool {
    text.hasPrefix(mark) && (text.count < 2 * mark.count || !text.trimmingLineEnds.hasSuffix(mark))
  }

  /// The message without its marks; any other text as it is.
  static func content(of text: String) -> String {
    guard text.hasPrefix(mark) else { return text }
    let inner = text.trimmingLineEnds.dropFirst(mark.count)
    return String(inner.hasSuffix(mark) ? inner.dropLast(mark.count) : inner).trimmingLineEnds
  }
}

extension String {
  /// Without the line ends at both ends.
  var trimmingLineEnds: String {
    let start = drop { $0.isNewline }
    return String(start.reversed().drop { $0.isNewline }.reversed())
  }

  /// Without white space at both ends.
  var trimmed: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
