// Bytes that come in chunks, taken out in lines.

/// Holds what has not been taken yet; each byte is looked at once.
package struct LineBuffer: Sendable {
  private var bytes: [UInt8] = []
  private var start = 0
  private var searched = 0

  package init() {}

  /// How many bytes wait for the end of their line.
  package var waiting: Int { bytes.count - start }

  package mutating func append(_ chunk: some Collection<UInt8>) {
    bytes.removeFirst(start)
    searched -= start
    start = 0
    bytes += chunk
  }

  /// The next whole line without its end; `nil` when more bytes are needed.
  package mutating func nextLine() -> ArraySlice<UInt8>? {
    guard let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
      searched = bytes.count
      return nil
    }
    let line = bytes[start..<end]
    start = end + 1
    searched = start
    return line
  }

  /// What stands behind the last line end; empty when nothing does.
  package mutating func lastLine() -> ArraySlice<UInt8> {
    defer { (start, searched) = (bytes.count, bytes.count) }
    return bytes[start...]
  }
}
