// `llmgw keys`: hand over, list, try and take away the keys of providers.

package import CommandLineKit
import GatewayCore
import Wire

/// What was typed for a sub-command of `keys`.
package struct KeysOptions: Sendable, Equatable {
  package var provider = ""
  package var json = false
  package init() {}
}

extension AnyCommand<Invocation> {
  package static let keys = AnyCommand(
    Command(
      CommandDescription(
        "keys", "Store, list, try and remove the keys of providers.", group: .setup,
        details: """
          A stored key is kept in keys.json beside the config, readable by you alone. It is never an argument and never \
          shown: a fingerprint tells keys apart. The config (api_key, api_key_file, api_key_command) and the provider's \
          usual variable go before a stored key.
          """,
        examples: [
          .init("llmgw keys set openai", "Ask for the key without showing it, and store it."),
          .init("pass show groq | llmgw keys set groq", "Take it from standard input."),
          .init("llmgw keys test openai", "See whether the provider takes the key."),
        ]),
      options: { KeysOptions() }, flags: [.keysJSON],
      run: { options, invocation in try KeysRun(invocation).list(asJSON: options.json) }),
    subcommands: [
      AnyCommand(
        Command(
          CommandDescription("set", "Store the key of a provider."), options: { KeysOptions() },
          positionals: [.provider], run: { try KeysRun($1).set($0.provider) })),
      AnyCommand(
        Command(
          CommandDescription("list", "List the providers that have a key, and where it comes from."),
          options: { KeysOptions() }, flags: [.keysJSON], run: { try KeysRun($1).list(asJSON: $0.json) })),
      AnyCommand(
        Command(
          CommandDescription("remove", "Take a stored key away."), options: { KeysOptions() },
          positionals: [.provider], run: { try KeysRun($1).remove($0.provider) })),
      AnyCommand(
        Command(
          CommandDescription("test", "Ask a provider for its models with the key. Costs nothing."),
          options: { KeysOptions() }, positionals: [.provider], run: { try await KeysRun($1).test($0.provider) })),
    ])
}

extension Flag<KeysOptions> {
  fileprivate static let keysJSON = Flag.toggle("json", "Print JSON.") { $0.json = true }
}

extension Positional<KeysOptions> {
  fileprivate static let provider = Positional("PROVIDER", "A provider's name.", isRequired: true) {
    $0.provider = $1
  }
}

private struct KeysRun {
  let invocation: Invocation
  private var terminal: Terminal { invocation.terminal }

  init(_ invocation: Invocation) { self.invocation = invocation }

  private func store() throws -> KeyStore {
    guard let store = invocation.keyStore else {
      throw CommandFailure(
        .general, "keys: there is no place for them: neither XDG_CONFIG_HOME nor HOME is set", advice: "Set HOME.")
    }
    return store
  }

  private func provider(_ name: String) throws -> Provider {
    let catalog = invocation.catalog(try invocation.loadSettings())
    guard let provider = catalog.provider(named: name) else {
      throw CommandFailure(
        .notFound, "provider '\(name)': there is none of that name",
        advice: didYouMean(name, among: catalog.allProviders().map(\.id)) ?? "See llmgw providers.")
    }
    return provider
  }

  func set(_ name: String) throws -> Int32 {
    let provider = try provider(name)
    let key = try typedKey(for: provider.id)
    let store = try store()
    do {
      try store.set(key, for: provider.id)
    } catch {
      throw CommandFailure(.general, error.line)
    }
    terminal.stderr.note(
      "llmgw: stored the key of \(provider.id) (fingerprint \(key.keyFingerprint)) in \(store.path).")
    if let (variable, _) = invocation.environment.first(of: provider.keyVariables) {
      terminal.stderr.note("llmgw: \(variable) is set too and goes before it.")
    }
    return ExitCode.ok.rawValue
  }

