// JSON Schema: keyword by keyword, what fits, and in which words it is told what does not.

import Testing

@testable import Wire

struct JSONSchemas {
  /// A schema and a value as text, and what is wrong with it; `nil` when it fits.
  struct Case: Sendable, CustomTestStringConvertible {
    var schema: String
    var value: String
    var problem: String?
    var testDescription: String { "\(schema) \(value)" }
    init(_ schema: String, _ value: String, _ problem: String? = nil) {
      self.schema = schema
      self.value = value
      self.problem = problem
    }
  }

  @Test(arguments: types + values + objects + arrays + combinations + references)
  func `a value fits or it is told why not`(_ row: Case) throws {
    let schema = JSONSchema(try JSON.parse(row.schema))
    #expect(schema.mismatch(of: try JSON.parse(row.value)) == row.problem)
  }

  @Test func `a schema that leads back to itself ends`() throws {
    for loop in [
      ##"{"$ref":"#"}"##, ##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}"##,
    ] {
      #expect(JSONSchema(try JSON.parse(loop)).mismatch(of: 1) == nil)
    }
  }

  @Test(arguments: ["allOf", "oneOf"])
  func `a schema that leads back to itself many times over is given up`(_ word: String) throws {
    let schema = JSONSchema(try JSON.parse(##"{"\##(word)":[{"$ref":"#"},{"$ref":"#"}]}"##), mostSteps: 10_000)
    #expect(schema.mismatch(of: 1) == "$: the schema takes too long to check")
  }

  @Test func `a value is checked to the depth of its schema`() throws {
    let tree = JSONSchema(
      try JSON.parse(##"{"type":"object","properties":{"below":{"$ref":"#"}},"additionalProperties":false}"##))
    func nested(_ depth: Int, _ leaf: String) throws -> JSON {
      try JSON.parse(String(repeating: #"{"below":"#, count: depth) + leaf + String(repeating: "}", count: depth))
    }
    #expect(tree.mismatch(of: try nested(30, "{}")) == nil)
    let path = "$" + String(repeating: ".below", count: 30)
    #expect(tree.mismatch(of: try nested(30, "7")) == "\(path): a number where object is expected")
    #expect(tree.mismatch(of: try nested(30, #"{"x":1}"#)) == "\(path): 'x' is not allowed")
  }
}

private typealias Case = JSONSchemas.Case

private let types: [Case] = [
  Case("true", "1"), Case("{}", "null"), Case("false", "1", "$: nothing is allowed here"),
  Case(#"{"type":"string"}"#, #""a""#), Case(#"{"type":"string"}"#, "1", "$: a number where string is expected"),
  Case(#"{"type":"integer"}"#, "1"), Case(#"{"type":"integer"}"#, "1.0"), Case(#"{"type":"integer"}"#, "1e3"),
  Case(#"{"type":"integer"}"#, "1.5", "$: a number where integer is expected"), Case(#"{"type":"number"}"#, "1.5"),
  Case(#"{"type":"boolean"}"#, "0", "$: a number where boolean is expected"), Case(#"{"type":"null"}"#, "null"),
  Case(#"{"type":"object"}"#, "[]", "$: an array where object is expected"), Case(#"{"type":"array"}"#, "[]"),
  Case(#"{"type":["string","null"]}"#, "null"),
  Case(#"{"type":["string","null"]}"#, "true", "$: a boolean where string or null is expected"),
  Case(#"{"title":"T","format":"email","pattern":"^x"}"#, #""y""#),
]

private let values: [Case] = [
  Case(#"{"enum":["a",1,null,{"x":1,"y":2}]}"#, #"{"y":2.0,"x":1}"#), Case(#"{"enum":["a",1]}"#, "1.0"),
  Case(#"{"enum":["a",1]}"#, #""b""#, "$: not one of the values allowed"),
  Case(#"{"enum":[[1,2]]}"#, "[2,1]", "$: not one of the values allowed"), Case(#"{"const":1}"#, "1e0"),
  Case(#"{"const":"a"}"#, #""A""#, "$: not the value required"), Case(#"{"const":null}"#, "null"),
  Case(#"{"const":null}"#, "0", "$: not the value required"),
  Case(#"{"const":{"a":1}}"#, #"{"a":1,"b":2}"#, "$: not the value required"), Case(#"{"minimum":2}"#, "2"),
  Case(#"{"minimum":2}"#, "1.9", "$: below the minimum"), Case(#"{"maximum":2}"#, "2.1", "$: above the maximum"),
  Case(#"{"exclusiveMinimum":2}"#, "2", "$: not above the minimum"), Case(#"{"exclusiveMinimum":2}"#, "2.01"),
  Case(#"{"exclusiveMaximum":0.5}"#, "0.5", "$: not below the maximum"), Case(#"{"minimum":2}"#, #""1""#),
  Case(#"{"minLength":2}"#, #""é😀""#), Case(#"{"minLength":2}"#, #""😀""#, "$: shorter than 2 characters"),
  Case(#"{"maxLength":1}"#, #""ab""#, "$: longer than 1 characters"), Case(#"{"maxLength":1}"#, "100"),
]

private let objects: [Case] = [
  Case(#"{"required":["a","b"]}"#, #"{"a":null,"b":1}"#),
  Case(#"{"required":["a","b"]}"#, #"{"b":1}"#, "$: 'a' is missing"), Case(#"{"required":["a"]}"#, "[]"),
  Case(#"{"properties":{"a":{"type":"string"}}}"#, #"{"b":1}"#),
  Case(#"{"properties":{"a":{"type":"string"}}}"#, #"{"a":1}"#, "$.a: a number where string is expected"),
  Case(#"{"properties":{"a":true},"additionalProperties":false}"#, #"{"a":1}"#),
  Case(#"{"properties":{"a":true},"additionalProperties":false}"#, #"{"a":1,"b":2}"#, "$: 'b' is not allowed"),
  Case(#"{"additionalProperties":{"type":"integer"}}"#, #"{"a":1,"b":"x"}"#, "$.b: a string where integer is expected"),
  Case(
    #"{"properties":{"a":{"properties":{"b":{"items":{"const":1}}}}}}"#, #"{"a":{"b":[1,2]}}"#,
    "$.a.b[1]: not the value required"
  ),
]

private let arrays: [Case] = [
  Case(#"{"items":{"type":"integer"}}"#, "[1,2,3]"),
  Case(#"{"items":{"type":"integer"}}"#, #"[1,"2"]"#, "$[1]: a string where integer is expected"),
  Case(#"{"items":false}"#, "[1]", "$[0]: nothing is allowed here"), Case(#"{"items":false}"#, "[]"),
  Case(#"{"minItems":2}"#, "[1]", "$: fewer than 2 items"), Case(#"{"maxItems":1}"#, "[1,2]", "$: more than 1 items"),
  Case(#"{"prefixItems":[{"const":"a"}],"items":{"type":"integer"}}"#, #"["a",1,2]"#),
  Case(#"{"prefixItems":[{"const":"a"}]}"#, #"["b"]"#, "$[0]: not the value required"),
  Case(#"{"prefixItems":[{"const":"a"}]}"#, #"["a","anything"]"#),
]

private let combinations: [Case] = [
  Case(#"{"allOf":[{"minimum":1},{"maximum":3}]}"#, "2"),
  Case(#"{"allOf":[{"minimum":1},{"maximum":3}]}"#, "4", "$: above the maximum"),
  Case(#"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, "6"),
  Case(#"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, "4", "$: fits none of the alternatives"),
  Case(#"{"oneOf":[{"type":"integer"},{"minimum":5}]}"#, "4"),
  Case(#"{"oneOf":[{"type":"integer"},{"minimum":5}]}"#, "6", "$: fits 2 of the alternatives, not one"),
  Case(#"{"oneOf":[{"type":"integer"},{"minimum":5}]}"#, "4.5", "$: fits 0 of the alternatives, not one"),
  Case(#"{"not":{"type":"string"}}"#, "1"), Case(#"{"not":{"type":"string"}}"#, #""a""#, "$: fits what is ruled out"),
]

private let references: [Case] = [
  Case(##"{"$defs":{"P":{"type":"integer"}},"properties":{"a":{"$ref":"#/$defs/P"}}}"##, #"{"a":1}"#),
  Case(
    ##"{"$defs":{"P":{"type":"integer"}},"properties":{"a":{"$ref":"#/$defs/P"}}}"##, #"{"a":"x"}"#,
    "$.a: a string where integer is expected"
  ),
  Case(##"{"$defs":{"a/b~c":{"const":1}},"$ref":"#/$defs/a~1b~0c"}"##, "2", "$: not the value required"),
  Case(##"{"anyOf":[{"const":1},{"$ref":"#/anyOf/0"}]}"##, "2", "$: fits none of the alternatives"),
  // Keywords beside a reference hold too.
  Case(##"{"$defs":{"P":{"type":"integer"}},"$ref":"#/$defs/P","minimum":5}"##, "4", "$: below the minimum"),
]
