// What the person types, as characters, and what the rest of the program tells whoever waits for them.

import GatewayCore
import Glibc

/// What the thread that waits for keys is told by others.
enum EditorNote: UInt8 {
  /// Ctrl-C.
  case interrupted
  case resized
  /// Ctrl-Z.
  case suspended
  /// The program is to end.
  case ended
}

/// A pipe on which notes reach a thread that waits for keys.
final class NotePipe: Sendable {
  let readEnd: Int32
  private let writeEnd: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    // Without a pipe no note arrives, and keys still do.
    if pipe(&ends) != 0 { ends = [-1, -1] }
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  func tell(_ note: EditorNote) {
    var byte = note.rawValue
    _ = write(writeEnd, &byte, 1)
  }
}

/// Decodes UTF-8 from a terminal as it is typed.
///
/// For one thread at a time.
final class KeySource {
  enum Event: Equatable {
    case character(Unicode.Scalar)
    case note(EditorNote)
    case end
    /// Nothing came for as long as was to be waited.
    case silence
  }

  private let input: Int32
  private let notes: NotePipe
  private var bytes: [UInt8] = []
  private var position = 0
  private var mayHaveTypedAhead = false

  init(input: Int32, notes: NotePipe) {
    self.input = input
    self.notes = notes
  }

  /// A line is about to be read: what is there already was typed while the terminal was not ours.
  func beginLine() { mayHaveTypedAhead = true }

  /// Outside of a line the terminal makes a line feed of Enter; taken for Ctrl-J it would send nothing.
  private func takeTypedAhead() {
    var file = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    guard poll(&file, 1, 0) == 1 else { return }
    let old = bytes.count - position
    guard fill() else { return }
    for index in bytes.indices.dropFirst(old) where bytes[index] == 0x0A { bytes[index] = 0x0D }
  }

  /// Waits for the next event, at most that many milliseconds, for ever with -1.
  func next(milliseconds: Int32 = -1) -> Event {
    if mayHaveTypedAhead {
      mayHaveTypedAhead = false
      takeTypedAhead()
    }
    while true {
      if let scalar = decode() { return .character(scalar) }
      var files = [
        pollfd(fd: notes.readEnd, events: Int16(POLLIN), revents: 0),
        pollfd(fd: input, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&files, 2, milliseconds)
      if count == 0 { return .silence }
      if count < 0 {
        guard errno == EINTR else { return .end }
        continue
      }
      if files[0].revents != 0, let note = readNote() { return .note(note) }
      if files[1].revents != 0, !fill() { return .end }
    }
  }

  private func readNote() -> EditorNote? {
    var byte: UInt8 = 0
    return read(notes.readEnd, &byte, 1) == 1 ? EditorNote(rawValue: byte) : nil
  }

  /// False at the end.
  private func fill() -> Bool {
    bytes.removeFirst(position)
    position = 0
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(input, &chunk, chunk.count)
      if count < 0, errno == EINTR || errno == EAGAIN { return true }
      if count <= 0 { return false }
      bytes += chunk[..<count]
      return true
    }
  }

  /// The next whole character; what is no UTF-8 becomes U+FFFD byte by byte.
  private func decode() -> Unicode.Scalar? {
    guard position < bytes.count else { return nil }
    let first = bytes[position]
    let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
    let end = position + length
    guard end <= bytes.count else { return isBroken(bytes[position...]) ? replacement() : nil }
    let text = String(validating: bytes[position..<end], as: UTF8.self)
    guard let scalar = text?.unicodeScalars.first else { return replacement() }
    position = end
    return scalar
  }

  /// Whether no further byte makes a character of it.
  private func isBroken(_ beginning: ArraySlice<UInt8>) -> Bool {
    beginning.dropFirst().contains { !(0x80..<0xC0).contains($0) }
  }

  private func replacement() -> Unicode.Scalar {
    position += 1
    return "\u{FFFD}"
  }
}
