// One request on its way through the server, and the ways to answer it.
import GatewayCore
import Wire

/// A request on its way through.
///
/// One object for all that answers it: a value would be copied into the frame of each async function, and a stream keeps
/// those frames for as long as it runs.
final class Visit: Sendable {
  let request: ServerRequest
  let writer: ResponseWriter
  let generation: Generation
  let governance: Governance
  let api: ClientAPI
  let surface: Surface
  let caller: Caller
  let operators: OperatorRequests
  let telemetry: Telemetry
  let runtime: Runtime

  init(
    request: ServerRequest, writer: ResponseWriter, generation: Generation, governance: Governance, api: ClientAPI,
    surface: Surface, caller: Caller, operators: OperatorRequests, telemetry: Telemetry, runtime: Runtime
  ) {
    self.request = request
    self.writer = writer
    self.generation = generation
    self.governance = governance
    self.api = api
    self.surface = surface
    self.caller = caller
    self.operators = operators
    self.telemetry = telemetry
    self.runtime = runtime
  }

  var gateway: Gateway { generation.gateway }
}

/// How a request ended, for the log and the metrics.
struct Ending: Sendable {
  /// The HTTP status; 499 when the client left before there was one.
  var status: Int
  var outcome: Kept<Outcome>?
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
  @inline(never)  // with the head of the answer it would stand in the frame of each async caller
  func answer(
    _ status: Int, _ body: [UInt8], _ headers: [(name: String, value: String)] = [],
    type: String = "application/json"
  ) async -> Ending {
    do {
      var fields = headers
      fields.append(("content-type", type))
      addCommonHeaders(to: &fields)
      try await writer.respond(status, fields, body: body)
      return Ending(status: status)
    } catch {
      return Ending(status: Ending.clientLeft)
    }
  }

  func answer(_ json: JSON, status: Int = 200) async -> Ending { await answer(status, json.bytes) }

  /// Answers with a failure in the words of the client's API; `status` goes before the usual one of the kind.
  @inline(never)  // as above
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
  var commonHeaders: [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    addCommonHeaders(to: &headers)
    return headers
  }

  private func addCommonHeaders(to headers: inout [(name: String, value: String)]) {
    headers += generation.door.headers(for: request)
    addLimits(to: &headers)
  }

  /// What is left of the key's limits, under the names that the client's API has for it.
  private func addLimits(to headers: inout [(name: String, value: String)]) {
    guard let key = caller.key?.value, key.hasRates else { return }
    let status = governance.status(of: key, now: runtime.uptimeMicroseconds())
    append(status.requests, LimitNames(requestsOf: api), to: &headers)
    append(status.tokens, LimitNames(tokensOf: api), to: &headers)
  }

  private func append(_ gauge: LimitGauge?, _ names: LimitNames, to headers: inout [(name: String, value: String)]) {
    guard let gauge else { return }
    headers.append((names.limit, String(gauge.limit)))
    headers.append((names.remaining, String(gauge.remaining)))
    let reset = gauge.resetAfter.inMicroseconds
    switch api {
    case .anthropic:
      headers.append((names.reset, Timestamp(microseconds: runtime.now().microseconds + reset).rfc3339))
    case .openAI, .gemini: headers.append((names.reset, String(reset / 1000) + "ms"))
    }
  }
}

/// What the header fields about one limit are called by a client's API.
private struct LimitNames {
  let limit: String
  let remaining: String
  let reset: String

  init(requestsOf api: ClientAPI) {
    switch api {
    case .anthropic:
      limit = "anthropic-ratelimit-requests-limit"
      remaining = "anthropic-ratelimit-requests-remaining"
      reset = "anthropic-ratelimit-requests-reset"
    case .openAI, .gemini:
      limit = "x-ratelimit-limit-requests"
      remaining = "x-ratelimit-remaining-requests"
      reset = "x-ratelimit-reset-requests"
    }
  }

  init(tokensOf api: ClientAPI) {
    switch api {
    case .anthropic:
      limit = "anthropic-ratelimit-tokens-limit"
      remaining = "anthropic-ratelimit-tokens-remaining"
      reset = "anthropic-ratelimit-tokens-reset"
    case .openAI, .gemini:
      limit = "x-ratelimit-limit-tokens"
      remaining = "x-ratelimit-remaining-tokens"
      reset = "x-ratelimit-reset-tokens"
    }
  }
}

extension AccessKey {
  /// Whether requests or tokens are counted by the minute.
  fileprivate var hasRates: Bool {
    limits.areRates || team?.limits.areRates == true
  }
}

extension RateLimits {
  fileprivate var areRates: Bool { requestsPerMinute != nil || tokensPerMinute != nil }
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
