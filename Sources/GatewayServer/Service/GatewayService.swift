// The server in front of the gateway: each request from the door to its answer, read top to bottom.
package import GatewayCore
import Synchronization
import Wire

/// Answers the requests of an `HTTPServer` by calls of a `Gateway`.
package final class GatewayService: Sendable {
  private let current: Mutex<Generation>
  private let governance: Governance
  private let runtime: Runtime

  package init(_ generation: Generation, governance: Governance, runtime: Runtime) {
    current = Mutex(generation)
    self.governance = governance
    self.runtime = runtime
  }

  /// Puts a new config in force: for requests that come from now on.
  package func replace(with generation: Generation) { current.withLock { $0 = generation } }

  /// The `Responder`.
  package func respond(to request: ServerRequest, with writer: ResponseWriter) async {
    let generation = current.withLock { $0 }
    let (surface, api): (Surface, ClientAPI)
    switch SurfaceTable.match(request) {
    case .found(let found, let its): (surface, api) = (found, its)
    case .otherMethod(let allowed, let its):
      return await refuse(request, writer, generation, its, 405, allowed: allowed)
    case .unknown(let its): return await refuse(request, writer, generation, its, 404, allowed: nil)
    }
    var visit = Visit(
      request: request, writer: writer, generation: generation, governance: governance, api: api, surface: surface,
      caller: Caller(), runtime: runtime)
    _ = await admitted(&visit)
  }

  private func admitted(_ visit: inout Visit) async -> Ending {
    switch governance.book.caller(of: visit.request, for: visit.surface, now: runtime.now()) {
    case .failure(let denial):
      return await visit.fail(denial == .unknown ? .authentication : .permission, denial.problem)
    case .success(let caller): visit = visit.with(caller)
    }
    if visit.caller.key == nil, visit.surface.audience != .anyone,
      let refusal = visit.generation.door.refusal(of: visit.request)
    {
      return await visit.fail(.permission, refusal.problem, status: refusal == .contentType ? 415 : 403)
    }
    return await serve(visit)
  }

  private func serve(_ visit: Visit) async -> Ending {
    switch visit.surface {
    case .chat(let dialect, let address): await visit.chat(in: dialect, at: address)
    case .embeddings(let format, let address): await visit.embeddings(in: format, at: address)
    case .rerank: await visit.rerank()
    case .models(nil): await visit.models()
    case .models(let name?): await visit.model(name)
    case .live: await visit.answer(["status": "ok"])
    case .completions, .countTokens, .passthrough, .ready, .metrics, .spend, .operation, .access:
      await visit.fail(.notFound, "this is not served yet")
    }
  }

  /// Answers what no surface takes.
  private func refuse(
    _ request: ServerRequest, _ writer: ResponseWriter, _ generation: Generation, _ api: ClientAPI, _ status: Int,
    allowed: String?
  ) async {
    let visit = Visit(
      request: request, writer: writer, generation: generation, governance: governance, api: api, surface: .live,
      caller: Caller(), runtime: runtime)
    if request.method == "OPTIONS" {
      _ = await visit.answer(204, [], generation.door.preflightHeaders(for: request))
      return
    }
    if let allowed {
      let failure = ProviderFailure(.invalidRequest, message: "\(request.path) takes \(allowed), not \(request.method)")
      _ = await visit.fail(failure, status: status, [("allow", allowed)])
    } else {
      _ = await visit.fail(.notFound, "there is nothing at \(request.method) \(request.path)")
    }
  }
}

extension Visit {
  fileprivate func with(_ caller: Caller) -> Visit {
    Visit(
      request: request, writer: writer, generation: generation, governance: governance, api: api, surface: surface,
      caller: caller, runtime: runtime)
  }
}
