// The lines around a block of code: ``` or ~~~, at least three, and the language.

/// The line that opens a block of code.
struct CodeFence: Equatable, Sendable {
  /// Blanks before it; as many are taken off each line of the block.
  var indent: Int
  var mark: Character
  var count: Int
  /// What stands behind the marks.
  var info: String

  /// `nil` when `line` opens no block.
  init?(opening line: some StringProtocol) {
    let blanks = line.prefix { $0 == " " || $0 == "\t" }
    let rest = line.dropFirst(blanks.count)
    guard let mark = rest.first, mark == "`" || mark == "~" else { return nil }
    let count = rest.prefix { $0 == mark }.count
    let info = rest.dropFirst(count)
    // Otherwise it is code within a line: ```like this```.
    guard count >= 3, mark == "~" || !info.contains("`") else { return nil }
    indent = blanks.count
    self.mark = mark
    self.count = count
    self.info = String(info.trimmingBlanks)
  }

  /// The first word behind the marks, in lower case; empty for none.
  var language: String { info.prefix { !$0.isWhitespace && $0 != "{" && $0 != "," }.lowercased() }

  /// Whether `line` ends the block.
  func isClosed(by line: some StringProtocol) -> Bool {
    let text = line.trimmingBlanks
    return text.count >= count && text.allSatisfy { $0 == mark }
  }

  /// A line of the block without the blanks that the fence has before it.
  func content(of line: some StringProtocol) -> String {
    let blanks = line.prefix(indent).prefix { $0 == " " || $0 == "\t" }.count
    return String(line.dropFirst(blanks))
  }
}

extension StringProtocol {
  /// Without white space at either end.
  var trimmingBlanks: SubSequence {
    guard let last = lastIndex(where: { !$0.isWhitespace }) else { return self[endIndex...] }
    return self[...last].drop { $0.isWhitespace }
  }
}
