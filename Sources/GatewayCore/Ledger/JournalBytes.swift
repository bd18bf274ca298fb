// Values as bytes for the journal: little-endian numbers, texts with their length before them.

/// What can stand in a journal.
protocol JournalValue {
  func write(to bytes: inout JournalBytes)
  init(from reader: inout JournalReader) throws(JournalDamage)
}

/// Bytes that no version of this program has written so.
struct JournalDamage: Error {}

/// Bytes that grow.
///
/// An array would look at itself for each number, and a request waits for dozens.
struct JournalBytes: ~Copyable {
  private var memory: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(capacity: Int) { memory = .allocate(byteCount: max(capacity, 64), alignment: 8) }

  deinit { memory.deallocate() }

  mutating func append(_ number: some FixedWidthInteger & BitwiseCopyable) {
    makeRoom(for: number.bitWidth / 8)
    set(number, at: count)
    count += number.bitWidth / 8
  }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      append(UInt32(truncatingIfNeeded: utf8.count))
      makeRoom(for: utf8.count)
      UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: UnsafeRawBufferPointer(utf8))
      count += utf8.count
    }
  }

  /// Of bytes that are there.
  func set(_ number: some FixedWidthInteger & BitwiseCopyable, at offset: Int) {
    memory.storeBytes(of: number.littleEndian, toByteOffset: offset, as: type(of: number))
  }

  /// What there is, for as long as `body` runs.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
  }

  @inline(__always)
  private mutating func makeRoom(for more: Int) {
    if memory.count - count < more { grow(by: more) }
  }

  private mutating func grow(by more: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * memory.count + more, alignment: 8)
    withBytes { larger.copyMemory(from: $0) }
    memory.deallocate()
    memory = larger
  }
}

/// Either writes fields or reads them: a struct names its fields once, in one order, for both.
protocol JournalFields: ~Copyable {
  mutating func take<Value: JournalValue>(_ field: inout Value) throws(JournalDamage)
}

extension JournalBytes: JournalFields {
  mutating func take<Value: JournalValue>(_ field: inout Value) { field.write(to: &self) }
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

extension FixedWidthInteger where Self: JournalValue & BitwiseCopyable {
  func write(to bytes: inout JournalBytes) { bytes.append(self) }

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
  func write(to bytes: inout JournalBytes) { bytes.append(self ? 1 : 0 as UInt8) }
  init(from reader: inout JournalReader) throws(JournalDamage) { self = try UInt8(from: &reader) != 0 }
}

extension String: JournalValue {
  func write(to bytes: inout JournalBytes) { bytes.append(self) }

  init(from reader: inout JournalReader) throws(JournalDamage) {
    self = String(decoding: try reader.next(Int(UInt32(from: &reader))), as: UTF8.self)
  }
}

extension Optional: JournalValue where Wrapped: JournalValue {
  func write(to bytes: inout JournalBytes) {
    bytes.append(self == nil ? 0 : 1 as UInt8)
    self?.write(to: &bytes)
  }

  init(from reader: inout JournalReader) throws(JournalDamage) {
    self = try Bool(from: &reader) ? try Wrapped(from: &reader) : nil
  }
}

extension Array: JournalValue where Element: JournalValue {
  func write(to bytes: inout JournalBytes) {
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
  func write(to bytes: inout JournalBytes) { rawValue.write(to: &bytes) }

  init(from reader: inout JournalReader) throws(JournalDamage) {
    guard let known = Self(rawValue: try String(from: &reader)) else { throw JournalDamage() }
    self = known
  }
}
