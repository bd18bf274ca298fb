// Entries as they stand in a journal. Each field is named once, for writing and for reading.
import Wire

extension LedgerEntry: JournalValue {
  private enum Tag: UInt8 {
    case openOperation = 1
    case openAttempt, closeAttempt, closeOperation
  }

  func write(to bytes: inout JournalBytes) {
    switch self {
    case .openOperation(let opening): Self.write(.openOperation, opening, to: &bytes)
    case .openAttempt(let opening): Self.write(.openAttempt, opening, to: &bytes)
    case .closeAttempt(let id, let closing):
      Self.write(.closeAttempt, id, to: &bytes)
      closing.write(to: &bytes)
    case .closeOperation(let id, let closing):
      Self.write(.closeOperation, id, to: &bytes)
      closing.write(to: &bytes)
    }
  }

  private static func write(_ tag: Tag, _ value: some JournalValue, to bytes: inout JournalBytes) {
    bytes.append(tag.rawValue)
    value.write(to: &bytes)
  }

  init(from reader: inout JournalReader) throws(JournalDamage) {
    switch Tag(rawValue: try UInt8(from: &reader)) {
    case .openOperation: self = .openOperation(try OperationOpening(from: &reader))
    case .openAttempt: self = .openAttempt(try AttemptOpening(from: &reader))
    case .closeAttempt: self = .closeAttempt(try AttemptID(from: &reader), try AttemptClosing(from: &reader))
    case .closeOperation: self = .closeOperation(id: try String(from: &reader), try OperationClosing(from: &reader))
    case nil: throw JournalDamage()
    }
  }
}

/// A struct that stands in a journal field by field.
private protocol JournalStruct: JournalValue {
  init()
  mutating func fields<Fields: JournalFields & ~Copyable>(_ fields: inout Fields) throws(JournalDamage)
}

extension JournalStruct {
  func write(to bytes: inout JournalBytes) {
    var copy = self
    // Writing does not throw.
    try? copy.fields(&bytes)
  }

  init(from reader: inout JournalReader) throws(JournalDamage) {
    self.init()
    try fields(&reader)
  }
}

extension OperationOpening: JournalStruct {
  fileprivate init() { self.init(id: "", startedAt: Timestamp(microseconds: 0), origin: .server, modelAsked: "") }

  fileprivate mutating func fields<Fields: JournalFields & ~Copyable>(_ fields: inout Fields) throws(JournalDamage) {
    try fields.take(&id)
    try fields.take(&kind)
    try fields.take(&startedAt)
    try fields.take(&origin)
    try fields.take(&keyID)
    try fields.take(&user)
    try fields.take(&project)
    try fields.take(&session)
    try fields.take(&tags)
    try fields.take(&dialectIn)
    try fields.take(&modelAsked)
    try fields.take(&route)
    try fields.take(&team)
    try fields.take(&client)
    try fields.take(&prompt)
  }
}

extension OperationClosing: JournalStruct {
  fileprivate init() { self.init(endedAt: Timestamp(microseconds: 0), status: .ok) }

  fileprivate mutating func fields<Fields: JournalFields & ~Copyable>(_ fields: inout Fields) throws(JournalDamage) {
    try fields.take(&endedAt)
    try fields.take(&status)
    try fields.take(&provider)
    try fields.take(&model)
    try fields.take(&exitCode)
    try fields.take(&failureKind)
    try fields.take(&failureMessage)
    try fields.take(&saved)
    try fields.take(&decision)
    try fields.take(&reply)
  }
}

extension AttemptID: JournalStruct {
  fileprivate init() { self.init(operationID: "", number: 0) }

  fileprivate mutating func fields<Fields: JournalFields & ~Copyable>(_ fields: inout Fields) throws(JournalDamage) {
    try fields.take(&operationID)
    try fields.take(&number)
  }
}

extension AttemptOpening: JournalStruct {
  fileprivate init() {
    self.init(
      operationID: "", number: 0, cause: .primary, startedAt: Timestamp(microseconds: 0), provider: "", model: "",
      streams: false)
  }

