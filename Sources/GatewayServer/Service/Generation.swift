// What a server goes by from one reading of the config to the next. Requests keep the one they began with.
package import GatewayCore
import Synchronization
import Wire

/// A name that leads nowhere: what is wrong with it, and what was probably meant.
struct UnknownModel: Error { let message: String }

/// A config in force, and what follows from it.
package final class Generation: Sendable {
  let gateway: Gateway
  let settings: ServerSettings
  let keepsContents: Bool
  let door: Door
  let probes: ProviderProbes
  /// The nearest name of a model, as a sentence; walks all names.
  private let nearestModel: @Sendable (String) -> String?
  private let plans = Mutex<[PlanName: Plan]>([:])

  private struct PlanName: Hashable {
    var name: String
    var kind: CallKind
    var dialect: DialectName?
  }

  /// Names of models that are kept at hand; with more of them, all are looked up anew.
  private static let mostPlans = 4096

  package init(
    gateway: Gateway, settings: ServerSettings, keepsContents: Bool,
    nearestModel: @escaping @Sendable (String) -> String?
  ) {
    self.gateway = gateway
    self.settings = settings
    self.keepsContents = keepsContents
    self.nearestModel = nearestModel
    door = Door(corsOrigins: settings.corsOrigins)
    probes = ProviderProbes(of: settings.probes, every: settings.probeInterval)
  }

  var catalog: Catalog { gateway.catalog }

  /// Where a name leads.
  ///
  /// What is not at hand is looked up off the event loop: that walks tables, and may look for credentials in files.
  func plan(_ name: String, for kind: CallKind, speaking dialect: DialectName?) async throws(UnknownModel) -> Plan {
    let planName = PlanName(name: name, kind: kind, dialect: dialect)
    if let known = plans.withLock({ $0[planName] }) { return known }
    let found: Result<Plan, UnknownModel> = await Task.detached { [self] in
      Result { () throws(UnknownModel) in
        do throws(ResolutionFailure) {
          return try lookUp(name, for: kind, speaking: dialect)
        } catch {
          throw UnknownModel(message: error.clientMessage(nearest: nearestModel))
        }
      }
    }.value
    return try found.get()
  }

  /// The same, here and now: not for an event loop.
  func lookUp(_ name: String, for kind: CallKind, speaking dialect: DialectName?) throws(ResolutionFailure) -> Plan {
    let planName = PlanName(name: name, kind: kind, dialect: dialect)
    let plan = try catalog.plan(name, for: kind, speaking: dialect)
    plans.withLock { plans in
      if plans.count >= Self.mostPlans { plans.removeAll() }
      plans[planName] = plan
    }
    return plan
  }
}
