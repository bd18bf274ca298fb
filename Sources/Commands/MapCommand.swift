// `llmgw map`: one prompt over many lines, one call each.

package import CommandLineKit
import GatewayCore
import Wire

extension AnyCommand<Invocation> {
  package static let map = AnyCommand(
    Command(
      CommandDescription(
        "map", "Send each line of a file through a prompt, several at once.", group: .asking,
        details: """
          The prompt says with {} where the line goes, or with {name} where a member of a JSONL object goes; without \
          either the line follows the prompt after an empty line. '{{name}}' stands for '{name}' itself. Results come \
          in the order of the input, one line each: line ends within an answer are written as \\n, a failed item \
          leaves an empty line, and an empty line is not asked. With --jsonl each result is an object: index (the \
          number of the line, from 1), input, status, text, usage, cost and error.

          A failed item does not stop the run; the exit status is that of the first failure. All calls of a run are \
          one session of the ledger. With --output every result is also written to a journal, FILE.llmgw-map, as soon \
          as it is there; --resume asks only for what has no good answer in it, and writes FILE anew.
          """,
        examples: [
          .init("llmgw map \"Translate to French: {}\" lines.txt", "Translate each line of a file."),
          .init("llmgw map -j 16 --output out.txt \"Summarise: {}\" in.txt", "Sixteen at once, into a file."),
          .init("llmgw map -j 16 --output out.txt --resume \"Summarise: {}\" in.txt", "Go on where that stopped."),
          .init("llmgw map --jsonl \"Is {title} about {topic}?\" books.jsonl", "Ask about members of objects."),
          .init("llmgw map --max-cost 0.50 --schema 'name, age int' \"Who?\" < people.txt", "Spend at most 50 cents."),
        ]),
      options: { MapOptions() }, flags: MapOptions.flags, positionals: MapOptions.positionals,
      run: { options, invocation in try await invocation.map(options) }))
}

extension Invocation {
  /// Opens everything that a run needs, so that what is wrong is told before anything is paid, and runs it.
  fileprivate func map(_ options: MapOptions) async throws -> Int32 {
    try options.check()
    let settings = try loadSettings()
    let catalog = catalog(settings)
    let transport = self.transport()
    defer { transport.shutdown() }
    let chosen = try await chooseTarget(
      typed: options.chat.models.last, settings: settings, catalog: catalog, transport: transport)
    let request = try chatRequest(options.chat, asking: [])
    var call = self.call(request, to: chosen, options.chat, settings)
    call.costLimit = nil

    let ledger = openLedger(settings)
    let input = try await MapInput(options.inputPath, format: options.format, sleep: runtime.sleep)
    var run = MapRun(
      options: options, invocation: self, gateway: gateway(catalog, transport, ledger: ledger), call: call, input: input
    )
    try run.refuseWhatNoItemCouldPass()
    if let path = options.output {
      run.journal = try MapJournal(
        beside: path, resumes: options.resumes, of: options.description(asking: chosen.plan.asked),
        session: runtime.makeID(), apartFrom: input.file)
    }
    run.call.session = run.journal?.session ?? runtime.makeID()
    if let note = chosen.note { terminal.stderr.note(terminal.stderr.styled(note, .dim)) }

    let status = await interruption.guarding { [run] in await run.run() }
    if case .success(let ledger) = ledger { await ledger.close() }
    return status
  }
}
