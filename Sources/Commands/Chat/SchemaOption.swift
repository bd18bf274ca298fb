// `--schema`: a JSON Schema from a file, inline, or from a short list of fields.

import CommandLineKit
import GatewayCore
package import Wire

/// The schema that `typed` means: JSON when it begins with `{`, else a file of that name, else fields.
func answerSchema(typed: String) throws -> JSON {
  if typed.first(where: { !$0.isWhitespace }) == "{" {
    return try parsedSchema(Array(typed.utf8), from: "--schema")
  }
  do {
    return try parsedSchema(readFile(typed, limit: 1 << 20), from: typed)
  } catch let failure as FileFailure {
    // A name with a path or an ending was surely meant as a file.
    guard failure.isMissing, !typed.contains("/"), !typed.contains(".") else {
      throw CommandFailure(.usage, "schema '\(typed)': \(failure.why)")
    }
    return try answerSchema(fields: typed)
  }
}

private func parsedSchema(_ bytes: [UInt8], from name: String) throws -> JSON {
  do {
    let schema = try JSON.parse(bytes)
    guard schema.object != nil else { throw WireError(offset: 0, "a JSON object expected") }
    return schema
  } catch let error as WireError {
    throw CommandFailure(.usage, "schema '\(name)': byte \(error.offset): \(error.problem)")
  }
}

/// `name, age int, bio: a short text`: fields parted by commas or line ends, each with a type (`str` unless it is
/// `int`, `float` or `bool`) and, after a colon, a description.
///
/// All are required.
package func answerSchema(fields typed: String) throws -> JSON {
  var properties = JSONObject()
  var required: [JSON] = []
  let separator: Character = typed.contains("\n") ? "\n" : ","
  for field in typed.split(separator: separator) {
    let sides = field.split(separator: ":", maxSplits: 1)
    let words = (sides.first ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    guard let name = words.first else { continue }
    guard words.count <= 2 else {
      throw CommandFailure(
        .usage, "schema field '\(words.joined(separator: " "))': too many words", advice: "Write it as 'name int'.")
    }
    var property = JSONObject()
    property["type"] = .string(try jsonType(words.count == 2 ? words[1] : "str", of: name))
    if sides.count == 2 { property["description"] = .string(trimmed(sides[1])) }
    properties[name] = .object(property)
    required.append(.string(name))
  }
  guard !required.isEmpty else {
    throw CommandFailure(.usage, "the schema has no field", advice: "Write it as 'name, age int'.")
  }
  return [
    "type": "object", "properties": .object(properties), "required": .array(required), "additionalProperties": false,
  ]
}

private func jsonType(_ word: String, of field: String) throws -> String {
  let types = ["str": "string", "int": "integer", "float": "number", "bool": "boolean"]
  guard let type = types[word] else {
    let known = types.keys.sorted()
    throw CommandFailure(
      .usage, "schema field '\(field)': type '\(word)' is not one of \(known.joined(separator: ", "))",
      advice: didYouMean(word, among: known))
  }
  return type
}

private func trimmed(_ text: Substring) -> String {
  let start = text.drop { $0.isWhitespace }
  return String(start.reversed().drop { $0.isWhitespace }.reversed())
}
