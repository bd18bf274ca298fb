// A whole program as a value: its commands, and what its manual says around them.

/// A word and what it means: a file, a variable, an exit status.
package struct Term: Sendable, Equatable {
  package var name: String
  /// Whole sentences.
  package var meaning: String

  package init(_ name: String, _ meaning: String) {
    self.name = name
    self.meaning = meaning
  }
}

/// What help, manual and completions are made from.
package struct Program<Context>: Sendable {
  package var name: String
  /// One sentence, with its full stop.
  package var summary: String
  /// Paragraphs of the manual below the summary.
  package var details = ""
  package var version: String
  /// The day of the version, such as `2026-11-22`.
  package var date: String
  /// In the order of help.
  package var commands: [AnyCommand<Context>]
  /// The command whose name may be left out.
  package var impliedCommand: String?
  package var exitStatuses: [Term] = []
  package var environment: [Term] = []
  package var files: [Term] = []
  /// Pages of the manual besides those of the commands, such as `llmgw-config(5)`.
  package var furtherPages: [ManualPage] = []

  package init(name: String, summary: String, version: String, date: String, commands: [AnyCommand<Context>]) {
    self.name = name
    self.summary = summary
    self.version = version
    self.date = date
    self.commands = commands
  }

  /// Flags of the program itself, beside those of the implied command.
  static var ownFlags: [FlagDescription] {
    [
      FlagDescription(name: "help", short: "h", summary: "Show this help."),
      FlagDescription(name: "version", short: "V", summary: "Print the version."),
    ]
  }

  var implied: AnyCommand<Context>? { commands.first { $0.name == impliedCommand } }

  var visibleCommands: [AnyCommand<Context>] { commands.filter { !$0.description.isHidden } }

  /// The commands that are shown, in groups that stand in the order of their first command.
  var groups: [(title: String, commands: [AnyCommand<Context>])] {
    var groups: [CommandGroup] = []
    for command in visibleCommands where !groups.contains(command.description.group) {
      groups.append(command.description.group)
    }
    return groups.map { group in (group.title, visibleCommands.filter { $0.description.group == group }) }
  }
}

extension AnyCommand {
  /// The flag every command has.
  static var helpFlag: FlagDescription { FlagDescription(name: "help", short: "h", summary: "Show this help.") }

  /// The flags that are shown, with `--help` at the end.
  var visibleFlags: [FlagDescription] { flags.filter { !$0.isHidden } + [Self.helpFlag] }

  var visibleSubcommands: [AnyCommand<Context>] { subcommands.filter { !$0.description.isHidden } }
}
