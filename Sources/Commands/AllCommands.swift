// The list of commands, and which of them the words typed mean.

package import CommandLineKit
import GatewayCore

package enum AllCommands {
  /// In the order of help.
  package static let list: [AnyCommand<Invocation>] = [
    .chat, .repl, .templates, .map, .embed, .spend, .logs, .models, .providers, .keys, .access, .serve, .bench, .config,
    .doctor,
    .completions,
    .version,
    .help,
    .complete,
    .manual,
  ]

  /// Runs what was typed after the program's name, and gives the exit status.
  package static func run(_ arguments: [String], _ invocation: Invocation) async -> Int32 {
    do {
      return try await dispatch(arguments, invocation)
    } catch let error as UsageError {
      let name = list.first { $0.name == arguments.first }?.name
      let help = name.map { "llmgw \($0) --help" } ?? "llmgw --help"
      let end = error.advice ?? "See \(help)."
      invocation.terminal.stderr.note(
        "llmgw: \(name.map { $0 + ": " } ?? "")\(safeLine(error.problem)). \(safeLine(end))")
      return ExitCode.usage.rawValue
    } catch let failure as CommandFailure {
      invocation.terminal.stderr.note(safeLine(failure.line))
      return failure.code.rawValue
    } catch let closed as OutputClosed {
      if closed.readerLeft { return ExitCode.ok.rawValue }
      invocation.terminal.stderr.note("llmgw: standard output: \(closed.words).")
      return ExitCode.general.rawValue
    } catch {
      invocation.terminal.stderr.note("llmgw: \(safeLine("\(error)"))")
      return ExitCode.general.rawValue
    }
  }

  private static func dispatch(_ arguments: [String], _ invocation: Invocation) async throws -> Int32 {
    guard let first = arguments.first else {
      guard invocation.terminal.stdinIsTerminal else { return try await AnyCommand.chat.run([], invocation) }
      try invocation.terminal.stdout.write(LLMGW.program.overview(width: invocation.terminal.width))
      return ExitCode.usage.rawValue
    }
    if ["--help", "-h"].contains(first) {
      try invocation.terminal.stdout.write(LLMGW.program.overview(width: invocation.terminal.width))
      return ExitCode.ok.rawValue
    }
    if ["--version", "-V"].contains(first) { return try await AnyCommand.version.run([], invocation) }
    if let command = list.first(where: { $0.name == first }) {
      return try await run(command, Array(arguments.dropFirst()), path: "llmgw", invocation)
    }
    try refuseMistypedCommand(arguments)
    return try await run(.chat, arguments, path: "llmgw", invocation)
  }

  private static func run(
    _ command: AnyCommand<Invocation>, _ arguments: [String], path: String, _ invocation: Invocation
  ) async throws -> Int32 {
    if let next = arguments.first, let below = command.subcommands.first(where: { $0.name == next }) {
      return try await run(below, Array(arguments.dropFirst()), path: "\(path) \(command.name)", invocation)
    }
    try refuseMistypedSubcommand(arguments, of: command)
    if asksForHelp(arguments) {
      try invocation.terminal.stdout.write(command.help(program: path, width: invocation.terminal.width))
      return ExitCode.ok.rawValue
    }
    return try await command.run(arguments, invocation)
  }

  /// A command that takes no words of its own was given one: a sub-command was meant.
  private static func refuseMistypedSubcommand(
    _ arguments: [String], of command: AnyCommand<Invocation>
  ) throws(UsageError) {
    guard let word = arguments.first, !word.hasPrefix("-"), !command.subcommands.isEmpty, command.positionals.isEmpty
    else { return }
    let names = command.subcommands.map(\.name)
    throw UsageError(
      "'\(word)' is not a command of it",
      advice: didYouMean(word, among: names) ?? "It has \(names.joined(separator: ", ")).")
  }

  private static func asksForHelp(_ arguments: [String]) -> Bool {
    arguments.prefix { $0 != "--" }.contains { ["--help", "-h"].contains($0) }
  }

  /// A lone word close to a command is not a prompt somebody should pay for.
  private static func refuseMistypedCommand(_ arguments: [String]) throws(UsageError) {
    let words = arguments.filter { !$0.hasPrefix("-") }
    guard let word = words.first, word == arguments.first, !word.contains(where: \.isWhitespace),
      words.count == 1 || arguments.count == words.count && words.count == 2
    else { return }
    let names = list.filter { !$0.description.isHidden }.map(\.name)
    if let advice = didYouMean(word, among: names) {
      throw UsageError(
        "'\(word)' is not a command", advice: "\(advice) To send it as a prompt: llmgw chat \"\(word)\".")
    }
  }
}
