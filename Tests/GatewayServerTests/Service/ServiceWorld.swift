// The whole server for a test: sockets in front, a gateway, a ledger in a scratch folder, and a scripted provider behind.

import GatewayCore
import Glibc
import Synchronization
import TestSupport
import Testing
import Wire

@testable import GatewayCore
@testable import GatewayServer

/// What the provider's keys and the clients' secrets must never turn up in is looked for with these.
enum Canary {
  static let providerKey = "sk-provider-canary-0001"
  static let header = "canary-header-0002"
  static let all = ["canary"]
}

/// A gateway service and what it needs; its time of day stands still, its other clock goes when the test says so.
final class ServiceWorld: Sendable {
  static let noon = Timestamp(microseconds: 1_790_000_000_000_000)

  let provider: ScriptedServer
  let ledger: Ledger
  let governance: Governance
  let metrics = Metrics()
  let log: AccessLog
  let service: GatewayService
  let store: AccessStore
  /// Of each key that was made, by its name.
  let secrets: [String: String]

  private let folder: String
  private let transport = Transport()
  private let runtime: Runtime
  private let environment: Environment
  private let clock: ManualClock

  /// The provider answers connection n with script n; `keys` are the virtual keys by name, with their settings.
  init(
    _ scripts: [[ScriptedServer.Step]] = [[.answer(ProviderAnswers.any)]], config: String = "",
    keys: [String: JSONObject] = [:]
  ) throws {
    let clock = ManualClock()
    self.clock = clock
    provider = try #require(ScriptedServer(scripts))
    var template = Array("/tmp/llmgw-service-XXXXXX".utf8CString)
    folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    let files = LedgerFiles(directory: folder + "/data")
    ledger = try Ledger(files, settings: LedgerSettings(), now: Self.noon)
    store = AccessStore(files)
    secrets = try Self.make(keys, in: store)
    governance = Governance(book: try AccessBook(store, now: Self.noon))
    log = try AccessLog(AccessLog.Configuration(.file(folder + "/log")) { Self.noon })
    runtime = Runtime(
      now: { Self.noon }, uptimeMicroseconds: { clock.microseconds }, sleep: { _ in try Task.checkCancellation() },
      makeID: clock.makeID, random: { 0.5 })
    environment = Environment(variables: ["PROVIDER_KEY": Canary.providerKey])
    let generation = try Self.generation(config, provider, environment, transport, ledger, governance, runtime)
    service = GatewayService(
      generation, governance: governance, operators: .stub, telemetry: Telemetry(metrics: metrics, log: log),
      runtime: runtime)
  }

  deinit {
    transport.shutdown()
    Self.remove(folder)
  }

  private static func make(_ keys: [String: JSONObject], in store: AccessStore) throws -> [String: String] {
    var random = SystemRandomNumberGenerator()
    return try Dictionary(
      uniqueKeysWithValues: keys.map { name, settings in
        var settings = settings
        settings["name"] = .string(name)
        return (name, try store.create(id: "key_" + name, settings, using: &random, now: noon).secret.text)
      })
  }

  /// Four providers, one for each format, at the scripted server; `config` comes behind them.
  private static func generation(
    _ config: String, _ provider: ScriptedServer, _ environment: Environment, _ transport: Transport,
    _ ledger: Ledger, _ governance: Governance, _ runtime: Runtime
  ) throws -> Generation {
    let base = "base_url: \"http://127.0.0.1:\(provider.port)/v1\", api_key: \"${PROVIDER_KEY}\""
    let yaml = """
      providers:
        chatty: { dialect: openai-chat, \(base) }
        patient: { dialect: openai-chat, on_disconnect: drain, \(base) }
        messy: { dialect: anthropic-messages, \(base) }
        respondent: { dialect: openai-responses, \(base) }
        twin: { dialect: gemini, \(base) }
      models:
        chatty/m: { price: { input: "2.50", output: "10" } }
        patient/m: { price: { input: "2.50", output: "10" } }
      \(config)
      """
    let settings = try Settings.parse(
      Array(yaml.utf8), file: "config.yaml", variables: { environment[$0] }, nearest: { _, _ in nil })
    let gateway = Gateway(
      catalog: Catalog(settings: settings, environment: environment), environment: environment, keys: nil,
      transport: transport, ledger: .success(ledger), governance: governance, runtime: runtime, version: "test")
    return Generation(
      gateway: gateway, settings: settings.server, keepsContents: settings.ledger.keepsContents,
      nearestModel: { _ in "Did you mean 'chatty/m'?" })
  }

