// Light colour for code: comments, strings, numbers and key words, by one lexer for all languages.

/// Colours the lines of one block, in order.
struct CodeColor: Sendable {
  private let language: CodeLanguage?
  private let isDiff: Bool
  /// What ends the comment or string that the last line left open.
  private var openEnd: (text: [Character], ink: Ink)?

  /// A language that is not known is shown plain.
  init(language name: String) {
    language = CodeLanguage.named(name)
    isDiff = name == "diff" || name == "patch"
  }

  mutating func glyphs(of line: String) -> [Glyph] {
    if isDiff { return [Glyph](line, line.first == "+" ? .green : line.first == "-" ? .magenta : []) }
    guard let language else { return [Glyph](line) }
    var rest = Array(line)[...]
    var glyphs: [Glyph] = []
    glyphs.reserveCapacity(rest.count)
    while !rest.isEmpty {
      let (count, ink) = next(in: rest, language, afterBlank: glyphs.last?.character.isWhitespace ?? true)
      for character in rest.prefix(count) { glyphs.append(Glyph(character: character, ink: ink)) }
      rest = rest.dropFirst(count)
    }
    return glyphs
  }

  /// How many characters belong together, at least one, and how they look.
  private mutating func next(
    in rest: ArraySlice<Character>, _ language: CodeLanguage, afterBlank: Bool
  ) -> (Int, Ink) {
    if let open = openEnd { return (finishOpen(rest, open.text, from: 0), open.ink) }
    guard let first = rest.first else { return (1, []) }
    if first.isLetter || first == "_" { return word(in: rest, language) }
    if first.isASCII, first.isNumber { return (rest.prefix { $0.isHexDigit || "xob._".contains($0) }.count, .yellow) }
    if first.isWhitespace { return (rest.prefix(while: \.isWhitespace).count, []) }
    if let comment = language.blockComment, rest.starts(with: comment.open) {
      openEnd = (Array(comment.close), .dim)
      return (finishOpen(rest, Array(comment.close), from: comment.open.count), .dim)
    }
    // `$#` and `a#b` are no comments.
    if language.lineComments.contains(where: { rest.starts(with: $0) && (afterBlank || $0 != "#") }) {
      return (rest.count, .dim)
    }
    if let quote = language.longQuotes.first(where: { rest.starts(with: $0) }) {
      openEnd = (Array(quote), .green)
      return (finishOpen(rest, Array(quote), from: quote.count), .green)
    }
    if language.quotes.contains(first) { return (lengthOfString(rest, quote: first), .green) }
    return (1, [])
  }

  private func word(in rest: ArraySlice<Character>, _ language: CodeLanguage) -> (Int, Ink) {
    let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    let text = language.ignoresCase ? String(word).lowercased() : String(word)
    return (word.count, language.keywords.contains(text) ? .magenta : [])
  }

  /// The length up to and with the end of what is open; the whole line when it goes on.
  private mutating func finishOpen(_ rest: ArraySlice<Character>, _ end: [Character], from offset: Int) -> Int {
    var tail = rest.dropFirst(offset)
    while !tail.isEmpty {
      if tail.starts(with: end) {
        openEnd = nil
        return tail.startIndex - rest.startIndex + end.count
      }
      tail = tail.dropFirst(tail.first == "\\" ? 2 : 1)
    }
    return rest.count
  }

  private func lengthOfString(_ rest: ArraySlice<Character>, quote: Character) -> Int {
    var tail = rest.dropFirst()
    while let character = tail.first {
      tail = tail.dropFirst(character == "\\" ? 2 : 1)
      if character == quote { break }
    }
    return tail.startIndex - rest.startIndex
  }
}
