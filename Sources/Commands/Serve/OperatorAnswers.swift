// What operators ask a running server, answered as the commands of the same names answer with --json.

import CommandLineKit
import GatewayCore
import GatewayServer
import Wire

extension OperatorRequests {
  /// Answers from the ledger of `invocation`, which this process has open as `ledger`.
  init(_ invocation: Invocation, ledger: Ledger, governance: Governance) {
    self.init(
      spend: { parameters in await Self.reading(ledger) { try invocation.spend(parameters) } },
      operation: { id in await Self.reading(ledger) { LogJSON.full(try invocation.findCall(id)) } },
      access: { method, path, settings in
        await Self.reading {
          defer { _ = try? governance.book.refresh() }
          return try AccessRequest(invocation, method, path, settings).answer()
        }
      })
  }

  /// Reads what was taken on before it was asked, as far as it can be booked.
  private static func reading(
    _ ledger: Ledger, _ body: @escaping @Sendable () throws -> JSON
  ) async -> Result<JSON, OperatorProblem> {
    try? await ledger.flush()
    return await reading(body)
  }

  /// Off the event loops: reading waits for the disk.
  private static func reading(_ body: @escaping @Sendable () throws -> JSON) async -> Result<JSON, OperatorProblem> {
    await Task.detached {
      do {
        return .success(try body())
      } catch let failure as CommandFailure {
        let advice = failure.advice.map { " " + $0 } ?? ""
        return .failure(OperatorProblem(failure.code.failureKind, failure.problem + "." + advice))
      } catch let error as UsageError {
        return .failure(OperatorProblem(.invalidRequest, error.problem))
      } catch let problem as OperatorProblem {
        return .failure(problem)
      } catch {
        return .failure(OperatorProblem(.server, "\(error)"))
      }
    }.value
  }
}

extension ExitCode {
  /// What a client of the server is told where the command line ends with this status.
  fileprivate var failureKind: ProviderFailure.Kind {
    switch self {
    case .usage: .invalidRequest
    case .notFound: .notFound
    default: .server
    }
  }
}

extension Invocation {
  /// `by`, `since` and `until` as `llmgw spend` takes them.
  fileprivate func spend(_ parameters: [String: String]) throws -> JSON {
    var options = SpendOptions()
    options.isUTC = true
    for dimension in (parameters["by"] ?? "").split(separator: ",") {
      options.by.append(try SpendDimension(typed: String(dimension)))
    }
    options.since = try parameters["since"].map { (text) throws(UsageError) in try TimePoint(typed: text, flag: "since")
    }
    options.until = try parameters["until"].map { (text) throws(UsageError) in try TimePoint(typed: text, flag: "until")
    }
    return try JSON.parse(Array(spendReport(options).text(.json, width: 80, drawsBars: false).utf8))
  }
}

/// One request about virtual keys or teams: `access`, `access/ID`, `access/ID/rotate`, `access/teams`, `access/teams/NAME`.
private struct AccessRequest {
  let store: AccessStore
  let invocation: Invocation
  let method: String
  let path: [String]
  let settings: JSONObject
  let now: Timestamp

  init(_ invocation: Invocation, _ method: String, _ path: [String], _ settings: JSONObject) throws {
    self.invocation = invocation
    self.method = method
    self.path = path
    self.settings = settings
    now = invocation.runtime.now()
    do { store = AccessStore(try invocation.ledgerFiles()) } catch { throw CommandFailure(ledger: error) }
  }

  func answer() throws -> JSON {
    do {
      return try path.first == "teams" ? teams() : keys()
    } catch let failure as AccessFailure {
      throw CommandFailure(access: failure, in: store)
    }
  }

  private func keys() throws -> JSON {
    var random = SystemRandomNumberGenerator()
    switch (method, path.count, path.last) {
    case ("GET", 0, _): return ["rows": .array(try store.keys(now: now).map { .object($0.json(at: now)) })]
    case ("POST", 0, _):
      return secret(
        of: try store.create(id: "key_" + invocation.runtime.makeID(), settings, using: &random, now: now))
    case ("GET", 1, let id?): return .object(try store.key(id, now: now).json(at: now))
    case ("PATCH", 1, let id?): return .object(try store.update(id, settings, now: now).json(at: now))
    case ("DELETE", 1, let id?): return .object(try store.revoke(id, now: now).json(at: now))
    case ("POST", 2, "rotate"): return secret(of: try store.rotate(path[0], using: &random, now: now))
    default: throw nothing
    }
  }

  private func teams() throws -> JSON {
    switch (method, path.count) {
    case ("GET", 1): return ["rows": .array(try store.teams(now: now).map { .object($0.json) })]
    case ("POST", 1):
      return .object(try store.createTeam(id: "team_" + invocation.runtime.makeID(), settings, now: now).json)
    case ("PATCH", 2): return .object(try store.updateTeam(path[1], settings, now: now).json)
    case ("DELETE", 2): return .object(try store.deleteTeam(path[1], now: now).json)
    default: throw nothing
    }
  }

  private var nothing: OperatorProblem {
    OperatorProblem(.notFound, "there is nothing at \(method) /v1/llmgw/access/\(path.joined(separator: "/"))")
  }

  private func secret(of made: (key: AccessKey, secret: AccessSecret)) -> JSON {
    .object(made.key.json(with: made.secret, at: now))
  }
}
