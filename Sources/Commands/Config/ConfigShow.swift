// `llmgw config show`: each value with where it comes from.

import GatewayCore
import Wire

extension ConfigRun {
  func show(asJSON: Bool) throws {
    let values = try shownValues()
    if asJSON {
      let rows = values.map { row -> JSON in
        ["key": .string(row.key), "value": .string(row.value), "from": .string(row.from)]
      }
      return try invocation.terminal.stdout.write(JSON.array(rows).indentedText + "\n")
    }
    let width = values.map { "\($0.key): \($0.value)".count }.filter { $0 <= 60 }.max() ?? 0
    for row in values {
      let left = "\(row.key): \(safeLine(row.value))"
      let gap = String(repeating: " ", count: max(width - left.count, 0) + 2)
      try invocation.terminal.stdout.write(left + gap + invocation.terminal.stdout.styled(row.from, .dim) + "\n")
    }
  }

  private typealias Row = (key: String, value: String, from: String)

  private func shownValues() throws -> [Row] {
    _ = try invocation.loadSettings()  // a file with a mistake is told as such
    let editor = try editor()
    let written = SettingsKey.all.flatMap { key in
      editor.paths(matching: key.path).compactMap { path in
        editor.node(at: path).flatMap { node in
          node.shownText.map { (path.joined(separator: "."), $0, "\(file):\(node.place.line)") }
        }
      }
    }
    let overriding = [("LLMGW_MODEL", "defaults.model"), ("LLMGW_PROJECT", "project")].compactMap { name, key in
      invocation.environment[name].map { (key, $0, "$\(name)") }
    }
    let overridden = Set(overriding.map(\.0) + written.map(\.0))
    let defaults = SettingsKey.all.compactMap { key in
      key.fallback.flatMap { fallback -> Row? in
        let name = key.path.joined(separator: ".")
        return overridden.contains(name) ? nil : (name, fallback, "default")
      }
    }
    let replaced = Set(overriding.map(\.0))
    return overriding + written.filter { !replaced.contains($0.0) } + defaults
  }
}

extension YAMLNode {
  /// The text, or those of a list.
  fileprivate var shownText: String? {
    guard case .sequence(let nodes) = kind else { return text }
    return nodes.map { $0.text ?? "…" }.joined(separator: ", ")
  }
}

extension YAMLEditor {
  /// The paths in the file that a key's path, with `*` for any name, stands for.
  fileprivate func paths(matching pattern: [String]) -> [[String]] {
    pattern.reduce([[]]) { paths, step in
      paths.flatMap { path -> [[String]] in
        if step != "*" { return node(at: path + [step]) == nil ? [] : [path + [step]] }
        return (node(at: path)?.names ?? []).map { path + [$0] }
      }
    }
  }
}