  fileprivate mutating func fields<Fields: JournalFields & ~Copyable>(_ fields: inout Fields) throws(JournalDamage) {
    try fields.take(&id)
    try fields.take(&cause)
    try fields.take(&startedAt)
    try fields.take(&provider)
    try fields.take(&model)
    try fields.take(&streams)
    try fields.take(&priceCard)
    try fields.take(&estimatedInputTokens)
    try fields.take(&estimatedCost)
  }
}

extension AttemptClosing: JournalStruct {
  fileprivate init() { self.init(endedAt: Timestamp(microseconds: 0), status: .ok, cost: .unpriced) }

  fileprivate mutating func fields<Fields: JournalFields & ~Copyable>(_ fields: inout Fields) throws(JournalDamage) {
    try fields.take(&endedAt)
    try fields.take(&status)
    try fields.take(&usage)
    try fields.take(&cost)
    try fields.take(&httpStatus)
    try fields.take(&failureKind)
    try fields.take(&failureMessage)
    try fields.take(&requestID)
    try fields.take(&modelReported)
    try fields.take(&firstByteMicroseconds)
    try fields.take(&firstTokenMicroseconds)
    try fields.take(&usageIsEstimated)
    try fields.take(&finishReason)
    try fields.take(&changes)
  }
}

/// As far as the books keep it: not the provider's own words, nor what it bills by.
extension Usage: JournalStruct {
  fileprivate init() { self.init(input: nil, output: nil) }

  fileprivate mutating func fields<Fields: JournalFields & ~Copyable>(_ fields: inout Fields) throws(JournalDamage) {
    try fields.take(&input)
    try fields.take(&output)
    try fields.take(&cacheRead)
    try fields.take(&cacheWrite)
    try fields.take(&cacheWriteOneHour)
    try fields.take(&reasoning)
    try fields.take(&audioInput)
    try fields.take(&audioOutput)
    try fields.take(&imageInput)
    try fields.take(&imageOutput)
    try fields.take(&searches)
    try fields.take(&queries)
    try fields.take(&serviceTier)
  }
}

extension Cost: JournalStruct {
  fileprivate init() { self = .unpriced }

  fileprivate mutating func fields<Fields: JournalFields & ~Copyable>(_ fields: inout Fields) throws(JournalDamage) {
    try fields.take(&amount)
    try fields.take(&source)
    try fields.take(&priceID)
    try fields.take(&computed)
  }
}

extension Tag: JournalStruct {
  fileprivate init() { self.init("", "") }

  fileprivate mutating func fields<Fields: JournalFields & ~Copyable>(_ fields: inout Fields) throws(JournalDamage) {
    try fields.take(&key)
    try fields.take(&value)
  }
}

extension Change: JournalStruct {
  fileprivate init() { self.init("", .dropped, "") }

  fileprivate mutating func fields<Fields: JournalFields & ~Copyable>(_ fields: inout Fields) throws(JournalDamage) {
    try fields.take(&field)
    try fields.take(&what)
    try fields.take(&why)
  }
}

extension Change.What: JournalValue {}
extension CallStatus: JournalValue {}
extension CallOrigin: JournalValue {}
extension Cost.Source: JournalValue {}
extension AttemptOpening.Cause: JournalValue {}

extension Timestamp: JournalValue {
  func write(to bytes: inout JournalBytes) { microseconds.write(to: &bytes) }
  init(from reader: inout JournalReader) throws(JournalDamage) { self.init(microseconds: try Int64(from: &reader)) }
}

extension Picodollars: JournalValue {
  func write(to bytes: inout JournalBytes) { count.write(to: &bytes) }
  init(from reader: inout JournalReader) throws(JournalDamage) { self.init(try Int64(from: &reader)) }
}

/// By its text.
extension PriceCard: JournalValue {
  func write(to bytes: inout JournalBytes) { text.write(to: &bytes) }

  convenience init(from reader: inout JournalReader) throws(JournalDamage) {
    let text = try String(from: &reader)
    guard let row = (try? JSON.parse(text))?.object else { throw JournalDamage() }
    do {
      try self.init(row: row)
    } catch {
      throw JournalDamage()
    }
  }
}
