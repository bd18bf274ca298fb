// Why a change of virtual keys or teams was not made.

/// A change of keys or teams that was not made, or a look at them that found nothing.
package enum AccessFailure: Error, Sendable, Equatable {
  case ledger(LedgerFailure)
  /// libcrypto is missing: what to do about it.
  case cryptography(String)
  case setting(AccessSettingProblem)
  /// No key has this id or name, nor an id that begins so.
  case noKey(String)
  /// Several keys do.
  case severalKeys(String, ids: [String])
  /// A revoked key stays as it is.
  case revoked(id: String)
  case noTeam(String)
  case teamExists(String)
  /// A team goes only when no key is left in it.
  case teamHasKeys(String, count: Int)
  /// The pepper is gone, and with it every key that was made.
  case pepperMissing

  /// What happened, as one clause.
  package var problem: String {
    switch self {
    case .ledger(let failure): "\(failure.task): \(failure.problem)"
    case .cryptography(let problem): problem
    case .setting(let problem): "\(problem.name): \(problem.why)"
    case .noKey(let typed): "'\(typed)': there is no access key of that name or id"
    case .severalKeys(let typed, let ids):
      "'\(typed)': more than one access key is meant by that (\(Self.list(ids)))"
    case .revoked(let id): "\(id): it was revoked, which is for good"
    case .noTeam(let typed): "'\(typed)': there is no team of that name"
    case .teamExists(let name): "'\(name)': there is a team of that name"
    case .teamHasKeys(let name, let count): "'\(name)': the team has \(count) \(count == 1 ? "key" : "keys")"
    case .pepperMissing: "the file access.pepper beside the ledger is missing, and without it no key can be checked"
    }
  }

  private static func list(_ ids: [String]) -> String {
    ids.prefix(3).joined(separator: ", ") + (ids.count > 3 ? ", ..." : "")
  }
}
