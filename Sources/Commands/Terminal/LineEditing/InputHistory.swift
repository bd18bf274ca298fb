// What was typed at a prompt, kept for the next time: one JSON text a line, for its owner alone.

import GatewayCore
import Glibc
import Wire

/// A file of lines that were typed.
package struct InputHistory: Sendable {
  /// As many of the latest lines are kept, each once.
  static let mostLines = 1_000
  /// A line longer than this is not kept: it belongs into a file.
  static let longestLine = 64 << 10
  private static let largestFile = 16 << 20

  private let path: String

  package init(path: String) { self.path = path }

  /// The lines, the oldest first; a file that cannot be read has none.
  package func lines() -> [String] {
    guard let bytes = try? readFile(path, limit: Self.largestFile) else { return [] }
    var seen: Set<String> = []
    var lines: [String] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")).reversed() where lines.count < Self.mostLines {
      guard let text = (try? JSON.parse(line))?.string, seen.insert(text).inserted else { continue }
      lines.append(text)
    }
    return lines.reversed()
  }

  /// Adds a line, unless it begins with a space or is not worth keeping.
  ///
  /// Several processes may do so at once: each line is one write.
  package func add(_ line: String) {
    guard !line.isEmpty, line.first?.isWhitespace != true, line.utf8.count <= Self.longestLine else { return }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let bytes = JSON.string(line).bytes + [UInt8(ascii: "\n")]
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  /// Drops lines that stand twice or are too old, when the file has grown to more than twice what is kept.
  package func tidy() {
    guard let bytes = try? readFile(path, limit: Self.largestFile) else { return }
    guard bytes.count(where: { $0 == UInt8(ascii: "\n") }) > 2 * Self.mostLines else { return }
    let kept = lines().flatMap { JSON.string($0).bytes + [UInt8(ascii: "\n")] }
    try? replaceFile(path, with: kept, mode: 0o600)
  }
}
