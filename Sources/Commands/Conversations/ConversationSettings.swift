// What a conversation keeps of how its calls are made.

import GatewayCore
import Wire

/// The model, what it is told beforehand, and its options.
struct ConversationSettings: Equatable, Sendable {
  /// As it was asked for: a model, an alias, a route.
  var model: String?
  var system: String?
  /// `temperature=0.2` and its kin, in order.
  var options: [KeyedText] = []
  /// As it was typed.
  var schema: String?
  /// Tools by name.
  var tools: [String] = []

  init() {}

  init(_ json: JSON) {
    model = json["model"]?.string
    system = json["system"]?.string
    options = json["options"]?.array?.compactMap { $0.string.flatMap { try? KeyedText($0, flag: "-o") } } ?? []
    schema = json["schema"]?.string
    tools = json["tools"]?.array?.compactMap(\.string) ?? []
  }

  var json: JSON {
    [
      "model": JSON(text: model), "system": JSON(text: system),
      "options": .array(options.map { .string("\($0.key)=\($0.value)") }), "schema": JSON(text: schema),
      "tools": .array(tools.map { .string($0) }),
    ]
  }

  /// The options as a request has them.
  func applyOptions(to request: inout ChatRequest) throws {
    for option in options { try request.apply(option: option) }
  }

  /// Sets an option, or forgets it when `value` is empty.
  mutating func set(_ key: String, to value: String) throws {
    var changed = options.filter { $0.key != key }
    if !value.isEmpty { changed.append(try KeyedText("\(key)=\(value)", flag: "-o")) }
    let before = options
    options = changed
    var request = ChatRequest(model: "", messages: [])
    do {
      try applyOptions(to: &request)
    } catch {
      options = before
      throw error
    }
  }
}
