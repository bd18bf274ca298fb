// What a server has taken on and not yet booked. It lies in the file that marks the process as running: whoever finds the
// process dead finds it there.
import Glibc
import Synchronization

/// A ring of records in a file.
///
/// A record is on its way to the disk, and out of reach of whatever ends this process, when `append` returns; space is
/// used again once `release` says that it is booked.
final class Journal: Sendable {
  /// Where a record ends: bytes since the file was begun, which only grow.
  typealias Position = UInt64

  fileprivate struct State {
    let file: Int32
    var isOpen = true
    /// What lies before is booked.
    var head: Position
    /// Where the next record goes.
    var tail: Position
    /// The last bytes before `tail`, which are not in the file yet.
    var unwritten: [UInt8] = []
  }

  private let state: Mutex<State>

  /// Begins in `file`, which must stay open until `close`; `nil` when it cannot be written.
  init?(in file: Int32) {
    guard JournalFormat.write(head: 0, to: file) else { return nil }
    state = Mutex(State(file: file, head: 0, tail: 0))
  }

  /// Adds a record of `entries`, and hands its end to `pass` before the next one can be added; false when there is no
  /// room for it, or the file cannot be written, or `pass` says no.
  ///
  /// Without `isUrgent` it may lie in memory until one comes that is.
  func append(_ entries: [LedgerEntry], isUrgent: Bool, _ pass: (Position) -> Bool) -> Bool {
    let record = JournalFormat.record(of: entries)
    let count = record.count
    guard count <= JournalFormat.mostRecordBytes else { return false }
    return state.withLock { state in
      guard state.isOpen, state.makeRoom(for: count) else { return false }
      JournalFormat.place(record, at: state.tail)
      record.withBytes { state.unwritten.append(contentsOf: $0) }
      state.tail += Position(count)
      if (isUrgent || state.unwritten.count >= JournalFormat.mostRecordBytes) && !state.write() {
        state.unwritten.removeLast(count)
        state.tail -= Position(count)
        return false
      }
      return pass(state.tail)
    }
  }

  /// What ends at `position`, and all before it, is booked.
  func release(upTo position: Position) {
    state.withLock { state in
      guard state.isOpen, position > state.head else { return }
      let isEmpty = position == state.tail
      // From the beginning again: the same pages of memory are used as long as little is under way.
      let head = isEmpty ? JournalFormat.nextLap(after: position) : position
      // The file must not know less than we do, or a reader would look where newer records lie.
      guard JournalFormat.write(head: head, to: state.file) else { return }
      state.head = head
      guard isEmpty else { return }
      state.tail = head
      state.unwritten.removeAll(keepingCapacity: true)
    }
  }

  /// Takes nothing more; the file may be closed.
  func close() { state.withLock { $0.isOpen = false } }
}

extension Journal.State {
  /// A record lies in one piece: what is left of a lap that is too short for it stays empty.
  fileprivate mutating func makeRoom(for count: Int) -> Bool {
    let end = JournalFormat.nextLap(after: tail)
    if end - tail < count {
      guard write() else { return false }
      tail = end
    }
    return tail + UInt64(count) - head <= JournalFormat.ringBytes
  }

  fileprivate mutating func write() -> Bool {
    guard !unwritten.isEmpty else { return true }
    let offset = JournalFormat.offset(of: tail - UInt64(unwritten.count))
    var done = 0
    while done < unwritten.count {
      let count = unwritten.withUnsafeBytes { bytes in
        bytes.baseAddress.map { pwrite(file, $0 + done, bytes.count - done, off_t(offset + done)) } ?? -1
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    unwritten.removeAll(keepingCapacity: true)
    return true
  }
}
