// A template: what a person asks again and again, as a YAML file.

/// What stands in a template file; all of it may be missing.
package struct Template: Sendable, Equatable {
  package var model: String?
  package var system: String?
  /// With `$input` and `$name` for what is filled in.
  package var prompt: String?
  /// `key=value`, in order.
  package var options: [(key: String, value: String)] = []
  package var schema: String?
  /// Names of the config's tools.
  package var tools: [String] = []
  /// What variables are when nobody says.
  package var defaults: [String: String] = [:]

  package init() {}

  package static func == (left: Template, right: Template) -> Bool {
    left.model == right.model && left.system == right.system && left.prompt == right.prompt
      && left.schema == right.schema && left.tools == right.tools && left.defaults == right.defaults
      && left.options.elementsEqual(right.options, by: ==)
  }

  package static let keys = ["model", "system", "prompt", "options", "schema", "tools", "defaults"]

  /// Reads a file; a mistake has its place and the nearest name.
  package static func parse(
    _ bytes: [UInt8], file: String, nearest: @escaping (String, [String]) -> String?
  ) throws(SettingsError) -> Template {
    let reader = SettingsReader(file: file, nearest: nearest)
    var template = Template()
    for (name, value) in try reader.mapping(parseYAML(bytes, file: file), what: "the template", keys: keys) {
      switch name {
      case "model": template.model = try reader.text(value, name)
      case "system": template.system = try reader.text(value, name)
      case "prompt": template.prompt = try reader.text(value, name)
      case "schema": template.schema = try reader.text(value, name)
      case "tools": template.tools = try reader.list(value, name)
      case "options":
        template.options = try reader.named(value, name).map { (entry) throws(SettingsError) in
          (entry.name, try reader.text(entry.value, "options.\(entry.name)"))
        }
      default:
        for entry in try reader.named(value, name) {
          template.defaults[entry.name] = try reader.text(entry.value, "defaults.\(entry.name)")
        }
      }
    }
    return template
  }
}

/// The variables of a text: `$name`, `${name}`; `$$` is a dollar sign.
package struct TemplateText: Sendable, Equatable {
  private enum Piece: Sendable, Equatable {
    case text(String)
    case variable(String)
  }

  private var pieces: [Piece] = []

  package init(_ text: String) {
    var rest = text[...]
    var plain = ""
    while let dollar = rest.firstIndex(of: "$") {
      plain += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        plain += "$"
        rest = rest.dropFirst()
      } else if let name = Self.takeName(from: &rest) {
        pieces += [.text(plain), .variable(name)]
        plain = ""
      } else {
        // A price, a shell's variable in a code block without a name: it stays.
        plain += "$"
      }
    }
    pieces.append(.text(plain + rest))
  }

  /// The name of a variable at the beginning of `rest`, without its braces.
  private static func takeName(from rest: inout Substring) -> String? {
    let isBraced = rest.first == "{"
    let inner = isBraced ? rest.dropFirst() : rest
    let name = inner.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    guard let first = name.first, !first.isNumber else { return nil }
    let after = inner[name.endIndex...]
    guard !isBraced || after.first == "}" else { return nil }
    rest = isBraced ? after.dropFirst() : after
    return String(name)
  }

  /// The names in it, in order.
  package var variables: [String] {
    pieces.compactMap { if case .variable(let name) = $0 { name } else { nil } }
  }

  /// The text with values in place of names; those without a value are empty.
  package func filled(_ values: [String: String]) -> String {
    pieces.reduce(into: "") { text, piece in
      switch piece {
      case .text(let plain): text += plain
      case .variable(let name): text += values[name] ?? ""
      }
    }
  }
}
