// The manual, from the same values that parse: one page for the program, one for each command.

extension Program {
  /// Every page, that of the program first.
  package var manualPages: [ManualPage] { [mainPage] + visibleCommands.map(page) + furtherPages }

  private var mainPage: ManualPage {
    page(name, purpose: summary) { roff in
      roff.heading("SYNOPSIS")
      if let impliedUsage { roff.synopsis(name, impliedUsage) }
      roff.line(impliedUsage == nil ? "" : ".br")
      roff.synopsis(name, "COMMAND [flags]")
      roff.heading("DESCRIPTION")
      roff.paragraphs(summary + "\n\n" + details)
      roff.heading("COMMANDS")
      for group in groups {
        roff.subheading(group.title)
        for command in group.commands {
          roff.term(markup: "\\fB\(roffPlain(pageName(of: command)))\\fR(1)", command.description.summary)
        }
      }
      roff.heading("OPTIONS")
      if let implied { roff.paragraphs("Those of \(pageName(of: implied))(1), and:") }
      for flag in Self.ownFlags { roff.flag(flag) }
      roff.terms("EXIT STATUS", exitStatuses)
      roff.terms("ENVIRONMENT", environment)
      roff.terms("FILES", files)
      roff.examples(implied?.description.examples ?? [])
      roff.heading("SEE ALSO")
      roff.references(
        visibleCommands.map { (pageName(of: $0), 1) } + furtherPages.map { ($0.name, $0.section) })
    }
  }

  private func page(of command: AnyCommand<Context>) -> ManualPage {
    page(pageName(of: command), purpose: command.description.summary) { roff in
      let path = "\(name) \(command.name)"
      roff.heading("SYNOPSIS")
      for (index, usage) in command.usage(of: path).enumerated() {
        if index > 0 { roff.line(".br") }
        roff.synopsis(usage.path, usage.takes)
      }
      roff.heading("DESCRIPTION")
      roff.paragraphs(command.description.summary + "\n\n" + command.description.details)
      roff.arguments(command.positionals)
      if !command.visibleSubcommands.isEmpty {
        roff.heading("COMMANDS")
        for below in command.visibleSubcommands { roff.subcommand(below, path: path) }
      }
      roff.heading("OPTIONS")
      for flag in command.visibleFlags { roff.flag(flag) }
      roff.heading("EXIT STATUS")
      roff.paragraphs("0 when all went well; what the other numbers mean stands in \(name)(1).")
      roff.examples(command.description.examples)
      roff.heading("SEE ALSO")
      roff.references([(name, 1)] + furtherPages.map { ($0.name, $0.section) })
    }
  }

  private func pageName(of command: AnyCommand<Context>) -> String { "\(name)-\(command.name)" }

  private func page(_ name: String, purpose: String, body: (inout Roff) -> Void) -> ManualPage {
    var clause = purpose
    if clause.last == "." { clause.removeLast() }
    let second = clause.dropFirst().first
    // `Print it` begins small after the dash, `HTTP` does not.
    if second?.isLowercase ?? false { clause = clause.prefix(1).lowercased() + clause.dropFirst() }
    return ManualPage(name, section: 1, purpose: clause, version: "\(self.name) \(version)", date: date, body: body)
  }
}

extension Roff {
  fileprivate mutating func synopsis(_ path: String, _ takes: String) {
    line(roffBold(path) + (takes.isEmpty ? "" : " ") + roffPlain(takes))
  }

  fileprivate mutating func flag(_ flag: FlagDescription) {
    let spelled = flag.spellings.map(roffBold).joined(separator: ", ")
    term(markup: spelled + (flag.placeholder.map { " " + roffItalic($0) } ?? ""), flag.helpText)
  }

  fileprivate mutating func arguments(_ positionals: [PositionalDescription]) {
    for positional in positionals {
      term(markup: roffItalic(positional.placeholder), positional.helpText)
    }
  }

  fileprivate mutating func subcommand<Context>(_ command: AnyCommand<Context>, path: String) {
    let path = "\(path) \(command.name)"
    subheading(path)
    paragraphs(command.description.summary + "\n\n" + command.description.details)
    arguments(command.positionals)
    for flag in command.flags where !flag.isHidden { self.flag(flag) }
    for example in command.description.examples { self.example(example) }
    for below in command.visibleSubcommands { subcommand(below, path: path) }
  }

  fileprivate mutating func terms(_ title: String, _ terms: [Term]) {
    guard !terms.isEmpty else { return }
    heading(title)
    for term in terms { self.term(term.name, term.meaning) }
  }

  fileprivate mutating func examples(_ examples: [CommandDescription.Example]) {
    guard !examples.isEmpty else { return }
    heading("EXAMPLES")
    for example in examples { self.example(example) }
  }

  private mutating func example(_ example: CommandDescription.Example) {
    paragraphs(example.effect)
    verbatim(example.typed)
  }
}
