// Lists calls and finds one.
import Wire

extension LedgerReader {
  /// Calls, the newest first, without their texts.
  package func list(_ query: LogQuery) throws(LedgerFailure) -> [OperationRecord] {
    let task = "list calls"
    var conditions = LogConditions()
    conditions.add("started_us >= ?", query.since.map { .int($0.microseconds) })
    conditions.add("started_us < ?", query.until.map { .int($0.microseconds) })
    conditions.add("status = ?", SQLValue(optional: query.status?.rawValue))
    conditions.add("? IN (o.model, o.model_asked)", try number(of: query.model))
    conditions.add("o.provider = ?", try number(of: query.provider))
    conditions.add("o.project = ?", try number(of: query.project))
    if let tag = query.tag, let key = try number(of: tag.key), let value = try number(of: tag.value) {
      conditions.add("(SELECT value FROM tags WHERE operation = o.seq AND key = ?) = ?", [key, value])
    }
    if let words = query.search {
      let search = try search(for: words, in: .contents)
      let (clause, values) = search.condition(on: .contents)
      if search != .none { conditions.add(("o.seq IN (SELECT operation FROM contents WHERE \(clause))", values)) }
    }
    return try database.reading { () throws(LedgerFailure) in
      try operations(
        "\(conditions.text) ORDER BY o.seq DESC LIMIT ?", conditions.values + [.int(Int64(query.limit))], task)
    }
  }

  /// The call of that id, or the one whose id begins so, with its texts.
  package func find(_ id: String) throws(LedgerFailure) -> LogMatch {
    let task = "find a call"
    return try database.reading { () throws(LedgerFailure) in
      var found = try operations("WHERE o.id = ?", [.text(id)], task)
      if found.isEmpty {
        found = try operations(
          "WHERE o.id >= ?1 AND o.id < ?1 || char(0x10ffff) ORDER BY o.id LIMIT 9", [.text(id)], task)
      }
      guard found.count <= 1 else { return .several(found.map(\.id)) }
      guard var record = found.first else { return .none }
      record.prompt = try content(.prompt, of: record.id)
      record.reply = try content(.reply, of: record.id)
      return .one(record)
    }
  }

  private func content(_ part: ContentPartName, of id: String) throws(LedgerFailure) -> String? {
    let sql = """
      SELECT text FROM contents WHERE part = ? AND operation = (SELECT seq FROM operations WHERE id = ?)
      """
    return try database.rows(sql, [.text(part.rawValue), .text(id)], "read a text") { $0.text(0) }.first ?? nil
  }

  /// A name's number as a value; one that was never booked is one that nothing has.
  private func number(of name: String?) throws(LedgerFailure) -> SQLValue? {
    guard let name else { return nil }
    return .int(try database.int("SELECT id FROM names WHERE text = ?", [.text(name)], "read a name") ?? 0)
  }

  private func operations(
    _ conditions: String, _ values: [SQLValue], _ task: String
  ) throws(LedgerFailure) -> [OperationRecord] {
    let found = try database.rows(OperationRecord.sql + conditions, values, task) {
      (seq: $0.number(0), record: OperationRecord(row: $0))
    }
    var records: [OperationRecord] = []
    for (seq, var record) in found {
      record.tags = try database.rows(Self.tagsSQL, [.int(seq)], task) { Tag($0.text(0) ?? "", $0.text(1) ?? "") }
      record.attempts = try database.rows(AttemptRecord.sql, [.int(seq)], task) { AttemptRecord(row: $0) }
      records.append(record)
    }
    return records
  }

  private static let tagsSQL = """
    SELECT k.text, v.text FROM tags JOIN names k ON k.id = key JOIN names v ON v.id = value
    WHERE operation = ? ORDER BY k.text
    """
}

/// Conditions joined by AND, with their values in order.
private struct LogConditions {
  private var clauses: [String] = []
  private(set) var values: [SQLValue] = []

  mutating func add(_ clause: String, _ value: SQLValue?) {
    if let value { add(clause, [value]) }
  }

  mutating func add(_ clause: String, _ values: [SQLValue]) {
    clauses.append(clause)
    self.values += values
  }

  mutating func add(_ condition: (clause: String, values: [SQLValue])) { add(condition.clause, condition.values) }

  var text: String { clauses.isEmpty ? "" : "WHERE " + clauses.joined(separator: " AND ") }
}

extension SQLValue {
  fileprivate init?(optional text: String?) {
    guard let text else { return nil }
    self = .text(text)
  }
}

