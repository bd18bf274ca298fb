// Changes one value of a YAML file and leaves every other character as it is, comments included.

import Wire

/// A YAML text and the tree that was read from it.
package struct YAMLEditor {
  private var characters: [Unicode.Scalar]
  private let root: YAMLNode
  private let file: String

  package init(_ text: String, file: String) throws(SettingsError) {
    characters = Array(text.unicodeScalars)
    root = try parseYAML(Array(text.utf8), file: file)
    self.file = file
  }

  /// The node at a path; `nil` when there is none.
  package func node(at path: [String]) -> YAMLNode? {
    path.reduce(Optional(root)) { node, name in node?.entry(named: name)?.value }
  }

  // MARK: Setting

  /// The text with `value` at `path`; sections that are missing are made.
  package func setting(_ path: [String], to value: String) throws(SettingsError) -> String {
    if let node = node(at: path) {
      guard case .scalar = node.kind else {
        throw SettingsError(
          file: file, place: node.place, problem: "'\(path.joined(separator: "."))' is a section, not a value")
      }
      let isMissing = node.place == node.end
      return replacing(offset(of: node.place)..<offset(of: node.end), with: (isMissing ? " " : "") + quoted(value))
    }
    var parent = root
    var key: YAMLNode?
    var depth = 0
    while depth < path.count - 1, let entry = parent.entry(named: path[depth]) {
      (parent, key) = (entry.value, entry.key)
      depth += 1
    }
    return try adding(Array(path[depth...]), value, to: parent, under: key)
  }

  private func adding(
    _ path: [String], _ value: String, to parent: YAMLNode, under key: YAMLNode?
  ) throws(SettingsError) -> String {
    switch parent.kind {
    case .mapping(let entries) where parent.isFlow:
      let close = offset(of: parent.end) - 1
      var before = close
      while before > 0, characters[before - 1].properties.isWhitespace { before -= 1 }
      let comma = entries.isEmpty ? "" : ","
      return replacing(before..<before, with: "\(comma) \(flow(path, value))")
    case .mapping(let entries):
      guard let last = entries.last else { return appended(block(path, value, indent: 0)) }
      let indent = (entries.first?.key.place.column ?? 1) - 1
      return inserted(block(path, value, indent: indent), afterLine: last.value.lastLine(atLeast: last.key.place.line))
    case .scalar where parent.text == nil:
      guard let key else { return appended(block(path, value, indent: 0)) }
      return inserted(block(path, value, indent: key.place.column + 1), afterLine: key.place.line)
    case .scalar, .sequence:
      throw SettingsError(file: file, place: parent.place, problem: "a value stands where a section is needed")
    }
  }

  private func block(_ path: [String], _ value: String, indent: Int) -> String {
    var lines = ""
    for (depth, name) in path.enumerated() {
      let margin = String(repeating: " ", count: indent + 2 * depth)
      lines += margin + quoted(name) + (depth == path.count - 1 ? ": \(quoted(value))\n" : ":\n")
    }
    return lines
  }

  private func flow(_ path: [String], _ value: String) -> String {
    let open = path.dropLast().map { "\(quoted($0)): { " }.joined()
    let close = String(repeating: " }", count: path.count - 1)
    return open + "\(quoted(path.last ?? "")): \(quoted(value))" + close
  }

  // MARK: Removing

  /// The text without the entry at `path`, and without the sections that are empty then; `nil` when it is not there.
  package func removing(_ path: [String]) throws(SettingsError) -> String? {
    guard node(at: path) != nil else { return nil }
    var path = path
    // The section goes with its last entry.
    while path.count > 1, node(at: Array(path.dropLast()))?.entries.count == 1 { path.removeLast() }
    guard let parent = node(at: Array(path.dropLast())), let name = path.last,
      let index = parent.entries.firstIndex(where: { $0.name == name })
    else { return nil }
    return parent.isFlow ? removingFlow(index, of: parent) : removingBlock(parent.entries[index])
  }

  private func removingBlock(_ entry: YAMLNode.Entry) -> String {
    let first = offset(of: TextPlace(line: entry.key.place.line, column: 1))
    let last = entry.value.lastLine(atLeast: entry.key.place.line)
    return replacing(first..<offset(of: TextPlace(line: last + 1, column: 1)), with: "")
  }

  private func removingFlow(_ index: Int, of parent: YAMLNode) -> String {
    let entries = parent.entries
    var start = offset(of: entries[index].key.place)
    var end = offset(of: entries[index].value.end)
    if index + 1 < entries.count {
      end = offset(of: entries[index + 1].key.place)
    } else if index > 0 {
      start = offset(of: entries[index - 1].value.end)
    }
    return replacing(start..<end, with: "")
  }

  // MARK: Text

  private func replacing(_ range: Range<Int>, with text: String) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: characters[..<range.lowerBound])
    view.append(contentsOf: text.unicodeScalars)
    view.append(contentsOf: characters[range.upperBound...])
    return String(view)
  }

  private func inserted(_ lines: String, afterLine line: Int) -> String {
    let place = offset(of: TextPlace(line: line + 1, column: 1))
    let isCut = place == characters.count && characters.last != "\n" && !characters.isEmpty
    return replacing(place..<place, with: (isCut ? "\n" : "") + lines)
  }

  private func appended(_ lines: String) -> String { inserted(lines, afterLine: Int.max - 1) }

  private func offset(of place: TextPlace) -> Int {
    var line = 1
    var start = 0
    while line < place.line, let end = characters[start...].firstIndex(of: "\n") {
      start = end + 1
      line += 1
    }
    return line < place.line ? characters.count : min(start + place.column - 1, characters.count)
  }

  /// Plain where YAML reads it back as the same text, else in double quotes (whose escapes are JSON's).
  private func quoted(_ text: String) -> String {
    let plain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_./-+@:~".contains($0)) }
    let words = ["", "~", "null", "true", "false", "yes", "no", "on", "off"]
    let isSafe =
      plain && !words.contains(text.lowercased()) && !text.hasSuffix(":") && !"-:@~".contains(text.first ?? "-")
    return isSafe ? text : JSON.string(text).text
  }
}

extension YAMLNode {
  /// The keys of a mapping.
  package var names: [String] { entries.map(\.name) }

  fileprivate var entries: [Entry] { if case .mapping(let entries) = kind { entries } else { [] } }

  fileprivate func entry(named name: String) -> Entry? { entries.first { $0.name == name } }

  /// The last line on which something of it stands; a block's own end mark lies behind the blank lines after it.
  fileprivate func lastLine(atLeast line: Int) -> Int {
    switch kind {
    case .mapping(let entries) where !isFlow:
      entries.last.map { $0.value.lastLine(atLeast: $0.key.place.line) } ?? line
    case .sequence(let items) where !isFlow: items.last.map { $0.lastLine(atLeast: $0.place.line) } ?? line
    default: max(line, end.column == 1 && end.line > place.line ? end.line - 1 : end.line)
    }
  }
}

extension YAMLNode.Entry {
  fileprivate var name: String { if case .scalar(let name, _) = key.kind { name } else { "" } }
}
