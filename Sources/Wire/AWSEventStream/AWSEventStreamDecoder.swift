// Bytes to messages. Both checksums are verified; what does not fit its own lengths is an error, never a guess.

/// Reads a stream of frames that comes in pieces, split anywhere.
public struct AWSEventStreamDecoder: Sendable {
  public static let contentType = "application/vnd.amazon.eventstream"

  private let maximumFrameBytes: Int
  /// What came of a frame whose end has not.
  private var held: [UInt8] = []
  /// The length of the held frame, once its prelude is there.
  private var heldLength: Int?
  private var bytesRead = 0

  /// Allows frames of up to 16 MiB unless told otherwise.
  public init(maximumFrameBytes: Int = 16 << 20) {
    self.maximumFrameBytes = maximumFrameBytes
  }

  /// True when a frame has begun and not ended.
  public var isInsideFrame: Bool { !held.isEmpty }

  /// Appends the messages that `bytes` completed.
  ///
  /// Throws on a wrong checksum or length, and when a frame is too large; the decoder is not used again then.
  public mutating func decode(
    _ bytes: [UInt8], into messages: inout [AWSEventStreamMessage]
  ) throws(WireError) {
    defer { bytesRead += bytes.count }
    var rest = bytes[...]
    while !rest.isEmpty {
      if held.isEmpty, let frame = try wholeFrame(at: rest) {
        messages.append(try AWSEventStreamFrameReader.message(frame, offset: bytesRead))
        rest = rest[frame.endIndex...]
      } else {
        try hold(from: &rest, into: &messages)
      }
    }
  }

  /// A frame that lies in one piece, which is then read where it lies.
  private func wholeFrame(at rest: ArraySlice<UInt8>) throws(WireError) -> ArraySlice<UInt8>? {
    guard rest.count >= AWSEventStreamFrame.preludeSize else { return nil }
    let length = try frameLength(rest)
    return rest.count >= length ? rest.prefix(length) : nil
  }

  /// Takes as much as the prelude, or the frame, still lacks.
  private mutating func hold(
    from rest: inout ArraySlice<UInt8>, into messages: inout [AWSEventStreamMessage]
  ) throws(WireError) {
    let wanted = (heldLength ?? AWSEventStreamFrame.preludeSize) - held.count
    held += rest.prefix(wanted)
    rest = rest.dropFirst(wanted)
    if heldLength == nil, held.count == AWSEventStreamFrame.preludeSize { heldLength = try frameLength(held[...]) }
    guard held.count == heldLength else { return }
    messages.append(try AWSEventStreamFrameReader.message(held[...], offset: bytesRead))
    held = []
    heldLength = nil
  }

  /// The length that a prelude states, once its checksum is right.
  private func frameLength(_ prelude: ArraySlice<UInt8>) throws(WireError) -> Int {
    let stated = prelude.prefix(AWSEventStreamFrame.preludeSize)
    guard CRC32(of: stated.prefix(8)).value == stated.dropFirst(8).bigEndian32 else {
      throw WireError(offset: bytesRead, "a frame whose prelude has the wrong checksum")
    }
    let length = Int(stated.bigEndian32)
    guard (AWSEventStreamFrame.leastSize...maximumFrameBytes).contains(length) else {
      throw WireError(offset: bytesRead, "a frame of \(length) bytes")
    }
    return length
  }
}

/// Reads one whole frame.
private struct AWSEventStreamFrameReader {
  private let frame: ArraySlice<UInt8>
  /// The headers that are left to read.
  private var headers: ArraySlice<UInt8>
  private let payload: ArraySlice<UInt8>
  private let offset: Int

  private static let mostHeaderBytes = 128 << 10
  private static let mostHeaders = 256

  /// The message in a frame whose prelude was checked.
  static func message(_ frame: ArraySlice<UInt8>, offset: Int) throws(WireError) -> AWSEventStreamMessage {
    var reader = try AWSEventStreamFrameReader(frame, offset: offset)
    return try reader.message()
  }

  private init(_ frame: ArraySlice<UInt8>, offset: Int) throws(WireError) {
    self.frame = frame
    self.offset = offset
    let content = frame.dropFirst(AWSEventStreamFrame.preludeSize).dropLast(AWSEventStreamFrame.checksumSize)
    let headerBytes = Int(frame.dropFirst(4).bigEndian32)
    headers = content.prefix(headerBytes)
    payload = content.dropFirst(headerBytes)
    guard headerBytes <= min(content.count, Self.mostHeaderBytes) else {
      throw problem("a frame of \(frame.count) bytes with \(headerBytes) bytes of headers")
    }
  }

  private func problem(_ text: String) -> WireError { WireError(offset: offset, text) }

  private mutating func message() throws(WireError) -> AWSEventStreamMessage {
    let stated = frame.suffix(AWSEventStreamFrame.checksumSize).bigEndian32
    guard CRC32(of: frame.dropLast(AWSEventStreamFrame.checksumSize)).value == stated else {
      throw problem("a frame with the wrong checksum")
    }
    var read: [AWSEventStreamMessage.Header] = []
    while !headers.isEmpty {
      guard read.count < Self.mostHeaders else { throw problem("more than \(Self.mostHeaders) headers") }
      let name = try take(Int(try takeByte()))
      read.append(AWSEventStreamMessage.Header(name: name, value: try value(ofType: try takeByte())))
    }
    return AWSEventStreamMessage(headers: read, payload: payload)
  }

  private mutating func value(ofType type: UInt8) throws(WireError) -> AWSEventStreamMessage.Value {
    typealias Code = AWSEventStreamMessage.Value.TypeCode
    switch type {
    case Code.true: return .bool(true)
    case Code.false: return .bool(false)
    case Code.byte: return .byte(Int8(bitPattern: try takeByte()))
    case Code.int16: return .int16(Int16(bitPattern: UInt16(truncatingIfNeeded: try takeNumber(2))))
    case Code.int32: return .int32(Int32(bitPattern: UInt32(truncatingIfNeeded: try takeNumber(4))))
    case Code.int64: return .int64(Int64(bitPattern: try takeNumber(8)))
    case Code.bytes: return .bytes(try take(Int(try takeNumber(2))))
    case Code.string: return .string(try take(Int(try takeNumber(2))))
    case Code.timestamp: return .timestamp(Int64(bitPattern: try takeNumber(8)))
    case Code.uuid: return .uuid(try take(AWSEventStreamMessage.Value.uuidSize))
    default: throw problem("a header of type \(type), which there is not")
    }
  }

  private mutating func take(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
    guard headers.count >= count else { throw problem("a header that ends behind the headers") }
    defer { headers = headers.dropFirst(count) }
    return headers.prefix(count)
  }

  private mutating func takeByte() throws(WireError) -> UInt8 { UInt8(truncatingIfNeeded: try takeNumber(1)) }

  private mutating func takeNumber(_ size: Int) throws(WireError) -> UInt64 {
    try take(size).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension ArraySlice<UInt8> {
  /// The number that the first four bytes spell, the highest first.
  fileprivate var bigEndian32: UInt32 { prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
}
