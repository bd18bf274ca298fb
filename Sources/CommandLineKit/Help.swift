// Help from the same values that parse.

extension Program {
  /// What the program says about itself: how to call it, and its commands in groups; `width` columns wide.
  package func overview(width: Int) -> String {
    let examples = (implied ?? visibleCommands.first)?.description.examples.prefix(3).map { "  \($0.typed)\n" } ?? []
    let usage = (impliedUsage.map { ["  \(name) \($0)\n"] } ?? []) + ["  \(name) COMMAND [flags]\n"]
    var sections = [wrapped(summary, width: width), "Usage:\n" + usage.joined()]
    if !examples.isEmpty { sections.append("Examples:\n" + examples.joined()) }
    let left = visibleCommands.map(\.name.count).max() ?? 0
    for group in groups {
      let rows = group.commands.map { ($0.name, $0.description.summary) }
      sections.append(group.title + ":\n" + twoColumns(rows, width: width, atLeast: left))
    }
    sections.append(
      wrapped("See '\(name) COMMAND --help' for one command, and 'man \(name)' for the whole manual.", width: width))
    return sections.joined(separator: "\n")
  }

  /// `[flags] [PROMPT...]` of the command that may be left out.
  var impliedUsage: String? { implied?.usage(of: "").first?.takes }
}

extension AnyCommand {
  /// The whole help of a command as plain text, `width` columns wide, for `program` (`llmgw`) and the path that leads here.
  package func help(program: String, width: Int) -> String {
    let usage = usage(of: "\(program) \(name)").map { "  \($0.path)\($0.takes.isEmpty ? "" : " ")\($0.takes)\n" }
    var sections = ["\(description.summary)", "Usage:\n" + usage.joined()]
    if !description.examples.isEmpty { sections.append(examplesSection(width)) }
    if !description.details.isEmpty { sections.append(wrapped(description.details, width: width)) }
    if !visibleSubcommands.isEmpty {
      let rows = visibleSubcommands.map { ($0.name, $0.description.summary) }
      sections.append("Commands:\n" + twoColumns(rows, width: width))
    }
    let rows = visibleFlags.map { ($0.columnText, $0.helpText) }
    sections.append("Flags:\n" + twoColumns(rows, width: width))
    return sections.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n")
  }

  /// How to call the command at `path` and those below it: the path, and what may follow.
  func usage(of path: String) -> [(path: String, takes: String)] {
    let words = positionals.map { positional in
      let name = positional.placeholder + (positional.repeats ? "..." : "")
      return positional.isRequired ? name : "[\(name)]"
    }
    let own = (path, ((flags.isEmpty ? [] : ["[flags]"]) + words).joined(separator: " "))
    return [own] + visibleSubcommands.flatMap { $0.usage(of: "\(path) \($0.name)") }
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

  /// The summary, the choices, and whether it may be repeated.
  var helpText: String {
    summary + allowed(choices) + (repeats ? " May be repeated." : "")
  }
}

extension PositionalDescription {
  /// The summary and the choices.
  var helpText: String { summary + allowed(completes.choices) }
}

private func allowed(_ choices: [String]) -> String {
  choices.isEmpty ? "" : " One of: \(choices.joined(separator: ", "))."
}

/// Names on the left, what they mean on the right, wrapped to `width` columns; `atLeast` columns are for the names.
package func twoColumns(_ rows: [(String, String)], width: Int, atLeast: Int = 0) -> String {
  let longest = max(rows.map { $0.0.count }.filter { $0 <= 26 }.max() ?? 0, atLeast)
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
