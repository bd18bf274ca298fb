// `llmgw templates`: prompts that are used again and again.

package import CommandLineKit
import GatewayCore

/// What was typed for a sub-command of `templates`.
package struct TemplatesOptions: Sendable, Equatable {
  package var name = ""
  package init() {}
}

extension AnyCommand<Invocation> {
  package static let templates = AnyCommand(
    Command(
      CommandDescription(
        "templates", "List, show and edit templates for prompts.", group: .asking,
        details: """
          A template is a YAML file in the templates directory beside the config. It takes model, system, prompt, \
          options, schema, tools and defaults, all of which may be missing. In system and prompt, $name stands for what \
          -p name=VALUE or defaults say, $input for what is typed or piped in, and $$ for a dollar sign; without $input \
          what is typed follows the prompt after an empty line. Several templates combine: texts follow each other, of \
          single values the last one counts, and what is typed counts before any.
          """,
        examples: [
          .init("llmgw templates edit translate", "Write a template in your editor."),
          .init("llmgw chat -t translate -p to=French \"good morning\"", "Use it."),
        ]),
      options: { TemplatesOptions() },
      run: { _, invocation in
        try invocation.listTemplates()
        return ExitCode.ok.rawValue
      }),
    subcommands: [
      sub("list", "List templates with the beginnings of their prompts.") { try $1.listTemplates() },
      sub("show", "Print a template.", takesName: true) { options, invocation in
        _ = try invocation.template(options.name)
        let bytes = try readFile(try invocation.templatePath(options.name), limit: 1 << 20)
        try invocation.terminal.stdout.write(bytes: bytes)
      },
      sub("edit", "Open a template in your editor, then check it.", takesName: true) { options, invocation in
        try invocation.editTemplate(options.name)
      },
    ])

  private static func sub(
    _ name: String, _ summary: String, takesName: Bool = false,
    _ run: @escaping @Sendable (TemplatesOptions, Invocation) throws -> Void
  ) -> AnyCommand {
    let word = Positional<TemplatesOptions>(
      "NAME", "The template.", isRequired: true, completes: .known(.template)
    ) { $0.name = $1 }
    return AnyCommand(
      Command(
        CommandDescription(name, summary), options: { TemplatesOptions() }, positionals: takesName ? [word] : [],
        run: { options, invocation in
          try run(options, invocation)
          return ExitCode.ok.rawValue
        }))
  }
}

extension Invocation {
  fileprivate func listTemplates() throws {
    let rows = templateNames.map { name -> [String] in
      do throws(CommandFailure) {
        let template = try self.template(name)
        return [name, template.prompt ?? template.system ?? ""]
      } catch {
        return [name, error.problem]
      }
    }
    try terminal.stdout.write(
      Table([.word("NAME"), .text("BEGINS", least: 20)], rows: rows).text(width: terminal.tableWidth))
  }

  fileprivate func editTemplate(_ name: String) throws {
    guard terminal.stdinIsTerminal else { throw CommandFailure(.usage, "templates edit: it needs a terminal") }
    let path = try templatePath(name)
    if (try? readBeginning(of: path, count: 1)) == nil {
      let keys = Template.keys.map { "# \($0):\n" }.joined()
      try replaceFile(path, with: Array(keys.utf8), mode: 0o600)
    }
    try openEditor(on: path)
    _ = try template(name)
  }
}
