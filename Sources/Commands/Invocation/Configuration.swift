// Files and directories of the program, and the config that is read from one of them.

import CommandLineKit
package import GatewayCore

extension Environment {
  /// `$LLMGW_CONFIG`, else `config.yaml` in the XDG config directory; `nil` when there is no home to look in.
  package var configPath: String? {
    if let path = self["LLMGW_CONFIG"] { return path }
    return configDirectory.map { $0 + "/config.yaml" }
  }

  /// `llmgw` in the XDG config directory.
  var configDirectory: String? { directory("XDG_CONFIG_HOME", orHome: ".config").map { $0 + "/llmgw" } }

  /// Where the ledger lies: `llmgw` in the XDG data directory.
  package var dataDirectory: String? {
    directory("XDG_DATA_HOME", orHome: ".local/share").map { $0 + "/llmgw" }
  }

  /// The XDG base directory specification: a relative path in the variable is ignored.
  fileprivate func directory(_ variable: String, orHome relative: String) -> String? {
    if let path = self[variable], path.hasPrefix("/") { return path }
    return self["HOME"].map { $0 + "/" + relative }
  }
}

extension Environment {
  /// Where `llmgw keys` stores keys: beside the config.
  package var keysPath: String? { configDirectory.map { $0 + "/keys.json" } }
}

extension Invocation {
  /// The stored keys; `nil` when there is no place for them.
  package var keyStore: KeyStore? { environment.keysPath.map { KeyStore(path: $0) } }

  /// What would authorize calls of a provider, found without running any command.
  func credential(of provider: Provider) throws(KeyFailure) -> Credential? {
    try CredentialSearch(environment: environment, store: keyStore).find(for: provider, now: runtime.now())
  }

  /// Reads the config.
  ///
  /// A missing file at the usual place is an empty config; one that `$LLMGW_CONFIG` names must be there.
  package func loadSettings() throws -> Settings {
    guard let path = environment.configPath else { return Settings() }
    let bytes: [UInt8]
    do {
      bytes = try readFile(path, limit: 1 << 20)
    } catch {
      if error.isMissing, environment["LLMGW_CONFIG"] == nil { return Settings() }
      throw CommandFailure(.general, "config '\(path)': \(error.why)", advice: "Check $LLMGW_CONFIG.")
    }
    do {
      return try Settings.parse(
        bytes, file: path, variables: { environment[$0] }, nearest: { didYouMean($0, among: $1) })
    } catch {
      throw CommandFailure(.usage, error.problemLine, advice: error.advice)
    }
  }

  /// The catalogue with the config laid over it, and with what keys are there.
  package func catalog(_ settings: Settings) -> Catalog {
    // A key file that cannot be read is told when a key is needed from it.
    let stored = (try? keyStore?.providers()) ?? []
    return Catalog(settings: settings, environment: environment, withStoredKey: Set(stored))
  }

  /// The network, with the certificate authorities that `SSL_CERT_FILE` names in place of the system's.
  func transport(idleConnections: Int? = nil) -> Transport {
    var configuration = TransportConfiguration()
    configuration.idleConnections = idleConnections ?? configuration.idleConnections
    configuration.caFile = environment["SSL_CERT_FILE"]
    return Transport(configuration: configuration)
  }

  /// Where the ledger is kept.
  package func ledgerFiles() throws(LedgerFailure) -> LedgerFiles {
    guard let directory = environment.dataDirectory else {
      throw LedgerFailure(
        .other, "open the ledger", "there is no place for it: neither XDG_DATA_HOME nor HOME is set")
    }
    return LedgerFiles(directory: directory)
  }

  /// The ledger, open for writing, or why there is none.
  package func openLedger(_ settings: Settings) -> Result<Ledger, LedgerFailure> {
    do throws(LedgerFailure) {
      return .success(try Ledger(ledgerFiles(), settings: settings.ledger, now: runtime.now()))
    } catch {
      return .failure(error)
    }
  }
}
