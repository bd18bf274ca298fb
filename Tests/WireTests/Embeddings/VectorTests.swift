// Numbers read where they lie, and bytes of floats.

import Testing

@testable import Wire

struct Vectors {
  @Test(arguments: [
    "0", "-0", "1", "-1.5", "0.1", "1e3", "1E-3", "1.25e+2", "-3.9557537e-05", "0.022109985", "123456789012345",
    "1234567890123456789", "0.000000000000000000000000000001", "1e-40", "1e-60", "1e38", "3.4028235e38",
    "0.022186279296875", "9007199254740993", "1e22", "1e23", "0e999", "0.0000000000000000000000000000000000001e30",
  ])
  func `a number is read as the nearest float`(_ text: String) throws {
    #expect(Float(jsonNumber: Array(text.utf8)[...]) == Float(text))
  }

  @Test func `a hundred thousand numbers are read as the library reads them`() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<100_000 {
      let pattern = UInt32.random(in: 0...UInt32.max, using: &random)
      let any = Float(bitPattern: pattern)
      let usual = Float.random(in: -1...1, using: &random)
      for number in [any, usual] where number.isFinite {
        let text = number.description
        #expect(Float(jsonNumber: Array(text.utf8)[...]) == number, "\(text)")
        let longer = Double(number).description
        #expect(Float(jsonNumber: Array(longer.utf8)[...]) == number, "\(longer)")
      }
    }
  }

  @Test func `what is written is read as it was, as numbers and as bytes`() throws {
    var random = SeededRandom(seed: 8)
    let vector =
      (0..<999).map { _ in Float.random(in: -2...2, using: &random) } + [
        0, -0.0, Float(bitPattern: 71_362), .leastNonzeroMagnitude,
      ]
    for encoding in VectorEncoding.allCases {
      var writer = JSONWriter()
      writer.write(vector, as: encoding)
      var scanner = try JSONScanner(writer.bytes[...])
      #expect(try scanner.vector() == vector)
      #expect(throws: Never.self) { try scanner.finish() }
    }
  }

  @Test func `the lowest byte comes first`() {
    #expect([Float(1), -2.5].littleEndianBytes == [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0])
    #expect([Float](base64: Array("AACAPwAAIMA=".utf8)[...]) == [1, -2.5])
  }

  @Test(arguments: [
    "[1,2", "[1,,2]", "[1,\"2\"]", "[1,null]", "[[1]]", "[1e39]", "[-1e999]", "\"AACAPw\"x", "\"AACA\"",
    "\"not base64!\"",
    "\"AADAfw==\"", "\"AACAfw==\"", "[NaN]",
  ])
  func `what is no vector is refused`(_ text: String) {
    #expect(throws: WireError.self) {
      var scanner = try JSONScanner(Array(text.utf8)[...])
      _ = try scanner.vector()
      try scanner.finish()
    }
  }

  @Test func `vectors stand in the order of their numbers`() throws {
    let text = #"[{"index":2,"embedding":[2]},{"embedding":[0],"index":0,"x":{}},{"index":1,"embedding":"AACAPw=="}]"#
    var scanner = try JSONScanner(Array(text.utf8)[...])
    #expect(try scanner.vectors() == [[0], [1], [2]])
    scanner = try JSONScanner(Array("[[1],[2,3],[]]".utf8)[...])
    #expect(try scanner.vectors() == [[1], [2, 3], []])
  }
}
