// Messages to bytes.

/// Writes messages as frames, with both checksums.
public enum AWSEventStreamEncoder {
  /// Appends one frame.
  ///
  /// Throws when a name, a text or the whole does not fit the lengths a frame can state.
  public static func append(_ message: AWSEventStreamMessage, to bytes: inout [UInt8]) throws(WireError) {
    var headers: [UInt8] = []
    for header in message.headers { try append(header, to: &headers) }
    let length = AWSEventStreamFrame.leastSize + headers.count + message.payload.count
    guard let stated = UInt32(exactly: length) else { throw WireError(offset: 0, "a frame of \(length) bytes") }
    var frame: [UInt8] = []
    frame.reserveCapacity(length)
    frame.append(bigEndian: stated)
    frame.append(bigEndian: UInt32(headers.count))
    frame.append(bigEndian: CRC32(of: frame[...]).value)
    frame += headers
    frame += message.payload
    frame.append(bigEndian: CRC32(of: frame[...]).value)
    bytes += frame
  }

  private static func append(
    _ header: AWSEventStreamMessage.Header, to bytes: inout [UInt8]
  ) throws(WireError) {
    typealias Code = AWSEventStreamMessage.Value.TypeCode
    guard let nameLength = UInt8(exactly: header.name.count) else {
      throw WireError(offset: 0, "a header name of \(header.name.count) bytes")
    }
    bytes.append(nameLength)
    bytes += header.name
    switch header.value {
    case .bool(let value): bytes.append(value ? Code.true : Code.false)
    case .byte(let value): bytes += [Code.byte, UInt8(bitPattern: value)]
    case .int16(let value): bytes.append(Code.int16, value)
    case .int32(let value): bytes.append(Code.int32, value)
    case .int64(let value): bytes.append(Code.int64, value)
    case .timestamp(let value): bytes.append(Code.timestamp, value)
    case .bytes(let value): try append(Code.bytes, sized: value, to: &bytes)
    case .string(let value): try append(Code.string, sized: value, to: &bytes)
    case .uuid(let value):
      guard value.count == AWSEventStreamMessage.Value.uuidSize else {
        throw WireError(offset: 0, "a UUID of \(value.count) bytes")
      }
      bytes.append(Code.uuid)
      bytes += value
    }
  }

  private static func append(
    _ type: UInt8, sized value: ArraySlice<UInt8>, to bytes: inout [UInt8]
  ) throws(WireError) {
    guard let length = UInt16(exactly: value.count) else {
      throw WireError(offset: 0, "a header of \(value.count) bytes")
    }
    bytes.append(type, length)
    bytes += value
  }
}

extension [UInt8] {
  fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
    for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  fileprivate mutating func append(_ type: UInt8, _ value: some FixedWidthInteger) {
    append(type)
    append(bigEndian: value)
  }
}
