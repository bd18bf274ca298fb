// A part of a text with the words in it that were looked for.

/// Pieces of a text, in order.
package struct Snippet: Sendable, Equatable {
  package struct Piece: Sendable, Equatable {
    package var text: String
    /// It is what was looked for.
    package var isHit: Bool

    package init(_ text: String, isHit: Bool = false) {
      self.text = text
      self.isHit = isHit
    }
  }

  package private(set) var pieces: [Piece] = []
}

extension Snippet {
  /// What stands before a hit and after it: no text has a use for these.
  static let marks = (begin: Character("\u{2}"), end: Character("\u{3}"))

  /// A text whose hits are marked.
  init(marked text: String) {
    var piece = Piece("")
    for character in text {
      guard character == Self.marks.begin || character == Self.marks.end else {
        piece.text.append(character)
        continue
      }
      add(piece)
      piece = Piece("", isHit: character == Self.marks.begin)
    }
    add(piece)
  }

  /// The surroundings of the first place in `text` where one of `words` stands.
  init(of text: String, around words: [String]) {
    let (text, words) = (Array(text), words.map { Array($0) })
    let places = words.compactMap { text.place(of: $0) }
    guard let hit = places.min(by: { $0.lowerBound < $1.lowerBound }) else {
      add(Piece(String(text.prefix(Self.room))))
      return
    }
    let start = max(hit.lowerBound - Self.roomBefore, 0)
    let end = min(hit.upperBound + Self.room - Self.roomBefore, text.count)
    add(Piece((start > 0 ? "…" : "") + String(text[start..<hit.lowerBound])))
    add(Piece(String(text[hit]), isHit: true))
    add(Piece(String(text[hit.upperBound..<end]) + (end < text.count ? "…" : "")))
  }

  /// Characters of a text that are shown, and those of them before the hit.
  private static let room = 100
  private static let roomBefore = 20

  private mutating func add(_ piece: Piece) {
    if !piece.text.isEmpty { pieces.append(piece) }
  }
}

extension [Character] {
  /// Where `word` stands first, in letters of either case.
  fileprivate func place(of word: [Character]) -> Range<Int>? {
    let (text, wanted) = (map { $0.lowercased() }, word.map { $0.lowercased() })
    return text.firstRange(of: wanted)
  }
}
