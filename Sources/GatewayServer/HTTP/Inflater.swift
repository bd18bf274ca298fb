// Bodies that come compressed, inflated as they come, and no further than the limits allow. No I/O.
import CZlib

/// One compressed body.
///
/// What it costs until the body is whole is bounded: `memory`, beside the bytes it has made.
final class Inflater {
  /// The window and the tables of zlib.
  static let memory = 48 << 10
  private static let pieceBytes = 64 << 10

  private let inflation: OpaquePointer
  private let bounds: Bounds
  private var taken = 0
  private var isComplete = false

  struct Bounds {
    /// Of the inflated body.
    var bytes: Int
    /// How many times as large as what was sent the inflated body may be, when it is larger than `freeBytes`.
    var ratio: Int
    var freeBytes: Int
  }

  /// `nil` when there is nothing to inflate it with.
  init?(_ coding: ContentCoding, _ bounds: Bounds) {
    guard let inflation = czlib_begin(coding == .gzip ? czlib_gzip : czlib_zlib) else { return nil }
    self.inflation = inflation
    self.bounds = bounds
  }

  deinit { czlib_end(inflation) }

  /// Appends to the body what the bytes inflate to.
  func inflate(_ bytes: UnsafeRawBufferPointer, into body: inout [UInt8]) throws(Rejection) {
    var rest = bytes.bindMemory(to: UInt8.self)
    taken += rest.count
    repeat {
      guard !rest.isEmpty || !isComplete else { return }
      guard !isComplete else { throw .malformedCoding }
      let (read, written) = try piece(of: rest, into: &body)
      guard body.count <= bounds.bytes else { throw .bodyTooLarge }
      guard body.count <= bounds.freeBytes || body.count / bounds.ratio <= taken else { throw .bodyGrowsTooLarge }
      rest = UnsafeBufferPointer(rebasing: rest[read...])
      if rest.isEmpty && written < Self.pieceBytes { return }
    } while true
  }

  /// Says whether the body was cut.
  func finish() throws(Rejection) {
    guard isComplete else { throw .malformedCoding }
  }

  private func piece(
    of bytes: UnsafeBufferPointer<UInt8>, into body: inout [UInt8]
  ) throws(Rejection) -> (read: Int, written: Int) {
    var read = bytes.count
    var written = Self.pieceBytes
    let state = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.pieceBytes) { piece in
      let state = czlib_inflate(inflation, bytes.baseAddress, &read, piece.baseAddress, &written)
      body.append(contentsOf: piece[..<written])
      return state
    }
    if state == czlib_malformed { throw .malformedCoding }
    isComplete = state == czlib_complete
    return (read, written)
  }
}

/// How a body is compressed (RFC 9110, 8.4.1).
enum ContentCoding {
  case gzip
  case deflate
}
