// A conversation at a prompt: reads a line, does what it says, and again. No failure ends it.

import CommandLineKit
import GatewayCore
import Glibc
import Wire

/// The conversation of one run of the program.
actor Repl {
  let invocation: Invocation
  let settings: Settings
  let catalog: Catalog
  let transport: Transport
  let gateway: Gateway
  let conversation: Conversation
  let input: any LineSource
  let answering: Answering
  var options: ChatOptions
  var plan: Plan
  /// Sent with the next message, by the names they were given.
  var attachments: [(name: String, part: ContentPart)] = []
  var lastOutcome: Outcome?
  /// Entries there were when `lastOutcome` came.
  var entriesThen = 0
  var spending = SessionSpending()
  /// What was asked last, for another try.
  var lastQuestion: [ContentPart]?
  /// False when it is only said that the model thinks.
  var showsThinking = true
  /// The most that the calls of this run may cost together.
  var costLimit: Picodollars?
  let toolBox: ToolBox
  /// Tools that the person has allowed for good.
  var allowedTools: Set<String> = []
  var isOver = false
  /// What a script ends with: the first thing that went wrong.
  private var firstFailure: ExitCode?
  private var wasInterrupted = false

  var terminal: Terminal { invocation.terminal }
  var isInteractive: Bool { input is LineEditor }

  init(
    _ invocation: Invocation, _ settings: Settings, _ catalog: Catalog, _ transport: Transport, _ gateway: Gateway,
    _ conversation: sending Conversation, input: any LineSource, answering: Answering, options: ChatOptions, plan: Plan
  ) {
    self.invocation = invocation
    self.settings = settings
    self.catalog = catalog
    self.transport = transport
    self.gateway = gateway
    self.conversation = conversation
    self.input = input
    self.answering = answering
    self.options = options
    self.plan = plan
    toolBox = ToolBox(settings.tools, invocation.environment)
  }

  /// Goes on until the person leaves; the exit status.
  func run() async -> Int32 {
    while !isOver, !Task.isCancelled {
      switch await nextText() {
      case .line(let text):
        wasInterrupted = false
        await take(text)
      case .interrupted:
        if wasInterrupted {
          invocation.interruption.end(by: SIGINT)
          isOver = true
        } else {
          wasInterrupted = true
          note("Ctrl-C once more leaves; so does Ctrl-D.")
        }
      case .ended: isOver = true
      }
    }
    return isInteractive ? ExitCode.ok.rawValue : (firstFailure ?? .ok).rawValue
  }

  /// A line, or all lines of a message in marks.
  private func nextText() async -> LineRead {
    guard case .line(var text) = await readFirstLine() else { return lastRead }
    while TextFence.isOpen(text), case .line(let more) = await input.read(prompt: "") { text += "\n" + more }
    return .line(text)
  }

  private var lastRead = LineRead.ended
  private func readFirstLine() async -> LineRead {
    lastRead = await input.read(prompt: prompt)
    return lastRead
  }

  /// The model's own name.
  private var prompt: String { (plan.asked.split(separator: "/").last.map(String.init) ?? plan.asked) + "> " }

  private func take(_ line: String) async {
    let text = TextFence.content(of: line)
    guard !text.trimmed.isEmpty || !attachments.isEmpty && !isInteractive else { return }
    do {
      if line.hasPrefix("/") {
        try await obey(line)
      } else {
        try await ask(text.trimmed)
      }
    } catch {
      report(error)
    }
  }

  func quit() { isOver = true }

  // MARK: Saying things

  /// A remark of ours, not part of any answer.
  func note(_ text: String) {
    if !options.isQuiet { terminal.stderr.note(terminal.stderr.styled(safeLine(text), .dim)) }
  }

  /// What a command was asked to show.
  func show(_ text: String) throws(OutputClosed) { try terminal.stdout.write(text) }

  func report(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: fail(failure)
    case let usage as UsageError: fail(CommandFailure(.usage, usage.problem, advice: usage.advice))
    case let failure as LedgerFailure: fail(CommandFailure(.general, failure.description))
    case is OutputClosed: isOver = true
    default: fail(CommandFailure(.general, "\(error)"))
    }
  }

  func fail(_ failure: CommandFailure) {
    firstFailure = firstFailure ?? failure.code
    terminal.stderr.note(safeLine(failure.line))
  }
}

/// What the calls of this run cost.
struct SessionSpending {
  private(set) var sum = PicodollarSum.zero
  private(set) var unpricedCalls = 0
  private(set) var isEstimated = false
  private(set) var calls = 0
  private(set) var input = 0
  private(set) var output = 0

  mutating func add(_ outcome: Outcome) {
    guard !outcome.attempts.isEmpty else { return }
    calls += 1
    input += outcome.usage.input ?? 0
    output += outcome.usage.output ?? 0
    guard let amount = outcome.cost.amount else { return unpricedCalls += 1 }
    sum += amount
    if outcome.cost.source == .estimated || outcome.cost.source == .mixed { isEstimated = true }
  }

  /// `$0.0123`, with a mark for what is estimated or missing.
  var shown: String {
    if unpricedCalls > 0, sum == .zero { return "unpriced" }
    return (isEstimated ? "~" : "") + sum.shown + (unpricedCalls > 0 ? "+?" : "")
  }
}
