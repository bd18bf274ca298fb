// Sums up the books in one pass: operations, attempts and tags lie in the same order and are read side by side. To sort
// or join a million of them in SQL takes longer than to read them (docs/decisions/0008).

/// One pass over the books for one report.
struct SpendScan {
  private let query: SpendQuery
  private var groups = GroupTable()
  private var unpricedCalls = 0
  private var periods: PeriodFinder
  /// The values of the dimensions for the row at hand.
  private var values: [Int64]
  /// The source of the row before, as text and as what it is: most are the same.
  private var lastSource: (text: String, source: CostSources) = ("", [])

  init(_ query: SpendQuery) {
    self.query = query
    values = Array(repeating: 0, count: query.by.count)
    periods = PeriodFinder(calendar: query.calendar)
  }

  /// Reads everything, as of one moment.
  mutating func run(_ database: Database) throws(LedgerFailure) -> SpendReport {
    try database.reading { () throws(LedgerFailure) in
      try scan(database)
      return try report(database)
    }
  }

  private mutating func scan(_ database: Database) throws(LedgerFailure) {
    var operations = try Cursor(database, OperationColumn.sql(for: query.by))
    var attempts = try Cursor(database, AttemptColumn.sql)
    var tags: [TagCursor] = []
    for (index, dimension) in query.by.enumerated() {
      if case .tag(let key) = dimension { tags.append(try TagCursor(database, key: key, dimension: index)) }
    }
    defer {
      for cursor in [operations, attempts] + tags.map(\.cursor) { cursor.end() }
    }
    while let operation = operations.operation {
      try takeOperation(operations, &tags)
      try takeAttempts(of: operation, operations, &attempts, database)
      try operations.advance()
    }
  }

  /// The dimensions that all attempts of an operation share.
  private mutating func takeOperation(_ row: Cursor, _ tags: inout [TagCursor]) throws(LedgerFailure) {
    for (index, dimension) in query.by.enumerated() {
      switch dimension {
      case .project: values[index] = row.number(OperationColumn.project)
      case .status: values[index] = Self.index(row.text(OperationColumn.status).flatMap(CallStatus.init))
      case .origin:
        values[index] = Self.index(row.text(OperationColumn.origin).flatMap(CallOrigin.init))
      case .model, .provider, .period, .tag: break
      }
    }
    for index in tags.indices {
      let hasTag = try tags[index].cursor.seek(row.operation)
      values[tags[index].dimension] = hasTag ? tags[index].cursor.number(1) : 0
    }
  }

  /// The call counts where its last attempt stands; without an attempt (a cached or rejected one) it has only itself.
  private mutating func takeAttempts(
    of operation: Int64, _ row: Cursor, _ attempts: inout Cursor, _ database: Database
  ) throws(LedgerFailure) {
    var group: Int?
    var unpriced: Int?
    if try attempts.seek(operation) {
      repeat {
        group = nil
        if isInRange(attempts.number(AttemptColumn.startedAt)) {
          place(
            model: attempts.number(AttemptColumn.model), provider: attempts.number(AttemptColumn.provider),
            startedAt: attempts.number(AttemptColumn.startedAt))
          let found = groups.index(of: values)
          if add(attempts, to: found), unpriced != found {
            groups.spends[found].unpricedCalls += 1
            if unpriced == nil { unpricedCalls += 1 }
            unpriced = found
          }
          group = found
        }
        try attempts.advance()
      } while attempts.operation == operation
    } else if isInRange(row.number(OperationColumn.startedAt)) {
      let sql = "SELECT coalesce(model, model_asked), provider FROM operations WHERE seq = ?"
      let names = try database.rows(sql, [.int(operation)], "read the ledger") { ($0.number(0), $0.number(1)) }
      let (model, provider) = names.first ?? (0, 0)
      place(model: model, provider: provider, startedAt: row.number(OperationColumn.startedAt))
      group = groups.index(of: values)
    }
    if let group { groups.spends[group].calls += 1 }
  }

