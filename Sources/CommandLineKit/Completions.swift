// What the completion scripts of the three shells have in common. Commands and flags stand in the scripts; values are
// asked for by `PROGRAM __complete WORDS...`, which prints one `VALUE TAB MEANING` a line.

/// A shell whose completions can be written.
package enum Shell: String, CaseIterable, Sendable {
  case bash, zsh, fish
}

/// What `__complete` says instead of values when the shell knows them better.
package enum ShellKnows: String, Sendable {
  case files = ":files"
  case directories = ":directories"
}

extension Program {
  /// The script that teaches `shell` to complete the program.
  package func completions(for shell: Shell) -> String {
    switch shell {
    case .bash: bashCompletions()
    case .zsh: zshCompletions()
    case .fish: fishCompletions()
    }
  }

  /// One place in the tree of commands, as a completion script sees it.
  struct Place {
    /// The names that lead here; empty for the program itself.
    var path: [String]
    var commands: [AnyCommand<Context>]
    var flags: [FlagDescription]
    var positionals: [PositionalDescription]
  }

  /// The program itself, then every command, each before those below it.
  var places: [Place] {
    let own = Place(
      path: [], commands: visibleCommands, flags: (implied?.flags.filter { !$0.isHidden } ?? []) + Self.ownFlags,
      positionals: implied?.positionals ?? [])
    return [own] + visibleCommands.flatMap { places(of: $0, at: [$0.name]) }
  }

  private func places(of command: AnyCommand<Context>, at path: [String]) -> [Place] {
    let here = Place(
      path: path, commands: command.visibleSubcommands, flags: command.visibleFlags, positionals: command.positionals)
    return [here] + command.visibleSubcommands.flatMap { places(of: $0, at: path + [$0.name]) }
  }
}

extension FlagDescription {
  /// `-m` and `--model`.
  var spellings: [String] { (short.map { ["-\($0)"] } ?? []) + ["--" + name] }
}

extension String {
  /// Each character that has a replacement replaced.
  func replacing(_ replacements: [Character: String]) -> String {
    reduce(into: "") { $0 += replacements[$1] ?? String($1) }
  }
}
