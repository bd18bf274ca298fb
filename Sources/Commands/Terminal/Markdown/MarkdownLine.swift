// What a line of markdown begins: CommonMark's block structure, a little more lenient where models are careless.

/// What a block stands in.
enum MarkdownContainer: Equatable, Sendable {
  case quote
  case item(ListItem)

  struct ListItem: Equatable, Sendable {
    /// `-`, `3.`, ...
    var marker: String
    /// Columns before the marker, and columns before the text.
    var markerIndent: Int
    var textIndent: Int
    /// `[ ]` or `[x]`.
    var isDone: Bool?
  }
}

/// What a line is, once the containers before it are taken off.
enum MarkdownLeaf: Equatable, Sendable {
  case blank
  case text
  case heading(level: Int)
  case rule
  case fence(CodeFence)
  case tableRow
  case indentedCode
  /// `===` below a paragraph.
  case underline
}

/// How a line begins, given what is open.
struct MarkdownLine: Equatable, Sendable {
  /// How many of the open containers go on.
  var kept = 0
  var opened: [MarkdownContainer] = []
  var leaf = MarkdownLeaf.blank
  /// What is left of the line.
  var content = ""

  private static let deepest = 12

  /// A line within a block of code: of the containers, only a quote that is left ends it.
  init(code line: String, open: [MarkdownContainer]) {
    content = open.isEmpty ? line : Self.withBlanksForTabs(line)
    for container in open {
      if case .item(let item) = container { drop(min(indent, item.textIndent)) } else if !takeQuoteMark() { return }
      kept += 1
    }
  }

  init(_ line: String, open: [MarkdownContainer], inParagraph: Bool) {
    content = Self.withBlanksForTabs(line)
    takeContainers(open)
    let goesOn = kept == open.count && inParagraph
    while kept + opened.count < Self.deepest, let container = nextContainer(goesOn: goesOn && opened.isEmpty) {
      opened.append(container)
    }
    leaf = kind(goesOn: goesOn && opened.isEmpty, inParagraph: inParagraph && opened.isEmpty)
    if case .fence = leaf { return }
    if leaf != .indentedCode { content = String(content.drop { $0 == " " }) }
  }

  /// Whether more characters cannot change what the line is: what has come of it may be shown.
  ///
  /// Only text is ever sure before the line's end.
  var isSurelyText: Bool {
    guard leaf == .text, content.contains(where: { !Self.mayBeginBlock.contains($0) }) else { return false }
    // `[x]` of a task.
    return !(content.first == "[" && content.count < 4 && opened.last?.isItem == true)
  }

  private static let mayBeginBlock = Set("#>-*+_`~|=0123456789.) \t")

  private static func withBlanksForTabs(_ line: String) -> String {
    guard let first = line.first, first == " " || first == "\t", line.contains("\t") else { return line }
    var column = 0
    let lead = line.prefix { $0 == " " || $0 == "\t" }
    for character in lead { column += character == "\t" ? 4 - column % 4 : 1 }
    return String(repeating: " ", count: column) + line.dropFirst(lead.count)
  }

  private var indent: Int { content.prefix { $0 == " " }.count }
  private var isBlank: Bool { content.allSatisfy(\.isWhitespace) }

  private mutating func drop(_ count: Int) { content = String(content.dropFirst(count)) }

  private mutating func takeContainers(_ open: [MarkdownContainer]) {
    for container in open {
      switch container {
      case .quote:
        guard takeQuoteMark() else { return }
      case .item(let item):
        // Models indent a list below `10.` by two or three columns where CommonMark wants four.
        guard isBlank || indent >= min(item.textIndent, item.markerIndent + 2) else { return }
        drop(min(indent, item.textIndent))
      }
      kept += 1
    }
  }

  private mutating func takeQuoteMark() -> Bool {
    let before = indent
    guard before <= 3, content.dropFirst(before).first == ">" else { return false }
    drop(before + 1)
    if content.first == " " { drop(1) }
    return true
  }

  private mutating func nextContainer(goesOn: Bool) -> MarkdownContainer? {
    guard indent <= 3 else { return nil }
    if takeQuoteMark() { return .quote }
    if Self.isRule(content) { return nil }
    return takeItem(goesOn: goesOn)
  }

  /// A paragraph that goes on is not ended by an item without text.
  private mutating func takeItem(goesOn: Bool) -> MarkdownContainer? {
    let before = indent
    let rest = content.dropFirst(before)
    guard let marker = Self.marker(of: rest) else { return nil }
    let afterMarker = rest.dropFirst(marker.count)
    let blanks = afterMarker.prefix { $0 == " " || $0 == "\t" }.count
    guard blanks > 0 || afterMarker.isEmpty, !(goesOn && blanks == afterMarker.count) else { return nil }
    // Five blanks or more: one belongs to the marker, the others begin indented code.
    let taken = blanks > 4 || blanks == afterMarker.count ? min(blanks, 1) : blanks
    drop(before + marker.count + taken)
    var item = MarkdownContainer.ListItem(
      marker: marker, markerIndent: before, textIndent: before + marker.count + max(taken, 1))
    if let task = ["[ ] ", "[x] ", "[X] "].first(where: content.hasPrefix) {
      item.isDone = task != "[ ] "
      drop(4)
    }
    return .item(item)
  }

  private static func marker(of text: Substring) -> String? {
    guard let first = text.first else { return nil }
    if "-+*".contains(first) { return String(first) }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard (1...9).contains(digits.count), let stop = text.dropFirst(digits.count).first, stop == "." || stop == ")"
    else { return nil }
    return digits + String(stop)
  }

  private func kind(goesOn: Bool, inParagraph: Bool) -> MarkdownLeaf {
    if isBlank { return .blank }
    if indent >= 4 { return inParagraph ? .text : .indentedCode }
    let text = content.drop { $0 == " " }
    if let fence = CodeFence(opening: content) { return .fence(fence) }
    if Self.isRule(content) { return .rule }
    if goesOn, text.first == "=", text.trimmingBlanks.allSatisfy({ $0 == "=" }) { return .underline }
    if text.first == "|" { return .tableRow }
    let marks = text.prefix { $0 == "#" }.count
    if (1...6).contains(marks), text.dropFirst(marks).first.map(\.isWhitespace) ?? true {
      return .heading(level: marks)
    }
    return .text
  }

  /// Three or more of `-`, `*` or `_`, and blanks between them.
  private static func isRule(_ text: String) -> Bool {
    guard let mark = text.first(where: { $0 != " " }), "-*_".contains(mark) else { return false }
    return text.allSatisfy { $0 == mark || $0.isWhitespace } && text.count(where: { $0 == mark }) >= 3
  }
}

extension MarkdownContainer {
  var isItem: Bool { if case .item = self { true } else { false } }
}
