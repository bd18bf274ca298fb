// Markdown for people who watch it arrive: what is decided is written at once, and nothing is ever written again.
//
// Words of a paragraph appear as they come, other blocks line by line, a table when it is whole. How the text was cut
// does not matter: the pieces of output put together are the output of the text at once.

/// Renders markdown piece by piece for a terminal of `width` columns.
package struct MarkdownRenderer: Sendable {
  private let hasStyle: Bool
  private var width: Int
  private var flow: LineFlow
  /// The line that is still coming, or what of it is not yet decided.
  private var line = ""
  /// The beginning of the line is already in its paragraph.
  private var isMidLine = false
  private var containers: [MarkdownContainer] = []
  /// Of as many containers the mark stands on the screen.
  private var shownContainers = 0
  private var block = Block.none
  private var inline: InlineParser
  private var blankIsDue = false
  private var hasOutput = false

  private enum Block {
    case none
    case paragraph
    case code(CodeFence, CodeColor)
    case indentedCode
    /// Its lines, of which the first may turn out to be text.
    case table(MarkdownTable)
  }

  /// Wider than this, lines of prose are hard to follow.
  private static let widestProse = 100

  /// Without `hasStyle` no control sequence is written, and the marks of emphasis stay.
  package init(width: Int, hasStyle: Bool) {
    self.width = width
    self.hasStyle = hasStyle
    flow = LineFlow(width: min(width, Self.widestProse), hasStyle: hasStyle)
    inline = InlineParser(keepsMarks: !hasStyle)
  }

  /// The terminal has become wider or narrower: for what is still to come.
  package mutating func resize(to width: Int) {
    guard width != self.width else { return }
    self.width = width
    flow.width = min(width, Self.widestProse)
  }

  /// Adds text and gives what can be shown of it.
  package mutating func take(_ text: String) -> String {
    var lines = safeForTerminal(text).unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let piece = lines.popFirst() {
      take(piece: String(piece))
      if !lines.isEmpty { endLine() }
    }
    return flow.takeText()
  }

  /// Ends the text: what was still open is shown as it is.
  package mutating func finish() -> String {
    if isMidLine || !line.isEmpty { endLine() }
    endBlock()
    showMarksOfEmptyItems()
    containers = []
    shownContainers = 0
    return flow.takeText()
  }

  private mutating func take(piece: String) {
    guard !isMidLine else { return take(prose: piece) }
    line += piece
    // Longer beginnings are of no paragraph that a person wrote, and wait for their end.
    guard allowsEarlyText, line.utf8.count <= 512 || piece.utf8.count > 256 else { return }
    let start = MarkdownLine(line, open: containers, inParagraph: isParagraph)
    guard start.isSurelyText else { return }
    line = ""
    isMidLine = true
    begin(start)
  }

  private var allowsEarlyText: Bool {
    switch block {
    case .none, .paragraph: true
    case .code, .indentedCode, .table: false
    }
  }

  private var isParagraph: Bool { if case .paragraph = block { true } else { false } }

  private mutating func endLine() {
    defer { line = "" }
    guard !isMidLine else { return isMidLine = false }
    if case .code(let fence, let color) = block {
      return takeCode(fence, color)
    }
    if case .table(let table) = block {
      return take(lineBelow: table)
    }
    begin(MarkdownLine(line, open: containers, inParagraph: isParagraph))
  }
}

/// Blocks begin and end.
extension MarkdownRenderer {
  private mutating func begin(_ start: MarkdownLine) {
    let isLazy = start.leaf == .text && isParagraph && start.opened.isEmpty
    if isLazy { return take(prose: "\n" + start.content) }
    if case .indentedCode = block, start.leaf == .indentedCode, start.kept == containers.count {
      return showIndentedCode(start.content)
    }
    endBlock()
    if start.leaf == .blank, start.opened.isEmpty {
      leaveContainers(downTo: start.kept)
      return blankIsDue = hasOutput
    }
    leaveContainers(downTo: start.kept)
    if case .heading = start.leaf, hasOutput, start.opened.isEmpty { blankIsDue = true }
    writeDueBlank()
    enter(start.opened)
    open(start)
  }

  private mutating func open(_ start: MarkdownLine) {
    switch start.leaf {
    case .blank: break
    case .text:
      block = .paragraph
      flow.begin(first: firstMargin(), rest: restMargin)
      take(prose: start.content)
    case .heading(let level): showHeading(level, start.content)
    case .rule, .underline: showLine([Glyph](repeating: Glyph(character: "─", ink: .dim), count: room))
    case .fence(let fence):
      block = .code(fence, CodeColor(language: fence.language))
      showLine([Glyph](start.content.trimmingBlanks, .dim))
    case .tableRow: block = .table(MarkdownTable(header: start.content))
    case .indentedCode:
      block = .indentedCode
      showIndentedCode(start.content)
    }
  }

  private mutating func endBlock() {
    switch block {
    case .paragraph:
      inline.finish()
      pourInline()
      flow.end()
    case .table(let table): show(table)
    case .none, .code, .indentedCode: break
    }
    block = .none
  }

