// A table: gathered line by line, then fitted to the width.

/// The lines of a table so far.
struct MarkdownTable: Sendable {
  private enum Alignment {
    case left, center, right
  }

  private var header: [String]
  private var rows: [[String]] = []
  private var alignments: [Alignment]?
  private let firstLine: String
  /// A table longer than this is shown in parts.
  private static let mostRows = 1000
  private static let mostColumns = 64
  private static let narrowest = 4
  private static let gap = 3

  init(header line: String) {
    firstLine = line
    header = Self.cells(of: line)
  }

  /// The first line as text, when no row of dashes came below it.
  var notATable: String? { alignments == nil ? firstLine : nil }
  var isFull: Bool { rows.count >= Self.mostRows }

  /// Drops the rows that were shown.
  mutating func clear() {
    rows = []
    header = []
  }

  /// Adds a line; false when it does not belong to the table.
  mutating func takes(_ line: String, isRow: Bool) -> Bool {
    guard alignments != nil else {
      alignments = Self.alignments(of: line, columns: header.count)
      return alignments != nil
    }
    guard isRow else { return false }
    rows.append(Self.cells(of: line))
    return true
  }

  /// What stands between the bars; `\|` is no bar, nor is one within code.
  private static func cells(of line: String) -> [String] {
    var cells = [""]
    var isCode = false
    var isEscaped = false
    for character in line.trimmingBlanks.dropFirst(line.trimmingBlanks.first == "|" ? 1 : 0) {
      if character == "|", !isEscaped, !isCode {
        if cells.count < mostColumns { cells.append("") } else { cells[cells.count - 1] += " " }
      } else {
        if character == "|", isEscaped { cells[cells.count - 1].removeLast() }
        cells[cells.count - 1].append(character)
      }
      if character == "`", !isEscaped { isCode.toggle() }
      isEscaped = character == "\\" && !isEscaped
    }
    if cells.count > 1, cells.last?.allSatisfy(\.isWhitespace) == true { cells.removeLast() }
    return cells.map { String($0.trimmingBlanks) }
  }

  /// `|:--|--:|`: one for each column, or no such line.
  private static func alignments(of line: String, columns: Int) -> [Alignment]? {
    let marks = cells(of: line)
    guard marks.count == columns, line.contains("-") else { return nil }
    var alignments: [Alignment] = []
    for mark in marks {
      let dashes = mark.drop { $0 == ":" }.prefix { $0 == "-" }
      guard !dashes.isEmpty, mark.allSatisfy({ $0 == "-" || $0 == ":" }), mark.count - dashes.count <= 2 else {
        return nil
      }
      let (left, right) = (mark.first == ":", mark.last == ":")
      alignments.append(left && right ? .center : right ? .right : .left)
    }
    return alignments
  }
}

/// Fitted to the width.
extension MarkdownTable {
  func lines(width: Int, keepsMarks: Bool) -> [[Glyph]] {
    let alignments = alignments ?? []
    guard !alignments.isEmpty else { return [] }
    let head = header.isEmpty ? nil : parsed(header, .bold, keepsMarks)
    let body = rows.map { parsed($0, [], keepsMarks) }
    let all = (head.map { [$0] } ?? []) + body
    let wanted = alignments.indices.map { column in
      max(all.map { row in row[column].map(\.width).max() ?? 0 }.max() ?? 0, 1)
    }
    guard let widths = Self.fitted(wanted, into: width) else { return asRecords(head, body, width: width) }
    var lines: [[Glyph]] = []
    if let head {
      lines += laidOut(head, widths)
      let line = widths.map { String(repeating: "─", count: $0) }.joined(separator: "─┼─")
      lines.append([Glyph](line, .dim))
    }
    return body.reduce(into: lines) { $0 += laidOut($1, widths) }
  }