  /// The dimensions in which attempts of an operation may differ.
  private mutating func place(model: Int64, provider: Int64, startedAt: Int64) {
    for (index, dimension) in query.by.enumerated() {
      switch dimension {
      case .model: values[index] = model
      case .provider: values[index] = provider
      case .period(let period): values[index] = periods.number(of: period, at: startedAt, slot: index)
      case .project, .status, .origin, .tag: break
      }
    }
  }

  /// True when the attempt has no price.
  private mutating func add(_ row: Cursor, to group: Int) -> Bool {
    groups.spends[group].attempts += 1
    groups.spends[group].inputTokens.addClamped(Int(row.number(AttemptColumn.input)))
    groups.spends[group].outputTokens.addClamped(Int(row.number(AttemptColumn.output)))
    groups.spends[group].cacheReadTokens.addClamped(Int(row.number(AttemptColumn.cacheRead)))
    groups.spends[group].cacheWriteTokens.addClamped(Int(row.number(AttemptColumn.cacheWrite)))
    groups.spends[group].reasoningTokens.addClamped(Int(row.number(AttemptColumn.reasoning)))
    // Still open: nothing is known yet.
    guard let source = row.text(AttemptColumn.costSource) else { return false }
    if source != lastSource.text { lastSource = (source, Cost.Source(rawValue: source).map { CostSources($0) } ?? []) }
    groups.spends[group].sources.formUnion(lastSource.source)
    guard let cost = row.int(AttemptColumn.cost) else { return true }
    groups.spends[group].pricedAttempts += 1
    groups.spends[group].priced += Picodollars(cost)
    return false
  }

  private func isInRange(_ microseconds: Int64) -> Bool {
    if let since = query.since, microseconds < since.microseconds { return false }
    if let until = query.until, microseconds >= until.microseconds { return false }
    return true
  }

  /// The place among all cases, counted from 1; 0 for none.
  private static func index<Word: CaseIterable & Equatable>(_ word: Word?) -> Int64 {
    guard let word else { return 0 }
    return Word.allCases.enumerated().first { $0.element == word }.map { Int64($0.offset) + 1 } ?? 0
  }
}

// MARK: The finished report

extension SpendScan {
  private func report(_ database: Database) throws(LedgerFailure) -> SpendReport {
    var rows: [(values: [Int64], row: SpendReport.Row)] = []
    var total = Spend()
    for (values, spend) in groups.all {
      var labels: [String] = []
      for (dimension, value) in zip(query.by, values) { labels.append(try label(dimension, value, database)) }
      rows.append((values, SpendReport.Row(labels: labels, spend: spend)))
      total.add(spend)
    }
    total.unpricedCalls = unpricedCalls
    rows.sort { precedes($0, $1) }
    return SpendReport(by: query.by, rows: rows.map(\.row), total: total)
  }

  private func precedes(
    _ left: (values: [Int64], row: SpendReport.Row), _ right: (values: [Int64], row: SpendReport.Row)
  ) -> Bool {
    for (index, dimension) in query.by.enumerated() {
      if case .period = dimension, left.values[index] != right.values[index] {
        return left.values[index] < right.values[index]
      }
    }
    let (one, other) = (left.row.spend, right.row.spend)
    if one.priced != other.priced { return one.priced > other.priced }
    if one.calls != other.calls { return one.calls > other.calls }
    return left.row.labels.lexicographicallyPrecedes(right.row.labels)
  }

  private func label(
    _ dimension: SpendDimension, _ value: Int64, _ database: Database
  ) throws(LedgerFailure) -> String {
    switch dimension {
    case .period(let period): return period.label(value)
    case .status: return Self.word(CallStatus.self, value)?.rawValue ?? SpendReport.absent
    case .origin: return Self.word(CallOrigin.self, value)?.rawValue ?? SpendReport.absent
    case .model, .provider, .project, .tag:
      let names = try database.rows("SELECT text FROM names WHERE id = ?", [.int(value)], "read a name") { $0.text(0) }
      return names.first.flatMap { $0 } ?? SpendReport.absent
    }
  }

  private static func word<Word: CaseIterable>(_ type: Word.Type, _ value: Int64) -> Word? {
    Word.allCases.enumerated().first { Int64($0.offset) + 1 == value }?.element
  }
}

// MARK: What it reads with

