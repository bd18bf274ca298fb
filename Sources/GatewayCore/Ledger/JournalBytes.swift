// Values as bytes for the journal: little-endian numbers, texts with their length before them.

/// What can stand in a journal.
protocol JournalValue {
  func write(to bytes: inout [UInt8])
  init(from reader: inout JournalReader) throws(JournalDamage)
}

/// Bytes that no version of this program has written so.
struct JournalDamage: Error {}

/// Either writes fields or reads them: a struct names its fields once, in one order, for both.
protocol JournalFields {
  mutating func take<Value: JournalValue>(_ field: inout Value) throws(JournalDamage)
}

/// Appends fields to bytes.
struct JournalWriter: JournalFields {
  var bytes: [UInt8] = []

  mutating func take<Value: JournalValue>(_ field: inout Value) { field.write(to: &bytes) }
}

/// Reads fields out of bytes.
struct JournalReader: JournalFields {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func take<Value: JournalValue>(_ field: inout Value) throws(JournalDamage) {
    field = try Value(from: &self)
  }

  mutating func next(_ count: Int) throws(JournalDamage) -> ArraySlice<UInt8> {
    guard count >= 0, count <= rest.count else { throw JournalDamage() }
    defer { rest.removeFirst(count) }
    return rest.prefix(count)
  }
}

extension FixedWidthInteger where Self: JournalValue {
  func write(to bytes: inout [UInt8]) { withUnsafeBytes(of: littleEndian) { bytes.append(contentsOf: $0) } }

  init(from reader: inout JournalReader) throws(JournalDamage) {
    self = try reader.next(Self.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
  }
}

extension UInt8: JournalValue {}
extension UInt32: JournalValue {}
extension UInt64: JournalValue {}
extension Int64: JournalValue {}
extension Int: JournalValue {}

extension Bool: JournalValue {
  func write(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
  init(from reader: inout JournalReader) throws(JournalDamage) { self = try UInt8(from: &reader) != 0 }
}

extension String: JournalValue {
  func write(to bytes: inout [UInt8]) {
    UInt32(truncatingIfNeeded: utf8.count).write(to: &bytes)
    bytes.append(contentsOf: utf8)
  }

  init(from reader: inout JournalReader) throws(JournalDamage) {
    self = String(decoding: try reader.next(Int(UInt32(from: &reader))), as: UTF8.self)
  }
}

extension Optional: JournalValue where Wrapped: JournalValue {
  func write(to bytes: inout [UInt8]) {
    bytes.append(self == nil ? 0 : 1)
    self?.write(to: &bytes)
  }

  init(from reader: inout JournalReader) throws(JournalDamage) {
    self = try Bool(from: &reader) ? try Wrapped(from: &reader) : nil
  }
}

extension Array: JournalValue where Element: JournalValue {
  func write(to bytes: inout [UInt8]) {
    UInt32(truncatingIfNeeded: count).write(to: &bytes)
    for element in self { element.write(to: &bytes) }
  }

  init(from reader: inout JournalReader) throws(JournalDamage) {
    self = []
    for _ in 0..<(try UInt32(from: &reader)) { append(try Element(from: &reader)) }
  }
}

/// A word of a fixed set.
extension JournalValue where Self: RawRepresentable<String> {
  func write(to bytes: inout [UInt8]) { rawValue.write(to: &bytes) }

  init(from reader: inout JournalReader) throws(JournalDamage) {
    guard let known = Self(rawValue: try String(from: &reader)) else { throw JournalDamage() }
    self = known
  }
}
