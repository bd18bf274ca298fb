// Schemas in the words of OpenAPI 3.0, which this format had before it took JSON Schema.

enum GeminiContentSchema {
  private static let deepest = 64

  /// The same as JSON Schema: types in lower case, `null` among them where it is allowed, counts as numbers.
  static func jsonSchema(_ schema: JSON, depth: Int = 0) -> JSON {
    guard var object = schema.camelCasedObject, depth < deepest else { return schema }
    for name in ["items", "additionalProperties"] {
      object[name] = object[name].map { jsonSchema($0, depth: depth + 1) }
    }
    for name in ["anyOf", "prefixItems"] {
      object[name] = (object[name]?.array).map { .array($0.map { jsonSchema($0, depth: depth + 1) }) } ?? object[name]
    }
    for name in ["properties", "defs"] {
      guard var properties = object[name]?.object else { continue }
      for index in properties.members.indices {
        properties.members[index].value = jsonSchema(properties.members[index].value, depth: depth + 1)
      }
      object[name] = .object(properties)
    }
    for name in ["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"] {
      // 64-bit numbers are texts in Google's JSON.
      guard let number = object[name]?.string.flatMap({ JSONNumber(checking: $0) }) else { continue }
      object[name] = .number(number)
    }
    addType(to: &object)
    return .object(object)
  }

  private static func addType(to object: inout JSONObject) {
    let isNullable = object.take("nullable")?.bool == true
    guard let type = object["type"]?.string?.lowercased() else { return }
    object["type"] = type == "type_unspecified" ? nil : isNullable ? [.string(type), "null"] : .string(type)
  }
}
