// A world for gateway tests: a scripted provider, a ledger in a scratch directory, and time and chance that are given.

import Synchronization
import TestSupport
import Testing
import Wire

@testable import GatewayCore

/// One gateway and what it needs; every sleep is noted and over at once.
final class GatewayWorld: Sendable {
  let server: ScriptedServer
  let scratch: Scratch
  /// `nil` when the world was made without one.
  let ledger: Ledger?
  private let openingFailure: LedgerFailure?
  private let environment: Environment
  private let transport = Transport()
  private let state = Mutex(State())

  private struct State {
    var sleeps: [Duration] = []
    var ids = 0
    var uptime: Int64 = 0
  }

  /// Connection n is answered by script n, the last one again for those after it.
  init(
    _ scripts: [[ScriptedServer.Step]], variables: [String: String] = [:], ledgerFails: LedgerFailure? = nil
  ) throws {
    server = try #require(ScriptedServer(scripts))
    scratch = try Scratch()
    environment = Environment(variables: variables)
    openingFailure = ledgerFails
    ledger = ledgerFails == nil ? try scratch.ledger() : nil
  }

  /// Each connection reads a request and gets the reply of its number.
  convenience init(
    replies: String..., variables: [String: String] = [:], ledgerFails: LedgerFailure? = nil
  ) throws {
    try self.init(
      replies.map { [.readRequest, .write($0), .close] }, variables: variables, ledgerFails: ledgerFails)
  }

  var sleeps: [Duration] { state.withLock { $0.sleeps } }

  /// Always noon on a Monday; the clock that never jumps goes on a millisecond each time it is read.
  private var runtime: Runtime {
    Runtime(
      now: { mondayNoon },
      uptimeMicroseconds: { [self] in
        state.withLock { state in
          state.uptime += 1000
          return state.uptime
        }
      },
      sleep: { [self] wait in
        state.withLock { $0.sleeps.append(wait) }
        try Task.checkCancellation()
      },
      makeID: { [self] in
        state.withLock { state in
          state.ids += 1
          return "op-\(state.ids)"
        }
      },
      random: { 0.5 })
  }

  var gateway: Gateway { gateway(environment) }

  /// A gateway in another environment than the world's.
  func gateway(_ environment: Environment) -> Gateway {
    let ledger: Result<Ledger, LedgerFailure>
    if let openingFailure {
      ledger = .failure(openingFailure)
    } else {
      ledger = self.ledger.map { .success($0) } ?? .failure(LedgerFailure(.other, "open the ledger", "there is none"))
    }
    return Gateway(
      catalog: Catalog(settings: Settings(), environment: environment), environment: environment, keys: nil,
      transport: transport, ledger: ledger, runtime: runtime, version: "test")
  }

  /// A model of a provider called `mock`: $2.50 per million tokens in, $10 out, unless `facts` say otherwise.
  func target(
    _ dialect: DialectName = .openAIChat, model: String = "m", route: Target.Route? = nil, quirks: JSONObject = [:],
    facts: ModelFacts? = .priced, keyVariable: String? = nil
  ) -> Target {
    var provider = Provider(ownNamed: "mock")
    provider.quirks = quirks
    if let keyVariable {
      provider.keyVariables = [keyVariable]
      provider.keyIsOptional = false
    }
    return Target(
      provider: provider, model: model, route: route ?? .http(dialect, base: "http://127.0.0.1:\(server.port)/v1"),
      facts: facts)
  }

  /// "hi" to the model, as a stream.
  func call(to target: Target? = nil, _ change: (inout Call) -> Void = { _ in }) -> Call {
    var request = ChatRequest(model: "asked", messages: [Message(.user, "hi")])
    request.streams = true
    var call = Call(request, to: Plan(target ?? self.target(), asked: "mock/m"), origin: .cli)
    change(&call)
    return call
  }

  /// The answer to a call, and all that was told on the way.
  func answer(_ call: Call, told: Told = Told()) async -> Outcome {
    await gateway.answer(call) { event in told.note(event) }
  }

  /// What the ledger holds of a call, read once nobody writes any more.
  func record(_ id: String = "op-1") async throws -> OperationRecord {
    await ledger?.close()
    return try #require(try scratch.find(id))
  }
}

extension GatewayWorld {
  /// A model of `provider`, called at the scripted server.
  func target(_ provider: Provider, _ dialect: DialectName, model: String) -> Target {
    Target(
      provider: provider, model: model, route: .http(dialect, base: "http://127.0.0.1:\(server.port)"), facts: nil)
  }
}

extension Target {
  func changed(_ change: (inout Provider) -> Void) -> Target {
    var provider = provider
    change(&provider)
    return Target(provider: provider, model: model, route: route, facts: facts)
  }

  var withoutFacts: Target { Target(provider: provider, model: model, route: route, facts: nil) }
}

/// What a caller was told.
final class Told: Sendable {
  private let state = Mutex<[CallEvent]>([])
  func note(_ event: CallEvent) { state.withLock { $0.append(event) } }
  var events: [CallEvent] { state.withLock { $0 } }

  var text: String {
    events.flatMap(\.chat).reduce(into: "") { text, event in if case .text(let piece) = event { text += piece } }
  }

  /// The kinds of failure after which it was told of a retry.
  var retries: [ProviderFailure.Kind] {
    events.compactMap { if case .retrying(_, _, let failure, _) = $0 { failure.kind } else { nil } }
  }
}

extension CallEvent {
  var chat: [ChatEvent] { if case .chat(let events) = self { events } else { [] } }
  var isText: Bool { chat.contains { if case .text = $0 { true } else { false } } }
}

extension ModelFacts {
  static let priced = try? priced(["input": "2.50", "output": "10"])

  static func priced(_ dollarsPerMillion: JSONObject) throws -> ModelFacts {
    var facts = ModelFacts()
    facts.prices = try PriceCard(dollarsPerMillion: dollarsPerMillion)
    return facts
  }
}

/// Answers as a provider of the `openai-chat` dialect writes them.
enum Answer {
  static func reply(
    _ body: String, status: String = "200 OK", type: String = "text/event-stream", headers: String = ""
  ) -> String {
    "HTTP/1.1 \(status)\r\ncontent-type: \(type)\r\n\(headers)connection: close\r\n\r\n\(body)"
  }

  static func events(_ events: String...) -> String { events.map { "data: \($0)\n\n" }.joined() }

  static func text(_ text: String) -> String {
    #"{"id":"c1","model":"m-2026","choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"#
  }

  static func finish(_ reason: String) -> String {
    #"{"id":"c1","model":"m-2026","choices":[{"index":0,"delta":{},"finish_reason":"\#(reason)"}]}"#
  }

  /// 1000 tokens in and 20 out: $0.0027.
  static let usage =
    #"{"id":"c1","model":"m-2026","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":20}}"#

  static let whole = reply(events(text("Hello"), text(" there"), finish("stop"), usage, "[DONE]"))

  static func stream(_ events: String...) -> String { reply(events.map { "data: \($0)\n\n" }.joined()) }

  static func failed(_ status: String, _ message: String = "no", headers: String = "") -> String {
    reply(
      #"{"error":{"message":"\#(message)"}}"#, status: status, type: "application/json", headers: headers)
  }
}
