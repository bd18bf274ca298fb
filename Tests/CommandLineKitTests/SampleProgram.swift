import CommandLineKit

/// A program with one of everything, and with text that every format has to quote.
enum Sample {
  struct Options: Sendable { var words: [String] = [] }

  static let ask = AnyCommand<Void>(
    Command(
      CommandDescription(
        "ask", "Ask a question; it's [quick]: try.", group: CommandGroup("First things"),
        details: "Reads C:\\temp first.\n\n.PP is no macro here.\nNor is 'br.",
        examples: [.init("sample ask 'why?'", "Ask why.")]),
      options: { Options() },
      flags: [
        .takes("model", short: "m", "MODEL", "Which model.") { $0.words.append($1) },
        .takes("input", short: "i", "FILE|-", "What to read.", repeats: true) { $0.words.append($1) },
        .takes("folder", "DIR", "Where to look.") { $0.words.append($1) },
        .oneOf("shell", "SHELL", "For which shell.") { $0.words.append(($1 as Shell).rawValue) },
        .toggle("quiet", short: "q", "Say less; don't [ever] shout: hush.") { $0.words.append("quiet") },
        hidden,
      ],
      positionals: [Positional("QUESTION", "What to ask.", repeats: true) { $0.words.append($1) }],
      run: { _, _ in 0 }))

  private static let hidden: Flag<Options> = {
    var flag = Flag<Options>.toggle("secret-flag", "Not for everyone.") { $0.words.append("secret") }
    flag.description.isHidden = true
    return flag
  }()

  static let book = AnyCommand<Void>(
    command("book", "Look at the books.", group: CommandGroup("Second things")),
    subcommands: [
      AnyCommand(
        Command(
          CommandDescription("show", "Show an entry."), options: { Options() },
          flags: [.toggle("json", "As JSON.") { $0.words.append("json") }],
          positionals: [Positional("ID", "Which.", isRequired: true) { $0.words.append($1) }], run: { _, _ in 0 })),
      AnyCommand(command("secret-sub", "Not for everyone.", isHidden: true)),
    ])

  static let teach = AnyCommand<Void>(
    Command(
      CommandDescription("teach", "Teach a shell.", group: CommandGroup("First things")), options: { Options() },
      positionals: [.oneOf("SHELL", "Which shell.", isRequired: true) { $0.words.append(($1 as Shell).rawValue) }],
      run: { _, _ in 0 }))

  static let program: Program<Void> = {
    let secret = AnyCommand<Void>(command("secret-command", "Not for everyone.", isHidden: true))
    var program = Program(
      name: "sample", summary: "A sample.", version: "1.2.3", date: "2026-01-02", commands: [ask, book, teach, secret])
    program.impliedCommand = "ask"
    program.exitStatuses = [Term("0", "Well."), Term("2", "Badly typed.")]
    program.environment = [Term("SAMPLE_HOME", "Where it lives.")]
    program.files = [Term("~/.sample", "Its file.")]
    program.furtherPages = [
      ManualPage("sample-file", section: 5, purpose: "its file", version: "sample 1.2.3", date: "2026-01-02") {
        $0.heading("DESCRIPTION")
        $0.paragraphs("A file.")
      }
    ]
    return program
  }()

  private static func command(
    _ name: String, _ summary: String, group: CommandGroup = .other, isHidden: Bool = false
  ) -> Command<Options, Void> {
    Command(
      CommandDescription(name, summary, group: group, isHidden: isHidden), options: { Options() }, run: { _, _ in 0 })
  }
}
