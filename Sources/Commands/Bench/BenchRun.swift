// A benchmark from what was typed to its result.

import Benchmarking
import CommandLineKit
import GatewayCore
import GatewayServer
import Wire

/// Everything a benchmark is given, checked before anything is sent.
struct BenchRun: Sendable {
  let options: BenchOptions
  let invocation: Invocation
  let gateway: Gateway
  /// The call to each target, but for what is asked.
  let calls: [Call]
  let prompts: any PromptSource
  let seed: UInt64
  /// Of the run, and the session of its calls.
  let id: String

  var runtime: Runtime { invocation.runtime }
  var terminal: Terminal { invocation.terminal }
}

extension Invocation {
  /// Opens everything that a run needs, so that what is wrong is told before anything is paid, and runs it.
  func bench(_ options: BenchOptions) async throws -> Int32 {
    try options.check()
    DescriptorLimit.raise()
    var settings = try loadSettings()
    let servers = try options.servers()
    settings.providers += servers
    // As in a server: what is booked is safe when the request leaves, and in the tables a moment later.
    settings.ledger.usesJournal = true
    let catalog = catalog(settings)
    let transport = transport(idleConnections: LoadPlan.mostUnderWay)
    defer { transport.shutdown() }
    let targets = try await targets(options, servers, settings, catalog, transport)
    let seed = options.seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
    let prompts = try prompts(options, seed: seed)
    let id = runtime.makeID()
    let files = try BenchResultFiles(options.results, id: id)

    let ledger = openLedger(settings)
    let gateway = gateway(catalog, transport, ledger: ledger)
    let run = BenchRun(
      options: options, invocation: self, gateway: gateway,
      calls: try targets.map { try benchCall(to: $0, options, settings, session: id) }, prompts: prompts, seed: seed,
      id: id)
    let status = try await run.conduct(files)
    if case .success(let ledger) = ledger { await ledger.close() }
    return status
  }

  private func targets(
    _ options: BenchOptions, _ servers: [ProviderSettings], _ settings: Settings, _ catalog: Catalog,
    _ transport: Transport
  ) async throws -> [Plan] {
    let models = options.chat.models
    if !servers.isEmpty {
      return try servers.flatMap { server in try models.map { try plan("\(server.name)/\($0)", in: catalog) } }
    }
    guard models.isEmpty else { return try models.map { try plan($0, in: catalog) } }
    let chosen = try await chooseTarget(typed: nil, settings: settings, catalog: catalog, transport: transport)
    if let note = chosen.note { terminal.stderr.note(terminal.stderr.styled(note, .dim)) }
    return [chosen.plan]
  }

  private func benchCall(
    to plan: Plan, _ options: BenchOptions, _ settings: Settings, session: String
  ) throws -> Call {
    var request = try chatRequest(options.chat, asking: [])
    request.messages.removeAll { $0.role == .user }
    request.maxOutputTokens = request.maxOutputTokens ?? (options.inputTokens == nil ? options.outputTokens?.mean : nil)
    var call = call(Call(request, to: plan, origin: .bench), options.chat, settings)
    call.session = session
    call.retries = options.chat.retries ?? 0
    call.costLimit = nil
    call.storesContents = false
    return call
  }
}

extension BenchRun {
  /// Shows the plan, asks, measures, and tells the result.
  fileprivate func conduct(_ files: BenchResultFiles) async throws -> Int32 {
    let estimate = try BenchEstimate(self)
    let lines = planLines(estimate)
    if options.chat.isDryRun {
      try terminal.stdout.write(lines.map { $0 + "\n" }.joined())
      return ExitCode.ok.rawValue
    }
    for line in lines { terminal.stderr.note(terminal.stderr.styled(line, .dim)) }
    try confirm(estimate)
    let overhead = try await measureOverhead()
    try refuseUnreachable(overhead)
    if options.sweep != nil { return try await sweep(overhead) }

    let result = await measure(plan, id: id, overhead)
    if let record = result.record {
      try invocation.keep(record)
      try invocation.deliver(record, options.results, to: files)
    }
    return try status(of: result)
  }

  /// The load that was asked for.
  var plan: LoadPlan {
    let load: RunRecord.Load =
      options.rate.map { .open(perSecond: $0, options.arrivals ?? .constant) }
      ?? .closed(concurrency: options.concurrency ?? 1)
    var plan = LoadPlan(targets: calls.count, load: load, seed: seed)
    plan.requests = options.requests
    plan.duration = options.duration
    if plan.requests == nil, plan.duration == nil { plan.requests = BenchOptions.usualRequests }
    plan.warmUp = options.warmUp ?? BenchOptions.usualWarmUp
    plan.ramp = options.ramp ?? 0
    return plan
  }

