// A server from its start to its end.

import CommandLineKit
import GatewayCore
import GatewayServer
import Glibc

/// One run of `llmgw serve`.
struct Serving: Sendable {
  let options: ServeOptions
  let invocation: Invocation

  init(_ options: ServeOptions, _ invocation: Invocation) {
    self.options = options
    self.invocation = invocation
  }

  private var now: @Sendable () -> Timestamp { invocation.runtime.now }

  func run() async throws -> Int32 {
    DescriptorLimit.raise()
    let settings = try loadSettings()
    let files = try ledgerFiles()
    // A server that cannot book is none.
    let ledger = try openLedger(settings)
    let governance = Governance(book: try book(files))
    let place = try place(settings, hasKeys: !governance.book.isEmpty)
    let transport = invocation.transport()
    defer { transport.shutdown() }
    let start = ServerStart(
      invocation: invocation, ledger: ledger, governance: governance, transport: transport)
    let telemetry = Telemetry(metrics: Metrics(), log: try accessLog(settings.server))
    let service = GatewayService(
      start.generation(settings), governance: governance,
      operators: OperatorRequests(invocation, ledger: ledger, governance: governance), telemetry: telemetry,
      runtime: invocation.runtime
    )

    var configuration = HTTPServer.Configuration(place, now: now)
    configuration.limits.bodyBytes = settings.server.bodyLimit
    configuration.loops = options.loops ?? settings.server.loops
    configuration.sharesPort = options.sharesPort
    let server: HTTPServer
    do {
      server = try await HTTPServer.start(configuration) { await service.respond(to: $0, with: $1) }
    } catch {
      await ledger.close()
      throw CommandFailure(
        .general, "serve: it cannot listen on \(options.listen?.description ?? settings.server.listen): \(error)",
        advice: "Choose another address with --listen.")
    }
    let mark = try? ServingProcess(in: files, process: getpid())
    announce(server, governance)
    await serve(service, governance, start, telemetry)
    note("llmgw: ending; running requests have \(settings.server.drain.components.seconds) s")
    await server.drain(within: settings.server.drain)
    await ledger.close()
    await telemetry.log?.close()
    mark?.leave()
    return ExitCode.ok.rawValue
  }

  /// Serves until a signal ends it, and keeps config and keys up to date meanwhile.
  private func serve(
    _ service: GatewayService, _ governance: Governance, _ start: ServerStart, _ telemetry: Telemetry
  ) async {
    invocation.interruption.handle(SIGHUP) {
      telemetry.log?.reopen()
      Task { reload(service, start) }
    }
    await invocation.interruption.guarding {
      while !Task.isCancelled {
        do {
          try await Task.sleep(for: .seconds(1))
          try governance.book.refresh()
        } catch is CancellationError {
          return
        } catch {
          // The keys stay as they were; the next second tries again.
        }
      }
    }
    invocation.interruption.handle(SIGHUP, by: nil)
  }

  private func reload(_ service: GatewayService, _ start: ServerStart) {
    do {
      let settings = try loadSettings()
      service.replace(with: start.generation(settings))
      note("llmgw: the config was read anew")
    } catch let failure as CommandFailure {
      note("llmgw: the config before stays in force: \(safeLine(failure.problem))")
    } catch {
      note("llmgw: the config before stays in force: \(error)")
    }
  }

  private func note(_ line: String) { invocation.terminal.stderr.note(line) }

  private func announce(_ server: HTTPServer, _ governance: Governance) {
    let address = server.address?.description ?? "the socket it was given"
    let whose =
      governance.book.isEmpty
      ? "no key was made yet: programs of this machine may call it" : "each request needs a key (llmgw access)"
    note("llmgw: listening on http://\(address); \(whose)")
  }
}

/// What a server needs before it listens.
extension Serving {
  /// The config with what was typed laid over it.
  private func loadSettings() throws -> Settings {
    var settings = try invocation.loadSettings()
    try invocation.catalog(settings).checkProbes(of: settings.server)
    settings.server.logsContents = settings.server.logsContents || options.logsContents
    return settings
  }

