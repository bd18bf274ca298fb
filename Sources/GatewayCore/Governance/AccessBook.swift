// The virtual keys in the memory of a running gateway: asked for every request, on an event loop.
import Synchronization

/// Why a request may not use the gateway; told apart only as far as it gives nothing away.
public enum AccessDenial: Error, Sendable, Equatable {
  /// The key is missing, wrong, expired or revoked.
  case unknown
  /// The key is good, but not from this address.
  case address
  /// The key may not use this part of the gateway.
  case surface(String)
  /// The key may not call this model.
  case model(String)

  /// One clause for the caller.
  public var problem: String {
    switch self {
    case .unknown: "the API key is missing or not valid"
    case .address: "the API key may not be used from this address"
    case .surface(let name): "the API key may not be used for \(name)"
    case .model(let name): "the API key may not be used for the model '\(name)'"
    }
  }
}

/// What a gateway knows of all keys at one moment.
struct AccessSnapshot: Sendable {
  struct Secret: Sendable {
    var digest: AccessDigest
    var key: Kept<AccessKey>
    /// A secret that was rotated away is good until then.
    var until: Timestamp?
  }

  let generation: Int64
  /// No key was ever made.
  let isEmpty: Bool
  private let pepper: AccessPepper?
  private let secrets: [AccessDigest: Secret]

  init() {
    (generation, isEmpty, pepper, secrets) = (0, true, nil, [:])
  }

  init(generation: Int64, _ entries: [AccessTables.Entry], pepper: AccessPepper?) {
    self.generation = generation
    self.pepper = pepper
    isEmpty = entries.isEmpty
    var secrets: [AccessDigest: Secret] = [:]
    for entry in entries where entry.key.revokedAt == nil {
      let key = Kept(entry.key)
      secrets[entry.digest] = Secret(digest: entry.digest, key: key)
      if let former = entry.former {
        secrets[former.digest] = Secret(digest: former.digest, key: key, until: former.until)
      }
    }
    self.secrets = secrets
  }

  /// Takes some microseconds; `nil` for a text that cannot be a secret.
  func digest(of secret: String) -> AccessDigest? {
    // Without libcrypto no key could have been made.
    (try? pepper?.digest(of: secret)) ?? nil
  }

  /// The key of a secret, while it is good.
  func key(of digest: AccessDigest, now: Timestamp) -> Kept<AccessKey>? {
    guard let found = secrets[digest], found.until.map({ now < $0 }) ?? true, found.key.value.isValid(at: now) else {
      return nil
    }
    return found.key
  }
}

/// The keys that a running gateway lets in.
public final class AccessBook: Sendable {
  private struct State {
    var snapshot: AccessSnapshot
    var known = KnownSecrets()
  }

  private let store: AccessStore
  private let state: Mutex<State>
  /// Open from one look at the tables to the next.
  private let connection = Mutex<Database?>(nil)

  /// Reads the keys of `store`.
  ///
  /// Waits for the disk: not for an event loop.
  package init(_ store: AccessStore, now: Timestamp) throws(AccessFailure) {
    self.store = store
    state = Mutex(State(snapshot: try store.snapshot(now: now)))
  }

  /// No key was ever made: only programs on this machine may be let in, and all of them are.
  ///
  /// Stays false when the last key is revoked.
  public var isEmpty: Bool { state.withLock { $0.snapshot.isEmpty } }

  /// The key of a secret that came from a client at `address`.
  ///
  /// Touches neither files nor tables.
  public func authenticate(
    _ secret: String, from address: String?, now: Timestamp
  ) -> Result<Kept<AccessKey>, AccessDenial> {
    guard let key = key(of: secret, now: now) else { return .failure(.unknown) }
    return key.value.allows(address: address) ? .success(key) : .failure(.address)
  }

  private func key(of secret: String, now: Timestamp) -> Kept<AccessKey>? {
    let (snapshot, known) = state.withLock { ($0.snapshot, $0.known.digest(of: secret)) }
    if let known { return snapshot.key(of: known, now: now) }
    guard let digest = snapshot.digest(of: secret), let key = snapshot.key(of: digest, now: now) else { return nil }
    state.withLock { state in
      // The pepper may have changed with the keys.
      if state.snapshot.generation == snapshot.generation { state.known.remember(digest, of: secret) }
    }
    return key
  }

  /// Reads the keys again if any was made or changed; true when so.
  ///
  /// When it throws, the keys stay as they were. Waits for the disk: not for an event loop.
  @discardableResult
  package func refresh() throws(AccessFailure) -> Bool {
    let generation = state.withLock { $0.snapshot.generation }
    let new = try connection.withLock { connection throws(AccessFailure) in
      try store.snapshot(after: generation, through: &connection)
    }
    guard let new else { return false }
    // Of two that refresh at once the one that read earlier may come later.
    state.withLock { if new.generation > $0.snapshot.generation { $0 = State(snapshot: new) } }
    return true
  }
}
