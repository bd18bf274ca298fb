// Base64 as RFC 4648 has it.

import Testing

@testable import Wire

struct Base64 {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func `bytes are told as in the examples of its section 10`(_ text: String, _ expected: String) {
    #expect(base64(Array(text.utf8)) == expected)
  }

  @Test func `every character of the alphabet has its place`() {
    // The numbers from 0 to 63 in six bits each.
    let bytes = stride(from: 0, to: 64, by: 4).flatMap { first -> [UInt8] in
      let bits = (0..<4).reduce(0) { $0 << 6 | (first + $1) }
      return [UInt8(bits >> 16), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
    }
    #expect(base64(bytes) == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  }

  @Test(
    arguments: [([0, 0, 0], "AAAA"), ([255, 255, 255], "////"), ([251, 240], "+/A="), ([255], "/w==")]
      as [([UInt8], String)])
  func `bytes that are no text`(_ bytes: [UInt8], _ expected: String) {
    #expect(base64(bytes) == expected)
  }

  @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}ÿ"])
  func `bytes come back`(_ text: String) {
    let original = Array(text.utf8)
    #expect(bytes(base64: base64(original)) == original)
    #expect(bytes(base64URL: base64URL(original)) == original)
    #expect(!base64URL(original).contains("="))
  }

  @Test(arguments: ["A", "AAAAA", "A===", "AA=A", "A-A=", "A A=", "é", "===="])
  func `what is no Base64 is none`(_ text: String) {
    #expect(bytes(base64: text) == nil)
  }
}
