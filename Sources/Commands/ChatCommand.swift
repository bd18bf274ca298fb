// `llmgw chat`: one prompt, one answer.

package import CommandLineKit
import GatewayCore
import Wire

extension AnyCommand<Invocation> {
  package static let chat = AnyCommand(
    Command(
      CommandDescription(
        "chat", "Send one prompt and print the answer as it arrives.", group: .asking,
        details: """
          Standard input is read when it is not a terminal, and follows the prompt after an empty line. The answer \
          alone goes to standard output; notes, retries and errors go to standard error.
          """,
        examples: [
          .init("llmgw \"why is the sky blue?\"", "Ask the default model; 'chat' may be left out."),
          .init("git diff | llmgw chat \"write a commit message\"", "Ask about what is piped in."),
          .init(
            "llmgw chat -m anthropic/claude-sonnet-5-5 -a chart.png \"what does it show?\"", "Send an image along."),
          .init("llmgw chat --schema 'name, age int' \"Ada, 36\"", "Get JSON that fits."),
          .init("llmgw chat --dry-run --max-cost 0.01 \"a long question\"", "See what would be sent and its price."),
        ]),
      options: { ChatOptions() }, flags: ChatOptions.flags,
      positionals: [Positional("PROMPT", "What to ask.", repeats: true) { $0.words.append($1) }],
      run: { options, invocation in try await ChatRun(options: options, invocation: invocation).run() }))
}

/// One run of the command, from what was typed to the exit status.
private struct ChatRun: Sendable {
  let options: ChatOptions
  let invocation: Invocation

  private var terminal: Terminal { invocation.terminal }

  func run() async throws -> Int32 {
    let settings = try invocation.loadSettings()
    let catalog = invocation.catalog(settings)
    let transport = Transport()
    defer { transport.shutdown() }
    let chosen = try await invocation.chooseTarget(
      typed: options.model, settings: settings, catalog: catalog, transport: transport)
    let request = try invocation.chatRequest(options, model: chosen.target.model)
    let call = invocation.call(request, to: chosen, options, settings)
    if let note = chosen.note { terminal.stderr.note(terminal.stderr.styled(note, .dim)) }

    if options.isDryRun { return try dryRun(call, catalog, transport) }
    let ledger = invocation.openLedger(settings)
    let gateway = invocation.gateway(catalog, transport, ledger: ledger)
    let (outcome, outputFailure) = await invocation.interruption.guarding { [self] in
      await answer(call, from: gateway)
    }
    if case .success(let ledger) = ledger { await ledger.close() }
    return try conclude(outcome, outputFailure, output: call.request.output, catalog)
  }

  private func dryRun(_ call: Call, _ catalog: Catalog, _ transport: Transport) throws -> Int32 {
    let gateway = invocation.gateway(
      catalog, transport, ledger: .failure(LedgerFailure(.notOpen, "open the ledger", "a dry run books nothing")))
    do {
      let prepared = try gateway.prepare(call, keyIsNeeded: false)
      let now = invocation.runtime.now()
      try terminal.stdout.write(options.json ? prepared.json(now: now).indentedText + "\n" : prepared.text(now: now))
      return ExitCode.ok.rawValue
    } catch let rejection as Rejection {
      throw CommandFailure(rejection: rejection, about: call.target.name)
    }
  }

  /// Runs the call.
  ///
  /// The second value is why stdout took no more, if it did not.
  private func answer(_ call: Call, from gateway: Gateway) async -> (Outcome, OutputClosed?) {
    var printer = AnswerPrinter(
      terminal: terminal, target: call.target.name, streams: !options.waitsForWhole && !options.json)
    var outputFailure: OutputClosed?
    let outcome = await gateway.answer(call) { event in
      do throws(OutputClosed) {
        try printer.take(event)
      } catch {
        outputFailure = error
        throw error
      }
    }
    if !options.json, outputFailure == nil {
      do throws(OutputClosed) { try printer.finish(outcome.reply) } catch { outputFailure = error }
    }
    return (outcome, outputFailure)
  }

  /// Says what there is to say about a finished call, and decides the exit status.
  private func conclude(
    _ outcome: Outcome, _ outputFailure: OutputClosed?, output: OutputFormat, _ catalog: Catalog
  ) throws -> Int32 {
    if let outputFailure, !outputFailure.readerLeft {
      throw CommandFailure(.general, "standard output: \(outputFailure.words)")
    }
    // The reader has had enough (`| head`): nothing to complain about, the call is booked.
    if outputFailure != nil { return outcome.bookkeeping == nil ? 0 : ExitCode.notBooked.rawValue }
    let failure = outcome.verdict(for: output, failsOnLength: options.failsOnLength, catalog)
    if options.json {
      try terminal.stdout.write(outcome.json(error: failure).indentedText + "\n")
    }
    if outcome.status == .truncated, failure == nil {
      terminal.stderr.note(
        "llmgw: \(outcome.target.name): the answer was cut at its length limit. Allow more with -o max_tokens=N.")
    }
    if let bookkeeping = outcome.bookkeeping, failure != nil {
      terminal.stderr.note("llmgw: the call could not be booked: \(bookkeeping.description)")
    }
    guard let failure else { return ExitCode.ok.rawValue }
    terminal.stderr.note(safeLine(failure.line))
    return failure.code.rawValue
  }
}

extension Invocation {
  func gateway(_ catalog: Catalog, _ transport: Transport, ledger: Result<Ledger, LedgerFailure>) -> Gateway {
    Gateway(
      catalog: catalog, environment: environment, keys: keyStore, transport: transport, ledger: ledger,
      runtime: runtime,
      version: programVersion)
  }

  /// The call that `options` ask for.
  func call(_ request: ChatRequest, to chosen: ChosenTarget, _ options: ChatOptions, _ settings: Settings) -> Call {
    var call = Call(request, to: chosen.target, modelAsked: chosen.asked, origin: .cli)
    call.project = options.project ?? environment["LLMGW_PROJECT"]
    call.session = options.session
    call.tags = options.tags.map { Tag($0.key, $0.value) }
    call.retries = options.retries ?? call.retries
    call.timeouts = options.timeouts
    call.isStrict = options.isStrict
    call.costLimit = options.costLimit
    call.storesContents = !options.storesNothing && settings.ledger.keepsContents
    return call
  }
}
