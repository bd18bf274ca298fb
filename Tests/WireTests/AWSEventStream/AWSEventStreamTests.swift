// Frames come out the same wherever the bytes are split, and nothing that is not one passes for one.

import Testing

@testable import Wire

struct AWSEventStreams {
  @Test func `the checksum is that of IEEE 802.3`() {
    #expect(CRC32(of: Array("123456789".utf8)[...]).value == 0xCBF4_3926)
    var pieces = CRC32()
    for digit in "123456789".utf8 { pieces.update([digit]) }
    #expect(pieces.value == 0xCBF4_3926)
    #expect(CRC32().value == 0)
  }

  /// The test cases of the specification's reference implementation (awslabs/aws-c-event-stream, `empty_message` and
  /// `payload_no_headers`).
  @Test func `frames of the reference implementation`() throws {
    let empty: [UInt8] = [0, 0, 0, 0x10, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff]
    #expect(try decode(empty, 1) == [AWSEventStreamMessage(headers: [], payload: [])])
    var written: [UInt8] = []
    try AWSEventStreamEncoder.append(AWSEventStreamMessage(headers: [], payload: []), to: &written)
    #expect(written == empty)
    let payload = #"{'foo':'bar'}"#
    let frame: [UInt8] =
      [0, 0, 0, 0x1d, 0, 0, 0, 0, 0xfd, 0x52, 0x8c, 0x5a] + payload.utf8 + [0xc3, 0x65, 0x39, 0x36]
    #expect(try decode(frame, 1).map(\.payload.text) == [payload])
  }

  @Test(arguments: chunkSizes)
  func `what is written is read again, at every chunk size`(_ size: Int?) throws {
    var bytes: [UInt8] = []
    for message in Self.messages { try AWSEventStreamEncoder.append(message, to: &bytes) }
    #expect(try decode(bytes, size) == Self.messages)
  }

  @Test func `a message is given out as soon as its last byte is there`() throws {
    var bytes: [UInt8] = []
    try AWSEventStreamEncoder.append(Self.messages[0], to: &bytes)
    var decoder = AWSEventStreamDecoder()
    var messages: [AWSEventStreamMessage] = []
    try decoder.decode(Array(bytes.dropLast()), into: &messages)
    #expect(messages.isEmpty && decoder.isInsideFrame)
    try decoder.decode(Array(bytes.suffix(1)), into: &messages)
    #expect(messages == [Self.messages[0]] && !decoder.isInsideFrame)
  }

  @Test func `a text header is found by its name, others are not texts`() {
    #expect(Self.messages[0].text(":event-type")?.text == "delta")
    #expect(Self.messages[0].text("count") == nil)
    #expect(Self.messages[0].text("absent") == nil)
  }

  @Test(arguments: 0..<frameSize)
  func `no byte of a frame can be changed unnoticed`(_ index: Int) throws {
    var bytes: [UInt8] = []
    try AWSEventStreamEncoder.append(Self.messages[0], to: &bytes)
    #expect(bytes.count == Self.frameSize)
    bytes[index] ^= 0x20
    for size in chunkSizes { #expect(throws: WireError.self) { try decode(bytes, size) } }
  }

  @Test(
    arguments: [
      // (headers, length of the headers as stated): each frame's checksums are right.
      ([], 1), ([3, 1], 2), ([1, 0x61], 2), ([1, 0x61, 10], 3), ([1, 0x61, 7, 0, 9, 1], 6), ([1, 0x61, 4, 0, 0], 5),
      ([1, 0x61, 9, 1, 2], 5), ([0x61], 0xFFFF_FFFF),
    ] as [([UInt8], UInt32)])
  func `headers that do not fit are an error`(_ headers: [UInt8], _ stated: UInt32) {
    for size in chunkSizes { #expect(throws: WireError.self) { try decode(frame(headers, stated: stated), size) } }
  }

  @Test func `a frame larger or smaller than allowed is an error before its content comes`() throws {
    for length in [UInt32(0), 15, 17 << 20, .max] {
      var prelude = Self.bigEndian(length) + Self.bigEndian(0)
      prelude += Self.bigEndian(CRC32(of: prelude[...]).value)
      for size in chunkSizes { #expect(throws: WireError.self) { try decode(prelude, size) } }
    }
  }

  @Test func `more headers than any message has are an error`() throws {
    let header = AWSEventStreamMessage.Header(name: [0x61], value: .bool(true))
    var bytes: [UInt8] = []
    try AWSEventStreamEncoder.append(
      AWSEventStreamMessage(headers: Array(repeating: header, count: 257), payload: []), to: &bytes)
    #expect(throws: WireError.self) { try decode(bytes, nil) }
  }

  @Test func `what no frame can state is not written`() {
    let long = ArraySlice(repeating: UInt8(0x61), count: 1 << 16)
    for header in [
      AWSEventStreamMessage.Header(name: long, value: .bool(true)), .init(name: [0x61], value: .string(long)),
      .init(name: [0x61], value: .bytes(long)), .init(name: [0x61], value: .uuid([1])),
    ] {
      #expect(throws: WireError.self) {
        var bytes: [UInt8] = []
        try AWSEventStreamEncoder.append(AWSEventStreamMessage(headers: [header], payload: []), to: &bytes)
      }
    }
  }

  @Test(arguments: 0..<100)
  func `random bytes end in an error, never in a crash`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let bytes = (0..<200).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    #expect(throws: WireError.self) { try decode(bytes, chunkSizes[Int(seed) % chunkSizes.count]) }
  }

  private static let frameSize = 135

  private static let messages = [
    AWSEventStreamMessage(
      headers: [
        .init(name: Array(":event-type".utf8)[...], value: .string(Array("delta".utf8)[...])),
        .init(name: Array("yes".utf8)[...], value: .bool(true)),
        .init(name: Array("no".utf8)[...], value: .bool(false)),
        .init(name: Array("byte".utf8)[...], value: .byte(-1)),
        .init(name: Array("short".utf8)[...], value: .int16(-2)),
        .init(name: Array("count".utf8)[...], value: .int32(.min)),
        .init(name: Array("long".utf8)[...], value: .int64(.max)),
        .init(name: Array("raw".utf8)[...], value: .bytes([0, 1, 2])),
        .init(name: Array("at".utf8)[...], value: .timestamp(1_700_000_000_123)),
        .init(name: Array("id".utf8)[...], value: .uuid(ArraySlice(0..<16))),
      ], payload: Array(#"{"a":1}"#.utf8)[...]),
    AWSEventStreamMessage(headers: [], payload: []),
    AWSEventStreamMessage(headers: [], payload: ArraySlice(repeating: 7, count: 5000)),
  ]

  private func decode(_ bytes: [UInt8], _ size: Int?) throws -> [AWSEventStreamMessage] {
    var decoder = AWSEventStreamDecoder()
    var messages: [AWSEventStreamMessage] = []
    for chunk in bytes.chunks(of: size) { try decoder.decode(chunk, into: &messages) }
    return messages
  }

  private func frame(_ headers: [UInt8], stated: UInt32) -> [UInt8] {
    var frame = Self.bigEndian(UInt32(16 + headers.count)) + Self.bigEndian(stated)
    frame += Self.bigEndian(CRC32(of: frame[...]).value)
    frame += headers
    return frame + Self.bigEndian(CRC32(of: frame[...]).value)
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
