// Writes entries as rows. For the owner of the connection, inside a transaction.
import Wire

/// Knows the tables' columns and the rules: opened once, closed once, and never by two.
final class Bookkeeper {
  private let database: Database
  private let names = Names()
  private let process: ProcessMark
  private let keepsContents: Bool
  /// Cards of this process: as many as models it calls.
  private var priceRows: [String: (text: String, row: Int64)] = [:]

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
  }

  /// Writes one entry; throws `.notOpen`, with nothing changed, for one that is closed already or never was opened.
  func write(_ entry: LedgerEntry) throws(LedgerFailure) {
    switch entry {
    case .openOperation(let opening): try open(opening)
    case .openAttempt(let opening): try open(opening)
    case .closeAttempt(let id, let closing): try close(id, closing)
    case .closeOperation(let id, let closing): try close(id, closing)
    }
  }

  private func open(_ opening: OperationOpening) throws(LedgerFailure) {
    let task = "book a call"
    try database.run(
      SQL.openOperation,
      [
        .text(opening.id), .text(opening.kind), .text(opening.origin.rawValue), .int(opening.startedAt.microseconds),
        .int(process.number),
        try name(opening.modelAsked), try name(opening.keyID), try name(opening.user), try name(opening.project),
        try name(opening.session), try name(opening.route), try name(opening.dialectIn), try name(opening.team),
        try name(opening.client),
      ], task)
    let operation = SQLValue.int(database.lastInsertedRow)
    for tag in opening.tags {
      try database.run(SQL.tag, [operation, try name(tag.key), try name(tag.value)], task)
    }
    if let prompt = opening.prompt { try keep(prompt, as: .prompt, of: opening.id) }
  }

  private func open(_ opening: AttemptOpening) throws(LedgerFailure) {
    let task = "book an attempt"
    let price = try price(opening.priceCard, firstUsed: opening.startedAt)
    let opened = try database.run(
      SQL.openAttempt,
      [
        .int(Int64(opening.id.number)), .text(opening.cause.rawValue), .int(opening.startedAt.microseconds),
        try name(opening.provider), try name(opening.model), .int(opening.streams ? 1 : 0), price,
        SQLValue(opening.estimatedInputTokens), SQLValue(opening.estimatedCost), .text(opening.id.operationID),
      ], task)
    if opened == 0 { throw .notOpen(task, "its call") }
  }

  private func close(_ id: AttemptID, _ closing: AttemptClosing) throws(LedgerFailure) {
    let task = "book the end of an attempt"
    try Self.require(closing.status, task)
    let usage = closing.usage
    let closed = try database.run(
      SQL.closeAttempt,
      [
        .text(closing.status.rawValue), .int(closing.endedAt.microseconds), .text(closing.cost.source.rawValue),
        SQLValue(closing.cost.amount), SQLValue(closing.cost.computed), SQLValue(usage.input), SQLValue(usage.output),
        SQLValue(usage.cacheRead), SQLValue(usage.cacheWrite), SQLValue(usage.cacheWriteOneHour),
        SQLValue(usage.reasoning), SQLValue(usage.audioInput), SQLValue(usage.audioOutput),
        SQLValue(usage.imageInput), SQLValue(usage.imageOutput), SQLValue(usage.searches), SQLValue(usage.queries),
        SQLValue(usage.serviceTier), .int(closing.usageIsEstimated ? 1 : 0), SQLValue(closing.httpStatus),
        SQLValue(closing.failureKind), SQLValue(closing.failureMessage), SQLValue(closing.requestID),
        try name(closing.modelReported), SQLValue(closing.firstByteMicroseconds),
        SQLValue(closing.firstTokenMicroseconds), SQLValue(closing.finishReason),
        try name(ChangeList.text(closing.changes)), .text(id.operationID), .int(Int64(id.number)),
      ], task)
    if closed == 0 { throw .notOpen(task, "it") }
  }

  private func close(_ id: String, _ closing: OperationClosing) throws(LedgerFailure) {
    let task = "book the end of a call"
    try Self.require(closing.status, task)
    let closed = try database.run(
      SQL.closeOperation,
      [
        .text(closing.status.rawValue), .int(closing.endedAt.microseconds), try name(closing.provider),
        try name(closing.model), SQLValue(closing.exitCode), SQLValue(closing.failureKind),
        SQLValue(closing.failureMessage), SQLValue(closing.saved), try name(closing.decision), .text(id),
      ], task)
    if closed == 0 { throw .notOpen(task, "it") }
    try database.run(SQL.loseAttemptsOfOperation, [.text(id)], task)
    if let reply = closing.reply { try keep(reply, as: .reply, of: id) }
  }

  private static func require(_ ending: CallStatus, _ task: String) throws(LedgerFailure) {
    if ending == .open { throw LedgerFailure(.other, task, "open is not how it ends") }
  }

  private func keep(_ text: String, as part: ContentPartName, of operation: String) throws(LedgerFailure) {
    guard keepsContents else { return }
    try database.run(SQL.keepContent, [.text(part.rawValue), .text(text), .text(operation)], "keep a text")
  }

  private func name(_ text: String?) throws(LedgerFailure) -> SQLValue {
    guard let text else { return .null }
    return .int(try names.id(of: text, in: database))
  }

  /// The row of a card; the same text is the same row, and two texts of one id are two rows.
  private func price(_ card: PriceCard?, firstUsed: Timestamp) throws(LedgerFailure) -> SQLValue {
    guard let card else { return .null }
    if let known = priceRows[card.id], known.text == card.text { return .int(known.row) }
    let task = "book a price"
    var row = try database.int(SQL.findPrice, [.text(card.text)], task)
    if row == nil {
      try database.run(SQL.addPrice, [.text(card.id), .text(card.text), .int(firstUsed.microseconds)], task)
      row = database.lastInsertedRow
    }
    priceRows[card.id] = row.map { (card.text, $0) }
    return SQLValue(row)
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

extension SQLValue {
  init(_ number: Int?) { self = number.map { .int(Int64($0)) } ?? .null }
  init(_ number: Int64?) { self = number.map(SQLValue.int) ?? .null }
  init(_ text: String?) { self = text.map(SQLValue.text) ?? .null }
  init(_ amount: Picodollars?) { self.init(amount?.count) }
}
