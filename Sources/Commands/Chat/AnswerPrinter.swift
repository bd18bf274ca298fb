// A person or a pipe reads the answer as it arrives.

import GatewayCore
import Wire

/// Writes an answer to stdout, and thinking, retries and notes to stderr.
struct AnswerPrinter {
  let terminal: Terminal
  let target: String
  /// False when the answer is printed once it is complete.
  let streams: Bool
  private var thinkingIsOpen = false
  private var lastCharacterIsLineEnd = true
  private var hasText = false

  init(terminal: Terminal, target: String, streams: Bool) {
    self.terminal = terminal
    self.target = target
    self.streams = streams
  }

  mutating func take(_ event: CallEvent) throws(OutputClosed) {
    switch event {
    case .chat(.text(let text)), .chat(.refusal(let text)):
      if streams { try show(text) }
    case .chat(.reasoning(let text)):
      if streams { think(text) }
    case .chat: break
    case .retrying(let number, let most, let failure, let wait):
      let seconds = wait.inTenthsOfSeconds
      terminal.stderr.note(
        "llmgw: \(target): \(safeLine(failure.summary)); trying again in \(seconds) s (\(number)/\(most))")
    }
  }

  /// Ends the answer's last line, and prints all of it if nothing was printed before.
  mutating func finish(_ reply: ChatReply) throws(OutputClosed) {
    if !streams { try show(reply.refusal ?? reply.text) }
    endThinking()
    if hasText, !lastCharacterIsLineEnd { try terminal.stdout.write("\n") }
  }

  private mutating func show(_ text: String) throws(OutputClosed) {
    guard let last = text.last else { return }
    endThinking()
    hasText = true
    lastCharacterIsLineEnd = last.isNewline
    try terminal.stdout.write(terminal.stdout.isTerminal ? safeForTerminal(text) : text)
  }

  /// Thinking is for people who watch, never for a pipe.
  private mutating func think(_ text: String) {
    guard terminal.stderr.isTerminal else { return }
    thinkingIsOpen = true
    try? terminal.stderr.write(terminal.stderr.styled(safeForTerminal(text), .dim))
  }

  private mutating func endThinking() {
    guard thinkingIsOpen else { return }
    thinkingIsOpen = false
    try? terminal.stderr.write("\n\n")
  }
}

extension Duration {
  /// `1.2`: seconds with one place.
  var inTenthsOfSeconds: String {
    let tenths = (components.seconds * 10) + components.attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// Whole milliseconds.
  var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

extension ProviderFailure {
  /// `429 rate_limited: what the provider said`.
  var summary: String {
    let head = [status.map(String.init), kind.rawValue].compactMap { $0 }.joined(separator: " ")
    return message.isEmpty ? head : "\(head): \(message)"
  }
}
