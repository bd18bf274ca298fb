// A row, column by column.

/// Reads the columns of a row one after the other, in the order of the SELECT.
struct RowReader {
  private let row: Statement
  private var column: Int32

  init(_ row: Statement, from column: Int32 = 0) {
    self.row = row
    self.column = column
  }

  mutating func text() -> String? {
    defer { column += 1 }
    return row.text(column)
  }

  mutating func int64() -> Int64? {
    defer { column += 1 }
    return row.int(column)
  }

  mutating func int() -> Int? { int64().map { Int($0) } }
  mutating func moment() -> Timestamp? { int64().map(Timestamp.init(microseconds:)) }
  mutating func amount() -> Picodollars? { int64().map(Picodollars.init) }
}
