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
}
