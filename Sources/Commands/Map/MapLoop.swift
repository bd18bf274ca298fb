// The run itself: reads items, keeps so many calls under way, takes results as they come.

import GatewayCore
import Wire

/// What a run is made of, told one after the other.
private enum MapEvent: Sendable {
  case read(Result<MapItem?, CommandFailure>)
  case answered(AskedItem, Outcome)
}

/// An item with its prompt, and what is held for it.
private struct AskedItem: Sendable {
  var item: MapItem
  var prompt: String
  var held = Picodollars.zero
}

/// Why no further item is begun.
private enum MapStop {
  case failed(CommandFailure)
  case outputClosed(OutputClosed)
  case budget(OutOfBudget)

  struct OutOfBudget {
    var number: Int
    var worst: Picodollars
  }
}

/// The state of a run; only one task ever touches it.
struct MapLoop {
  private let run: MapRun
  private let template: PromptTemplate
  private var journal: MapJournal?
  private var output: MapOutput
  private var budget: CostAllowance?
  private var tally = MapTally()
  private var progress: MapProgress

  private var next: MapItem?
  private var isReading = false
  private var isAtEnd = false
  private var running = 0
  private var stop: MapStop?

  /// How many items may be ahead of the one whose turn it is: their results are held in memory.
  private var window: Int { run.options.parallel * 16 }
  private var runtime: Runtime { run.invocation.runtime }

  init(_ run: MapRun) {
    self.run = run
    template = PromptTemplate(run.options.prompt)
    journal = run.journal
    let terminal = run.invocation.terminal
    let stream = run.journal.map {
      OutputStream(descriptor: $0.output.descriptor, isTerminal: false, hasColor: false)
    }
    output = MapOutput(stream ?? terminal.stdout, printsObjects: run.options.printsObjects)
    budget = run.options.chat.costLimit.map { CostAllowance($0) }
    progress = MapProgress(
      terminal.stderr, width: terminal.width, total: terminal.stderr.isTerminal ? run.input.count() : nil,
      began: run.invocation.runtime.uptimeMicroseconds())
  }

  mutating func work() async {
    await withTaskGroup(of: MapEvent.self) { group in
      advance(&group)
      while let event = await group.next() {
        take(event)
        if case .outputClosed = stop { group.cancelAll() }
        advance(&group)
        progress.show(tally, at: runtime.uptimeMicroseconds())
      }
    }
    progress.erase()
  }

  private mutating func take(_ event: MapEvent) {
    switch event {
    case .read(.success(let item)):
      isReading = false
      next = item
      isAtEnd = item == nil
    case .read(.failure(let failure)):
      isReading = false
      isAtEnd = true
      stop = stop ?? .failed(failure)
    case .answered(let asked, let outcome):
      running -= 1
      budget?.settle(asked.held, cost: outcome.cost.amount)
      take(outcome, of: asked)
    }
  }

  private mutating func take(_ outcome: Outcome, of asked: AskedItem) {
    if outcome.status == .interrupted {
      tally.count(outcome.cost)
      return
    }
    let failure = outcome.verdict(
      for: run.call.request.output, failsOnLength: run.options.chat.failsOnLength, run.gateway.catalog)
    finish(MapResult(asked.item, outcome, failure: failure), prompt: asked.prompt)
  }

  /// Begins what may begin, until there is nothing more to do before the next event.
  private mutating func advance(_ group: inout TaskGroup<MapEvent>) {
    while stop == nil, !Task.isCancelled {
      guard let item = next else {
        if !isReading, !isAtEnd { read(&group) }
        return
      }
      guard item.number < output.next + window, begin(item, &group) else { return }
      next = nil
    }
  }

  private mutating func read(_ group: inout TaskGroup<MapEvent>) {
    isReading = true
    group.addTask { [input = run.input] in
      do {
        return .read(.success(try await input.next()))
      } catch let failure as CommandFailure {
        return .read(.failure(failure))
      } catch {
        return .read(.failure(CommandFailure(.general, "\(error)")))
      }
    }
  }