  /// What was measured, and why it is over.
  struct Result: Sendable {
    /// `nil` when nothing was sent.
    var record: RunRecord?
    var stop: LoadStop?
  }

  /// Lays the load on the targets; Ctrl-C ends it, and what came until then counts.
  func measure(_ plan: LoadPlan, id: String, _ overhead: DriverOverhead) async -> Result {
    let log = RunLog(plan)
    let began = runtime.uptimeMicroseconds()
    let startedAt = runtime.now()
    let sender = RequestSender(
      gateway, runtime, began: began, calls: calls, prompts: prompts,
      markedBy: options.allowsCacheHits ? nil : String(id.suffix(6)), isClosedLoop: plan.load.isClosed,
      allowance: allowance)
    let generator = LoadGenerator(plan, into: log, runtime: runtime, began: began, send: sender.send)
    let meter = ProcessorMeter.now()
    await invocation.interruption.guarding { [self] in
      await withTaskGroup { group in
        if terminal.stderr.isTerminal { group.addTask { await showProgress(log, plan, began: began) } }
        await DriverThread.run { await generator.run() }
        group.cancelAll()
      }
    }
    let now = ProcessorMeter.now()
    let samples = log.samples
    guard let first = samples.map(\.intended).min(), let last = samples.map(\.ended).max() else {
      return Result(record: nil, stop: log.stopped)
    }
    let environment = RunRecord.Environment.current(version: programVersion)
    let driver = RunRecord.DriverReport(
      overhead, samples: samples, elapsed: runtime.uptimeMicroseconds() - began,
      used: (now.microseconds(since: meter), now.busiestThread(since: meter)), processors: environment.processors)
    let record = RunRecord(
      id: id, startedAt: startedAt, elapsed: last - first, targets: calls.map(\.plan.asked), load: plan.load,
      seed: seed,
      objectives: options.objectives, samples: samples, driver: driver, environment: environment,
      endedEarly: log.stopped?.reason)
    return Result(record: record, stop: log.stopped)
  }

  /// The exit status: what a script must not overlook goes first.
  func status(of result: Result) throws -> Int32 {
    if result.stop?.kind == .budget {
      throw CommandFailure(.budget, "bench: stopped at --max-cost", advice: "Raise it, or ask for less.")
    }
    guard let record = result.record else {
      return result.stop?.kind == .interrupted ? ExitCode.ok.rawValue : ExitCode.general.rawValue
    }
    for target in record.targets.indices {
      let samples = record.samples.filter { $0.target == target && $0.status != .interrupted }
      if let failed = samples.first, !samples.contains(where: \.isGood) { return Self.code(of: failed).rawValue }
    }
    if record.driver.invalid != nil { return ExitCode.general.rawValue }
    return gateway.ledgerFailures > 0 ? ExitCode.notBooked.rawValue : ExitCode.ok.rawValue
  }

  private static func code(of sample: Sample) -> ExitCode {
    sample.failure.flatMap(ProviderFailure.Kind.init(rawValue:)).map { ExitCode($0) } ?? .general
  }

  private var allowance: SharedAllowance? { options.chat.costLimit.map { SharedAllowance($0) } }
}

extension RunRecord.Load {
  var isClosed: Bool { if case .closed = self { true } else { false } }
}

/// What the driver costs.
extension BenchRun {
  /// Measured with books of its own, which are thrown away.
  private func measureOverhead() async throws -> DriverOverhead {
    let scratch = try ScratchLedger(in: invocation.environment["TMPDIR"], now: runtime.now())
    defer { scratch.remove() }
    let transport = invocation.transport()
    defer { transport.shutdown() }
    let gateway = invocation.gateway(
      Catalog(settings: Settings(), environment: invocation.environment), transport, ledger: .success(scratch.ledger))
    let overhead = await DriverOverhead.measure(runtime, with: gateway)
    await scratch.ledger.close()
    guard let overhead else {
      throw CommandFailure(
        .general, "bench: this machine does not answer itself, so what the driver costs is not known")
    }
    return overhead
  }

  /// A rate that this machine cannot send, not even to itself.
  private func refuseUnreachable(_ overhead: DriverOverhead) throws {
    guard let rate = options.rate, rate > overhead.mostPerSecond * Self.roomForOwnServer else { return }
    throw CommandFailure(
      .usage,
      "bench: --rate \(shownDigits(rate)): this machine sends about \(Int(overhead.mostPerSecond).grouped) a second",
      advice: "Ask for less, or use a faster machine.")
  }

  /// The server that answers takes its part of the machine while the driver is measured.
  private static let roomForOwnServer = 2.0
}
