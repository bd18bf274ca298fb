// What RFC 8259 allows is read, what it forbids is refused, and nothing in between.

import Testing

@testable import Wire

struct JSONGrammar {
  @Test(arguments: accepted)
  func `a text the grammar allows is read`(_ text: String, _ value: JSON) throws {
    #expect(try JSON.parse(text) == value)
  }

  @Test(arguments: accepted)
  func `a text the grammar allows is passed whole without being read`(_ text: String, _ value: JSON) throws {
    var scanner = try JSONScanner(Array(text.utf8)[...])
    try scanner.skip()
    try scanner.finish()
  }

  @Test(arguments: refused)
  func `a text the grammar forbids is refused`(_ text: String) {
    #expect(throws: WireError.self) { try JSON.parse(text) }
    #expect(throws: WireError.self) {
      var scanner = try JSONScanner(Array(text.utf8)[...])
      try scanner.skip()
      try scanner.finish()
    }
  }

  @Test(arguments: notUTF8)
  func `a string that is not UTF-8 is refused where it goes wrong`(_ bytes: [UInt8]) {
    let text = Array("{\"k\":\"ok ".utf8) + bytes + Array(" ok\"}".utf8)
    let error = #expect(throws: WireError.self) { try JSON.parse(text) }
    #expect(error.map { (9..<(9 + bytes.count)).contains($0.offset) } == true)
    #expect(throws: WireError.self) { try JSON.parse(Array("{\"".utf8) + bytes + Array("\":1}".utf8)) }
  }

  @Test func `a text cut anywhere is refused`() throws {
    let text = Array(#" {"a":[1,-2.5e+7,"\u00e9\n",true,false,null],"b":{"":{}},"é😀":"ß"}"#.utf8)
    _ = try JSON.parse(text)
    for length in 0..<text.count {
      #expect(throws: WireError.self, "cut to \(length) bytes") { try JSON.parse(text[..<length]) }
    }
  }

  @Test func `every control character is refused in a string, every escape of one is read`() throws {
    for code in UInt8(0)..<0x20 {
      #expect(throws: WireError.self) { try JSON.parse([0x22, code, 0x22]) }
      let hex = String(code, radix: 16)
      let escape = "\"\\u" + String(repeating: "0", count: 4 - hex.count) + hex + "\""
      #expect(try JSON.parse(escape).string?.unicodeScalars.map(\.value) == [UInt32(code)])
    }
    #expect(try JSON.parse([0x22, 0x7F, 0x22]).string == "\u{7F}")
  }

  @Test func `a byte order mark may come first and nowhere else`() throws {
    #expect(try JSON.parse("\u{FEFF}[1]") == [1])
    #expect(throws: WireError.self) { try JSON.parse("[\u{FEFF}1]") }
    #expect(throws: WireError.self) { try JSON.parse("\u{FEFF}\u{FEFF}1") }
  }

  @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
  func `containers go as deep as the limit and no deeper`(_ opening: String, _ closing: String) throws {
    func nested(_ depth: Int) -> String {
      String(repeating: opening, count: depth) + "0" + String(repeating: closing, count: depth)
    }
    _ = try JSON.parse(nested(128))
    #expect(throws: WireError.self) { try JSON.parse(nested(129)) }
    #expect(throws: WireError.self) { try JSON.parse(String(repeating: opening, count: 1_000_000)) }
    #expect(throws: WireError.self) { try JSON.parse(nested(3), limits: JSONLimits(depth: 2, bytes: 100)) }
  }

  @Test func `a text longer than the limit is refused`() throws {
    let limits = JSONLimits(depth: 8, bytes: 6)
    #expect(try JSON.parse("[1,22]", limits: limits) == [1, 22])
    #expect(throws: WireError.self) { try JSON.parse("[1,222]", limits: limits) }
  }

  @Test func `an error says where and what`() {
    let error = #expect(throws: WireError.self) { try JSON.parse(#"{"a":1 "b":2}"#) }
    #expect(error == WireError(offset: 7, "',' or '}' expected"))
    let cut = #expect(throws: WireError.self) { try JSON.parse(#"{"a""#) }
    #expect(cut == WireError(offset: 4, "':' expected, the text ends"))
  }
}

