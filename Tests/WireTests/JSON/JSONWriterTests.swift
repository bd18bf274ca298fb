// What is written reads back as the same value, and what was read is written back as the same bytes.

import Testing

@testable import Wire

struct WritingJSON {
  @Test(arguments: [
    "null", "true", "[]", "{}", #"[1,2.50,-0,1E+2]"#, #"{"b":1,"a":{"c":[{}]},"b":2}"#, #""\"\\\n\r\t\u0000\u001f/é😀""#,
  ])
  func `a compact text comes back byte for byte`(_ text: String) throws {
    #expect(try JSON.parse(text).text == text)
  }

  @Test(arguments: 0..<300)
  func `random values come back byte for byte`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let value = randomValue(depth: 5, using: &random)
    let bytes = value.bytes
    let read = try JSON.parse(bytes)
    #expect(read == value)
    #expect(read.bytes == bytes)
    #expect(try JSON.parse(value.indentedText) == value)
  }

  @Test(arguments: 0..<300)
  func `a text with one byte changed is read or refused, never fatal`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var bytes = randomValue(depth: 4, using: &random).bytes
    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    guard let value = try? JSON.parse(bytes) else { return }  // refused is as good
    #expect((try? JSON.parse(value.bytes)) == value)
  }

  @Test func `a raw part is written exactly as it came`() {
    let raw = #"{ "z" : 1.0 , "a":"\u0041" }"#
    let value: JSON = ["before": 1, "part": .raw(Array(raw.utf8)), "after": [.raw(Array("1e0".utf8)), 2]]
    #expect(value.text == #"{"before":1,"part":\#(raw),"after":[1e0,2]}"#)
  }

  @Test func `pieces and trees may be mixed`() {
    var writer = JSONWriter(Array("data: ".utf8))
    writer.beginObject()
    writer.name("n")
    writer.write(1)
    writer.name("list")
    writer.beginArray()
    writer.write("a")
    writer.write(["x": true] as JSON)
    writer.beginObject()
    writer.endObject()
    writer.endArray()
    writer.name("raw")
    writer.write(verbatim: "[ ]".utf8)
    writer.endObject()
    #expect(writer.bytes[...].text == #"data: {"n":1,"list":["a",{"x":true},{}],"raw":[ ]}"#)
  }

  @Test func `the indented form has one member a line`() {
    let value: JSON = ["a": [1, [:], []], "b": ["c": .null]]
    #expect(
      value.indentedText == """
        {
          "a": [
            1,
            {},
            []
          ],
          "b": {
            "c": null
          }
        }
        """)
  }

  @Test func `a member is read as the last of its name, replaced in place and removed`() {
    var object: JSONObject = ["a": 1, "b": 2, "a": 3]
    #expect(object["a"] == 3)
    object["b"] = 5
    object["c"] = nil
    object["d"] = "new"
    #expect(JSON.object(object).text == #"{"a":1,"b":5,"a":3,"d":"new"}"#)
    object["a"] = nil
    #expect(JSON.object(object).text == #"{"b":5,"d":"new"}"#)
  }
}

private func randomValue(depth: Int, using random: inout SeededRandom) -> JSON {
  switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
  case 0: .null
  case 1: .bool(Bool.random(using: &random))
  case 2: .number(randomNumber(using: &random))
  case 3, 4: .string(randomText(using: &random))
  case 5: .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in randomValue(depth: depth - 1, using: &random) })
  default:
    .object(
      JSONObject(
        (0..<Int.random(in: 0..<5, using: &random)).map { _ in
          (randomText(using: &random), randomValue(depth: depth - 1, using: &random))
        }))
  }
}

private func randomNumber(using random: inout SeededRandom) -> JSONNumber {
  var text = String(Int.random(in: -1000...1_000_000, using: &random))
  if Bool.random(using: &random) { text += ".\(Int.random(in: 0...9999, using: &random))0" }
  if Bool.random(using: &random) { text += "e\(Int.random(in: -30...30, using: &random))" }
  return JSONNumber(text: text)
}

private func randomText(using random: inout SeededRandom) -> String {
  let alphabet = Array("abc xyz\"\\/\n\r\t\u{1}\u{1F}\u{7F}éß€日本😀𝄞\u{301}\u{2028}")
  let count = Int.random(in: 0..<12, using: &random)
  return String((0..<count).map { _ in alphabet.randomElement(using: &random) ?? "a" })
}
