// How a journal lies in its file: a head that says where to begin to read, then a ring of records.
//
// A record is its position, its length, a checksum and its entries, filled up to eight bytes. A position is given once in
// the life of a file, so what is left of earlier laps is not taken for a record.
import Glibc

/// The bytes of a journal.
enum JournalFormat {
  static let ringBytes = 8 << 20
  /// A longer one, such as that of a call with a very long prompt, is booked at once instead.
  static let mostRecordBytes = 1 << 20

  /// The version is its last byte: a change of `LedgerEntry`'s fields makes a new one.
  private static let mark: UInt64 = 0x01_6e6a_7767_6d6c_6c  // "llmgwjn", 1
  /// The ring begins at a page of its own.
  private static let ringStart = 4096
  private static let prefixBytes = 24
  private static let usualRecordBytes = 2048

  static func offset(of position: Journal.Position) -> Int {
    ringStart + Int(position % Journal.Position(ringBytes))
  }

  static func nextLap(after position: Journal.Position) -> Journal.Position {
    let ring = Journal.Position(ringBytes)
    return (position + ring - 1) / ring * ring
  }

  // MARK: Writing

  static func write(head: Journal.Position, to file: Int32) -> Bool {
    var bytes = JournalBytes(capacity: 16)
    bytes.append(mark)
    bytes.append(head)
    return bytes.withBytes { bytes in
      bytes.baseAddress.map { pwrite(file, $0, bytes.count, 0) == bytes.count } ?? false
    }
  }

  /// A record without its position.
  static func record(of entries: [LedgerEntry]) -> JournalBytes {
    var bytes = JournalBytes(capacity: usualRecordBytes)
    for _ in 0..<prefixBytes / 8 { bytes.append(0 as UInt64) }
    entries.write(to: &bytes)
    let length = bytes.count - prefixBytes
    while bytes.count % 8 > 0 { bytes.append(0 as UInt8) }
    bytes.set(UInt64(length), at: 8)
    bytes.set(bytes.withBytes { checksum(of: $0[prefixBytes...]) }, at: 16)
    return bytes
  }

  static func place(_ record: borrowing JournalBytes, at position: Journal.Position) { record.set(position, at: 0) }

  /// Of a number of bytes that eight divides; tells a record that was written in part, as by a power cut.
  private static func checksum(of bytes: Slice<UnsafeRawBufferPointer>) -> UInt64 {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
    return stride(from: 0, to: bytes.count, by: 8).reduce(0x9e37_79b9_7f4a_7c15) { sum, offset in
      let mixed = (sum ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x2545_f491_4f6c_dd1d
      return mixed ^ mixed >> 29
    }
  }

  // MARK: Reading

  /// What a process has left in its file, in the order in which it came: empty for one without a journal, `nil` for one
  /// that only another version of this program can read.
  static func units(in file: Int32, _ task: String) throws(LedgerFailure) -> [[LedgerEntry]]? {
    let bytes = try contents(of: file, task)
    guard !bytes.isEmpty else { return [] }
    guard number(at: 0, of: bytes) == mark, var position = number(at: 8, of: bytes) else { return nil }
    var units: [[LedgerEntry]] = []
    var isNewLap = false
    while true {
      if let (record, end) = record(at: position, in: bytes) {
        // A sum that is right over something that is not is not expected; what can be read is booked.
        var reader = JournalReader(record)
        if let unit = try? [LedgerEntry](from: &reader) { units.append(unit) }
        (position, isNewLap) = (end, false)
      } else if !isNewLap, nextLap(after: position) != position {
        (position, isNewLap) = (nextLap(after: position), true)
      } else {
        return units
      }
    }
  }

  private static func record(
    at position: Journal.Position, in bytes: [UInt8]
  ) -> (entries: ArraySlice<UInt8>, end: Journal.Position)? {
    let start = offset(of: position)
    guard number(at: start, of: bytes) == position, let length = number(at: start + 8, of: bytes),
      length <= mostRecordBytes, let sum = number(at: start + 16, of: bytes)
    else { return nil }
    let begin = start + prefixBytes
    let end = begin + ((Int(length) + 7) & ~7)
    guard end <= bytes.count, bytes.withUnsafeBytes({ checksum(of: $0[begin..<end]) }) == sum else { return nil }
    return (bytes[begin..<begin + Int(length)], position + Journal.Position(end - start))
  }

  private static func number(at offset: Int, of bytes: [UInt8]) -> UInt64? {
    guard offset + 8 <= bytes.count else { return nil }
    return bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
  }

  /// Not more than a journal may have.
  private static func contents(of file: Int32, _ task: String) throws(LedgerFailure) -> [UInt8] {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw LedgerFailure(errno: errno, task) }
    var bytes = [UInt8](repeating: 0, count: min(Int(status.st_size), ringStart + ringBytes))
    var size = 0
    while size < bytes.count {
      let count = bytes.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { pread(file, $0 + size, bytes.count - size, off_t(size)) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw LedgerFailure(errno: errno, task) }
      if count == 0 { break }
      size += count
    }
    bytes.removeLast(bytes.count - size)
    return bytes
  }
}