/// Columns of the pass over operations.
private enum OperationColumn {
  static let startedAt: Int32 = 1
  static let status: Int32 = 2
  static let origin: Int32 = 3
  static let project: Int32 = 4

  /// Each column that is read costs a million times as much: those that nobody asks for are left out.
  static func sql(for dimensions: [SpendDimension]) -> String {
    let columns = [SpendDimension.status, .origin, .project].map { dimensions.contains($0) ? $0.name : "NULL" }
    return "SELECT seq, started_us, \(columns.joined(separator: ", ")) FROM operations ORDER BY seq"
  }
}

/// Columns of the pass over attempts.
private enum AttemptColumn {
  static let sql = """
    SELECT operation, started_us, model, provider, cost_source, cost_pusd, input_tokens, output_tokens,
      cache_read_tokens, cache_write_tokens, reasoning_tokens
    FROM attempts ORDER BY operation, number
    """
  static let startedAt: Int32 = 1
  static let model: Int32 = 2
  static let provider: Int32 = 3
  static let costSource: Int32 = 4
  static let cost: Int32 = 5
  static let input: Int32 = 6
  static let output: Int32 = 7
  static let cacheRead: Int32 = 8
  static let cacheWrite: Int32 = 9
  static let reasoning: Int32 = 10
}

/// Rows in the order of their operations, whose number is column 0.
private struct Cursor {
  private let statement: Statement
  /// The operation of the row it stands on; `nil` at the end.
  private(set) var operation: Int64?

  init(_ database: Database, _ sql: String) throws(LedgerFailure) {
    statement = try database.statement(sql, "read the ledger")
    try statement.start([])
    try advance()
  }

  mutating func advance() throws(LedgerFailure) {
    operation = try statement.next() ? statement.number(0) : nil
  }

  /// Steps over rows of earlier operations; true when one of `wanted` is there.
  mutating func seek(_ wanted: Int64?) throws(LedgerFailure) -> Bool {
    guard let wanted else { return false }
    while let here = operation, here < wanted { try advance() }
    return operation == wanted
  }

  func end() { statement.reset() }
  func number(_ column: Int32) -> Int64 { statement.number(column) }
  func int(_ column: Int32) -> Int64? { statement.int(column) }
  func text(_ column: Int32) -> String? { statement.text(column) }
}

/// The values of one tag.
private struct TagCursor {
  var cursor: Cursor
  let dimension: Int

  init(_ database: Database, key: String, dimension: Int) throws(LedgerFailure) {
    let id = try database.int("SELECT id FROM names WHERE text = ?", [.text(key)], "read a name") ?? 0
    // The number stands in the text, so that two tags have two statements.
    cursor = try Cursor(database, "SELECT operation, value FROM tags WHERE key = \(id) ORDER BY operation")
    self.dimension = dimension
  }
}

/// Periods by quarter of an hour: all clocks change on one, and rows of one quarter come together.
private struct PeriodFinder {
  let calendar: ReportCalendar
  private var last: [Int: (quarter: Int64, number: Int64)] = [:]

  init(calendar: ReportCalendar) { self.calendar = calendar }

  mutating func number(of period: Period, at microseconds: Int64, slot: Int) -> Int64 {
    let quarter = microseconds.dividedDown(by: 900_000_000)
    if let last = last[slot], last.quarter == quarter { return last.number }
    let number = period.number(of: calendar.day(of: Timestamp(microseconds: microseconds)))
    last[slot] = (quarter, number)
    return number
  }
}

/// Sums by the values of the dimensions.
private struct GroupTable {
  var spends: [Spend] = []
  private var keys: [[Int64]] = []
  private var indices: [[Int64]: Int] = [:]
  private var last: Int?

  /// The group of these values, begun if it is new.
  mutating func index(of values: [Int64]) -> Int {
    if let last, keys[last] == values { return last }
    let index = indices[values] ?? spends.count
    if index == spends.count {
      indices[values] = index
      keys.append(values)
      spends.append(Spend())
    }
    last = index
    return index
  }

  var all: Zip2Sequence<[[Int64]], [Spend]> { zip(keys, spends) }
}
