// A conversation at a prompt, from what was typed in the shell to the exit status.

import GatewayCore
import Glibc
import Wire

/// One run of the command.
struct ReplRun: Sendable {
  let options: ChatOptions
  let invocation: Invocation

  private var terminal: Terminal { invocation.terminal }
  private var isInteractive: Bool { terminal.stdinIsTerminal && terminal.stdout.isTerminal }

  func run() async throws -> Int32 {
    let settings = try invocation.loadSettings()
    let catalog = invocation.catalog(settings)
    let transport = invocation.transport()
    defer { transport.shutdown() }
    let ledger = invocation.openLedger(settings)
    let status: Int32
    do {
      status = try await converse(settings, catalog, transport, ledger)
    } catch {
      if case .success(let ledger) = ledger { await ledger.close() }
      throw error
    }
    if case .success(let ledger) = ledger { await ledger.close() }
    return status
  }

  private func converse(
    _ settings: Settings, _ catalog: Catalog, _ transport: Transport, _ ledger: Result<Ledger, LedgerFailure>
  ) async throws -> Int32 {
    let conversation = try invocation.conversation(
      options.conversation ?? .new, isKept: !options.storesNothing, settings)
    let chosen = try await invocation.chooseTarget(
      typed: options.models.first ?? conversation.settings.model, settings: settings, catalog: catalog,
      transport: transport)
    try apply(options, to: conversation, asking: chosen.plan)
    let input: any LineSource = isInteractive ? try lineEditor(settings) : ScriptLines()
    greet(conversation, chosen)
    let answering = Answering()
    let repl = Repl(
      invocation, settings, catalog, transport, invocation.gateway(catalog, transport, ledger: ledger), conversation,
      input: input, answering: answering, options: options, plan: chosen.plan)
    for name in options.attachments { try await repl.attach(name) }
    takeSignals(input as? LineEditor, answering)
    defer { for signal in [SIGINT, SIGWINCH, SIGTSTP] { invocation.interruption.handle(signal, by: nil) } }
    return await invocation.interruption.guarding { await repl.run() }
  }

  /// Flags go before what the conversation has kept.
  private func apply(_ options: ChatOptions, to conversation: Conversation, asking plan: Plan) throws {
    var current = conversation.settings
    current.model = plan.asked
    current.system = options.system ?? current.system
    current.schema = options.schema ?? current.schema
    if !options.tools.isEmpty { current.tools = options.tools }
    for option in options.modelOptions { try current.set(option.key, to: option.value) }
    if let schema = current.schema { _ = try answerSchema(typed: schema) }
    conversation.settings = current
  }

  private func lineEditor(_ settings: Settings) throws(CommandFailure) -> LineEditor {
    let completion = ReplCompletion(invocation: invocation, settings: settings)
    let surroundings = LineEditor.Surroundings(
      output: terminal.stdout, hasControlSequences: invocation.environment["TERM"].map { $0 != "dumb" } ?? false,
      history: invocation.inputHistory, complete: { completion.complete($0) },
      edit: { [invocation] text in
        do throws(CommandFailure) {
          return try invocation.edited(text)
        } catch {
          invocation.terminal.stderr.note(safeLine(error.line))
          return nil
        }
      }, isOpen: { TextFence.isOpen($0) })
    guard let editor = LineEditor(surroundings) else {
      throw CommandFailure(.general, "repl: \(LineEditor.problem ?? "there is no line editor")")
    }
    return editor
  }

  private func greet(_ conversation: Conversation, _ chosen: ChosenTarget) {
    guard isInteractive, !options.isQuiet else { return }
    let said = conversation.entries.count
    let what = said == 0 ? "" : "'\(conversation.session?.handle ?? "")' with \(said) messages; "
    let line = chosen.note ?? "\(what)asking \(chosen.plan.first.name)."
    terminal.stderr.note(terminal.stderr.styled(safeLine(line + " /help lists commands."), .dim))
  }

  /// Ctrl-C stops an answer, or gives up the line; the window and Ctrl-Z are the editor's while it reads.
  private func takeSignals(_ editor: LineEditor?, _ answering: Answering) {
    guard let editor else { return }
    let interruption = invocation.interruption
    interruption.handle(SIGINT) { if !answering.stop() { editor.interrupt() } }
    interruption.handle(SIGWINCH) { if editor.isReading { editor.resize() } }
    interruption.handle(SIGTSTP) { if editor.isReading { editor.suspend() } else { suspendProcess() } }
  }
}

extension Invocation {
  /// Where lines are kept: `$LLMGW_HISTORY`, `off` for nowhere, else beside the ledger.
  var inputHistory: InputHistory? {
    if let path = environment["LLMGW_HISTORY"] { return path == "off" ? nil : InputHistory(path: path) }
    return environment.dataDirectory.map { InputHistory(path: $0 + "/history.jsonl") }
  }
}
