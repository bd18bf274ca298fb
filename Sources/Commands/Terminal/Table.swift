// Rows and columns as text: for a person, for a spreadsheet, for a page in Markdown.

/// A table of text cells.
package struct Table: Sendable, Equatable {
  package struct Column: Sendable, Equatable {
    package var title: String
    var isNumber = false
    var mayBeCut = false
    /// The columns a text is not cut below.
    var least = 8
    /// Not shown where the others need its room.
    var mayBeLeftOut = false

    /// On the left; cut where the line would be too long, but not below `least` columns.
    package static func text(_ title: String, least: Int = 8) -> Column {
      Column(title: title, mayBeCut: true, least: least)
    }
    /// On the left, and never cut: a time, an id.
    package static func word(_ title: String) -> Column { Column(title: title) }
    /// On the right, and never cut.
    package static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }

    /// The same, left out where the line would be too long; the last such column goes first.
    package var whereThereIsRoom: Column {
      var column = self
      column.mayBeLeftOut = true
      return column
    }
  }

  package var columns: [Column]
  /// Each as long as `columns`.
  package var rows: [[String]]
  /// Set apart below the rows.
  package var footer: [String]?

  package init(_ columns: [Column], rows: [[String]], footer: [String]? = nil) {
    self.columns = columns
    self.rows = rows
    self.footer = footer
  }

  private static let gap = 2

  /// Aligned lines of at most `width` columns, as far as what is not cut lets it; the widest texts are cut first.
  package func lines(width: Int) -> [String] {
    var table = Table(columns, rows: rows.map { $0.map(safeLine) }, footer: footer.map { $0.map(safeLine) })
    while table.leastWidth > width, let index = table.columns.lastIndex(where: \.mayBeLeftOut) { table.remove(index) }
    return table.fittedLines(width: width)
  }

  /// The same as one text.
  func text(width: Int) -> String { lines(width: width).map { $0 + "\n" }.joined() }

  private func fittedLines(width: Int) -> [String] {
    let (clean, last) = (rows, footer)
    let titles = columns.map(\.title)
    let widths = fittedWidths(([titles] + clean + (last.map { [$0] } ?? [])), width: width)
    var lines = [line(titles, widths)] + clean.map { line($0, widths) }
    if let last { lines += [rule(widths), line(last, widths)] }
    return lines
  }

  /// How narrow the lines can be made by cutting texts.
  private var leastWidth: Int {
    let cells = [columns.map(\.title)] + rows + (footer.map { [$0] } ?? [])
    let widths = columns.indices.map { column in
      let widest = cells.map { displayWidth($0[column]) }.max() ?? 0
      return columns[column].mayBeCut ? min(widest, columns[column].least) : widest
    }
    return widths.reduce(0, +) + Self.gap * (widths.count - 1)
  }

  private mutating func remove(_ index: Int) {
    columns.remove(at: index)
    for row in rows.indices { rows[row].remove(at: index) }
    footer?.remove(at: index)
  }

  private func fittedWidths(_ cells: [[String]], width: Int) -> [Int] {
    var widths = columns.indices.map { column in cells.map { displayWidth($0[column]) }.max() ?? 0 }
    func total() -> Int { widths.reduce(0, +) + Self.gap * (widths.count - 1) }
    while total() > width {
      let shrinkable = columns.indices.filter { columns[$0].mayBeCut && widths[$0] > columns[$0].least }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let padded = columns.indices.map { column in
      let text = truncated(cells[column], to: widths[column])
      let space = String(repeating: " ", count: widths[column] - displayWidth(text))
      return columns[column].isNumber ? space + text : text + space
    }
    let joined = padded.joined(separator: String(repeating: " ", count: Self.gap))
    return String(joined.reversed().drop { $0 == " " }.reversed())
  }

  private func rule(_ widths: [Int]) -> String {
    widths.map { String(repeating: "-", count: $0) }.joined(separator: String(repeating: " ", count: Self.gap))
  }

  /// Comma-separated values with a line of titles (RFC 4180, with line feeds); no footer.
  package var csv: String {
    ([columns.map(\.title)] + rows).map { $0.map(Self.csvCell).joined(separator: ",") + "\n" }.joined()
  }

  private static func csvCell(_ text: String) -> String {
    let text = safeForTerminal(text)
    let needsQuotes = text.contains { ",\"".contains($0) || $0.isNewline } || text.first == " " || text.last == " "
    return needsQuotes
      ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : text
  }

  /// A table of GitHub Flavored Markdown; the footer in bold.
  package var markdown: String {
    let rule = columns.map { $0.isNumber ? "---:" : "---" }
    let bold = footer.map { $0.map { $0.isEmpty ? "" : "**\(Self.markdownCell($0))**" } }
    let lines = [columns.map(\.title), rule] + rows.map { $0.map(Self.markdownCell) } + (bold.map { [$0] } ?? [])
    return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  private static func markdownCell(_ text: String) -> String {
    var cell = ""
    for character in safeLine(text) {
      if "\\|*_`<>[]".contains(character) { cell.append("\\") }
      cell.append(character)
    }
    return cell
  }
}

extension Terminal {
  /// How wide a table may be: what goes into a file or a pipe is not cut.
  var tableWidth: Int { stdout.isTerminal ? width : .max }
}

/// A bar of `share` (0 to 1 in 1/1000) of `width` columns; something is never nothing.
package func bar(thousandths share: Int, width: Int) -> String {
  let eighths = min(max(share, 0), 1_000) * width * 8 / 1_000
  let parts = Array("▏▎▍▌▋▊▉")
  if share > 0, eighths == 0 { return String(parts[0]) }
  let rest = eighths % 8
  return String(repeating: "█", count: eighths / 8) + (rest == 0 ? "" : String(parts[rest - 1]))
}

extension Int {
  /// With a comma between thousands: `1,234,567`.
  package var grouped: String {
    var text = ""
    for (index, digit) in String(magnitude).reversed().enumerated() {
      if index > 0, index.isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + String(text.reversed())
  }
}