  /// False when the item has to wait for a call that is under way.
  private mutating func begin(_ item: MapItem, _ group: inout TaskGroup<MapEvent>) -> Bool {
    switch item.content {
    case .blank: finish(MapResult(blank: item), prompt: nil)
    case .unreadable(let why): finish(MapResult(item, refused: CommandFailure(.usage, why)), prompt: nil)
    case .line(let line, let object):
      do throws(PromptTemplate.MissingMember) {
        let prompt = try template.prompt(line: line, object: object)
        return begin(AskedItem(item: item, prompt: prompt), &group)
      } catch {
        finish(MapResult(item, refused: CommandFailure(.usage, "it has no member '\(error.name)'")), prompt: nil)
      }
    }
    return true
  }

  private mutating func begin(_ asked: AskedItem, _ group: inout TaskGroup<MapEvent>) -> Bool {
    do throws(CommandFailure) {
      if let kept = try journal?.result(number: asked.item.number, prompt: asked.prompt) {
        finish(MapResult(kept: kept, number: asked.item.number), prompt: nil)
        return true
      }
    } catch {
      stop = .failed(error)
      return false
    }
    guard running < run.options.parallel else { return false }
    var asked = asked
    let call = run.call(asking: asked.prompt)
    guard hold(&asked, call) else { return false }
    running += 1
    group.addTask { [run, asked] in .answered(asked, await run.answer(asked.item, call)) }
    return true
  }

  /// Holds the worst case of a call against what is left.
  ///
  /// When that is not enough, calls under way may still give some back; without any, the run is over.
  private mutating func hold(_ asked: inout AskedItem, _ call: Call) -> Bool {
    guard budget != nil else { return true }
    let worst: Picodollars
    do throws(Rejection) {
      worst = try run.gateway.worstCost(of: call) ?? Picodollars(.max)
    } catch {
      // What cannot be prepared is refused by the call itself, and costs nothing.
      guard case .unpricedUnderLimit = error else { return true }
      worst = Picodollars(.max)
    }
    if budget?.hold(worst) == true {
      asked.held = worst
      return true
    }
    if running == 0 { stop = .budget(.init(number: asked.item.number, worst: worst)) }
    return false
  }

  /// Journal first, then the output: a line that was printed is never asked for again.
  private mutating func finish(_ result: MapResult, prompt: String?) {
    tally.count(result)
    if var failure = result.failure {
      failure.problem = "line \(result.number): \(failure.problem)"
      progress.note(failure.line)
    } else if result.wasCutShort {
      progress.note("llmgw: line \(result.number): the answer was cut at its length limit.")
    }
    do {
      if let prompt { try journal?.add(result.object, prompt: prompt) }
      if output.stream.isTerminal { progress.erase() }
      try output.take(result)
    } catch let closed as OutputClosed {
      stop = stop ?? .outputClosed(closed)
    } catch {
      stop = stop ?? .failed((error as? CommandFailure) ?? CommandFailure(.general, "\(error)"))
    }
  }

  /// Says how it went, and decides the exit status.
  func conclude() -> Int32 {
    let stderr = run.invocation.terminal.stderr
    let isDone = !Task.isCancelled && isAtEnd && next == nil && stop == nil && output.waitingCount == 0
    if case .outputClosed(let closed) = stop, closed.readerLeft { return ExitCode.ok.rawValue }
    stderr.note("llmgw: map: \(tally.summary); session \(run.call.session ?? "")")
    guard let stop else {
      if !isDone { stderr.note("llmgw: map: stopped before line \(output.next). \(howToGoOn)") }
      return (tally.firstFailure?.code ?? .ok).rawValue
    }
    let failure = failure(of: stop)
    stderr.note(safeLine(failure.line))
    return failure.code.rawValue
  }

  private func failure(of stop: MapStop) -> CommandFailure {
    switch stop {
    case .failed(var failure):
      failure.advice = [failure.advice, howToGoOn].compactMap(\.self).joined(separator: " ")
      return failure
    case .outputClosed(let closed):
      return CommandFailure(.general, "output: \(closed.words)", advice: howToGoOn)
    case .budget(let out):
      return CommandFailure(
        .budget, "map: stopped before line \(out.number), which could cost \(out.worst.shown): more than is left",
        advice: howToGoOn)
    }
  }

  private var howToGoOn: String {
    run.journal == nil
      ? "With --output FILE a run can be gone on with." : "Go on with the same command and --resume."
  }
}
