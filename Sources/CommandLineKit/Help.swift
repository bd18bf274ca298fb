// Help from the same values that parse.

extension AnyCommand {
  /// The whole help of a command as plain text, `width` columns wide, for `program` (`llmgw`) and the path that leads here.
  package func help(program: String, width: Int) -> String {
    let path = "\(program) \(name)"
    var sections = ["\(description.summary)", "Usage:\n" + usageLines(path).map { "  \($0)\n" }.joined()]
    if !description.examples.isEmpty { sections.append(examplesSection(width)) }
    if !description.details.isEmpty { sections.append(wrapped(description.details, width: width)) }
    if !subcommands.isEmpty {
      let rows = subcommands.filter { !$0.description.isHidden }.map { ($0.name, $0.description.summary) }
      sections.append("Commands:\n" + twoColumns(rows, width: width))
    }
    let rows = flags.filter { !$0.isHidden }.map { ($0.columnText, $0.helpText) }
    sections.append("Flags:\n" + twoColumns(rows + [("-h, --help", "Show this help.")], width: width))
    return sections.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n")
  }

  private func usageLines(_ path: String) -> [String] {
    let words = positionals.map { positional in
      let name = positional.placeholder + (positional.repeats ? "..." : "")
      return positional.isRequired ? name : "[\(name)]"
    }
    let own = ([path] + (flags.isEmpty ? [] : ["[flags]"]) + words).joined(separator: " ")
    return [own] + subcommands.filter { !$0.description.isHidden }.flatMap { $0.usageLines("\(path) \($0.name)") }
  }

  private func examplesSection(_ width: Int) -> String {
    description.examples.reduce(into: "Examples:\n") { text, example in
      text += "  \(example.typed)\n" + wrapped(example.effect, width: width, indent: 6)
    }
  }
}

extension FlagDescription {
  fileprivate var columnText: String {
    let letter = short.map { "-\($0), " } ?? "    "
    return letter + "--" + name + (placeholder.map { " " + $0 } ?? "")
  }

  fileprivate var helpText: String {
    var text = summary
    if !choices.isEmpty { text += " One of: \(choices.joined(separator: ", "))." }
    if repeats { text += " May be repeated." }
    return text
  }
}

/// Names on the left, what they mean on the right, wrapped to `width` columns.
package func twoColumns(_ rows: [(String, String)], width: Int) -> String {
  let longest = rows.map { $0.0.count }.filter { $0 <= 26 }.max() ?? 0
  let left = longest + 4
  return rows.reduce(into: "") { text, row in
    guard width >= left + 24 else {  // a narrow terminal: meaning below the name
      return text += "  \(row.0)\n" + wrapped(row.1, width: width, indent: 6)
    }
    let meaning = wrapped(row.1, width: width, indent: left)
    if row.0.count > longest {
      text += "  \(row.0)\n" + meaning
    } else {
      text += "  " + row.0 + String(repeating: " ", count: left - 2 - row.0.count) + meaning.drop { $0 == " " }
    }
  }
}

/// `text` broken at spaces so that no line passes `width`, each line indented; line ends in the text are kept.
package func wrapped(_ text: String, width: Int, indent: Int = 0) -> String {
  let margin = String(repeating: " ", count: indent)
  let room = max(width - indent, 16)
  var lines: [String] = []
  for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
    var line = ""
    for word in paragraph.split(separator: " ") {
      if line.isEmpty {
        line = String(word)
      } else if line.count + 1 + word.count <= room {
        line += " " + word
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    lines.append(line)
  }
  return lines.map { $0.isEmpty ? "\n" : margin + $0 + "\n" }.joined()
}
