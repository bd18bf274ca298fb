// A line that begins with a slash: which command it is, what may stand in it.

import CommandLineKit

/// A command of the prompt.
struct SlashCommand: Sendable {
  /// What its words are, for those who complete them.
  enum Words: Sendable, Equatable {
    case none
    case known(KnownKind)
    case file
    case oneOf([String])
    case conversation
    case tools
  }

  var name: String
  /// What follows the name: `NAME`, `[N]`.
  var takes: String
  /// One sentence without its full stop.
  var summary: String
  var words: Words
  var run: @Sendable (Repl, String) async throws -> Void

  init(
    _ name: String, _ takes: String = "", _ summary: String, words: Words = .none,
    run: @escaping @Sendable (Repl, String) async throws -> Void
  ) {
    self.name = name
    self.takes = takes
    self.summary = summary
    self.words = words
    self.run = run
  }

  /// `/name`, and the rest of a line.
  static func parse(_ line: String) -> (name: String, rest: String) {
    let parts = line.dropFirst().split(maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: \.isWhitespace)
    return (parts.first.map(String.init) ?? "", parts.count == 2 ? String(parts[1]).trimmed : "")
  }

  /// The command of that name, or the mistake of there being none.
  static func find(_ name: String) throws(UsageError) -> SlashCommand {
    if let command = all.first(where: { $0.name == name }) { return command }
    let near = didYouMean("/" + name, among: all.map { "/" + $0.name })
    throw UsageError(
      "'/\(name)' is no command",
      advice: "\(near ?? "See /help.") A message that begins with a slash is sent with a space before it.")
  }
}

extension Repl {
  func obey(_ line: String) async throws {
    let (name, rest) = SlashCommand.parse(line)
    let command = try SlashCommand.find(name)
    if command.takes.isEmpty, !rest.isEmpty { throw UsageError("'/\(name)' takes no words") }
    if command.takes.first.map({ $0 != "[" }) ?? false, rest.isEmpty {
      throw UsageError("'/\(name)' needs \(command.takes)")
    }
    try await command.run(self, rest)
  }
}
