// The credentials of providers, kept at hand: looking for them reads files and may run a command.

import Synchronization

/// Finds credentials once and for a while.
final class CredentialShelf: Sendable {
  private struct Entry {
    var credential: Credential?
    /// On the clock that never jumps.
    var foundAt: Int64
  }

  private let environment: Environment
  private let store: KeyStore?
  private let commands = KeyCommands()
  private let runtime: Runtime
  private let entries = Mutex<[String: Entry]>([:])

  /// A key that was changed is seen after so many microseconds.
  private static let shelfLife: Int64 = 30_000_000

  init(environment: Environment, keys: KeyStore?, runtime: Runtime) {
    self.environment = environment
    store = keys
    self.runtime = runtime
  }

  /// What authorizes calls of `provider`; `nil` when it needs nothing.
  ///
  /// May read files and run a command: after `load` it does not.
  func credential(of provider: Provider) throws(KeyFailure) -> Credential? {
    if let entry = entry(of: provider) { return entry.credential }
    let found = try CredentialSearch(environment: environment, store: store, commands: commands)
      .find(for: provider, now: runtime.now())
    let entry = Entry(credential: found, foundAt: runtime.uptimeMicroseconds())
    entries.withLock { $0[provider.id] = entry }
    return found
  }

  /// Sees to it that the credential is at hand, without keeping the caller's thread from its work.
  func load(for provider: Provider) async {
    guard provider.auth != .none || provider.key != nil, entry(of: provider) == nil else { return }
    // What is wrong is told when it is asked for again.
    await Task.detached { [self] in _ = try? credential(of: provider) }.value
  }

  private func entry(of provider: Provider) -> Entry? {
    let now = runtime.uptimeMicroseconds()
    return entries.withLock { entries in
      entries[provider.id].flatMap { now - $0.foundAt < Self.shelfLife ? $0 : nil }
    }
  }
}
