// Members are changed and nothing else is.

import Testing
import Wire

struct JSONSplices {
  @Test(arguments: [
    (#"{"a":1}"#, "a", "2", #"{"a":2}"#), (#"{}"#, "a", "2", #"{"a":2}"#), (#" { } "#, "a", "2", #" {"a":2 } "#),
    (#"{ "b" : [1, 2] , "a" : {"a":1} }"#, "a", "2", #"{ "b" : [1, 2] , "a" : 2 }"#),
    (#"{"b":{"a":1}}"#, "a", "2", #"{"b":{"a":1},"a":2}"#), (#"{"a":1,"a":3}"#, "a", "2", #"{"a":2,"a":2}"#),
    (#"{"\u0061":1}"#, "a", "2", #"{"\u0061":2}"#), (#"{"a":1}"#, "a", nil, "{}"),
    (#"{"a":1,"b":2}"#, "a", nil, #"{"b":2}"#), (#"{"b":2, "a":1}"#, "a", nil, #"{"b":2}"#),
    (#"{"a":1 , "a":1, "b":2}"#, "a", nil, #"{ "b":2}"#), (#"{"b":1, "a":1, "c":2}"#, "a", nil, #"{"b":1, "c":2}"#),
  ])
  func `a member is set or left out`(_ body: String, _ name: String, _ value: String?, _ expected: String) throws {
    let spliced = try JSON.splicing([(name, try value.map { try JSON.parse($0) })], into: Array(body.utf8))
    #expect(String(decoding: spliced, as: UTF8.self) == expected)
  }

  @Test(arguments: ["", "[]", "{", #"{"a":1"#, #"{"a":1} x"#, "null"])
  func `what is no object is an error`(_ body: String) {
    #expect(throws: WireError.self) { try JSON.splicing([("a", 1)], into: Array(body.utf8)) }
  }

  /// Random objects with random white space: taking the value of the member back gives the same bytes.
  @Test func `every other byte stays`() throws {
    var random = SeededRandom(seed: 11)
    for _ in 0..<500 {
      let body = Self.object(using: &random)
      let changed = try JSON.splicing([("model", "other"), ("new", .null)], into: body)
      let json = try JSON.parse(changed)
      #expect(json["model"] == "other")
      let original = try #require(try JSON.parse(body)["model"])
      let back = try JSON.splicing([("model", original), ("new", nil)], into: changed)
      #expect(back == body)
    }
  }

  private static func object(using random: inout SeededRandom) -> [UInt8] {
    func space() -> String { ["", " ", "\n\t"].randomElement(using: &random) ?? "" }
    var members = (0..<Int.random(in: 0...5, using: &random)).map { index in
      "\"m\(index)\"\(space()):\(space())\(["1.50", "\"x,}\\\"\"", "[{}, 1]", "{\"model\":1}"].randomElement(using: &random) ?? "")"
    }
    members.insert("\"model\"\(space()):\(space())\"é\"", at: Int.random(in: 0...members.count, using: &random))
    return Array("{\(members.map { space() + $0 + space() }.joined(separator: ","))}".utf8)
  }
}
