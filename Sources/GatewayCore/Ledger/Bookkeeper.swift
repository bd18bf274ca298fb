// Writes entries as rows. For the owner of the connection, inside a transaction.
import Wire

/// Knows the tables' columns and the rules: opened once, closed once, and never by two.
///
/// What is opened in a batch stands in the tables only when the batch is finished.
final class Bookkeeper {
  let database: Database
  private let names = Names()
  private let process: ProcessMark
  private let keepsContents: Bool
  /// Cards of this process: as many as models it calls.
  private var priceRows: [String: (text: String, row: Int64)] = [:]
  private var fresh = FreshCalls()
  /// Rows of calls that are open: as many as calls are under way.
  private var openCalls: [String: OpenCall] = [:]

  private static let unknown = 1 << 32

  private struct OpenCall {
    let row: Int64
    var openAttempts: Int
  }

  /// `process` is the mark of this process in `running/`.
  init(database: Database, process: ProcessMark, keepsContents: Bool) {
    self.database = database
    self.process = process
    self.keepsContents = keepsContents
  }

  /// For after a rollback.
  func forget() {
    names.forget()
    priceRows.removeAll()
    _ = fresh.takeAll()
    openCalls.removeAll()
  }

  /// Takes one entry; throws `.notOpen`, with nothing changed, for one that is closed already or never was opened.
  func write(_ entry: LedgerEntry) throws(LedgerFailure) {
    switch entry {
    case .openOperation(let opening): fresh.open(opening)
    case .openAttempt(let opening): try open(opening)
    case .closeAttempt(let id, let closing): try close(id, closing)
    case .closeOperation(let id, let closing): try close(id, closing)
    }
  }

  /// Writes the calls that were opened since the last time; `afterEach` is called between two of them.
  func finish(afterEach: () -> Void = {}) throws(LedgerFailure) {
    // By their places: an element of its own would be a copy, and calls have dozens of parts.
    let calls = fresh.takeAll()
    for index in calls.indices {
      try add(calls[index])
      afterEach()
    }
  }

  private func open(_ opening: AttemptOpening) throws(LedgerFailure) {
    let id = opening.id.operationID
    if let isOpen = fresh.change(id, { $0.open(opening) }) {
      guard isOpen else { throw .notOpen(Self.bookAttempt, "its call") }
      return
    }
    guard let call = try openCall(id) else { throw .notOpen(Self.bookAttempt, "its call") }
    try add(FreshCall.Attempt(opening: opening), of: call.row)
    openCalls[id]?.openAttempts += 1
  }

  private func close(_ id: AttemptID, _ closing: AttemptClosing) throws(LedgerFailure) {
    let task = "book the end of an attempt"
    try Self.require(closing.status, task)
    let number = Int64(id.number)
    var isOpen = fresh.change(id.operationID) { $0.close(attempt: id.number, closing) }
    if isOpen == nil, let call = try openCall(id.operationID) {
      let closed = try database.run(.endAttempt, task) { row throws(LedgerFailure) in
        try bind(closing, to: &row)
        row.add(call.row)
        row.add(number)
      }
      isOpen = closed > 0
      openCalls[id.operationID]?.openAttempts -= closed
    }
    guard isOpen == true else { throw .notOpen(task, "it") }
  }

  private func close(_ id: String, _ closing: OperationClosing) throws(LedgerFailure) {
    let task = "book the end of a call"
    try Self.require(closing.status, task)
    if let isOpen = fresh.change(id, { $0.close(closing) }) {
      guard isOpen else { throw .notOpen(task, "it") }
      return
    }
    guard let call = try openCall(id) else { throw .notOpen(task, "it") }
    openCalls[id] = nil
    let closed = try database.run(.endOperation, task) { row throws(LedgerFailure) in
      try bind(closing, to: &row)
      row.add(call.row)
    }
    if closed == 0 { throw .notOpen(task, "it") }
    if call.openAttempts > 0 { try database.run(.loseAttemptsOfOperation, [.int(call.row)], task) }
    try keep(closing.reply, as: .reply, of: call.row)
  }

  private func openCall(_ id: String) throws(LedgerFailure) -> OpenCall? {
    if let known = openCalls[id] { return known }
    // Not written by us, or before a rollback: it has as many open attempts as there may be.
    let row = try database.int(.findOpenOperation, [.text(id)], "book a call")
    openCalls[id] = row.map { OpenCall(row: $0, openAttempts: Self.unknown) }
    return openCalls[id]
  }

  private static func require(_ ending: CallStatus, _ task: String) throws(LedgerFailure) {
    if ending == .open { throw LedgerFailure(.other, task, "open is not how it ends") }
  }

  // MARK: Rows

  private static let bookAttempt = "book an attempt"

  private func add(_ call: FreshCall) throws(LedgerFailure) {
    let task = "book a call"
    try database.run(.addOperation, task) { row throws(LedgerFailure) in
      try bind(call.opening, to: &row)
      if let end = call.end { try bind(end, to: &row) } else { row.add(CallStatus.open.rawValue) }
    }
    let operation = database.lastInsertedRow
    for tag in call.opening.tags {
      let (key, value) = (try name(tag.key, in: .tagKey), try name(tag.value, in: .tagValue))
      try database.run(.addTag, task) { row in
        row.add(operation)
        row.add(key)
        row.add(value)
      }
    }
    try keep(call.opening.prompt, as: .prompt, of: operation)
    for index in call.attempts.indices { try add(call.attempts[index], of: operation) }
    let openAttempts = call.attempts.count { $0.end == nil }
    guard let end = call.end else {
      openCalls[call.opening.id] = OpenCall(row: operation, openAttempts: openAttempts)
      return
    }
    if openAttempts > 0 {
      try database.run(.loseAttemptsOfOperation, [.int(operation)], task)
    }
    try keep(end.reply, as: .reply, of: operation)
  }

