// Words in, lines of a width out. A word is written as soon as it is known to be over, and never touched again.

/// Lays glyphs out in lines that fit a width.
struct LineFlow: Sendable {
  var width: Int
  private(set) var writer: InkWriter
  /// What the next line begins with, and the lines after it.
  private var nextMargin: [Glyph] = []
  private var margin: [Glyph] = []
  /// Columns used on the line that is open; `nil` between lines.
  private var column: Int?
  private var marginWidth = 0
  private var space: Glyph?
  private var word: [Glyph] = []
  private var wordWidth = 0

  init(width: Int, hasStyle: Bool) {
    self.width = width
    writer = InkWriter(hasStyle: hasStyle)
  }

  /// Begins a block whose first line begins with `first` and every other one with `rest`.
  mutating func begin(first: [Glyph], rest: [Glyph]) {
    nextMargin = first
    margin = rest
  }

  mutating func put(_ glyph: Glyph) {
    if glyph.character.isWhitespace {
      endWord()
      if column != nil { space = glyph }
      return
    }
    if let last = word.last, mayBreak(between: last.character, and: glyph.character) { endWord() }
    word.append(glyph)
    wordWidth += displayWidth(of: glyph.character)
  }

  /// Ends the line, even an empty one.
  mutating func breakLine() {
    endWord()
    if column == nil { openLine() }
    closeLine()
  }

  /// Ends the block: what is left is written and the line is closed.
  mutating func end() {
    endWord()
    if column != nil { closeLine() }
  }

  /// Writes a whole line as it is, without wrapping it.
  mutating func line(_ margin: [Glyph], _ glyphs: [Glyph]) {
    writer.write(trimmed(margin + glyphs))
    writer.endLine()
  }

  mutating func takeText() -> String { writer.takeText() }

  private mutating func endWord() {
    guard !word.isEmpty else { return }
    let gap = space == nil ? 0 : 1
    if let used = column, used > marginWidth, used + gap + wordWidth > width {
      closeLine()
    } else if let space, column != nil {
      writer.write(CollectionOfOne(space))
      column? += 1
    }
    space = nil
    if column == nil { openLine() }
    writeWord()
    word.removeAll(keepingCapacity: true)
    wordWidth = 0
  }

  private mutating func writeWord() {
    // An address that is cut cannot be copied: the terminal wraps it.
    guard wordWidth > max(width - marginWidth, 1), !word.text.contains("://") else {
      writer.write(word)
      return column = (column ?? 0) + wordWidth
    }
    for glyph in word {
      let glyphWidth = displayWidth(of: glyph.character)
      if let used = column, used > marginWidth, used + glyphWidth > width {
        closeLine()
        openLine()
      }
      writer.write(CollectionOfOne(glyph))
      column = (column ?? 0) + glyphWidth
    }
  }

  private mutating func openLine() {
    writer.write(nextMargin)
    marginWidth = nextMargin.width
    column = marginWidth
    nextMargin = margin
  }

  private mutating func closeLine() {
    writer.endLine()
    column = nil
    space = nil
  }

  private func trimmed(_ glyphs: [Glyph]) -> ArraySlice<Glyph> {
    glyphs.prefix((glyphs.lastIndex { $0.character != " " } ?? -1) + 1)
  }

  /// CJK has no spaces: a line may end beside any wide character, but for the punctuation that clings to a word.
  private func mayBreak(between left: Character, and right: Character) -> Bool {
    guard displayWidth(of: left) == 2 || displayWidth(of: right) == 2 else { return false }
    return !Self.clingsToTheLeft.contains(right) && !Self.clingsToTheRight.contains(left)
  }

  private static let clingsToTheLeft: Set<Character> = [
    "、", "。", "，", "．", "！", "？", "：", "；", "）", "」", "』", "】", "》", "〉", "ー", ",", ".", "!", "?", ":", ";", ")",
    "]", "}", "\"", "'", "*",
  ]
  private static let clingsToTheRight: Set<Character> = ["（", "「", "『", "【", "《", "〈", "(", "[", "{", "\"", "'", "*"]
}
