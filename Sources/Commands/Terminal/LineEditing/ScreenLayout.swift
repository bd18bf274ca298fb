// Where a text that is being edited lies on the screen.

/// Rows and columns of a prompt and a text after it, as a terminal and libedit wrap them.
struct ScreenLayout {
  private struct Row {
    var columns: Int
    /// The terminal joins it with the next one when the window is given another width.
    var isJoined: Bool
  }

  private let columns: Int
  private var ended: [Row] = []
  private(set) var column = 0
  /// At the end of the row.
  private var blanks = 0

  /// The row that the text ends in, from 0.
  var row: Int { ended.count }

  init(columns: Int) { self.columns = max(columns, 1) }

  mutating func put(_ text: String) {
    for character in text { put(character) }
  }

  private mutating func put(_ character: Character) {
    if character.isNewline { return endRow(isJoined: false) }
    let width = character == "\t" ? 8 - column % 8 : character.isControl ? 2 : displayWidth(of: character)
    // A wide character does not stand half on a row.
    if column + width > columns { wrap() }
    column += width
    blanks = character == " " ? blanks + 1 : 0
    if column >= columns { wrap() }
  }

  /// libedit does not write blanks at the end of a row, and then begins the next one by itself.
  private mutating func wrap() { endRow(isJoined: blanks == 0) }

  private mutating func endRow(isJoined: Bool) {
    ended.append(Row(columns: isJoined ? column : column - blanks, isJoined: isJoined))
    (column, blanks) = (0, 0)
  }

  /// The rows above the end of the text once the terminal has broken it anew.
  func rowsAbove(brokenAnewFor columns: Int) -> Int {
    var (rows, joined) = (0, 0)
    for row in ended {
      joined += row.columns
      guard !row.isJoined else { continue }
      rows += max((joined + columns - 1) / columns, 1)
      joined = 0
    }
    return rows + (joined + column) / columns
  }
}

extension Character {
  /// Shown as `^X`.
  fileprivate var isControl: Bool { asciiValue.map { $0 < 0x20 || $0 == 0x7F } ?? false }
}
