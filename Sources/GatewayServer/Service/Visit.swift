// One request on its way through the server, and the ways to answer it.
import GatewayCore
import Wire

/// A request that has been let in.
struct Visit: Sendable {
  let request: ServerRequest
  let writer: ResponseWriter
  let generation: Generation
  let governance: Governance
  let api: ClientAPI
  let surface: Surface
  var caller = Caller()
  let operators: OperatorRequests
  let telemetry: Telemetry
  let runtime: Runtime

  var gateway: Gateway { generation.gateway }
}

/// How a request ended, for the log and the metrics.
struct Ending: Sendable {
  /// The HTTP status; 499 when the client left before there was one.
  var status: Int
  var outcome: Outcome?
  var isStream = false
  /// Of which kind the failure is that the client was told.
  var failure: ProviderFailure.Kind?
  /// What was asked and answered, where it is to be logged.
  var prompt: String?
  var reply: String?

  static let clientLeft = 499
}

extension Visit {
  /// Answers whole.
  func answer(
    _ status: Int, _ body: [UInt8], _ headers: [(name: String, value: String)] = [],
    type: String = "application/json"
  ) async -> Ending {
    do {
      try await writer.respond(status, [("content-type", type)] + headers + commonHeaders, body: body)
      return Ending(status: status)
    } catch {
      return Ending(status: Ending.clientLeft)
    }
  }

  func answer(_ json: JSON, status: Int = 200) async -> Ending { await answer(status, json.bytes) }

  /// Answers with a failure in the words of the client's API; `status` goes before the usual one of the kind.
  func fail(
    _ failure: ProviderFailure, status: Int? = nil, _ headers: [(name: String, value: String)] = []
  ) async -> Ending {
    let encoded = api.failureFormat.encodeFailure(failure)
    var ending = await answer(status ?? encoded.status, encoded.body, headers + failure.retryHeaders)
    ending.failure = failure.kind
    return ending
  }

  func fail(_ kind: ProviderFailure.Kind, _ message: String, status: Int? = nil) async -> Ending {
    await fail(ProviderFailure(kind, message: message), status: status)
  }

  /// What every answer carries.
  var commonHeaders: [(name: String, value: String)] { generation.door.headers(for: request) + limitHeaders }

  /// What is left of the key's limits, under the names that the client's API has for it.
  private var limitHeaders: [(name: String, value: String)] {
    guard let key = caller.key, key.hasRates else { return [] }
    let status = governance.status(of: key, now: runtime.uptimeMicroseconds())
    let gauges = [("requests", status.requests), ("tokens", status.tokens)]
    return gauges.flatMap { name, gauge -> [(name: String, value: String)] in
      guard let gauge else { return [] }
      switch api {
      case .anthropic:
        let reset = Timestamp(microseconds: runtime.now().microseconds + gauge.resetAfter.inMicroseconds)
        return [
          ("anthropic-ratelimit-\(name)-limit", String(gauge.limit)),
          ("anthropic-ratelimit-\(name)-remaining", String(gauge.remaining)),
          ("anthropic-ratelimit-\(name)-reset", reset.rfc3339),
        ]
      case .openAI, .gemini:
        return [
          ("x-ratelimit-limit-\(name)", String(gauge.limit)),
          ("x-ratelimit-remaining-\(name)", String(gauge.remaining)),
          ("x-ratelimit-reset-\(name)", "\(gauge.resetAfter.inMicroseconds / 1000)ms"),
        ]
      }
    }
  }
}

extension AccessKey {
  /// Whether requests or tokens are counted by the minute.
  fileprivate var hasRates: Bool {
    [limits, team?.limits].compactMap { $0 }.contains { $0.requestsPerMinute != nil || $0.tokensPerMinute != nil }
  }
}

extension ProviderFailure {
  /// When to come back, as OpenAI's and Anthropic's clients read it; they come back by themselves unless told not to.
  fileprivate var retryHeaders: [(name: String, value: String)] {
    guard let wait = retryAfterMilliseconds else { return [] }
    return [("retry-after", String((wait + 999) / 1000)), ("retry-after-ms", String(wait))]
  }
}

extension Duration {
  var inMicroseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
