// A tool that takes any text, or text that fits a grammar: both of OpenAI's formats know it, each in a form of its own.

struct OpenAICustomTool {
  private let name: JSON
  private let description: JSON?
  private let format: Format?
  /// The paths of what neither format has a word for.
  let unknown: [String]

  /// What the text must be like.
  private enum Format {
    case text
    case grammar(JSONObject)
  }

  /// Reads a definition in either form; `nil` when it is no custom tool, or has a format nobody knows.
  init?(_ definition: JSON) {
    guard definition["type"] == "custom", let outer = definition.object else { return nil }
    let inner = outer["custom"]?.object
    let members = inner ?? outer
    guard let name = members["name"], name.string != nil else { return nil }
    self.name = name
    description = members["description"]
    switch members["format"].map({ $0["type"] ?? .null }) {
    case nil: format = nil
    case "text"?: format = .text
    case "grammar"?:
      let grammar = (members["format"]?["grammar"] ?? members["format"])?.object
      guard let grammar else { return nil }
      format = .grammar(JSONObject(Self.grammar.compactMap { name in grammar[name].map { (name, $0) } }))
    default: return nil
    }
    let place = inner == nil ? "" : "custom."
    unknown =
      (inner == nil ? [] : Self.unknown(.object(outer), "", besides: ["type", "custom"]))
      + Self.unknown(.object(members), place, besides: ["type", "name", "description", "format"])
      + Self.unknown(
        members["format"], place + "format.", besides: ["type", "grammar"] + (inner == nil ? Self.grammar : []))
      + Self.unknown(members["format"]?["grammar"], place + "format.grammar.", besides: Self.grammar)
  }

  private static let grammar = ["syntax", "definition"]

  private static func unknown(_ json: JSON?, _ place: String, besides known: [String]) -> [String] {
    (json?.object?.rest(besides: Set(known)).members ?? []).map { place + $0.name }
  }

  /// As Chat Completions has it.
  var chat: JSON {
    let format: JSON? =
      switch format {
      case nil: nil
      case .text: ["type": "text"]
      case .grammar(let grammar): ["type": "grammar", "grammar": .object(grammar)]
      }
    return ["type": "custom", "custom": .object(members(format))]
  }

  /// As Responses has it.
  var responses: JSON {
    let format: JSON? =
      switch format {
      case nil: nil
      case .text: ["type": "text"]
      case .grammar(let grammar): .object(["type": "grammar"] + grammar)
      }
    return .object(["type": "custom"] + members(format))
  }

  private func members(_ format: JSON?) -> JSONObject {
    var members: JSONObject = ["name": name]
    members["description"] = description
    members["format"] = format
    return members
  }
}
