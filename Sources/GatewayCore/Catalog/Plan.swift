// The targets a name leads to, in the order in which they are tried.

package import Wire

/// What a name means for one kind of call.
public struct Plan: Sendable, Equatable {
  /// The name as it was asked for.
  public var asked: String
  /// The target that is tried first.
  public var first: Target
  /// Those that follow when it fails.
  public var fallbacks: [Target] = []
  /// The route the name stands for.
  package var route: Route?
  /// Targets of the route that cannot be called, with the reason.
  package var passedOver: [PassedOver] = []

  package struct PassedOver: Sendable, Equatable {
    package var name: String
    package var why: String
  }

  public init(_ target: Target, asked: String) {
    first = target
    self.asked = asked
  }

  package var targets: [Target] { [first] + fallbacks }

  /// Whether an answer may have to be read to its end without its caller.
  package var drains: Bool { targets.contains { $0.provider.onDisconnect == .drain } }

  /// The name in the books: the route, where there is one.
  package var routeName: String? { route?.name }
}

extension Catalog {
  /// The targets of `name`: of a route, of an alias, or the one model.
  ///
  /// Where a provider speaks several formats, that of the caller (`dialect`) is preferred. A route is as good as the
  /// targets of it that can be resolved; without any, the failure is that of the first.
  package func plan(
    _ name: String, for kind: CallKind = .chat, speaking dialect: DialectName? = nil
  ) throws(ResolutionFailure) -> Plan {
    guard let route = route(named: name) else {
      return Plan(try resolve(name, for: kind, speaking: dialect), asked: name)
    }
    var targets: [Target] = []
    var passedOver: [Plan.PassedOver] = []
    var failure: ResolutionFailure?
    for member in route.targets {
      do {
        targets.append(try resolve(member, for: kind, speaking: dialect))
      } catch {
        passedOver.append(Plan.PassedOver(name: member, why: error.why))
        failure = failure ?? error
      }
    }
    guard let first = targets.first else { throw failure ?? .unknown(name: name) }
    var plan = Plan(first, asked: name)
    plan.fallbacks = Array(targets.dropFirst())
    plan.route = route
    plan.passedOver = passedOver
    return plan
  }
}

extension ResolutionFailure {
  /// In a few words.
  package var why: String {
    switch self {
    case .unknown: "no provider offers it"
    case .ambiguous: "several providers offer it"
    case .notConfigured: "no provider that has it is configured"
    case .kindMissing(_, let kind): "it is not called for \(kind.rawValue)"
    case .dialectMissing(_, let dialect): "it speaks '\(dialect)', which this version cannot"
    case .addressIncomplete: "its address is not complete"
    }
  }
}
