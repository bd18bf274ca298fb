// Searching eight bytes at a time finds what searching byte by byte finds.

import Testing

@testable import Wire

struct ByteSearch {
  @Test(arguments: 0..<300)
  func `the first byte sought is found wherever it stands`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    // Bytes next to those sought are the ones a wrong mark would confuse with them.
    let near: [UInt8] = [
      0x09, 0x0B, 0x0C, 0x0E, 0x20, 0x21, 0x23, 0x5B, 0x5D, 0x61, 0x7F, 0x80, 0x8A, 0xA2, 0xDC, 0xFF,
    ]
    let sought: [UInt8] = [0x0A, 0x0D, 0x22, 0x5C, 0x00, 0x1F]
    let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
      (Int.random(in: 0..<12, using: &random) == 0 ? sought : near).randomElement(using: &random) ?? 0
    }
    for start in 0...bytes.count {
      let rest = bytes[start...]
      #expect(
        bytes.span.indexOfLineEnd(from: start) == rest.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count)
      let end = rest.firstIndex { $0 == 0x22 || $0 == 0x5C || $0 < 0x20 } ?? bytes.count
      let found = bytes.span.indexOfStringEnd(from: start)
      #expect(found.index == end)
      // It may say too seldom that all is ASCII, never too often.
      if bytes[start..<end].contains(where: { $0 >= 0x80 }) { #expect(!found.isASCII) }
    }
  }
}
