// The values of a statement that books, bound one after the other without an array in between.
import CSQLite

/// Binds the parameters of a prepared statement in order; one that is skipped stays NULL.
struct Parameters: ~Copyable {
  private let statement: Statement
  private var index: Int32 = 0
  /// The first that could not be bound decides.
  private(set) var code = SQLITE_OK

  init(of statement: Statement) { self.statement = statement }

  mutating func add(_ number: Int64?) {
    index += 1
    if let number { note(statement.bind(number, at: index)) }
  }

  mutating func add(_ text: String?) {
    index += 1
    if let text { note(statement.bind(text, at: index)) }
  }

  mutating func add(_ number: Int?) { add(number.map(Int64.init)) }
  mutating func add(_ amount: Picodollars?) { add(amount?.count) }
  mutating func add(_ time: Timestamp) { add(time.microseconds) }

  private mutating func note(_ code: Int32) {
    if self.code == SQLITE_OK { self.code = code }
  }
}
