// Emphasis, code, links and escapes within a paragraph, character by character.
//
// Nothing is handed out before it is decided: after a `*` that may open emphasis, everything waits for the `*` that
// closes it, for the paragraph's end, or until too much waits. So the result never depends on how the text was cut.

/// Turns the text of a paragraph into glyphs; a line end among them is a hard break.
struct InlineParser: Sendable {
  /// Marks of emphasis and code are shown, because the look alone cannot.
  let keepsMarks: Bool
  let base: Ink
  private(set) var ready: [Glyph] = []
  private var source: [Character] = []
  /// Glyphs that a mark before them may still change.
  private var held: [Glyph] = []
  private var openers: [Opener] = []
  private var previous: Character = "\n"
  private var blanksBefore = 0
  /// Where the search for the end of a code span goes on.
  private var searched = 0

  /// The most characters that wait for a closing mark.
  static let longestWait = 1000

  /// A run of `*`, `_`, `~`, or a `[`, at `place` in `held`.
  private struct Opener {
    var mark: Character
    var place: Int
    var count = 1
    var canClose = false
  }

  init(base: Ink = [], keepsMarks: Bool) {
    self.base = base
    self.keepsMarks = keepsMarks
  }

  mutating func take(_ text: some StringProtocol) {
    // The last character may go on: a combining mark, the second half of a flag.
    let joined = (source.popLast().map(String.init) ?? "") + text
    source += Array(joined)
    parse(isFinal: false)
  }

  /// The paragraph is over: what still waits is what it is.
  mutating func finish() {
    parse(isFinal: true)
    releaseAll()
    source = []
    previous = "\n"
    blanksBefore = 0
  }

  mutating func takeReady() -> [Glyph] {
    defer { ready.removeAll(keepingCapacity: true) }
    return ready
  }

  private mutating func parse(isFinal: Bool) {
    var next = 0
    while next < source.count, isFinal || next + 1 < source.count {
      guard let length = parseOne(at: next, isFinal: isFinal) else { break }
      previous = source[next + length - 1]
      next += length
      searched = 0
      if openers.isEmpty || held.count > Self.longestWait { releaseAll() }
    }
    source.removeFirst(next)
    searched = max(0, searched - next)
  }

  /// How many characters were used; `nil` when more must come first.
  private mutating func parseOne(at next: Int, isFinal: Bool) -> Int? {
    let character = source[next]
    defer { blanksBefore = character == " " ? blanksBefore + 1 : 0 }
    switch character {
    case "\\": return parseEscape(at: next, isFinal: isFinal)
    case "`": return parseCode(at: next, isFinal: isFinal)
    case "*", "_", "~": return parseRun(at: next, isFinal: isFinal)
    case "!" where next + 1 < source.count && source[next + 1] == "[":
      guard isFinal || next + 2 < source.count else { return nil }
      return openBracket("![")
    case "[": return openBracket("[")
    case "]": return parseBracketEnd(at: next, isFinal: isFinal)
    case "\n":
      hold(blanksBefore >= 2 ? "\n" : " ")
      return 1
    default:
      hold(character)
      return 1
    }
  }

  private mutating func hold(_ character: Character, _ ink: Ink = []) {
    held.append(Glyph(character: character, ink: base.union(ink)))
  }

  private mutating func releaseAll() {
    ready += held.lazy.filter { !$0.ink.contains(.hidden) }
    held.removeAll(keepingCapacity: true)
    openers.removeAll(keepingCapacity: true)
  }

  private mutating func parseEscape(at next: Int, isFinal: Bool) -> Int? {
    guard isFinal || next + 2 < source.count else { return nil }
    let escaped = next + 1 < source.count ? source[next + 1] : " "
    guard escaped == "\n" || escaped.isASCII && (escaped.isPunctuation || escaped.isSymbol) else {
      hold("\\")
      return 1
    }
    hold(escaped)
    return 2
  }
}

/// Code spans.
extension InlineParser {
  private mutating func parseCode(at next: Int, isFinal: Bool) -> Int? {
    guard let count = lengthOfRun(at: next, isFinal: isFinal) else { return nil }
    let start = next + count
    let end = min(source.count, start + Self.longestWait)
    var place = max(start, searched)
    while place < end {
      guard source[place] == "`" else {
        place += 1
        continue
      }
      guard let found = lengthOfRun(at: place, isFinal: isFinal) else {
        searched = place
        return nil
      }
      if found == count { return holdCode(start..<place, marks: count) }
      place += found
    }
    searched = place
    guard isFinal || source.count > start + Self.longestWait else { return nil }
    for _ in 0..<count { hold("`") }
    return count
  }

  private mutating func holdCode(_ range: Range<Int>, marks: Int) -> Int {
    var code = source[range].map { $0 == "\n" ? " " : $0 }
    if code.count > 2, code.first == " ", code.last == " ", !code.allSatisfy({ $0 == " " }) {
      code = Array(code.dropFirst().dropLast())
    }
    let mark = keepsMarks ? [Character](repeating: "`", count: marks) : []
    for character in mark + code + mark { hold(character, .cyan) }
    return marks + range.count + marks
  }

  /// How many of the same mark stand there; `nil` when another one may follow.
  private func lengthOfRun(at place: Int, isFinal: Bool) -> Int? {
    let count = source[place...].prefix(Self.longestWait).prefix { $0 == source[place] }.count
    return isFinal || count == Self.longestWait || place + count < source.count ? count : nil
  }
}

