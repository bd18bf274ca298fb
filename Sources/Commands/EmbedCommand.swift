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
          --lines. The vectors come in the order of the texts: one JSON list of numbers a line, one object with --json, \
          or with --binary their numbers as little-endian 32-bit floats, one vector after the other.

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
        return try await EmbedRun(options: options, invocation: invocation).run()
      }))
}

/// One run of the command.
private struct EmbedRun {
  let options: EmbedOptions
  let invocation: Invocation

  private static let longestText = 64 << 20

  func run() async throws -> Int32 {
    let settings = try invocation.loadSettings()
    let catalog = invocation.catalog(settings)
    let transport = invocation.transport()
    defer { transport.shutdown() }
    guard let name = options.chat.models.last ?? invocation.environment["LLMGW_EMBED_MODEL"] else {
      throw CommandFailure(
        .usage, "embed: no model is named", advice: "Name one: llmgw embed -m openai/text-embedding-3-small \"a text\"."
      )
    }
    let target = ChosenTarget(target: try invocation.resolve(name, in: catalog, for: .embeddings), asked: name)
    let calls = try texts().batches(of: target.target.mostTextsInACall).map { call(for: $0, to: target, settings) }
    if options.chat.isDryRun {
      return try dryRun(calls, invocation.gateway(catalog, transport, ledger: Self.noLedger))
    }
    let ledger = invocation.openLedger(settings)
    let gateway = invocation.gateway(catalog, transport, ledger: ledger)
    let outcomes = await invocation.interruption.guarding { await make(calls, gateway) }
    if case .success(let ledger) = ledger { await ledger.close() }
    return try conclude(outcomes, catalog)
  }

  private static let noLedger = Result<Ledger, LedgerFailure>.failure(
    LedgerFailure(.notOpen, "open the ledger", "a dry run books nothing"))

  // MARK: What is asked

  private func texts() throws -> [String] {
    var texts = options.texts
    for path in options.files {
      let bytes: [UInt8]
      do {
        bytes = try readFile(path, limit: Self.longestText)
      } catch {
        throw CommandFailure(.general, "file '\(path)': \(error.why)")
      }
      guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
        throw CommandFailure(.usage, "file '\(path)': it is not UTF-8 text")
      }
      texts.append(text)
    }
    if texts.isEmpty {
      let piped = invocation.terminal.stdinIsTerminal ? "" : try invocation.textFromStdin()
      texts = options.readsLines ? piped.split(whereSeparator: \.isNewline).map(String.init) : [piped]
    }
    guard !texts.isEmpty, !texts.contains("") else {
      throw CommandFailure(
        .usage, "embed: there is no text", advice: "Write one, name a file with -f, or pipe one in.")
    }
    return texts
  }

  private func call(for texts: [String], to target: ChosenTarget, _ settings: Settings) -> Call {
    var request = EmbeddingRequest(model: "", inputs: texts.map { .text($0) })
    request.dimensions = options.dimensions
    request.purpose = options.purpose
    let side = Call(SideRequest.embeddings(request), to: target.target, modelAsked: target.asked, origin: .cli)
    var call = invocation.call(side.request, to: target, options.chat, settings)
    call.side = side.side
    return call
  }

  // MARK: What comes of it

  private func make(_ calls: [Call], _ gateway: Gateway) async -> [Outcome] {
    var outcomes: [Outcome] = []
    for call in calls {
      let outcome = await gateway.answer(call) { _ in }
      outcomes.append(outcome)
      if outcome.status != .ok || Task.isCancelled { break }
    }
    return outcomes
  }

  private func conclude(_ outcomes: [Outcome], _ catalog: Catalog) throws -> Int32 {
    let failure = outcomes.lazy.compactMap { $0.verdict(for: .text, failsOnLength: false, catalog) }.first
    let vectors = outcomes.flatMap { outcome -> [[Float]] in
      if case .embeddings(let reply)? = outcome.sideReply { reply.vectors } else { [] }
    }
    let output = invocation.terminal.stdout
    if options.chat.json {
      try output.write(json(outcomes, vectors, failure).text + "\n")
    } else if options.printsBinary {
      try output.write(bytes: vectors.flatMap(\.littleEndianBytes))
    } else {
      for vector in vectors { try output.write(vector.text + "\n") }
    }
    if !options.chat.isQuiet {
      for change in outcomes.first?.changes ?? [] {
        invocation.terminal.stderr.note(
          safeLine("llmgw: changed: \(change.field) \(change.what.rawValue): \(change.why)"))
      }
    }
    if let failure { invocation.terminal.stderr.note(safeLine(failure.line)) }
    return failure?.code.rawValue ?? ExitCode.ok.rawValue
  }

  private func json(_ outcomes: [Outcome], _ vectors: [[Float]], _ failure: CommandFailure?) -> JSON {
    let usage = outcomes.map(\.usage).reduce(into: Usage(input: 0, output: 0)) { sum, usage in
      sum.input = sum.input.flatMap { total in usage.input.map { total + $0 } }
    }
    return [
      "ids": .array(outcomes.map { .string($0.id) }), "status": JSON(text: outcomes.last?.status.rawValue),
      "model": JSON(text: outcomes.first?.target.model), "provider": JSON(text: outcomes.first?.target.provider.id),
      "dimensions": JSON(count: vectors.first?.count), "vectors": .array(vectors.map { .raw(Array($0.text.utf8)) }),
      "usage": usage.json,
      "cost": Cost.sum(of: outcomes.map(\.cost)).json, "changes": .array((outcomes.first?.changes ?? []).map(\.json)),
      "attempts": .array(outcomes.flatMap(\.attempts).map(\.json)),
      "error": failure?.json(kind: outcomes.last?.failure?.kind) ?? .null,
    ]
  }

  private func dryRun(_ calls: [Call], _ gateway: Gateway) throws -> Int32 {
    let now = invocation.runtime.now()
    for call in calls {
      let prepared: PreparedCall
      do throws(Rejection) {
        prepared = try gateway.prepare(call, keyIsNeeded: false)
      } catch {
        throw CommandFailure(rejection: error, about: call.target.name)
      }
      let shown = options.chat.json ? prepared.json(now: now).indentedText + "\n" : prepared.text(now: now)
      try invocation.terminal.stdout.write(shown)
    }
    return ExitCode.ok.rawValue
  }
}

extension [Float] {
  /// A JSON list.
  fileprivate var text: String {
    var writer = JSONWriter()
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension [String] {
  fileprivate func batches(of size: Int) -> [[String]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