  /// Each cell as its lines; `<br>` is the one way to break a line in a cell.
  private func parsed(_ cells: [String], _ ink: Ink, _ keepsMarks: Bool) -> [[[Glyph]]] {
    (alignments ?? []).indices.map { column in
      guard column < cells.count else { return [[]] }
      var text = cells[column]
      for tag in ["<br>", "<br/>", "<br />"] { text = text.split(separator: tag).joined(separator: "\\\n") }
      var parser = InlineParser(base: ink, keepsMarks: keepsMarks)
      parser.take(text)
      parser.finish()
      return parser.takeReady().split(separator: Glyph(character: "\n", ink: ink), omittingEmptySubsequences: false)
        .map(Array.init)
    }
  }

  /// The widest columns give way first; `nil` when there is no room for a table.
  private static func fitted(_ wanted: [Int], into width: Int) -> [Int]? {
    let room = width - gap * (wanted.count - 1)
    guard wanted.reduce(0, +) > room else { return wanted }
    let least = wanted.map { min($0, narrowest) }.reduce(0, +)
    guard least <= room else { return nil }
    // The largest limit under which all columns fit.
    var (low, high) = (narrowest, wanted.max() ?? narrowest)
    while low < high {
      let limit = (low + high + 1) / 2
      if wanted.reduce(0, { $0 + min($1, limit) }) <= room { low = limit } else { high = limit - 1 }
    }
    var widths = wanted.map { min($0, low) }
    var rest = room - widths.reduce(0, +)
    for column in widths.indices where rest > 0 && widths[column] < wanted[column] {
      widths[column] += 1
      rest -= 1
    }
    return widths
  }

  private func laidOut(_ row: [[[Glyph]]], _ widths: [Int]) -> [[Glyph]] {
    let cells = zip(row, widths).map { cell, width in
      cell.flatMap { $0.wrapped(to: width) }
    }
    return (0..<max(cells.map(\.count).max() ?? 0, 1)).map { number in
      var line: [Glyph] = []
      for (column, cell) in cells.enumerated() {
        if column > 0 { line += [Glyph](" │ ", .dim) }
        line += aligned(number < cell.count ? cell[number] : [], column, widths[column])
      }
      return line
    }
  }

  private func aligned(_ glyphs: [Glyph], _ column: Int, _ width: Int) -> [Glyph] {
    let spare = width - glyphs.width
    switch alignments?[column] {
    case .right?: return .blanks(spare) + glyphs
    case .center?: return .blanks(spare / 2) + glyphs + .blanks(spare - spare / 2)
    case .left?, nil: return glyphs + .blanks(spare)
    }
  }

  /// Too many columns for the width: one line for each cell, with its heading.
  private func asRecords(_ head: [[[Glyph]]]?, _ body: [[[[Glyph]]]], width: Int) -> [[Glyph]] {
    var lines: [[Glyph]] = []
    for (number, row) in body.enumerated() {
      if number > 0 { lines.append([]) }
      for (column, cell) in row.enumerated() {
        let name = head.map { $0[column].flatMap { $0 } + [Glyph](": ") } ?? []
        let text = cell.reduce(into: name) { $0 += ($0.isEmpty ? [] : [Glyph](" ")) + $1 }
        lines += text.wrapped(to: max(width, 8))
      }
    }
    return lines
  }
}

extension [Glyph] {
  /// In lines of `width` columns, broken at blanks where there are any.
  fileprivate func wrapped(to width: Int) -> [[Glyph]] {
    var lines: [[Glyph]] = [[]]
    var used = 0
    for word in split(whereSeparator: { $0.character == " " }) {
      let wordWidth = [Glyph](word).width
      if used > 0, used + 1 + wordWidth > width {
        lines.append([])
        used = 0
      } else if used > 0 {
        lines[lines.count - 1].append(Glyph(character: " ", ink: word.first?.ink ?? []))
        used += 1
      }
      for glyph in word {
        let glyphWidth = displayWidth(of: glyph.character)
        if used > 0, used + glyphWidth > width {
          lines.append([])
          used = 0
        }
        lines[lines.count - 1].append(glyph)
        used += glyphWidth
      }
    }
    return lines
  }
}