extension OperationRecord {
  /// The names of numbers are looked up row by row: a list is short.
  fileprivate static let sql = """
    SELECT o.seq, o.id, o.status, o.kind, o.origin, o.started_us, o.ended_us, o.exit_code, o.failure_kind, o.failure,
      o.saved_pusd,
      (SELECT text FROM names WHERE id = o.model_asked), (SELECT text FROM names WHERE id = o.provider),
      (SELECT text FROM names WHERE id = o.model), (SELECT text FROM names WHERE id = o.key),
      (SELECT text FROM names WHERE id = o.user), (SELECT text FROM names WHERE id = o.project),
      (SELECT text FROM names WHERE id = o.session), (SELECT text FROM names WHERE id = o.route),
      (SELECT text FROM names WHERE id = o.dialect_in), (SELECT text FROM names WHERE id = o.team),
      (SELECT text FROM names WHERE id = o.client), (SELECT text FROM names WHERE id = o.decision)
    FROM operations o 
    """

  fileprivate init(row: Statement) {
    var row = RowReader(row, from: 1)
    id = row.text() ?? ""
    status = row.text().flatMap(CallStatus.init) ?? .lost
    kind = row.text() ?? ""
    origin = row.text() ?? ""
    startedAt = row.moment() ?? Timestamp(microseconds: 0)
    endedAt = row.moment()
    exitCode = row.int()
    failureKind = row.text()
    failureMessage = row.text()
    saved = row.amount()
    modelAsked = row.text() ?? ""
    provider = row.text()
    model = row.text()
    keyID = row.text()
    user = row.text()
    project = row.text()
    session = row.text()
    route = row.text()
    dialectIn = row.text()
    team = row.text()
    client = row.text()
    decision = row.text()
  }
}

extension AttemptRecord {
  fileprivate static let sql = """
    SELECT number, cause, status, started_us, ended_us, (SELECT text FROM names WHERE id = provider),
      (SELECT text FROM names WHERE id = model), streams, input_tokens, output_tokens, cache_read_tokens,
      cache_write_tokens, cache_write_1h_tokens, reasoning_tokens, audio_input_tokens, audio_output_tokens,
      image_input_tokens, image_output_tokens, searches, queries, service_tier, usage_estimated, cost_source, cost_pusd,
      computed_pusd, (SELECT id FROM prices WHERE seq = price), (SELECT card FROM prices WHERE seq = price),
      estimated_input_tokens, estimated_pusd, http_status, failure_kind, failure, request_id,
      (SELECT text FROM names WHERE id = model_reported), first_byte_us, first_token_us, finish_reason,
      (SELECT text FROM names WHERE id = changes)
    FROM attempts WHERE operation = ? ORDER BY number
    """

  fileprivate init(row: Statement) {
    var row = RowReader(row)
    number = row.int() ?? 0
    cause = row.text() ?? ""
    status = row.text().flatMap(CallStatus.init) ?? .lost
    startedAt = row.moment() ?? Timestamp(microseconds: 0)
    endedAt = row.moment()
    provider = row.text() ?? ""
    model = row.text() ?? ""
    streams = row.int() == 1
    readUsage(&row)
    readCost(&row)
    httpStatus = row.int()
    failureKind = row.text()
    failureMessage = row.text()
    requestID = row.text()
    modelReported = row.text()
    firstByteMicroseconds = row.int64()
    firstTokenMicroseconds = row.int64()
    finishReason = row.text()
    changes = ChangeList.changes(row.text())
  }

  private mutating func readUsage(_ row: inout RowReader) {
    usage.input = row.int()
    usage.output = row.int()
    usage.cacheRead = row.int()
    usage.cacheWrite = row.int()
    usage.cacheWriteOneHour = row.int()
    usage.reasoning = row.int()
    usage.audioInput = row.int()
    usage.audioOutput = row.int()
    usage.imageInput = row.int()
    usage.imageOutput = row.int()
    usage.searches = row.int()
    usage.queries = row.int()
    usage.serviceTier = row.text()
    usageIsEstimated = row.int() == 1
  }

  private mutating func readCost(_ row: inout RowReader) {
    let source = row.text().flatMap(Cost.Source.init)
    let (amount, computed, priceID) = (row.amount(), row.amount(), row.text())
    cost = source.map { Cost(amount: amount, source: $0, priceID: priceID, computed: computed) }
    priceCard = row.text()
    estimatedInputTokens = row.int()
    estimatedCost = row.amount()
  }
}
