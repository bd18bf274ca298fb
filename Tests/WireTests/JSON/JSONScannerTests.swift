// The scanner walks, reads, skips and slices without building a tree.

import Testing

@testable import Wire

struct ScanningJSON {
  @Test func `members are walked in order and what is not read is skipped`() throws {
    var scanner = try scanner(#"{"a":{"x":[1,{"y":"}"}]},"id":"42","n":7,"on":true,"none":null}"#)
    var names: [String] = []
    var id: String?
    var count: Int?
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      names.append(name.text)
      switch name {
      case "id": id = try scanner.string()
      case "n": count = try scanner.int()
      default: break
      }
    }
    try scanner.finish()
    #expect(names == ["a", "id", "n", "on", "none"])
    #expect(id == "42")
    #expect(count == 7)
  }

  @Test func `elements may be read, entered or left unread`() throws {
    var scanner = try scanner(#"[1,[2,3],"four",{"five":5}]"#)
    var found: [String] = []
    try scanner.enterArray()
    while try scanner.nextElement() {
      switch try scanner.kind() {
      case .number: found.append(try scanner.raw().text)
      case .array:
        try scanner.enterArray()
        while try scanner.nextElement() { found.append("in \(try scanner.int() ?? -1)") }
      default: break
      }
    }
    try scanner.finish()
    #expect(found == ["1", "in 2", "in 3"])
  }

  @Test(arguments: ["null", "12", "-1.50e+3", #""a\u0041\n""#, #"[ 1 ,2 ]"#, #"{"b" : [ {} ] , "a":1e2}"#, "true"])
  func `a raw slice is the value's own bytes`(_ value: String) throws {
    var scanner = try scanner("{\"k\" :  \(value)  , \"z\":1}")
    try scanner.enterObject()
    _ = try scanner.nextMember()
    #expect(try scanner.raw().text == value)
    #expect(try scanner.nextMember()?.text == "z")
  }

  @Test func `a value of another kind is nil and does not stop the walk`() throws {
    var scanner = try scanner(#"[null,{"a":1},"7"," 7","7.5",7.0,1.5,[1],"true",true]"#)
    try scanner.enterArray()
    func next<T>(_ read: (inout JSONScanner) throws -> T) throws -> T {
      _ = try scanner.nextElement()
      return try read(&scanner)
    }
    #expect(try next { try $0.string() } == nil)
    #expect(try next { try $0.int() } == nil)
    #expect(try next { try $0.int() } == 7)
    #expect(try next { try $0.int() } == nil)
    #expect(try next { try $0.int() } == nil)
    #expect(try next { try $0.int() } == 7)
    #expect(try next { try $0.int() } == nil)
    #expect(try next { try $0.bool() } == nil)
    #expect(try next { try $0.bool() } == nil)
    #expect(try next { try $0.bool() } == true)
    #expect(try scanner.nextElement() == false)
    try scanner.finish()
  }

  @Test func `names and strings with escapes are compared unescaped`() throws {
    var scanner = try scanner(#"{"\u0069d":"\u0061\"b"}"#)
    try scanner.enterObject()
    let name = try #require(try scanner.nextMember())
    #expect(name.equals("id"))
    #expect(try scanner.stringBytes()?.equals("a\"b") == true)
  }

  @Test func `entering what is no such container throws`() throws {
    var array = try scanner("[1]")
    #expect(throws: WireError.self) { try array.enterObject() }
    var object = try scanner("{}")
    #expect(throws: WireError.self) { try object.enterArray() }
  }

  @Test func `a slice out of the middle of a buffer is read with offsets of its own`() throws {
    let buffer = Array(#"xx{"a":oops}"#.utf8)
    let error = #expect(throws: WireError.self) { try JSON.parse(buffer[2...]) }
    #expect(error?.offset == 5)
  }

  private func scanner(_ text: String) throws -> JSONScanner { try JSONScanner(Array(text.utf8)[...]) }
}
