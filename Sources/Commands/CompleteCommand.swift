// `llmgw __complete`: the values that may stand for the last of the words, one a line. For the completion scripts.

package import CommandLineKit

extension AnyCommand<Invocation> {
  package static let complete: AnyCommand<Invocation> = {
    var command = AnyCommand(
      Command(
        CommandDescription("__complete", "Print what the last word may become.", isHidden: true),
        options: { [String]() }, positionals: [Positional("WORD", "A word.", repeats: true) { $0.append($1) }],
        run: { _, _ in ExitCode.ok.rawValue }))
    // The words are those of another command line: none of them is a flag of this one.
    command.run = { words, invocation in
      guard let expected = LLMGW.program.expectedValue(in: words) else { return ExitCode.ok.rawValue }
      let lines = KnownValues(invocation: invocation, commands: AllCommands.list).values(of: expected).compactMap(
        \.line)
      try invocation.terminal.stdout.write(lines.map { $0 + "\n" }.joined())
      return ExitCode.ok.rawValue
    }
    command.check = { (_) throws(UsageError) in }
    return command
  }()
}
