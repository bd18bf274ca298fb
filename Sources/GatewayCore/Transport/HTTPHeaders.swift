// The header fields of a reply, in the order in which they came.

/// Header fields; names are compared without regard to ASCII case.
public struct HTTPHeaders: Sendable, RandomAccessCollection {
  /// One field, its value without surrounding blanks.
  public struct Field: Sendable, Equatable {
    public var name: String
    public var value: String
  }
  private var fields: [Field] = []

  public init() {}

  public var startIndex: Int { fields.startIndex }
  public var endIndex: Int { fields.endIndex }
  public subscript(position: Int) -> Field { fields[position] }

  /// The value of the first field of that name.
  public subscript(name: String) -> String? { fields.first { HTTPSyntax.areSame($0.name, name) }?.value }

  /// The values of all fields of that name, in order.
  public func values(of name: String) -> [String] { fields.filter { HTTPSyntax.areSame($0.name, name) }.map(\.value) }

  /// Reads one `name: value` line; a line that begins with a blank continues the field before it.
  mutating func append(line: UnsafeBufferPointer<UInt8>) {
    guard let first = line.first else { return }
    if Self.isBlank(first), let last = fields.indices.last {
      fields[last].value += " " + Self.text(line[...])
    } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
      fields.append(Field(name: Self.text(line[..<colon]), value: Self.text(line[(colon + 1)...])))
    }
  }

  private static func text(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    guard let start = bytes.firstIndex(where: { !isBlank($0) }), let end = bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(decoding: bytes[start...end], as: UTF8.self)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
