// `llmgw version` and `llmgw help`.

package import CommandLineKit

private struct NoOptions: Sendable {}

extension AnyCommand<Invocation> {
  package static let version = AnyCommand(
    Command(
      CommandDescription("version", "Print the version.", group: .program), options: { NoOptions() },
      run: { _, invocation in
        try invocation.terminal.stdout.write("llmgw \(programVersion)\n")
        return 0
      }))

  package static let help = AnyCommand(
    Command(
      CommandDescription("help", "Show help, of the program or of one command.", group: .program),
      options: { [String]() },
      positionals: [Positional("COMMAND", "Which command.", repeats: true) { $0.append($1) }],
      run: { path, invocation in
        guard !path.isEmpty else { return await AllCommands.run(["--help"], invocation) }
        guard AllCommands.list.contains(where: { $0.name == path[0] }) else {
          let names = AllCommands.list.filter { !$0.description.isHidden }.map(\.name)
          throw UsageError(
            "'\(path[0])' is not a command", advice: didYouMean(path[0], among: names) ?? "See llmgw --help.")
        }
        return await AllCommands.run(path + ["--help"], invocation)
      }))
}
