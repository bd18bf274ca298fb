// The server in front of the gateway: each request from the door to its answer, read top to bottom.
package import GatewayCore
import Synchronization
import Wire

/// Answers the requests of an `HTTPServer` by calls of a `Gateway`.
package final class GatewayService: Sendable {
  private let current: Mutex<Generation>
  private let governance: Governance
  private let operators: OperatorRequests
  private let telemetry: Telemetry
  private let runtime: Runtime

  package init(
    _ generation: Generation, governance: Governance, operators: OperatorRequests, telemetry: Telemetry,
    runtime: Runtime
  ) {
    current = Mutex(generation)
    self.governance = governance
    self.operators = operators
    self.telemetry = telemetry
    self.runtime = runtime
  }

  /// Puts a new config in force: for requests that come from now on.
  package func replace(with generation: Generation) { current.withLock { $0 = generation } }

  /// The `Responder`.
  package func respond(to request: ServerRequest, with writer: ResponseWriter) async {
    let stopwatch = telemetry.begin(runtime)
    let match = SurfaceTable.match(request)
    let caller = governance.book.caller(of: request, for: match.surface, now: runtime.now())
    let visit = Visit(
      request: request, writer: writer, generation: current.withLock { $0 }, governance: governance, api: match.api,
      surface: match.surface, caller: (try? caller.get()) ?? Caller(), operators: operators, telemetry: telemetry,
      runtime: runtime)
    let ending =
      switch match {
      case .found: await admitted(visit, caller)
      case .otherMethod(let allowed, _): await refuse(visit, 405, allowed: allowed)
      case .unknown: await refuse(visit, 404, allowed: nil)
      }
    telemetry.end(visit, ending, stopwatch)
  }

  private func admitted(_ visit: Visit, _ caller: Result<Caller, AccessDenial>) async -> Ending {
    guard let refusal = refusal(of: visit, caller) else { return await serve(visit) }
    return await visit.fail(refusal.failure, status: refusal.status)
  }

  /// Why a request is not let in, with the status when it is not the usual one.
  @inline(never)  // what it works with would stand in the frame of the async caller
  private func refusal(
    of visit: Visit, _ caller: Result<Caller, AccessDenial>
  ) -> (failure: ProviderFailure, status: Int?)? {
    if case .failure(let denial) = caller {
      let kind: ProviderFailure.Kind = denial == .unknown ? .authentication : .permission
      return (ProviderFailure(kind, message: denial.problem), nil)
    }
    guard visit.caller.key == nil, visit.surface.audience != .anyone,
      let refusal = visit.generation.door.refusal(of: visit.request)
    else { return nil }
    return (ProviderFailure(.permission, message: refusal.problem), refusal == .contentType ? 415 : 403)
  }

  private func serve(_ visit: Visit) async -> Ending {
    switch visit.surface {
    case .chat(let dialect, let address): await visit.chat(in: dialect, at: address)
    case .embeddings(let format, let address): await visit.embeddings(in: format, at: address)
    case .rerank: await visit.rerank()
    case .models(nil): await visit.models()
    case .models(let name?): await visit.model(name)
    case .live: await visit.answer(["status": "ok"])
    case .ready: await visit.ready()
    case .spend: await visit.spend()
    case .operation(let id): await visit.operation(id)
    case .access(let path): await visit.access(path)
    case .metrics: await visit.metrics()
    case .passthrough(let provider, let path): await visit.passthrough(to: provider, path: path)
    case .countTokens(let dialect, let address): await visit.countTokens(in: dialect, at: address)
    case .completions: await visit.completion()
    case .nothing: await visit.fail(.notFound, "there is nothing here")
    }
  }

  /// Answers what no surface takes.
  private func refuse(_ visit: Visit, _ status: Int, allowed: String?) async -> Ending {
    let request = visit.request
    if request.method == "OPTIONS" {
      return await visit.answer(204, [], visit.generation.door.preflightHeaders(for: request))
    }
    guard let allowed else {
      return await visit.fail(.notFound, "there is nothing at \(request.method) \(request.shownPath)")
    }
    let failure = ProviderFailure(
      .invalidRequest, message: "\(request.shownPath) takes \(allowed), not \(request.method)")
    return await visit.fail(failure, status: status, [("allow", allowed)])
  }
}
