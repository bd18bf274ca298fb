// One run of `llmgw embed`: batch after batch, each a call, printed as it is answered.

import GatewayCore
import Wire

struct EmbedRun: Sendable {
  let options: EmbedOptions
  let terminal: Terminal
  let gateway: Gateway
  /// What every call has in common.
  let call: Call
  let now: @Sendable () -> Timestamp

  /// Embeds all that `source` has, or as much as goes well; the exit status.
  func embed(_ source: EmbedSource) async throws -> Int32 {
    var printer = EmbedPrinter(options: options, target: call.target, output: terminal.stdout)
    var batch = EmbedBatch(mostItems: call.target.mostTextsInACall)
    var isGood = true
    try await source.forEach { item in
      if options.printsBinary, item.text == nil {
        throw CommandFailure(.usage, "line \(item.number) is empty: --binary has no place for it")
      }
      if batch.add(item) { return true }
      isGood = try await send(batch, &printer)
      batch = EmbedBatch(mostItems: call.target.mostTextsInACall)
      _ = batch.add(item)
      return isGood
    }
    if isGood, !batch.isEmpty, !Task.isCancelled { _ = try await send(batch, &printer) }
    if !options.chat.isDryRun { try printer.finish() }
    conclude(printer)
    return printer.failure?.code.rawValue ?? ExitCode.ok.rawValue
  }

  /// Makes the call of a batch and prints what came of it; false when there is to be no further one.
  private func send(_ batch: EmbedBatch, _ printer: inout EmbedPrinter) async throws -> Bool {
    guard !batch.texts.isEmpty else {
      if !options.chat.isDryRun { try printer.print(batch, nil, failure: nil) }
      return true
    }
    let call = self.call(for: batch)
    if options.chat.isDryRun {
      try show(call)
      return true
    }
    let outcome = await gateway.answer(call) { _ in }
    let failure = outcome.verdict(for: .text, failsOnLength: false, gateway.catalog)
    if printer.isFirst, !options.chat.isQuiet {
      for change in outcome.changes {
        terminal.stderr.note(safeLine("llmgw: changed: \(change.field) \(change.what.rawValue): \(change.why)"))
      }
    }
    try printer.print(batch, outcome, failure: failure)
    return outcome.status == .ok && !Task.isCancelled
  }

  private func call(for batch: EmbedBatch) -> Call {
    var request = EmbeddingRequest(model: "", inputs: batch.texts.map { .text($0) })
    request.dimensions = options.dimensions
    request.purpose = options.purpose
    return call.asking(.embeddings(request))
  }

  private func show(_ call: Call) throws {
    let prepared: PreparedCall
    do throws(Rejection) {
      prepared = try gateway.prepare(call, keyIsNeeded: false)
    } catch {
      throw CommandFailure(rejection: error, about: call.target.name)
    }
    let now = now()
    try terminal.stdout.write(options.chat.json ? prepared.json(now: now).indentedText + "\n" : prepared.text(now: now))
  }

  private func conclude(_ printer: EmbedPrinter) {
    if let line = printer.summary, terminal.stderr.isTerminal, !options.chat.json, !options.chat.isQuiet {
      terminal.stderr.note(terminal.stderr.styled(line, .dim))
    }
    if let failure = printer.failure { terminal.stderr.note(safeLine(failure.line)) }
  }
}