/// Emphasis: CommonMark's delimiter runs.
extension InlineParser {
  private mutating func parseRun(at next: Int, isFinal: Bool) -> Int? {
    guard let count = lengthOfRun(at: next, isFinal: isFinal) else { return nil }
    let mark = source[next]
    let following = next + count < source.count ? source[next + count] : "\n"
    var run = Opener(mark: mark, place: held.count, count: count)
    for _ in 0..<count { hold(mark) }
    guard mark != "~" || count == 2 else { return count }
    let (opens, closes) = Self.flanks(mark, between: previous, and: following)
    run.canClose = closes
    if closes { close(&run, opens: opens) }
    if opens, run.count > 0 { openers.append(run) }
    return count
  }

  private static func flanks(_ mark: Character, between before: Character, and after: Character)
    -> (opens: Bool, closes: Bool)
  {
    func isMark(_ character: Character) -> Bool { character.isPunctuation || character.isSymbol }
    let left = !after.isWhitespace && (!isMark(after) || before.isWhitespace || isMark(before))
    let right = !before.isWhitespace && (!isMark(before) || after.isWhitespace || isMark(after))
    // An underscore within a word is part of it.
    guard mark == "_" else { return (left, right) }
    return (left && (!right || isMark(before)), right && (!left || isMark(after)))
  }

  /// Pairs `run` with the openers before it, the nearest first.
  private mutating func close(_ run: inout Opener, opens: Bool) {
    let whole = run.count
    while run.count > 0 {
      let match = openers.lastIndex { opener in
        guard opener.mark == run.mark else { return false }
        let sum = opener.count + whole
        return !(opens || opener.canClose) || sum % 3 != 0 || (opener.count % 3 == 0 && whole % 3 == 0)
      }
      guard let match else { return }
      let used = min(openers[match].count, run.count) >= 2 ? 2 : 1
      let ink: Ink = run.mark == "~" ? .strike : used == 2 ? .bold : .italic
      let end = openers[match].place + openers[match].count
      for place in end..<run.place { held[place].ink.formUnion(ink) }
      if !keepsMarks {
        for place in Array((end - used)..<end) + Array(run.place..<(run.place + used)) {
          held[place].ink.insert(.hidden)
        }
      }
      openers[match].count -= used
      openers.removeSubrange((openers[match].count == 0 ? match : match + 1)...)
      run.place += used
      run.count -= used
    }
  }
}

/// Links and images.
extension InlineParser {
  private mutating func openBracket(_ mark: String) -> Int {
    openers.append(Opener(mark: "[", place: held.count, count: mark.count))
    for character in mark { hold(character) }
    return mark.count
  }

  private mutating func parseBracketEnd(at next: Int, isFinal: Bool) -> Int? {
    guard let open = openers.lastIndex(where: { $0.mark == "[" }) else {
      hold("]")
      return 1
    }
    guard next + 1 < source.count, source[next + 1] == "(" else {
      openers.remove(at: open)
      hold("]")
      return 1
    }
    let window = source[(next + 2)...].prefix(Self.longestWait)
    switch LinkDestination.read(window) {
    case .link(_, let length) where !isFinal && next + 2 + length == source.count: return nil
    case .link(let address, let length):
      endLink(from: openers[open], to: address)
      openers.removeSubrange(open...)
      return 2 + length
    case .incomplete where !isFinal && window.count < Self.longestWait: return nil
    case .incomplete, .none:
      openers.remove(at: open)
      hold("]")
      return 1
    }
  }

  /// The text underlined, the address behind it.
  private mutating func endLink(from bracket: Opener, to address: String) {
    let start = bracket.place + bracket.count
    for index in bracket.place..<start { held[index].ink.insert(.hidden) }
    for index in start..<held.count { held[index].ink.formUnion(.underline) }
    let text = held[start...].filter { !$0.ink.contains(.hidden) }.text
    // An address within the same document leads nowhere here.
    let isTelling = !address.isEmpty && !address.hasPrefix("#") && address != text && address != "mailto:" + text
    guard isTelling else { return }
    if !text.isEmpty { hold(" ") }
    for character in "(\(address))" { hold(character, .dim) }
  }
}

/// `address "title")`, what stands behind `](`.
enum LinkDestination: Equatable {
  case link(String, length: Int)
  case incomplete
  case none

  static func read(_ text: ArraySlice<Character>) -> LinkDestination {
    var rest = text.drop { $0.isWhitespace }
    var address: [Character] = []
    if rest.first == "<" {
      guard let end = rest.firstIndex(where: { $0 == ">" || $0 == "\n" }) else { return .incomplete }
      if rest[end] == "\n" { return .none }
      address = Array(rest[..<end].dropFirst())
      rest = rest[(end + 1)...]
    } else {
      var depth = 0
      while let character = rest.first, !character.isWhitespace {
        if character == "(" { depth += 1 }
        if character == ")" {
          if depth == 0 { break }
          depth -= 1
        }
        address.append(character)
        rest = rest.dropFirst()
      }
    }
    guard let end = endOfTitle(rest.drop { $0.isWhitespace }) else { return .incomplete }
    return end < 0 ? .none : .link(String(address), length: end - text.startIndex)
  }

  /// The place behind the closing parenthesis; negative when there is something else; `nil` when more must come.
  private static func endOfTitle(_ text: ArraySlice<Character>) -> Int? {
    var rest = text
    if let quote = rest.first, quote == "\"" || quote == "'" {
      guard let end = rest.dropFirst().firstIndex(of: quote) else { return nil }
      rest = rest[(end + 1)...].drop { $0.isWhitespace }
    }
    guard let next = rest.first else { return nil }
    return next == ")" ? rest.startIndex + 1 : -1
  }
}