  /// Puts another config in force.
  func reload(_ config: String) throws {
    service.replace(
      with: try Self.generation(config, provider, environment, transport, ledger, governance, runtime))
  }

  func advance(by time: Duration) { clock.advance(time.inMicroseconds) }

  /// Runs `test` against the server on its port.
  func serve(
    _ limits: ServerLimits = ServerLimits(), _ test: @escaping @Sendable (ServiceClient) async throws -> Void
  ) async throws {
    try await withServer(limits, { [service] in await service.respond(to: $0, with: $1) }) { _, port in
      try await TestThread.run { try await test(ServiceClient(port: port)) }
    }
    // The ends of calls are posted, not waited for.
    try await ledger.flush()
  }

  /// Every call on the books, the last one first.
  func calls() throws -> [OperationRecord] {
    let reader = try #require(try LedgerReader(LedgerFiles(directory: folder + "/data"), now: Self.noon))
    return try reader.list(LogQuery())
  }

  /// How many requests of a key with a limit of `parallel` are held at the moment.
  func held(by name: String) throws -> Int {
    let status = governance.status(of: try store.key(name, now: Self.noon), now: clock.microseconds)
    let gauge = try #require(status.parallel)
    return gauge.limit - gauge.remaining
  }

  /// The bytes of every file that the server has written: ledger and log.
  func writtenText() async -> String {
    await log.close()
    await ledger.close()
    return ["data/ledger.db", "data/ledger.db-wal", "log"].map { Self.contents(of: folder + "/" + $0) }.joined()
  }

  /// The access log, whole.
  func writtenLog() async -> String {
    await log.close()
    return Self.contents(of: folder + "/log")
  }

  private static func contents(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func remove(_ folder: String) {
    for inner in ["/data/running", "/data", ""] {
      guard let directory = opendir(folder + inner) else { continue }
      defer { closedir(directory) }
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { unlink("\(folder)\(inner)/\(name)") }
      }
      rmdir(folder + inner)
    }
  }
}

/// Time and ids that a test decides.
private final class ManualClock: Sendable {
  private let now = Atomic<Int64>(1_000_000)
  private let ids = Atomic(0)
  var microseconds: Int64 { now.load(ordering: .relaxed) }
  func advance(_ amount: Int64) { now.add(amount, ordering: .relaxed) }
  @Sendable func makeID() -> String { "op-\(ids.add(1, ordering: .relaxed).newValue)" }
}

extension OperatorRequests {
  /// Says what it was asked.
  fileprivate static let stub = OperatorRequests(
    spend: { .success(["spend": .string($0["by"] ?? "-")]) },
    operation: { id in
      id == "op-1" ? .success(["id": .string(id)]) : .failure(OperatorProblem(.notFound, "there is no call \(id)"))
    },
    access: { method, path, settings in
      .success(["asked": .string("\(method) \(path.joined(separator: "/")) \(JSON.object(settings).text)")])
    })
}

/// Sends requests as the programs do that the server is for.
struct ServiceClient: Sendable {
  let port: Int

  /// One request on a connection of its own; with a body it is a `POST` unless `method` says otherwise.
  func ask(
    _ path: String, _ body: String? = nil, method: String? = nil, headers: [String] = []
  ) throws -> TestAnswer {
    let client = try begin(path, body, method: method, headers: headers)
    return try #require(client.answer())
  }

  /// The same without reading the answer.
  func begin(
    _ path: String, _ body: String? = nil, method: String? = nil, headers: [String] = []
  ) throws -> RawClient {
    let client = try #require(RawClient(port: port))
    let own = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
    var fields = headers
    if !fields.contains(where: { $0.lowercased().hasPrefix("host:") }) { fields.append("Host: localhost:\(port)") }
    if body != nil, !fields.contains(where: { $0.lowercased().hasPrefix("content-type:") }) {
      fields.append("Content-Type: application/json")
    }
    client.send(
      "\(method ?? (body == nil ? "GET" : "POST")) \(path) HTTP/1.1\r\n\(own)"
        + fields.map { $0 + "\r\n" }.joined() + "\r\n\(body ?? "")")
    return client
  }
}
