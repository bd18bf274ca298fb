// The JSON Schema of the config file, from the one list of its keys.

import GatewayCore
import Wire

enum ConfigSchema {
  static var json: JSON {
    var root = SchemaNode()
    for key in SettingsKey.all { root.add(key.path[...], key) }
    var schema: JSONObject = [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "llmgw config",
    ]
    for member in root.json.object?.members ?? [] { schema[member.name] = member.value }
    return .object(schema)
  }
}

/// A section or a value of the schema.
private struct SchemaNode {
  private var names: [String] = []
  private var below: [String: SchemaNode] = [:]
  private var key: SettingsKey?

  mutating func add(_ path: ArraySlice<String>, _ key: SettingsKey) {
    guard let name = path.first else { return self.key = key }
    if below[name] == nil { names.append(name) }
    below[name, default: SchemaNode()].add(path.dropFirst(), key)
  }

  var json: JSON {
    if let key { return key.schema }
    var properties = JSONObject()
    for name in names where name != "*" { properties[name] = below[name]?.json }
    var object: JSONObject = ["type": ["object", "null"]]
    if !properties.isEmpty { object["properties"] = .object(properties) }
    object["additionalProperties"] = below["*"]?.json ?? false
    return .object(object)
  }
}

extension SettingsKey {
  fileprivate var schema: JSON {
    var object: JSONObject = ["description": .string(summary)]
    switch kind {
    case .text: object["type"] = "string"
    case .oneOf(let choices): object["enum"] = .array(choices.map { .string($0) })
    case .time:
      object["type"] = "string"
      object["pattern"] = "^[0-9]+(ms|s|m|h|d)$"
    case .count(let least):
      object["type"] = "integer"
      object["minimum"] = .number(JSONNumber(least))
    case .price:
      object["type"] = ["string", "number"]
      object["pattern"] = "^[0-9]+(\\.[0-9]+)?$"
    case .size:
      object["type"] = "string"
      object["pattern"] = "^[0-9]+(KB|MB|GB)$"
    case .flag: object["type"] = "boolean"
    case .list:
      object["type"] = ["array", "string"]
    case .variable:
      object["type"] = "string"
      object["pattern"] = "^\\$\\{.+\\}$"
    }
    object["default"] = fallback.map { .string($0) }
    return .object(object)
  }
}
