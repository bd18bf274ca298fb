// `llmgw chat`: one prompt, one answer, or one answer of each model that is named.

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
          alone goes to standard output; notes, retries and errors go to standard error. Markdown is shown as styled \
          text on a terminal; a pipe or a file gets the bytes of the model.

          With several -m the models answer one after another, and a table compares them; --json prints an array.

          Each -f puts this before the prompt: its name and a colon, a line of backticks (three, or one more than the \
          longest row of them in the text), the text with a line end, the same backticks again, and an empty line. A \
          directory gives its text files in the order of their paths, without hidden files and symbolic links. A page \
          of the web is sent as it is, when it is text.
          """,
        examples: [
          .init("llmgw \"why is the sky blue?\"", "Ask the default model; 'chat' may be left out."),
          .init("git diff | llmgw chat \"write a commit message\"", "Ask about what is piped in."),
          .init("llmgw chat -f src -f notes.md \"what is missing?\"", "Ask about files."),
          .init("llmgw chat -x \"a shell line that counts words in *.md\"", "Print only the code of the answer."),
          .init("llmgw chat -m sonnet -m gpt-5.4 \"a riddle\"", "Ask two models and compare."),
          .init(
            "llmgw chat -m anthropic/claude-sonnet-5-5 -a chart.png \"what does it show?\"", "Send an image along."),
          .init("llmgw chat --schema 'name, age int' \"Ada, 36\"", "Get JSON that fits."),
          .init("llmgw chat --dry-run --max-cost 0.01 \"a long question\"", "See what would be sent and its price."),
        ]),
      options: { ChatOptions() }, flags: ChatOptions.flags,
      positionals: [Positional("PROMPT", "What to ask.", repeats: true) { $0.words.append($1) }],
      run: { options, invocation in
        try options.checkTogether()
        let filled = try invocation.withTemplates(options)
        if !filled.tools.isEmpty {
          throw CommandFailure(
            .usage, "chat: it runs no tools, and the template has some", advice: "Use llmgw repl -t.")
        }
        return try await ChatRun(options: filled, invocation: invocation).run()
      }))
}

/// One run of the command, from what was typed to the exit status.
private struct ChatRun: Sendable {
  let options: ChatOptions
  let invocation: Invocation

  private var terminal: Terminal { invocation.terminal }

  func run() async throws -> Int32 {
    let settings = try invocation.loadSettings()
    let catalog = invocation.catalog(settings)
    let transport = invocation.transport()
    defer { transport.shutdown() }
    // A conversation is kept in the ledger, which must be there before it is looked for.
    let opened = options.conversation == nil || options.isDryRun ? nil : invocation.openLedger(settings)
    let conversation = try options.conversation.map {
      try invocation.conversation($0, isKept: !options.storesNothing && !options.isDryRun, settings)
    }
    let calls = try await calls(settings, catalog, transport, conversation)
    let file = try options.outputPath.map { try OutputFile(path: $0, id: invocation.runtime.makeID()) }
    var redirected = invocation
    if let file { redirected.terminal.stdout = file.stream }

    if options.isDryRun {
      try dryRun(calls, catalog, transport, to: redirected.terminal.stdout)
      try file?.commit()
      return ExitCode.ok.rawValue
    }
    let ledger = opened ?? invocation.openLedger(settings)
    let questioning = Questioning(
      options: options, invocation: redirected, gateway: invocation.gateway(catalog, transport, ledger: ledger))
    let answers = await invocation.interruption.guarding { await questioning.ask(calls) }
    if let conversation, let call = calls.first, let answer = answers.first { keep(call, answer, in: conversation) }
    if case .success(let ledger) = ledger { await ledger.close() }
    return try questioning.conclude(answers, file)
  }

  /// All that is asked, before any of it is: a name that is wrong costs nothing.
  private func calls(
    _ settings: Settings, _ catalog: Catalog, _ transport: Transport, _ conversation: Conversation?
  ) async throws -> [Call] {
    var targets: [ChosenTarget] = []
    for typed in options.models.isEmpty ? [conversation?.settings.model] : options.models.map(Optional.some) {
      targets.append(
        try await invocation.chooseTarget(typed: typed, settings: settings, catalog: catalog, transport: transport))
    }
    let fragments = try await invocation.fragments(options.fragments, transport)
    var request = try invocation.chatRequest(options, fragments: fragments)
    if let conversation { try conversation.put(before: &request, options) }
    if fragments.skippedFiles > 0 {
      note("llmgw: \(fragments.skippedFiles) file(s) were left out because they are not text")
    }
    for target in targets {
      if let line = target.note { note(terminal.stderr.styled(line, .dim)) }
    }
    return targets.map { target in
      var call = invocation.call(request, to: target, options, settings)
      call.session = conversation?.session?.handle ?? options.session
      return call
    }
  }

  /// Adds the question and what came of it to the conversation.
  private func keep(_ call: Call, _ answer: Answer, in conversation: Conversation) {
    guard let question = call.request.messages.last, !answer.outcome.reply.content.isEmpty else { return }
    conversation.settings.model = call.plan.asked
    conversation.settings.system = options.system ?? conversation.settings.system
    conversation.add(question)
    conversation.addReply(of: answer.outcome)
    if let failure = conversation.takeFailure() {
      note("llmgw: the conversation could not be kept: \(safeLine(failure.description))")
    }
  }

  private func note(_ line: String) {
    if !options.isQuiet { terminal.stderr.note(line) }
  }

  private func dryRun(
    _ calls: [Call], _ catalog: Catalog, _ transport: Transport, to output: OutputStream
  ) throws {
    let gateway = invocation.gateway(
      catalog, transport, ledger: .failure(LedgerFailure(.notOpen, "open the ledger", "a dry run books nothing")))
    let now = invocation.runtime.now()
    let prepared = try calls.map { call in
      do throws(Rejection) {
        return try gateway.prepare(call, keyIsNeeded: false)
      } catch {
        throw CommandFailure(rejection: error, about: call.target.name)
      }
    }
    if options.json {
      let objects = prepared.map { $0.json(now: now) }
      try output.write((objects.count == 1 ? objects[0] : .array(objects)).indentedText + "\n")
    } else {
      try output.write(prepared.map { $0.text(now: now) }.joined(separator: "\n"))
    }
  }
}

extension Invocation {
  /// The call that `options` ask for.
  func call(_ request: ChatRequest, to chosen: ChosenTarget, _ options: ChatOptions, _ settings: Settings) -> Call {
    call(Call(request, to: chosen.plan, origin: .cli), options, settings)
  }

  /// `call` with what `options` say of every call.
  func call(_ call: Call, _ options: ChatOptions, _ settings: Settings) -> Call {
    var call = call
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

  func gateway(_ catalog: Catalog, _ transport: Transport, ledger: Result<Ledger, LedgerFailure>) -> Gateway {
    Gateway(
      catalog: catalog, environment: environment, keys: keyStore, transport: transport, ledger: ledger,
      runtime: runtime,
      version: programVersion)
  }
}
