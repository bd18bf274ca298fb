// One frame of `application/vnd.amazon.eventstream` (smithy.io, Amazon Event Stream Specification).

/// A message: named headers, and a payload that they describe.
public struct AWSEventStreamMessage: Sendable, Equatable {
  public var headers: [Header]
  public var payload: ArraySlice<UInt8>

  public struct Header: Sendable, Equatable {
    public var name: ArraySlice<UInt8>
    public var value: Value
    public init(name: ArraySlice<UInt8>, value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// A header's value, of one of the ten types there are.
  public enum Value: Sendable, Equatable {
    case bool(Bool)
    case byte(Int8)
    case int16(Int16)
    case int32(Int32)
    case int64(Int64)
    case bytes(ArraySlice<UInt8>)
    /// The text's UTF-8.
    case string(ArraySlice<UInt8>)
    /// Milliseconds since 1970.
    case timestamp(Int64)
    /// Sixteen bytes.
    case uuid(ArraySlice<UInt8>)
  }

  public init(headers: [Header], payload: ArraySlice<UInt8>) {
    self.headers = headers
    self.payload = payload
  }

  /// The header of that name, when it is a text.
  public func text(_ name: StaticString) -> ArraySlice<UInt8>? {
    for header in headers where header.name.equals(name) {
      if case .string(let text) = header.value { return text }
    }
    return nil
  }
}

extension AWSEventStreamMessage.Value {
  /// The number that stands for a type on the wire.
  enum TypeCode {
    static let `true`: UInt8 = 0
    static let `false`: UInt8 = 1
    static let byte: UInt8 = 2
    static let int16: UInt8 = 3
    static let int32: UInt8 = 4
    static let int64: UInt8 = 5
    static let bytes: UInt8 = 6
    static let string: UInt8 = 7
    static let timestamp: UInt8 = 8
    static let uuid: UInt8 = 9
  }

  static let uuidSize = 16
}

/// How a frame is laid out: total length, length of the headers, checksum of both; headers; payload; checksum of all.
enum AWSEventStreamFrame {
  static let preludeSize = 12
  static let checksumSize = 4
  static let leastSize = preludeSize + checksumSize
}
