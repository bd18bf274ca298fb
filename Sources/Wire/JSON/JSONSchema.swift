// Whether a JSON value fits a JSON Schema: the part of the 2020-12 draft that providers take for structured output.

/// A JSON Schema.
///
/// Keywords that only describe (`title`, `format`, `pattern`, ...) are not checked.
public struct JSONSchema: Sendable {
  private let root: JSON
  private let mostSteps: Int

  public init(_ root: JSON) { self.init(root, mostSteps: 1_000_000) }

  /// References that lead back several times over double the work at each turn: `mostSteps` ends it.
  init(_ root: JSON, mostSteps: Int) {
    self.root = root
    self.mostSteps = mostSteps
  }

  /// The first way in which `value` does not fit, as `path: what is wrong`; `nil` when it fits.
  public func mismatch(of value: JSON) -> String? {
    var check = JSONSchemaCheck(root: root, stepsLeft: mostSteps)
    let problem = check.mismatch(value, root, path: "$", depth: 0)
    return check.stepsLeft > 0 ? problem : "$: the schema takes too long to check"
  }
}

/// One value held against one schema.
private struct JSONSchemaCheck {
  let root: JSON
  var stepsLeft: Int
  /// A chain of references that consumes nothing ends here.
  private static let deepest = 128

  mutating func mismatch(_ value: JSON, _ schema: JSON, path: String, depth: Int) -> String? {
    guard stepsLeft > 0 else { return nil }
    stepsLeft -= 1
    if schema == .bool(false) { return "\(path): nothing is allowed here" }
    guard let keywords = schema.object, depth < Self.deepest else { return nil }
    if let reference = keywords["$ref"]?.string, let target = resolve(reference) {
      if let problem = mismatch(value, target, path: path, depth: depth + 1) { return problem }
    }
    return typeMismatch(value, keywords, path) ?? valueMismatch(value, keywords, path)
      ?? objectMismatch(value, keywords, path, depth) ?? arrayMismatch(value, keywords, path, depth)
      ?? combinationMismatch(value, keywords, path, depth)
  }

  /// A reference within the schema: `#/$defs/Name`.
  private func resolve(_ reference: String) -> JSON? {
    guard reference.hasPrefix("#") else { return nil }
    return reference.dropFirst().split(separator: "/").reduce(Optional(root)) { node, step in
      let name = String(step.replacing("~1", with: "/").replacing("~0", with: "~"))
      return node?[name]
        ?? node?.array.flatMap { list in
          Int(name).flatMap { list.indices.contains($0) ? list[$0] : nil }
        }
    }
  }

  private func typeMismatch(_ value: JSON, _ keywords: JSONObject, _ path: String) -> String? {
    guard let type = keywords["type"] else { return nil }
    let allowed = type.string.map { [$0] } ?? type.array?.compactMap(\.string) ?? []
    guard !allowed.contains(where: { value.hasType($0) }) else { return nil }
    return "\(path): \(value.typeName) where \(allowed.joined(separator: " or ")) is expected"
  }

  private func valueMismatch(_ value: JSON, _ keywords: JSONObject, _ path: String) -> String? {
    if let list = keywords["enum"]?.array, !list.contains(where: { $0.isSameValue(as: value) }) {
      return "\(path): not one of the values allowed"
    }
    if let constant = keywords["const"], !constant.isSameValue(as: value) {
      return "\(path): not the value required"
    }
    if let number = value.number.flatMap({ Double($0.text) }) {
      func limit(_ name: String) -> Double? { keywords[name]?.number.flatMap { Double($0.text) } }
      if let least = limit("minimum"), number < least { return "\(path): below the minimum" }
      if let most = limit("maximum"), number > most { return "\(path): above the maximum" }
      if let bound = limit("exclusiveMinimum"), number <= bound { return "\(path): not above the minimum" }
      if let bound = limit("exclusiveMaximum"), number >= bound { return "\(path): not below the maximum" }
    }
    if let text = value.string {
      let length = text.unicodeScalars.count
      if let least = keywords["minLength"]?.int, length < least { return "\(path): shorter than \(least) characters" }
      if let most = keywords["maxLength"]?.int, length > most { return "\(path): longer than \(most) characters" }
    }
    return nil
  }

  private mutating func objectMismatch(_ value: JSON, _ keywords: JSONObject, _ path: String, _ depth: Int) -> String? {
    guard let object = value.object else { return nil }
    for name in keywords["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
      return "\(path): '\(name)' is missing"
    }
    let properties = keywords["properties"]?.object ?? JSONObject()
    let others = keywords["additionalProperties"]
    for member in object.members {
      if let schema = properties[member.name] {
        let below = mismatch(member.value, schema, path: "\(path).\(member.name)", depth: depth + 1)
        if let below { return below }
      } else if others == .bool(false) {
        return "\(path): '\(member.name)' is not allowed"
      } else if let others {
        let below = mismatch(member.value, others, path: "\(path).\(member.name)", depth: depth + 1)
        if let below { return below }
      }
    }
    return nil
  }

  private mutating func arrayMismatch(_ value: JSON, _ keywords: JSONObject, _ path: String, _ depth: Int) -> String? {
    guard let array = value.array else { return nil }
    if let least = keywords["minItems"]?.int, array.count < least { return "\(path): fewer than \(least) items" }
    if let most = keywords["maxItems"]?.int, array.count > most { return "\(path): more than \(most) items" }
    let leading = keywords["prefixItems"]?.array ?? []
    for (index, item) in array.enumerated() {
      guard let schema = index < leading.count ? leading[index] : keywords["items"] else { continue }
      let below = mismatch(item, schema, path: "\(path)[\(index)]", depth: depth + 1)
      if let below { return below }
    }
    return nil
  }

  private mutating func combinationMismatch(_ value: JSON, _ keywords: JSONObject, _ path: String, _ depth: Int)
    -> String?
  {
    for schema in keywords["allOf"]?.array ?? [] {
      if let problem = mismatch(value, schema, path: path, depth: depth + 1) { return problem }
    }
    func fits(_ schema: JSON) -> Bool { mismatch(value, schema, path: path, depth: depth + 1) == nil }
    if let any = keywords["anyOf"]?.array, !any.contains(where: fits) {
      return "\(path): fits none of the alternatives"
    }
    if let one = keywords["oneOf"]?.array {
      let count = one.count(where: fits)
      if count != 1 { return "\(path): fits \(count) of the alternatives, not one" }
    }
    if let other = keywords["not"], fits(other) { return "\(path): fits what is ruled out" }
    return nil
  }
}

extension JSON {
  fileprivate var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    case .raw: "a value"
    }
  }

  fileprivate func hasType(_ name: String) -> Bool {
    switch (self, name) {
    case (.null, "null"), (.bool, "boolean"), (.number, "number"), (.string, "string"), (.array, "array"),
      (.object, "object"):
      true
    case (.number(let number), "integer"): number.isWhole
    default: false
    }
  }

  /// Equal as JSON Schema means it: the order of members and the way a number is written do not matter.
  fileprivate func isSameValue(as other: JSON) -> Bool {
    switch (self, other) {
    case (.number(let left), .number(let right)): Double(left.text) == Double(right.text)
    case (.array(let left), .array(let right)): left.elementsEqual(right) { $0.isSameValue(as: $1) }
    case (.object(let left), .object(let right)):
      left.members.count == right.members.count
        && left.members.allSatisfy { member in right[member.name].map { $0.isSameValue(as: member.value) } ?? false }
    default: self == other
    }
  }
}
