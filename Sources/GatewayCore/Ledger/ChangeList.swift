// What a translation changed, as it stands in one column of an attempt.
import Wire

/// `[{"field": "top_k", "what": "dropped", "why": "..."}]`.
enum ChangeList {
  /// `nil` when there are none.
  static func text(_ changes: [Change]) -> String? {
    guard !changes.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.write(
      .array(
        changes.map { ["field": .string($0.field), "what": .string($0.what.rawValue), "why": .string($0.why)] }))
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Reads what `text` wrote; anything else is no changes.
  static func changes(_ text: String?) -> [Change] {
    guard let text, let list = (try? JSON.parse(text))?.array else { return [] }
    return list.compactMap { entry in
      guard let field = entry["field"]?.string, let why = entry["why"]?.string else { return nil }
      return (entry["what"]?.string).flatMap(Change.What.init).map { Change(field, $0, why) }
    }
  }
}
