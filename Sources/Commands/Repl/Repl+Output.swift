// Answers and figures, to look at or to take elsewhere.

import CommandLineKit
import GatewayCore
import Wire

extension Repl {
  /// `[N] [| COMMAND]`: the last answer as the model wrote it, or the one N before it.
  func last(_ text: String) throws {
    let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    let count = parts.first.map { String($0).trimmed } ?? ""
    let answers = conversation.entries.filter { $0.message?.role == .assistant }
    guard let back = count.isEmpty ? 1 : Int(count), (1...max(answers.count, 1)).contains(back) else {
      throw UsageError("'/last \(count)': there is no such answer", advice: "1 is the last one.")
    }
    guard answers.count >= back else { throw CommandFailure(.usage, "there is no answer yet") }
    let answer = answers[answers.count - back].text
    guard parts.count == 2 else {
      return try show(terminal.stdout.writable(answer) + "\n")
    }
    let command = String(parts[1]).trimmed
    let status = invocation.interruption.yieldingTerminal { runShell(command, reading: answer + "\n") }
    guard status == 0 else {
      throw CommandFailure(
        .general, "'\(safeLine(command))': \(status.map { "it ended with status \($0)" } ?? "it could not be started")")
    }
  }

  func copy() throws {
    guard let answer = conversation.lastAnswer?.text else { throw CommandFailure(.usage, "there is no answer yet") }
    try invocation.copy(answer)
    note("copied")
  }

  /// `md|json FILE`.
  func export(_ text: String) throws {
    let words = text.split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
    guard words.count == 2, ["md", "json"].contains(words[0]) else {
      throw UsageError("'/export \(text)' is not of the form md|json FILE")
    }
    let content = words[0] == "md" ? conversation.markdown : conversation.json.indentedText + "\n"
    do {
      try replaceFile(words[1], with: Array(content.utf8), mode: 0o600)
    } catch {
      throw CommandFailure(.general, "export '\(safeLine(words[1]))': \(error.why)")
    }
    note("written: \(words[1])")
  }

  func cost() throws {
    let last = lastOutcome.map { "\($0.cost.shown) (\($0.cost.source.rawValue))" }
    try show(
      namedLines([
        ("last answer", last), ("this run", "\(spending.shown) for \(spending.calls) call(s)"),
        ("tokens in", spending.input.grouped), ("tokens out", spending.output.grouped),
        ("budget", costLimit?.shown),
      ]))
  }

  func tokens() throws {
    let share = contextLimit.map { "\(contextTokens() * 100 / max($0, 1))% of \($0.grouped)" }
    let counted = entriesThen == conversation.entries.count && lastOutcome?.usage.input != nil
    try show(
      namedLines([
        ("context", "\(counted ? "" : "~")\(contextTokens().grouped) tokens"), ("share", share),
        ("system", conversation.settings.system.map { "~\(TokenEstimate.of($0).grouped)" }),
        ("messages", "\(conversation.messages.count)"),
        ("attached", attachments.isEmpty ? nil : attachments.map(\.name).joined(separator: ", ")),
      ]))
  }

  /// Everything the books know of the last call.
  func why() async throws {
    guard let id = lastOutcome?.id else { throw CommandFailure(.usage, "nothing was asked yet") }
    try await command(.logs, "show \(id)")
  }

  /// Runs one of the program's commands as a shell would.
  func command(_ command: AnyCommand<Invocation>, _ words: String) async throws {
    let arguments = words.split(whereSeparator: \.isWhitespace).map(String.init)
    let below = arguments.first.flatMap { word in command.subcommands.first { $0.name == word } }
    if let below {
      _ = try await below.run(Array(arguments.dropFirst()), invocation)
    } else {
      _ = try await command.run(arguments, invocation)
    }
  }

  func help() throws {
    let rows = SlashCommand.all.map { ("/\($0.name)\($0.takes.isEmpty ? "" : " " + $0.takes)", $0.summary + ".") }
    try show(twoColumns(rows, width: terminal.currentWidth))
    try show(
      "\n"
        + wrapped(
          """
          Enter sends; Alt-Enter or Ctrl-J begins a new line; \"\"\" begins and ends a message of several lines. Ctrl-X \
          Ctrl-E opens your editor, Ctrl-R searches what you typed, TAB completes. Ctrl-C stops an answer or clears the \
          line, twice leaves; so does Ctrl-D. A message that begins with a slash is sent with a space before it.
          """, width: terminal.currentWidth))
  }
}
