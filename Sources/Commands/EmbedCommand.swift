// `llmgw embed`: texts to vectors.

package import CommandLineKit
import GatewayCore
import Wire

extension AnyCommand<Invocation> {
  package static let embed = AnyCommand(
    Command(
      CommandDescription(
        "embed", "Turn texts into vectors.", group: .asking,
        details: """
          Each TEXT and each FILE is one text; without any of them standard input is one, or each of its lines with \
          --lines. The vectors come in the order of the texts: one JSON list of numbers a line, or with --binary their \
          numbers as little-endian 32-bit floats, one vector after the other. With --lines an empty line has no vector \
          and leaves an empty line, and vectors are printed as they come.

          With --json there is one object for all texts; with --lines as well, one for each line: index (the number of \
          the line, from 1), vector, id of the call, model, provider and error.

          Many texts go out in several calls, each of which is booked; after one that fails there are no more.
          """,
        examples: [
          .init("llmgw embed -m openai/text-embedding-3-small \"a text\"", "The vector of one text."),
          .init("llmgw embed -m voyage/voyage-3.5 --lines --input-type document < lines.txt", "One for each line."),
          .init("llmgw embed -m gemini/gemini-embedding-001 -d 768 --binary -f page.txt > page.f32", "As bytes."),
        ]),
      options: { EmbedOptions() }, flags: EmbedOptions.flags, positionals: EmbedOptions.positionals,
      run: { options, invocation in
        try options.check(printsToTerminal: invocation.terminal.stdout.isTerminal)
        return try await invocation.embed(options)
      }))
}

extension Invocation {
  fileprivate func embed(_ options: EmbedOptions) async throws -> Int32 {
    let settings = try loadSettings()
    let catalog = catalog(settings)
    let transport = self.transport()
    defer { transport.shutdown() }
    guard let name = options.chat.models.last ?? environment["LLMGW_EMBED_MODEL"] else {
      throw CommandFailure(
        .usage, "embed: no model is named", advice: "Name one: llmgw embed -m openai/text-embedding-3-small \"a text\"."
      )
    }
    let plan = try plan(name, in: catalog, for: .embeddings)
    let side = Call(.embeddings(EmbeddingRequest(model: "", inputs: [])), to: plan, origin: .cli)
    let source = try await EmbedSource(options, self)
    let ledger =
      options.chat.isDryRun
      ? .failure(LedgerFailure(.notOpen, "open the ledger", "a dry run books nothing")) : openLedger(settings)
    let run = EmbedRun(
      options: options, terminal: terminal, gateway: gateway(catalog, transport, ledger: ledger),
      call: self.call(side, options.chat, settings), now: runtime.now)
    let result = await interruption.guarding { await Result.catching { try await run.embed(source) } }
    if case .success(let ledger) = ledger { await ledger.close() }
    return try result.get()
  }
}

extension Result where Success: Sendable, Failure == any Error {
  fileprivate static func catching(_ body: () async throws -> Success) async -> Self {
    do {
      return .success(try await body())
    } catch {
      return .failure(error)
    }
  }
}
