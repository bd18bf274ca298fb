// What operators ask: is it alive, is it ready, what was spent, what became of a call.
import GatewayCore
package import Wire

extension Visit {
  /// Whether calls can be made and booked: the ledger takes rows, a config is in force, and the providers that it wants
  /// probed answer.
  func ready() async -> Ending {
    let problem = await gateway.ledgerProblem()
    let providers = await generation.probes.results(of: gateway, now: runtime.uptimeMicroseconds())
    let isReady = problem == nil && providers.allSatisfy { $0.problem == nil }
    var report: JSONObject = [
      "status": isReady ? "ok" : "unavailable", "ledger": problem.map { .string($0) } ?? "ok", "config": "ok",
    ]
    if !providers.isEmpty {
      report["providers"] = .object(JSONObject(providers.map { ($0.provider, .string($0.problem ?? "ok")) }))
    }
    return await answer(.object(report), status: isReady ? 200 : 503)
  }

  /// `GET /metrics`: Prometheus's text, for programs of this machine and for keys that may administer.
  func metrics() async -> Ending {
    let isNear = ["127.0.0.1", "::1"].contains(request.remoteAddress)
    if !isNear {
      switch governance.book.caller(of: request, for: .spend, now: runtime.now()) {
      case .failure(let denial): return await fail(denial == .unknown ? .authentication : .permission, denial.problem)
      case .success: break
      }
    }
    let text = telemetry.metrics.text([
      .init("llmgw_upstream_transfers", "Requests to providers that are under way.", value: gateway.transfers),
      .init("llmgw_ledger_queue", "Entries that wait for the ledger.", value: gateway.ledgerQueue),
      .init(
        "llmgw_ledger_failures_total", "Ends of calls that could not be booked.", kind: .counter,
        value: gateway.ledgerFailures),
      .init(
        "llmgw_access_log_dropped_lines", "Lines that were not written to the access log.", kind: .counter,
        value: telemetry.log?.droppedLines ?? 0),
    ])
    return await answer(200, text, type: "text/plain; version=0.0.4; charset=utf-8")
  }

  /// `GET /v1/llmgw/spend?by=model&since=7d`: what `llmgw spend --format json` prints.
  func spend() async -> Ending {
    let parameters = ["by", "since", "until"].compactMap { name in request.queryValue(name).map { (name, $0) } }
    switch await operators.spend(Dictionary(parameters) { $1 }) {
    case .success(let report): return await answer(report)
    case .failure(let problem): return await fail(.invalidRequest, problem.text)
    }
  }

  /// `GET /v1/llmgw/operations/ID`: what `llmgw logs show --json` prints.
  func operation(_ id: String) async -> Ending {
    switch await operators.operation(id) {
    case .success(let report): return await answer(report)
    case .failure(let problem): return await fail(.notFound, problem.text)
    }
  }

  /// Virtual keys and teams: what `llmgw access` does.
  func access(_ path: [String]) async -> Ending {
    guard path.count <= 3 else { return await fail(.notFound, "there is nothing at \(request.shownPath)") }
    let settings: JSONObject
    do {
      let body = request.body.isEmpty ? JSON.object(JSONObject()) : try JSON.parse(request.body)
      guard let object = body.object else { return await fail(.invalidRequest, "the body must be an object") }
      settings = object
    } catch {
      return await fail(.invalidRequest, error.clientMessage)
    }
    let answered = await operators.access(request.method, path, settings)
    switch answered {
    case .success(let report):
      return await answer(report, status: request.method == "POST" && path.count < 2 ? 201 : 200)
    case .failure(let problem): return await fail(problem.kind, problem.text)
    }
  }
}

/// Why something an operator asked for is not done.
package struct OperatorProblem: Error, Sendable {
  package var kind: ProviderFailure.Kind
  package var text: String

  package init(_ kind: ProviderFailure.Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}

/// What an operator may ask besides calls; each waits for the disk, and none runs on an event loop.
package struct OperatorRequests: Sendable {
  package var spend: @Sendable (_ parameters: [String: String]) async -> Result<JSON, OperatorProblem>
  package var operation: @Sendable (_ id: String) async -> Result<JSON, OperatorProblem>
  package var access:
    @Sendable (_ method: String, _ path: [String], _ settings: JSONObject) async -> Result<JSON, OperatorProblem>

  package init(
    spend: @escaping @Sendable ([String: String]) async -> Result<JSON, OperatorProblem>,
    operation: @escaping @Sendable (String) async -> Result<JSON, OperatorProblem>,
    access: @escaping @Sendable (String, [String], JSONObject) async -> Result<JSON, OperatorProblem>
  ) {
    self.spend = spend
    self.operation = operation
    self.access = access
  }
}
