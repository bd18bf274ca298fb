// Asks one model, or several one after another; shows each answer and says how it went.

import GatewayCore
import Wire

/// What one call came to, as far as the person is concerned.
struct Answer: Sendable {
  var outcome: Outcome
  /// Why the command does not end with 0.
  var failure: CommandFailure?
  /// Why stdout took no more, if it did not.
  var outputFailure: OutputClosed?
  /// What was shown of it: the answer, or the code in it.
  var printed = ""

  /// The answer is what was asked for, whether or not it could be booked.
  var isGood: Bool { outcome.status != .interrupted && (failure.map { $0.code == .notBooked } ?? true) }
}

struct Questioning: Sendable {
  let options: ChatOptions
  let invocation: Invocation
  let gateway: Gateway

  private var terminal: Terminal { invocation.terminal }

  /// Makes the calls in order; after an interruption, or when nobody reads on, no more of them.
  func ask(_ calls: [Call]) async -> [Answer] {
    var answers: [Answer] = []
    for call in calls {
      if calls.count > 1 { announce(call, isFirst: answers.allSatisfy(\.printed.isEmpty)) }
      var answer = await ask(call)
      keepMedia(of: &answer)
      answers.append(answer)
      report(answer)
      if Task.isCancelled || answer.outputFailure != nil { break }
    }
    return answers
  }

  private func announce(_ call: Call, isFirst: Bool) {
    guard !options.json else { return }
    // The answers themselves are parted as well.
    if !isFirst { try? terminal.stdout.write("\n") }
    note(terminal.stderr.styled("== \(safeLine(call.target.name)) ==", .bold))
  }

  private func ask(_ call: Call) async -> Answer {
    let showsNothing = options.json || options.extraction != nil
    var printer = AnswerPrinter(
      terminal: terminal, target: call.target.name, streams: !options.waitsForWhole && !showsNothing,
      isQuiet: options.isQuiet, renderer: invocation.renderer(for: call.request.output, options.rendering))
    var outputFailure: OutputClosed?
    let outcome = await gateway.answer(call) { event in
      do throws(OutputClosed) {
        try await printer.take(event)
      } catch {
        outputFailure = error
        throw error
      }
    }
    var answer = Answer(
      outcome: outcome,
      failure: outcome.verdict(
        for: call.request.output, failsOnLength: options.failsOnLength, gateway.catalog))
    answer.outputFailure = outputFailure
    do throws(OutputClosed) {
      if outputFailure != nil { return answer }
      if options.json {
        answer.printed = outcome.reply.text
      } else if let choice = options.extraction {
        try show(choice, of: &answer)
      } else {
        answer.printed = outcome.reply.refusal ?? outcome.reply.text
        try printer.finish(answer.printed)
      }
    } catch {
      answer.outputFailure = error
    }
    return answer
  }

  /// Prints a code block of an answer that is whole.
  private func show(_ choice: CodeBlockChoice, of answer: inout Answer) throws(OutputClosed) {
    guard answer.isGood else { return }
    guard let code = choice.block(of: answer.outcome.reply.text) else {
      let place = options.storesNothing ? "Ask without -x." : "Read it with llmgw logs show \(answer.outcome.id)."
      answer.failure = CommandFailure(
        .general, "\(answer.outcome.target.name): no complete fenced code block in the answer", advice: place)
      return
    }
    answer.printed = code
    try terminal.stdout.write(terminal.stdout.writable(code))
  }

  private func note(_ line: String) {
    if !options.isQuiet { terminal.stderr.note(line) }
  }

  /// What is said about an answer on stderr.
  private func report(_ answer: Answer) {
    let outcome = answer.outcome
    // The reader has had enough (`| head`): nothing to complain about.
    guard answer.outputFailure == nil else { return }
    if outcome.hasSummary, terminal.stderr.isTerminal, !options.json {
      note(terminal.stderr.styled(outcome.summaryLine(width: terminal.width), .dim))
    }
    if outcome.status == .truncated, answer.failure == nil {
      note("llmgw: \(outcome.target.name): the answer was cut at its length limit. Allow more with -o max_tokens=N.")
    }
    if let bookkeeping = outcome.bookkeeping, let failure = answer.failure, failure.code != .notBooked {
      terminal.stderr.note("llmgw: the call could not be booked: \(safeLine(bookkeeping.description))")
    }
    if let failure = answer.failure { terminal.stderr.note(safeLine(failure.line)) }
  }
}

extension Questioning {
  /// Keeps images and sounds where that was asked for, and says where they are; else that there are some.
  private func keepMedia(of answer: inout Answer) {
    let outcome = answer.outcome
    let media = outcome.reply.media
    guard !media.isEmpty else { return }
    guard let folder = options.mediaFolder else {
      if !options.json {
        note(
          "llmgw: \(outcome.target.name): the answer holds \(media.count) image(s) or sound(s). Keep them with --media FOLDER."
        )
      }
      return
    }
    for (index, item) in media.enumerated() {
      do throws(CommandFailure) {
        let path = try item.save(in: folder, id: outcome.id, number: index + 1)
        if case .url(let url) = item.media.source { note(safeLine(url)) }
        if let path { note(path) }
      } catch {
        answer.failure = answer.failure ?? error
        return
      }
    }
  }
}

/// The end of the command.
extension Questioning {
  /// Prints what belongs to all answers together and decides the exit status: that of the first that failed.
  func conclude(_ answers: [Answer], _ file: OutputFile?) throws -> Int32 {
    if let closed = answers.compactMap(\.outputFailure).first {
      if !closed.readerLeft { throw failure(closed, file) }
      return answers.contains { $0.outcome.bookkeeping != nil } ? ExitCode.notBooked.rawValue : ExitCode.ok.rawValue
    }
    if options.json {
      let objects = answers.map { $0.outcome.json(error: $0.failure) }
      do throws(OutputClosed) {
        try terminal.stdout.write((options.models.count > 1 ? .array(objects) : objects[0]).indentedText + "\n")
      } catch {
        throw error.readerLeft ? error : failure(error, file)
      }
    }
    if answers.count > 1 {
      let lines = comparison(of: answers.map(\.outcome)).lines(
        width: terminal.stderr.isTerminal ? terminal.width : .max)
      note("\n" + lines.joined(separator: "\n"))
    }
    if options.json || answers.contains(where: \.isGood) { try file?.commit() }
    if options.copies, let answer = answers.first, answer.isGood {
      try invocation.copy(answer.printed)
      note(terminal.stderr.styled("copied", .dim))
    }
    return answers.compactMap(\.failure).first?.code.rawValue ?? ExitCode.ok.rawValue
  }

  private func failure(_ closed: OutputClosed, _ file: OutputFile?) -> CommandFailure {
    file.map { OutputFile.failure($0.path, closed.words) }
      ?? CommandFailure(.general, "standard output: \(closed.words)")
  }
}