  private func ledgerFiles() throws -> LedgerFiles {
    do {
      return try invocation.ledgerFiles()
    } catch {
      throw CommandFailure(.general, "serve: \(error.description)")
    }
  }

  private func openLedger(_ settings: Settings) throws -> Ledger {
    var settings = settings
    settings.ledger.usesJournal = true
    do {
      return try invocation.openLedger(settings).get()
    } catch {
      throw CommandFailure(.notBooked, "serve: \(error.description)", advice: "Without its books it does not serve.")
    }
  }

  private func book(_ files: LedgerFiles) throws -> AccessBook {
    do {
      return try AccessBook(AccessStore(files), now: now())
    } catch {
      throw CommandFailure(access: error, in: AccessStore(files))
    }
  }

  private func accessLog(_ settings: ServerSettings) throws -> AccessLog? {
    guard let format = settings.accessLog.format else { return nil }
    let place = settings.accessLogFile.map { AccessLog.Place.file($0) } ?? .standardError
    var configuration = AccessLog.Configuration(place, now: now)
    configuration.format = format
    do {
      return try AccessLog(configuration)
    } catch {
      throw CommandFailure(.general, "serve: the access log: \(error)", advice: "See server.access_log_file.")
    }
  }

  /// Where it listens: on a socket it was given, on the address that was typed, or on that of the config.
  private func place(_ settings: Settings, hasKeys: Bool) throws -> HTTPServer.Place {
    do {
      let environment = invocation.environment
      if let socket = try SocketActivation.socket(process: getpid(), environment: { environment[$0] }) {
        return .inherited(socket)
      }
    } catch {
      throw CommandFailure(.general, "serve: \(error)")
    }
    guard let address = options.listen ?? ListenAddress(settings.server.listen) else {
      throw CommandFailure(
        .usage, "server.listen: '\(settings.server.listen)' is no address", advice: "Write it as 127.0.0.1:4000.")
    }
    guard hasKeys || address.isLoopback else {
      throw CommandFailure(
        .usage, "serve: without keys it listens on the loopback address only, not on \(address)",
        advice: "Make a key with: llmgw access create --name NAME")
    }
    return .address(address)
  }

  /// Has the servers of this ledger read their config anew, once it is found to be right.
  static func reload(_ invocation: Invocation) throws -> Int32 {
    let settings = try invocation.loadSettings()
    try invocation.catalog(settings).checkProbes(of: settings.server)
    let processes: [Int32]
    do {
      processes = ServingProcess.all(in: try invocation.ledgerFiles())
    } catch {
      throw CommandFailure(.general, "serve: \(error.description)")
    }
    guard !processes.isEmpty else {
      throw CommandFailure(.general, "serve --reload: no server is running", advice: "Start one with: llmgw serve")
    }
    for process in processes { kill(process, SIGHUP) }
    invocation.terminal.stderr.note(
      "llmgw: \(processes.count) server\(processes.count == 1 ? "" : "s") told to read the config anew")
    return ExitCode.ok.rawValue
  }
}

/// What one config of a server is made of, again after each reload.
struct ServerStart: Sendable {
  let invocation: Invocation
  let ledger: Ledger
  let governance: Governance
  let transport: Transport

  func generation(_ settings: Settings) -> Generation {
    let catalog = invocation.catalog(settings)
    let gateway = Gateway(
      catalog: catalog, environment: invocation.environment, keys: invocation.keyStore, transport: transport,
      ledger: .success(ledger), governance: governance, runtime: invocation.runtime, version: programVersion)
    return Generation(
      gateway: gateway, settings: settings.server, keepsContents: settings.ledger.keepsContents,
      nearestModel: { CommandFailure.modelMeant(by: $0, catalog) })
  }
}

extension ServerSettings.AccessLog {
  /// `nil` where there is to be no log.
  fileprivate var format: AccessLogFormat? {
    switch self {
    case .none: nil
    case .text: .text
    case .json: .json
    }
  }
}
