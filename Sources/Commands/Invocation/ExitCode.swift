// What the exit status says. The same list stands in the manual and, as `error.code`, in `--json`.

package import GatewayCore
package import Wire

/// The exit statuses of every command.
package enum ExitCode: Int32, CaseIterable, Sendable {
  case ok = 0
  case general = 1
  case usage = 2
  case key = 3
  case notFound = 4
  case rateLimited = 5
  case provider = 6
  case network = 7
  case timeout = 8
  case cut = 9
  case refused = 10
  case budget = 11
  case schema = 12
  case notBooked = 13
  case overLimit = 14

  /// What it tells, as one sentence of the manual.
  package var meaning: String {
    switch self {
    case .ok: "All went well; also when the reader of a pipe had enough."
    case .general: "Anything that no other number stands for."
    case .usage: "A mistake on the command line or in the config, or a request the model cannot take."
    case .key: "The key is missing, or the provider refused it."
    case .notFound: "No such model, provider or address."
    case .rateLimited: "Rate limited or out of quota, after all retries."
    case .provider: "The provider failed, was overloaded, or answered nonsense."
    case .network: "The network, name resolution or TLS failed."
    case .timeout: "It took longer than it may."
    case .cut: "The answer broke off; with --fail-on-length also one that was cut at its length limit."
    case .refused: "The provider's filter refused to answer."
    case .budget: "The call could cost more than it may."
    case .schema: "The answer does not fit the schema."
    case .notBooked: "The answer is complete, but the call could not be booked."
    case .overLimit: "A measured figure is past the limit it was given (bench compare --fail-if)."
    }
  }

  package init(_ kind: ProviderFailure.Kind) {
    self =
      switch kind {
      case .authentication, .permission: .key
      case .notFound: .notFound
      case .invalidRequest, .contextLength: .usage
      case .contentFilter: .refused
      case .rateLimited, .quota: .rateLimited
      case .overloaded, .server, .malformed: .provider
      case .timeout: .timeout
      case .network: .network
      case .cut: .cut
      }
  }

  package init(_ rejection: Rejection) {
    self =
      switch rejection {
      case .noKey, .forbidden: .key
      case .limited: .rateLimited
      case .changes, .invalidRequest: .usage
      case .overCostLimit, .unpricedUnderLimit: .budget
      }
  }
}

/// A command that cannot go on: what was tried, what happened, what to do, and the status to end with.
package struct CommandFailure: Error, Sendable {
  package var code: ExitCode
  /// `MODEL: what happened`, without a full stop.
  package var problem: String
  package var advice: String?

  package init(_ code: ExitCode, _ problem: String, advice: String? = nil) {
    self.code = code
    self.problem = problem
    self.advice = advice
  }

  /// Why a call was not made, about the model it was meant for.
  package init(rejection: Rejection, about name: String) {
    let code = ExitCode(rejection)
    switch rejection {
    case .noKey(let key): self.init(code, "\(name): \(key.problem)", advice: key.advice)
    case .changes(let changes):
      let list = changes.map { "\($0.field) \($0.what.rawValue) (\($0.why))" }.joined(separator: "; ")
      self.init(
        code, "\(name): --strict allows no changes: \(list)", advice: "Leave --strict out, or the option.")
    case .invalidRequest(let problem): self.init(code, "\(name): \(problem)")
    case .overCostLimit(let limit, let least):
      self.init(
        code, "\(name): the prompt alone costs about \(least.shown), and --max-cost is \(limit.shown)",
        advice: "Raise --max-cost or send less.")
    case .forbidden(let denial): self.init(code, "\(name): \(denial.problem)")
    case .limited(let problem, _): self.init(code, "\(name): \(problem)")
    case .unpricedUnderLimit:
      self.init(
        code, "\(name): its price is not known, so --max-cost cannot hold",
        advice: "Give it one under models.\(name) in the config, or leave --max-cost out.")
    }
  }

  /// What went wrong at the provider or on the way there.
  package init(_ failure: ProviderFailure, target: Target, advice: String?) {
    self.init(ExitCode(failure.kind), "\(target.name): \(failure.summary)", advice: advice)
  }

  /// The one line that is printed.
  package var line: String {
    let end = problem.last.map { ".?!".contains($0) } ?? true ? "" : "."
    return "llmgw: \(problem)\(end)" + (advice.map { " " + $0 } ?? "")
  }
}
