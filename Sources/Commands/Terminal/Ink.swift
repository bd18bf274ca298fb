// Characters with the way they look, and their way into bytes for a terminal.

/// How a character looks; none of them is plain.
struct Ink: OptionSet, Hashable, Sendable {
  let rawValue: UInt16

  static let bold = Ink(rawValue: 1 << 0)
  static let dim = Ink(rawValue: 1 << 1)
  static let italic = Ink(rawValue: 1 << 2)
  static let underline = Ink(rawValue: 1 << 3)
  static let strike = Ink(rawValue: 1 << 4)
  static let green = Ink(rawValue: 1 << 5)
  static let yellow = Ink(rawValue: 1 << 6)
  static let magenta = Ink(rawValue: 1 << 7)
  static let cyan = Ink(rawValue: 1 << 8)
  /// Not drawn: a mark that became a style.
  static let hidden = Ink(rawValue: 1 << 9)

  /// The control sequence (ECMA-48, SGR) that gives this look, whatever came before.
  var controlSequence: String {
    var parameters = "0"
    for (ink, parameter) in Self.parameters where contains(ink) { parameters += ";" + parameter }
    return "\u{1B}[\(parameters)m"
  }

  private static let parameters: [(Ink, String)] = [
    (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.strike, "9"), (.green, "32"), (.yellow, "33"),
    (.magenta, "35"), (.cyan, "36"),
  ]
}

/// One character and its look.
struct Glyph: Equatable, Sendable {
  var character: Character
  var ink: Ink
}

extension [Glyph] {
  /// Every character of `text` in one look.
  init(_ text: some StringProtocol, _ ink: Ink = []) {
    self = text.map { Glyph(character: $0, ink: ink) }
  }

  /// Columns on a terminal.
  var width: Int { reduce(0) { $0 + displayWidth(of: $1.character) } }

  /// The characters alone.
  var text: String { String(map(\.character)) }

  static func blanks(_ count: Int) -> [Glyph] {
    [Glyph](repeating: Glyph(character: " ", ink: []), count: Swift.max(count, 0))
  }
}

/// Turns glyphs into text with control sequences, or without where none are wanted.
struct InkWriter: Sendable {
  let hasStyle: Bool
  private(set) var text = ""

  init(hasStyle: Bool) { self.hasStyle = hasStyle }

  /// Leaves the terminal plain behind them, so that what another stream says in between is not coloured.
  mutating func write(_ glyphs: some Sequence<Glyph>) {
    var current: Ink = []
    for glyph in glyphs {
      if hasStyle, glyph.ink != current {
        current = glyph.ink
        text += current.controlSequence
      }
      text.append(glyph.character)
    }
    if current != [] { text += Ink().controlSequence }
  }

  mutating func endLine() { text += "\n" }

  /// What was written since the last time.
  mutating func takeText() -> String {
    defer { text = "" }
    return text
  }
}
