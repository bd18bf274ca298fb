// What a terminal shows of the bytes it is sent: as much of xterm as line editors and this program use.

/// Rows of cells, a cursor, and lines that are broken anew when the window is given another width.
package struct Screen: Sendable {
  package private(set) var columns: Int
  package private(set) var height: Int
  private var rows: [Row] = [Row()]
  private var row = 0
  private var column = 0
  /// The last column is written: the next character goes to the next row.
  private var wrapIsPending = false
  private var parser = Parser.text
  private var parameters = ""
  private var pendingBytes: [UInt8] = []
  /// Pastes are marked (`ESC[?2004h`).
  package private(set) var marksPastes = false
  /// Everything that was written.
  package private(set) var bytes: [UInt8] = []

  private struct Row: Sendable {
    /// An empty cell stands behind a wide character.
    var cells: [String] = []
    /// Goes on in the next row.
    var wraps = false
  }

  private enum Parser { case text, escape, sequence, command }

  package init(columns: Int, height: Int) {
    self.columns = columns
    self.height = height
  }

  // MARK: Looking

  /// The rows that can be seen, without blanks at their ends.
  package var lines: [String] {
    rows.suffix(height).map { row in
      let text = row.cells.joined()
      return String(text.reversed().drop { $0 == " " }.reversed())
    }
  }

  package var text: String { lines.joined(separator: "\n") }

  /// The row with the cursor in it, without blanks at its end.
  package var currentLine: String { lines[min(row - (rows.count - lines.count), lines.count - 1)] }
  package var cursorColumn: Int { column }

  /// Everything from the first row on, also what has scrolled away.
  package var history: String {
    rows.map { row in String(row.cells.joined().reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
  }

  // MARK: Writing

  package mutating func write(_ written: some Sequence<UInt8>) {
    for byte in written {
      bytes.append(byte)
      pendingBytes.append(byte)
      // A character may come in pieces.
      guard let text = String(validating: pendingBytes, as: UTF8.self) else {
        if pendingBytes.count > 4 { pendingBytes = [] }
        continue
      }
      pendingBytes = []
      for scalar in text.unicodeScalars { put(scalar) }
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    switch parser {
    case .text: putText(scalar)
    case .escape:
      parser = scalar == "[" ? .sequence : scalar == "]" ? .command : .text
      parameters = ""
    case .command: if scalar == "\u{7}" || scalar == "\\" { parser = .text }
    case .sequence:
      guard ("@"..."~").contains(scalar) else { return parameters.unicodeScalars.append(scalar) }
      parser = .text
      perform(scalar)
    }
  }

  private mutating func putText(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\u{1B}": parser = .escape
    case "\r":
      column = 0
      wrapIsPending = false
    case "\n": moveDown()
    case "\u{8}":
      column = max(column - 1, 0)
      wrapIsPending = false
    case "\t": column = min((column / 8 + 1) * 8, columns - 1)
    case "\u{0}"..."\u{1F}": break
    default: putCharacter(scalar)
    }
  }

  private mutating func putCharacter(_ scalar: Unicode.Scalar) {
    let width = Self.width(of: scalar)
    if width == 0 {
      let place = wrapIsPending ? column : column - 1
      let base = rows[row].cells.indices.contains(place) && rows[row].cells[place].isEmpty ? place - 1 : place
      if rows[row].cells.indices.contains(base) { rows[row].cells[base].unicodeScalars.append(scalar) }
      return
    }
    if wrapIsPending || column + width > columns {
      rows[row].wraps = true
      column = 0
      wrapIsPending = false
      moveDown()
    }
    fill(to: column + width)
    rows[row].cells[column] = String(Character(scalar))
    if width == 2 { rows[row].cells[column + 1] = "" }
    column += width
    if column >= columns {
      column = columns - 1
      wrapIsPending = true
    }
  }

  private mutating func fill(to count: Int) {
    while rows[row].cells.count < count { rows[row].cells.append(" ") }
  }

  private mutating func moveDown() {
    row += 1
    if row == rows.count { rows.append(Row()) }
    wrapIsPending = false
  }

  private mutating func perform(_ command: Unicode.Scalar) {
    let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
    let count = max(numbers.first.flatMap(\.self) ?? 1, 1)
    let top = max(rows.count - height, 0)
    if "ABCDGHd".unicodeScalars.contains(command) { wrapIsPending = false }
    switch command {
    case "A": row = max(row - count, top)
    case "B": for _ in 0..<count where row < top + height - 1 { moveDown() }
    case "C": column = min(column + count, columns - 1)
    case "D": column = max(column - count, 0)
    case "G": column = min(count - 1, columns - 1)
    case "H":
      row = top
      for _ in 1..<max(count, 1) + 1 where row < top + count - 1 { moveDown() }
      column = min((numbers.count > 1 ? numbers[1] ?? 1 : 1) - 1, columns - 1)
    case "J": erase(numbers.first.flatMap(\.self) ?? 0)
    case "K": eraseLine(numbers.first.flatMap(\.self) ?? 0)
    case "P":
      fill(to: column)
      rows[row].cells.removeSubrange(column..<min(column + count, max(rows[row].cells.count, column)))
    case "@":
      fill(to: column)
      rows[row].cells.insert(contentsOf: [String](repeating: " ", count: count), at: column)
      rows[row].cells = Array(rows[row].cells.prefix(columns))
    case "h", "l": if parameters == "?2004" { marksPastes = command == "h" }
    default: break
    }
  }

  private mutating func erase(_ mode: Int) {
    if mode >= 2 {
      let top = max(rows.count - height, 0)
      for index in top..<rows.count { rows[index] = Row() }
      return
    }
    if row == max(rows.count - height, 0), column == 0, keepErased() { return }
    eraseLine(0)
    if rows.count <= height { return rows.removeSubrange((row + 1)...) }
    for index in rows.indices where index > row { rows[index] = Row() }
  }

  /// As tmux does: a screen that is erased from its first cell on goes into the history.
  ///
  /// False when nothing stands on it.
  private mutating func keepErased() -> Bool {
    guard let last = rows.lastIndex(where: { !$0.cells.isEmpty }), last >= row else { return false }
    rows.removeSubrange((last + 1)...)
    row = rows.count
    rows += [Row](repeating: Row(), count: height)
    return true
  }

  private mutating func eraseLine(_ mode: Int) {
    switch mode {
    case 0:
      rows[row].cells = Array(rows[row].cells.prefix(column))
      rows[row].wraps = false
    case 1: for index in rows[row].cells.indices where index <= column { rows[row].cells[index] = " " }
    default: rows[row] = Row()
    }
  }

  // MARK: The window

  /// Breaks the lines anew, as terminals do today.
  package mutating func resize(columns: Int, height: Int) {
    var broken: [Row] = []
    var (newRow, newColumn) = (0, 0)
    var line: [String] = []
    var cursor: Int?
    for (index, old) in rows.enumerated() {
      if index == row { cursor = line.count + column + (wrapIsPending ? 1 : 0) }
      line += old.cells + [String](repeating: " ", count: old.wraps ? self.columns - old.cells.count : 0)
      guard !old.wraps else { continue }
      var pieces: [Row] = []
      var rest = line[...]
      repeat {
        pieces.append(Row(cells: Array(rest.prefix(columns)), wraps: rest.count > columns))
        rest = rest.dropFirst(columns)
      } while !rest.isEmpty
      if let place = cursor {
        while place / columns >= pieces.count { pieces.append(Row()) }
        (newRow, newColumn) = (broken.count + place / columns, place % columns)
        cursor = nil
      }
      broken += pieces
      line = []
    }
    rows = broken.isEmpty ? [Row()] : broken
    (row, column, wrapIsPending) = (newRow, newColumn, false)
    (self.columns, self.height) = (columns, height)
  }

  private static func width(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0x1F300...0x1FAFF:
      2
    default: 1
    }
  }
}
