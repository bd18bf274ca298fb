// Completion in a line: what is certain is put in, the rest is listed.

/// A word that may stand where the cursor is.
package struct Candidate: Sendable, Equatable {
  package var text: String
  package var meaning: String

  package init(_ text: String, meaning: String = "") {
    self.text = text
    self.meaning = meaning
  }

  /// Something is to follow at once: the name of a file in a directory, a value.
  var goesOn: Bool { text.hasSuffix("/") || text.hasSuffix("=") }
}

/// The words that fit, and what is typed of them.
package struct Completion: Sendable, Equatable {
  /// The characters before the cursor that the words begin with.
  package var typed: String
  package var candidates: [Candidate]

  package init(typed: String, _ candidates: [Candidate]) {
    self.typed = typed
    self.candidates = candidates
  }

  /// What all words go on with, and a space when there is but one.
  var certain: String {
    guard let first = candidates.first else { return "" }
    let common = candidates.dropFirst().reduce(first.text) { $0.commonPrefix(with: $1.text) }
    let rest = String(common.dropFirst(typed.count))
    return candidates.count == 1 && !first.goesOn ? rest + " " : rest
  }

  /// The most words that are listed.
  private static let mostListed = 100

  /// The words for a person, in columns, or in lines with their meanings when there are few.
  func listing(width: Int) -> String {
    let shown = candidates.prefix(Self.mostListed).map { Candidate(safeLine($0.text), meaning: safeLine($0.meaning)) }
    let more = candidates.count > shown.count ? "(\(candidates.count - shown.count) more)\n" : ""
    let widest = shown.map { displayWidth($0.text) }.max() ?? 0
    if shown.count <= 24, shown.contains(where: { !$0.meaning.isEmpty }) {
      return shown.map { word in
        let gap = String(repeating: " ", count: widest - displayWidth(word.text) + 2)
        return truncated(word.text + gap + word.meaning, to: width - 1) + "\n"
      }.joined() + more
    }
    let columns = max(1, width / (widest + 2))
    let rows = (shown.count + columns - 1) / columns
    var text = ""
    for row in 0..<rows {
      for index in stride(from: row, to: shown.count, by: rows) {
        let word = truncated(shown[index].text, to: width - 1)
        let isLast = index + rows >= shown.count
        text += isLast ? word : word + String(repeating: " ", count: widest + 2 - displayWidth(word))
      }
      text += "\n"
    }
    return text + more
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
