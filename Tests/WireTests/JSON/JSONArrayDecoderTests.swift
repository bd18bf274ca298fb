// A stream of elements is cut where they end, wherever the stream itself is cut.

import Testing
import Wire

struct JSONArrayDecoding {
  @Test(arguments: [
    (#"[{"a":1},{"b":"}]{\"\\"},{}]"#, [#"{"a":1}"#, #"{"b":"}]{\"\\"}"#, "{}"]),
    (
      "[{\n\"a\": [{}, {\"x\": {}}]\n}\r\n,\r\n{\"é\":\"\u{1F600}\"}",
      ["{\n\"a\": [{}, {\"x\": {}}]\n}", "{\"é\":\"\u{1F600}\"}"]
    ),
    ("{}{} {}", ["{}", "{}", "{}"]), ("[]", []), (" \t\n", []), (#"[{"never":"#, []),
  ])
  func `elements come out whole`(_ text: String, _ expected: [String]) throws {
    for size in chunkSizes {
      var decoder = JSONArrayDecoder()
      var elements: [ArraySlice<UInt8>] = []
      for chunk in Array(text.utf8).chunks(of: size) { try decoder.decode(chunk, into: &elements) }
      #expect(elements.map { String(decoding: $0, as: UTF8.self) } == expected)
    }
  }

  @Test(arguments: ["[1]", "x", "{}null", "\u{0}"])
  func `what is no object is an error`(_ text: String) {
    var decoder = JSONArrayDecoder()
    var elements: [ArraySlice<UInt8>] = []
    #expect(throws: WireError.self) { try decoder.decode(Array(text.utf8), into: &elements) }
  }

  @Test func `the largest element is one of so many bytes`() throws {
    for (text, isRefused) in [(#"{"a":"12345"}"#, false), (#"{"a":"123456"}"#, true)] {
      for size in chunkSizes {
        var decoder = JSONArrayDecoder(maximumElementBytes: 13)
        var elements: [ArraySlice<UInt8>] = []
        let result = Result {
          for chunk in Array("[\(text),\(text)]".utf8).chunks(of: size) { try decoder.decode(chunk, into: &elements) }
        }
        #expect((try? result.get()) == nil ? isRefused : !isRefused, "\(text) in pieces of \(size ?? 0)")
      }
    }
  }
}