private let accepted: [(String, JSON)] = [
  ("null", .null), ("true", true), ("false", false), ("0", 0), (" 7 ", 7), ("\t\r\n 7\t\r\n ", 7),
  ("-0", .number(JSONNumber(text: "-0"))), ("-1", -1), ("10", 10), ("1234567890", 1_234_567_890),
  ("0.0", .number(JSONNumber(text: "0.0"))), ("0.10", .number(JSONNumber(text: "0.10"))),
  ("-0.5", .number(JSONNumber(text: "-0.5"))), ("1e5", .number(JSONNumber(text: "1e5"))),
  ("1E5", .number(JSONNumber(text: "1E5"))), ("1e+5", .number(JSONNumber(text: "1e+5"))),
  ("1e-05", .number(JSONNumber(text: "1e-05"))), ("2.50e00", .number(JSONNumber(text: "2.50e00"))),
  ("123456789012345678901234567890", .number(JSONNumber(text: "123456789012345678901234567890"))),
  ("0.1000000000000000055511151231257827", .number(JSONNumber(text: "0.1000000000000000055511151231257827"))),
  ("1e999", .number(JSONNumber(text: "1e999"))),
  (#""""#, ""), (#""plain""#, "plain"), (#""with 'other' quotes""#, "with 'other' quotes"),
  (#""\"""#, "\""), (#""\\""#, "\\"), (#""\/""#, "/"), (#""/""#, "/"), (#""\b""#, "\u{8}"), (#""\f""#, "\u{C}"),
  (#""\n""#, "\n"), (#""\r""#, "\r"), (#""\t""#, "\t"), (#""\\n""#, "\\n"), (#""a\tb\tc""#, "a\tb\tc"),
  (#""\u0041""#, "A"), (#""\u00E9""#, "é"), (#""\u00e9""#, "é"), (#""\u20AC""#, "€"), (#""\uFFFF""#, "\u{FFFF}"),
  (#""\u0000""#, "\0"), (#""x\u0022y""#, "x\"y"), (#""\u005C""#, "\\"),
  (#""\uD83D\uDE00""#, "😀"), (#""\ud83d\ude00!""#, "😀!"), (#""\uD800\uDC00""#, "\u{10000}"),
  (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\uD834\uDD1E\uD834\uDD1E""#, "𝄞𝄞"),
  // Half a surrogate pair becomes U+FFFD, what follows is kept.
  (#""\uD83D""#, "\u{FFFD}"), (#""\uDE00""#, "\u{FFFD}"), (#""\uD83Dx""#, "\u{FFFD}x"),
  (#""\uD83D\n""#, "\u{FFFD}\n"), (#""\uD83D\u0041""#, "\u{FFFD}A"), (#""\uDE00\uD83D""#, "\u{FFFD}\u{FFFD}"),
  (#""\uD83D\uD83D\uDE00""#, "\u{FFFD}😀"),
  (#""é""#, "é"), (#""€""#, "€"), (#""😀""#, "😀"), ("\"\u{7F}\"", "\u{7F}"), ("\"\u{2028}\"", "\u{2028}"),
  ("\"\u{FEFF}\"", "\u{FEFF}"), ("\"\u{D7FF}\u{E000}\"", "\u{D7FF}\u{E000}"), ("\"\u{10FFFF}\"", "\u{10FFFF}"),
  ("[]", []), ("[ ]", []), ("[\n]", []), ("[1]", [1]), ("[1,2]", [1, 2]), ("[ 1 , 2 ]", [1, 2]), ("[[]]", [[]]),
  ("[[],[]]", [[], []]), ("[{}]", [[:]]), ("[null,true,\"x\"]", [.null, true, "x"]), ("[[[1],2],3]", [[[1], 2], 3]),
  ("{}", [:]), ("{ }", [:]), (#"{"a":1}"#, ["a": 1]), (#"{ "a" : 1 , "b" : 2 }"#, ["a": 1, "b": 2]),
  (#"{"":0}"#, ["": 0]), (#"{"a":{"b":{"c":[]}}}"#, ["a": ["b": ["c": []]]]), (#"{"\u0061":1}"#, ["a": 1]),
  (#"{"a\"b":1}"#, ["a\"b": 1]), (#"{"ключ":"值"}"#, ["ключ": "值"]), (#"{"b":1,"a":2}"#, ["b": 1, "a": 2]),
  (#"{"a":1,"a":2}"#, .object(["a": 1, "a": 2])),
]

private let refused: [String] = [
  "", " ", "\n", "nul", "nulll", "Null", "NULL", "True", "tru", "falsee", "undefined", "NaN", "Infinity", "-Infinity",
  "'a'", "a", "\u{A0}1", "\u{2028}1", "\u{C}1", "\u{B}1", "1\0", "// c\n1", "/* c */1", "#1",
  "01", "-01", "00", "-", "+1", "1.", ".5", "-.5", "1.e5", "1e", "1e+", "1e-", "1e5.5", "1.2.3", "--1", "1-", "0x10",
  "1_000", "1,000", "0e", "1 2", "١",
  #"""#, #""a"#, #"a""#, #""a" "b""#, #""\""#, #""\x41""#, #""\'""#, #""\0""#, #""\U0041""#, #""\u""#, #""\u0""#,
  #""\u00""#, #""\u004""#, #""\u004G""#, #""\u+041""#, #""\u 041""#, #""\uD83D\u""#, #""\uD83D\uDE0""#, #""\é""#,
  "\"a\nb\"", "\"a\tb\"", "\"a\rb\"", "\"\u{1F}\"", "\"\0\"",
  "[", "]", "[1", "[1,", "[,", "[,1]", "[1,]", "[1,,2]", "[1 2]", "[1:2]", "[1}", "[]]", "[[]", "[1],", "[\"a\"", "[-]",
  "{", "}", "{]", "{1:2}", "{a:1}", "{'a':1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":1,,"b":2}"#,
  #"{"a" 1}"#, #"{"a":1 "b":2}"#, #"{"a":1;"b":2}"#, #"{"a"::1}"#, #"{"a":1}}"#, #"{"a":1"#, #"{null:1}"#, #"{"a":1]"#,
  #"{"a":[1,{"b":2]}"#, #"{"a""b"}"#, #"{"a",1}"#, "{}{}", "[][]", "{},", "nulltrue", #"{"a":tru}"#, "[1]x",
]

private let notUTF8: [[UInt8]] = [
  [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
  [0xE2, 0x82],
  [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
  [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xFF, 0xFE],
]