  private mutating func take(prose text: String) {
    inline.take(text)
    pourInline()
  }

  private mutating func pourInline() {
    for glyph in inline.takeReady() {
      if glyph.character == "\n" { flow.breakLine() } else { flow.put(glyph) }
    }
    hasOutput = true
  }

  private mutating func showHeading(_ level: Int, _ content: String) {
    var text = content.dropFirst(level).trimmingBlanks
    let marks = text.reversed().prefix { $0 == "#" }.count
    if marks == text.count || text.dropLast(marks).last == " " { text = text.dropLast(marks).trimmingBlanks }
    let ink: Ink = level == 1 ? [.bold, .underline] : level == 2 ? .bold : [.bold, .italic]
    var parser = InlineParser(base: ink, keepsMarks: !hasStyle)
    if !hasStyle { parser.take(content.prefix(level) + " ") }
    parser.take(text)
    parser.finish()
    flow.begin(first: firstMargin(), rest: restMargin)
    parser.takeReady().forEach { flow.put($0) }
    flow.end()
    hasOutput = true
  }
}

/// Code and tables.
extension MarkdownRenderer {
  private mutating func takeCode(_ fence: CodeFence, _ color: CodeColor) {
    let start = MarkdownLine(code: line, open: containers)
    guard start.kept == containers.count else {
      block = .none
      return begin(MarkdownLine(line, open: containers, inParagraph: false))
    }
    if fence.isClosed(by: start.content) {
      block = .none
      return showLine([Glyph](start.content.trimmingBlanks, .dim))
    }
    var color = color
    showLine(color.glyphs(of: fence.content(of: start.content)))
    block = .code(fence, color)
  }

  private mutating func showIndentedCode(_ content: String) {
    showLine([Glyph](content, .cyan))
  }

  private mutating func take(lineBelow table: MarkdownTable) {
    let start = MarkdownLine(line, open: containers, inParagraph: false)
    let isWithin = start.kept == containers.count && start.opened.isEmpty
    var table = table
    if isWithin, table.takes(start.content, isRow: start.leaf == .tableRow) {
      if table.isFull {
        show(table)
        table.clear()
      }
      return block = .table(table)
    }
    if let text = table.notATable {
      block = .paragraph
      flow.begin(first: firstMargin(), rest: restMargin)
      take(prose: text)
      return begin(MarkdownLine(line, open: containers, inParagraph: true))
    }
    begin(start)
  }

  private mutating func show(_ table: MarkdownTable) {
    if let text = table.notATable {
      block = .paragraph
      flow.begin(first: firstMargin(), rest: restMargin)
      take(prose: text)
      return endBlock()
    }
    for line in table.lines(width: width - restMargin.width, keepsMarks: !hasStyle) { showLine(line) }
  }

  /// A line that is not wrapped.
  private mutating func showLine(_ glyphs: [Glyph]) {
    flow.line(firstMargin(), glyphs)
    hasOutput = true
  }
}

/// Quotes and lists.
extension MarkdownRenderer {
  private var room: Int { max(flow.width - restMargin.width, 3) }

  private mutating func leaveContainers(downTo count: Int) {
    if count < containers.count { showMarksOfEmptyItems() }
    containers.removeSubrange(count...)
    shownContainers = min(shownContainers, count)
  }

  private mutating func enter(_ opened: [MarkdownContainer]) {
    containers += opened
  }

  /// An item may end without any text.
  private mutating func showMarksOfEmptyItems() {
    if containers.dropFirst(shownContainers).contains(where: \.isItem) { showLine([]) }
  }

  private mutating func writeDueBlank() {
    guard blankIsDue else { return }
    blankIsDue = false
    flow.line(restMargin, [])
  }

  /// What stands before the first line of a block: the marks of the containers that are not yet shown.
  private mutating func firstMargin() -> [Glyph] {
    let margin = containers.enumerated().flatMap { place, container in
      place < shownContainers ? container.restMargin : container.firstMargin(depth: depth(of: place))
    }
    shownContainers = containers.count
    return margin
  }

  private var restMargin: [Glyph] { containers.flatMap(\.restMargin) }

  private func depth(of place: Int) -> Int { containers.prefix(place).count(where: \.isItem) }
}

extension MarkdownContainer {
  fileprivate var restMargin: [Glyph] {
    switch self {
    case .quote: [Glyph]("│ ", .dim)
    case .item(let item): .blanks(item.shownMarker(depth: 0).count + 1)
    }
  }

  fileprivate func firstMargin(depth: Int) -> [Glyph] {
    switch self {
    case .quote: restMargin
    case .item(let item): [Glyph](item.shownMarker(depth: depth), item.isDone == true ? .green : .cyan) + [Glyph](" ")
    }
  }
}

extension MarkdownContainer.ListItem {
  fileprivate func shownMarker(depth: Int) -> String {
    if let isDone { return isDone ? "[x]" : "[ ]" }
    guard marker.first?.isNumber != true else { return marker }
    return ["•", "◦", "▪"][depth % 3]
  }
}