  private func typedKey(for provider: String) throws -> String {
    guard terminal.stdinIsTerminal else {
      let piped: [UInt8]
      do { piped = try invocation.readStdin(64 << 10) } catch {
        throw CommandFailure(.general, "standard input: \(error.why)")
      }
      do { return try ProviderKey.firstLine(of: piped, what: "standard input") } catch {
        throw CommandFailure(.usage, "keys: \(error.line)", advice: "Pipe the key in, or run it on a terminal.")
      }
    }
    let typed = readHiddenLine(prompt: "Key of \(provider) (not shown): ") ?? ""
    do { return try ProviderKey.firstLine(of: Array(typed.utf8), what: "the terminal") } catch {
      throw CommandFailure(.usage, "keys: nothing was typed", advice: "Nothing was changed.")
    }
  }

  func remove(_ name: String) throws -> Int32 {
    let store = try store()
    let wasThere: Bool
    do { wasThere = try store.remove(name) } catch { throw CommandFailure(.general, error.line) }
    guard wasThere else {
      let stored = (try? store.providers()) ?? []
      throw CommandFailure(
        .notFound, "keys: no key of '\(name)' is stored",
        advice: didYouMean(name, among: stored) ?? "See llmgw keys list.")
    }
    terminal.stderr.note("llmgw: removed the stored key of \(name).")
    return ExitCode.ok.rawValue
  }

  func list(asJSON: Bool) throws -> Int32 {
    let catalog = invocation.catalog(try invocation.loadSettings())
    let found = catalog.allProviders().compactMap { provider -> (provider: String, key: ProviderKey)? in
      // What cannot be read is told when it is used.
      guard let credential = (try? invocation.credential(of: provider)) ?? nil else { return nil }
      return (provider.id, credential.text ?? ProviderKey(value: "", origin: credential.origin))
    }
    if asJSON {
      let rows = found.map { row -> JSON in
        [
          "provider": .string(row.provider), "origin": .string(row.key.origin),
          "fingerprint": row.key.value.isEmpty ? .null : .string(row.key.value.keyFingerprint),
        ]
      }
      try terminal.stdout.write(JSON.array(rows).indentedText + "\n")
      return ExitCode.ok.rawValue
    }
    guard !found.isEmpty else {
      terminal.stderr.note("llmgw: no provider has a key. Store one with llmgw keys set PROVIDER.")
      return ExitCode.ok.rawValue
    }
    let width = found.map(\.provider.count).max() ?? 0
    for row in found {
      let name = row.provider + String(repeating: " ", count: width - row.provider.count)
      let print = row.key.value.isEmpty ? "        " : row.key.value.keyFingerprint
      try terminal.stdout.write("\(name)  \(print)  \(row.key.origin)\n")
    }
    if invocation.keyStore?.isOpenToOthers == true, let path = invocation.environment.keysPath {
      terminal.stderr.note("llmgw: others may read \(path). Run: chmod 600 '\(path)'.")
    }
    return ExitCode.ok.rawValue
  }

  func test(_ name: String) async throws -> Int32 {
    let provider = try provider(name)
    let transport = invocation.transport()
    defer { transport.shutdown() }
    let gateway = invocation.gateway(
      invocation.catalog(try invocation.loadSettings()), transport,
      ledger: .failure(LedgerFailure(.notOpen, "open the ledger", "listing models books nothing")))
    do {
      let listing = try await gateway.listModels(of: provider)
      let origin = listing.keyOrigin.map { "the key from \($0) is good" } ?? "it needs no key"
      try terminal.stdout.write(
        "\(provider.id): \(origin); it lists \(listing.models.count) models (\(listing.tookMicroseconds / 1000) ms)\n")
      return ExitCode.ok.rawValue
    } catch let rejection as Rejection {
      throw CommandFailure(rejection: rejection, about: provider.id)
    } catch let failure as ProviderFailure {
      throw CommandFailure(
        ExitCode(failure.kind), "\(provider.id): \(failure.summary)",
        advice: ExitCode(failure.kind) == .key ? "Store another one with llmgw keys set \(provider.id)." : nil)
    } catch let failure as ResolutionFailure {
      throw CommandFailure(resolution: failure, catalog: gateway.catalog)
    }
  }
}

extension KeyFailure {
  /// One clause for a line.
  var line: String { Rejection.KeyProblem(self).problem }
}
