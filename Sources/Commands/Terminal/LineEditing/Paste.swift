// Pasted text: one message however many lines it has, and a word on the screen where it is large.

/// Reads what a terminal sends between the marks of a paste (`ESC[200~`, `ESC[201~`).
struct PasteReader {
  /// The most of one paste, in bytes: more belongs into a file that is attached.
  static let most = 16 << 20
  /// A paste whose end mark is lost ends after as many milliseconds of silence.
  private static let patience: Int32 = 1_000
  private static let endMark = Array("\u{1B}[201~".unicodeScalars)

  /// The text with line ends as `\n`; `nil` when it is larger than `most`.
  static func read(from keys: KeySource) -> String? {
    var text = String.UnicodeScalarView()
    var size = 0
    reading: while true {
      switch keys.next(milliseconds: patience) {
      case .character(let scalar):
        size += 1
        if size <= most { text.append(scalar) }
        if scalar == "~", text.suffix(endMark.count).elementsEqual(endMark) {
          text.removeLast(endMark.count)
          break reading
        }
      case .note(.resized): continue
      case .note, .end, .silence: break reading
      }
    }
    return size <= most ? withPlainLineEnds(String(text)) : nil
  }

  /// Terminals send a carriage return for each line end; a file may have had both.
  static func withPlainLineEnds(_ text: String) -> String {
    var plain = String.UnicodeScalarView()
    var last: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r": plain.append("\n")
      case "\n" where last == "\r": break
      default: plain.append(scalar)
      }
      last = scalar
    }
    return String(plain)
  }
}

/// Large pastes, each with the word that stands for it in a line.
struct PasteShelf {
  /// More lines or characters than this are shown as a word.
  private static let mostLines = 10
  private static let mostCharacters = 2_000
  /// Together they are kept up to this size; the oldest go first.
  private static let mostBytes = 64 << 20

  private var pastes: [(word: String, text: String)] = []
  private var count = 0

  /// What to put into the line for `text`: itself, or a word.
  mutating func shelve(_ text: String) -> String {
    let lines = text.utf8.reduce(into: text.hasSuffix("\n") || text.isEmpty ? 0 : 1) { $0 += $1 == 0x0A ? 1 : 0 }
    guard lines > Self.mostLines || text.utf8.count > Self.mostCharacters || steersTerminal(text) else { return text }
    count += 1
    let number = count == 1 ? "" : " \(count)"
    let word = "[paste\(number): \(lines) \(lines == 1 ? "line" : "lines")]"
    pastes.append((word, text))
    while pastes.count > 1, pastes.reduce(0, { $0 + $1.text.utf8.count }) > Self.mostBytes { pastes.removeFirst() }
    return word
  }

  /// `line` with the texts in place of their words.
  func expand(_ line: String) -> String {
    guard line.contains("[paste") else { return line }
    // One pass over the line: what a paste says itself is not looked into.
    var (expanded, rest) = ("", line[...])
    while let start = rest.firstRange(of: "[paste")?.lowerBound {
      expanded += rest[..<start]
      rest = rest[start...]
      if let paste = pastes.last(where: { rest.hasPrefix($0.word) }) {
        expanded += paste.text
        rest = rest.dropFirst(paste.word.count)
      } else if let first = rest.popFirst() {
        expanded.append(first)
      }
    }
    return expanded + rest
  }

  func holdsWord(in line: String) -> Bool { pastes.contains { line.contains($0.word) } }

  private func steersTerminal(_ text: String) -> Bool { safeForTerminal(text) != text }
}