  private func add(_ attempt: FreshCall.Attempt, of operation: Int64) throws(LedgerFailure) {
    try database.run(.addAttempt, Self.bookAttempt) { row throws(LedgerFailure) in
      row.add(operation)
      try bind(attempt.opening, to: &row)
      if let end = attempt.end {
        try bind(end, to: &row)
      } else {
        row.add(CallStatus.open.rawValue)
        row.add(0)
      }
    }
  }

  private func keep(_ text: String?, as part: ContentPartName, of operation: Int64) throws(LedgerFailure) {
    guard keepsContents, let text else { return }
    try database.run(.addContent, "keep a text") { row in
      row.add(operation)
      row.add(part.rawValue)
      row.add(text)
    }
  }

  // MARK: Columns, in the order of `SQL`

  private func bind(_ opening: OperationOpening, to row: inout Parameters) throws(LedgerFailure) {
    row.add(opening.id)
    row.add(opening.kind)
    row.add(opening.origin.rawValue)
    row.add(opening.startedAt)
    row.add(process.number)
    row.add(try name(opening.modelAsked, in: .modelAsked))
    row.add(try name(opening.keyID, in: .key))
    row.add(try name(opening.user, in: .user))
    row.add(try name(opening.project, in: .project))
    row.add(try name(opening.session, in: .session))
    row.add(try name(opening.route, in: .route))
    row.add(try name(opening.dialectIn, in: .dialectIn))
    row.add(try name(opening.team, in: .team))
    row.add(try name(opening.client, in: .client))
  }

  private func bind(_ end: OperationClosing, to row: inout Parameters) throws(LedgerFailure) {
    row.add(end.status.rawValue)
    row.add(end.endedAt)
    row.add(try name(end.provider, in: .provider))
    row.add(try name(end.model, in: .model))
    row.add(end.exitCode)
    row.add(end.failureKind)
    row.add(end.failureMessage)
    row.add(end.saved)
    row.add(try name(end.decision, in: .decision))
  }

  private func bind(_ opening: AttemptOpening, to row: inout Parameters) throws(LedgerFailure) {
    row.add(opening.id.number)
    row.add(opening.cause.rawValue)
    row.add(opening.startedAt)
    row.add(try name(opening.provider, in: .provider))
    row.add(try name(opening.model, in: .model))
    row.add(opening.streams ? 1 : 0)
    row.add(try price(opening.priceCard, firstUsed: opening.startedAt))
    row.add(opening.estimatedInputTokens)
    row.add(opening.estimatedCost)
  }

  private func bind(_ end: AttemptClosing, to row: inout Parameters) throws(LedgerFailure) {
    row.add(end.status.rawValue)
    row.add(end.usageIsEstimated ? 1 : 0)
    row.add(end.endedAt)
    row.add(end.cost.source.rawValue)
    row.add(end.cost.amount)
    row.add(end.cost.computed)
    bind(end.usage, to: &row)
    row.add(end.httpStatus)
    row.add(end.failureKind)
    row.add(end.failureMessage)
    row.add(end.requestID)
    row.add(try name(end.modelReported, in: .modelReported))
    row.add(end.firstByteMicroseconds)
    row.add(end.firstTokenMicroseconds)
    row.add(end.finishReason)
    row.add(try name(ChangeList.text(end.changes), in: .changes))
  }

  private func bind(_ usage: Usage, to row: inout Parameters) {
    row.add(usage.input)
    row.add(usage.output)
    row.add(usage.cacheRead)
    row.add(usage.cacheWrite)
    row.add(usage.cacheWriteOneHour)
    row.add(usage.reasoning)
    row.add(usage.audioInput)
    row.add(usage.audioOutput)
    row.add(usage.imageInput)
    row.add(usage.imageOutput)
    row.add(usage.searches)
    row.add(usage.queries)
    row.add(usage.serviceTier)
  }

  private func name(_ text: String?, in column: NameColumn) throws(LedgerFailure) -> Int64? {
    guard let text else { return nil }
    return try names.id(of: text, in: column, database)
  }

  /// The row of a card; the same text is the same row, and two texts of one id are two rows.
  private func price(_ card: PriceCard?, firstUsed: Timestamp) throws(LedgerFailure) -> Int64? {
    guard let card else { return nil }
    if let known = priceRows[card.id], known.text == card.text { return known.row }
    let task = "book a price"
    var row = try database.int(.findPrice, [.text(card.text)], task)
    if row == nil {
      try database.run(.addPrice, [.text(card.id), .text(card.text), .int(firstUsed.microseconds)], task)
      row = database.lastInsertedRow
    }
    priceRows[card.id] = row.map { (card.text, $0) }
    return row
  }
}

/// Which text of a call.
enum ContentPartName: String, Sendable {
  case prompt, reply
}

extension LedgerFailure {
  fileprivate static func notOpen(_ task: String, _ what: String) -> LedgerFailure {
    LedgerFailure(.notOpen, task, "\(what) is not open: closed already, or never opened")
  }
}
