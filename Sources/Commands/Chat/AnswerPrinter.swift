// A person or a pipe reads the answer as it arrives.

import GatewayCore
import Wire

/// Writes an answer to stdout, and thinking, retries and notes to stderr.
struct AnswerPrinter {
  let terminal: Terminal
  let target: String
  /// False when the answer is printed once it is complete.
  let streams: Bool
  let isQuiet: Bool
  /// False when it is only said that the model thinks.
  var showsThinking = true
  /// `nil` when the text is printed as it comes.
  private var renderer: MarkdownRenderer?
  private var pace = FramePace()
  private var thinkingIsOpen = false
  private var lastCharacterIsLineEnd = true

  init(terminal: Terminal, target: String, streams: Bool, isQuiet: Bool, renderer: MarkdownRenderer?) {
    self.terminal = terminal
    self.target = target
    self.streams = streams
    self.isQuiet = isQuiet
    self.renderer = renderer
  }

  mutating func take(_ event: CallEvent) async throws(OutputClosed) {
    switch event {
    case .chat(let events):
      if streams { try await draw(events.joiningText) }
    case .answering, .bytes: break
    case .movingOn(let from, let failure):
      guard !isQuiet else { return }
      terminal.stderr.note("llmgw: \(from.name): \(safeLine(failure.summary)); trying the next target")
    case .retrying(let number, let most, let failure, let wait):
      guard !isQuiet else { return }
      let seconds = wait.inTenthsOfSeconds
      terminal.stderr.note(
        "llmgw: \(target): \(safeLine(failure.summary)); trying again in \(seconds) s (\(number)/\(most))")
    }
  }

  private mutating func draw(_ events: [ChatEvent]) async throws(OutputClosed) {
    guard events.contains(where: \.isShown) else { return }
    if terminal.stdout.isTerminal { await pace.nextFrame() }
    let width = terminal.currentWidth
    renderer?.resize(to: width)
    for event in events { try take(event) }
  }

  private mutating func take(_ event: ChatEvent) throws(OutputClosed) {
    switch event {
    case .text(let text), .refusal(let text): try show(text)
    case .reasoning(let text): try think(text)
    default: break
    }
  }

  /// Prints `text` if nothing was printed before, and ends the last line.
  mutating func finish(_ text: String) throws(OutputClosed) {
    if !streams { try show(text) }
    endThinking()
    try endText()
  }

  private mutating func show(_ text: String) throws(OutputClosed) {
    guard !text.isEmpty else { return }
    endThinking()
    if let rendered = renderer?.take(text) { return try put(rendered) }
    try put(terminal.stdout.writable(text))
  }

  private mutating func put(_ text: String) throws(OutputClosed) {
    guard let last = text.last else { return }
    lastCharacterIsLineEnd = last.isNewline
    try terminal.stdout.write(text)
  }

  private mutating func endText() throws(OutputClosed) {
    if let rendered = renderer?.finish() { try put(rendered) }
    if !lastCharacterIsLineEnd { try put("\n") }
  }

  /// Thinking is for people who watch, never for a pipe.
  private mutating func think(_ text: String) throws(OutputClosed) {
    guard terminal.stderr.isTerminal, !isQuiet else { return }
    // On one screen, thinking amid the answer begins on a line of its own.
    if !thinkingIsOpen, terminal.stdout.isTerminal { try endText() }
    let isFirst = !thinkingIsOpen
    thinkingIsOpen = true
    let text = showsThinking ? text : isFirst ? "thinking ..." : ""
    try? terminal.stderr.write(terminal.stderr.styled(safeForTerminal(text), .dim))
  }

  private mutating func endThinking() {
    guard thinkingIsOpen else { return }
    thinkingIsOpen = false
    try? terminal.stderr.write("\n\n")
  }
}

extension ChatEvent {
  fileprivate var isShown: Bool {
    switch self {
    case .text, .refusal, .reasoning: true
    default: false
    }
  }
}

extension Invocation {
  /// What an answer is shown through; `nil` when it is printed as it comes.
  ///
  /// JSON is never rendered: its marks mean something else.
  func renderer(for output: OutputFormat, _ rendering: Rendering) -> MarkdownRenderer? {
    guard output == .text, rendering != .never else { return nil }
    guard rendering == .always || terminal.stdout.isTerminal else { return nil }
    let isPlain = environment["NO_COLOR"] != nil || environment["TERM"] == "dumb"
    let hasStyle = terminal.stdout.hasColor || rendering == .always && !isPlain
    return MarkdownRenderer(width: terminal.currentWidth, hasStyle: hasStyle)
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
