// A command is a value: what it is called, what it takes, what it does.

/// A heading below which help and manual list commands that belong together.
package struct CommandGroup: Sendable, Hashable {
  package var title: String
  package init(_ title: String) { self.title = title }
  package static let other = CommandGroup("Other commands")
}

/// What is said about a command, whatever its options are.
package struct CommandDescription: Sendable {
  package var name: String
  /// One sentence, with its full stop.
  package var summary: String
  /// Paragraphs of help below the summary.
  package var details: String = ""
  /// What to type and what it does.
  package var examples: [Example] = []
  package var group = CommandGroup.other
  package var isHidden = false

  package struct Example: Sendable {
    package var typed: String
    package var effect: String
    package init(_ typed: String, _ effect: String) {
      self.typed = typed
      self.effect = effect
    }
  }

  package init(
    _ name: String, _ summary: String, group: CommandGroup = .other, details: String = "", examples: [Example] = [],
    isHidden: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.details = details
    self.examples = examples
    self.group = group
    self.isHidden = isHidden
  }
}

/// A command whose flags fill an `Options` and whose work needs a `Context`.
package struct Command<Options: Sendable, Context>: Sendable {
  package var description: CommandDescription
  package var makeOptions: @Sendable () -> Options
  package var flags: [Flag<Options>]
  package var positionals: [Positional<Options>]
  /// Does the work; the number is the exit code.
  package var run: @Sendable (Options, Context) async throws -> Int32

  package init(
    _ description: CommandDescription, options makeOptions: @escaping @Sendable () -> Options,
    flags: [Flag<Options>] = [], positionals: [Positional<Options>] = [],
    run: @escaping @Sendable (Options, Context) async throws -> Int32
  ) {
    self.description = description
    self.makeOptions = makeOptions
    self.flags = flags
    self.positionals = positionals
    self.run = run
  }
}

/// Any command, for a list of commands.
package struct AnyCommand<Context>: Sendable {
  package var description: CommandDescription
  package var flags: [FlagDescription]
  package var positionals: [PositionalDescription]
  package var subcommands: [AnyCommand<Context>]
  /// Parses what follows the command's name, then does the work.
  package var run: @Sendable ([String], Context) async throws -> Int32
  /// Only parses: throws what `run` would throw before it does anything.
  package var check: @Sendable ([String]) throws(UsageError) -> Void

  package init<Options>(_ command: Command<Options, Context>, subcommands: [AnyCommand<Context>] = []) {
    description = command.description
    flags = command.flags.map(\.description)
    positionals = command.positionals.map(\.description)
    self.subcommands = subcommands
    run = { arguments, context in try await command.run(try command.parse(arguments), context) }
    check = { (arguments) throws(UsageError) in _ = try command.parse(arguments) }
  }

  package var name: String { description.name }
}
