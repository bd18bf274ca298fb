// The checks of `llmgw doctor`, one function each.

import GatewayCore
import Glibc
import Wire

struct Examination {
  let invocation: Invocation
  private var environment: Environment { invocation.environment }

  func findings() -> [Finding] {
    let config = config()
    return [Finding(.good, "llmgw", programVersion), curl, sqlite, Finding(.good, "libyaml", yamlLibraryVersion)]
      + [config.finding, ledger(config.settings), clock, keys(config.settings), keyFile, certificates, proxy]
      .compactMap(\.self) + [locale, terminal]
  }

  // MARK: Libraries

  private var curl: Finding {
    do throws(TransportFailure) {
      return Finding(.good, "libcurl", try Transport.libraryVersion())
    } catch {
      return Finding(.wrong, "libcurl", error.message, advice: "Calls over the network need it.")
    }
  }

  private var sqlite: Finding { Finding(.good, "SQLite", Ledger.sqliteVersion) }

  // MARK: Files

  private func config() -> (finding: Finding, settings: Settings) {
    guard let path = environment.configPath else {
      return (Finding(.wrong, "config", "neither LLMGW_CONFIG nor HOME is set", advice: "Set HOME."), Settings())
    }
    do {
      let settings = try invocation.loadSettings()
      let isThere = access(path, R_OK) == 0
      return (Finding(.good, "config", isThere ? path : "\(path) (not there, which is fine)"), settings)
    } catch {
      let failure = error as? CommandFailure
      let found = failure?.problem ?? "it cannot be read"
      return (Finding(.wrong, "config", found, advice: failure?.advice ?? "See llmgw config check."), Settings())
    }
  }

  private func ledger(_ settings: Settings) -> Finding {
    do throws(LedgerFailure) {
      let files = try invocation.ledgerFiles()
      guard let reader = try LedgerReader(files, settings: settings.ledger, now: invocation.runtime.now()) else {
        return Finding(.good, "ledger", "\(files.database) (begun by the first call)")
      }
      guard reader.isWritable else {
        return Finding(.wrong, "ledger", "\(files.database) may only be read", advice: "Calls cannot be booked there.")
      }
      let calls = try reader.spend(SpendQuery(by: [.status])).total.calls
      return Finding(.good, "ledger", "\(files.database), \(calls.grouped) \(calls == 1 ? "call" : "calls")")
    } catch {
      return Finding(.wrong, "ledger", error.description)
    }
  }

  private var clock: Finding {
    let now = invocation.runtime.now()
    let isSane = (2026...2100).contains(now.utcDay.year)
    return Finding(
      isSane ? .good : .wrong, "clock", now.rfc3339,
      advice: isSane ? nil : "Set the clock: certificates and the books depend on it.")
  }

  // MARK: Keys

  private func keys(_ settings: Settings) -> Finding {
    let catalog = invocation.catalog(settings)
    let ready = catalog.allProviders().filter { !$0.isLocal && catalog.canBeCalled($0) }.map(\.id)
    guard !ready.isEmpty else {
      return Finding(
        .notable, "keys", "no provider has one; offline/echo and local servers need none",
        advice: "Store one: llmgw keys set PROVIDER.")
    }
    return Finding(.good, "keys", ready.joined(separator: ", "))
  }

  private var keyFile: Finding? {
    guard let store = invocation.keyStore, access(store.path, F_OK) == 0 else { return nil }
    guard store.isOpenToOthers else { return Finding(.good, "key file", store.path) }
    return Finding(.wrong, "key file", "others may read \(store.path)", advice: "Run: chmod 600 '\(store.path)'")
  }

  // MARK: Network

  private var certificates: Finding {
    if let file = environment["SSL_CERT_FILE"] {
      let isThere = access(file, R_OK) == 0
      return Finding(
        isThere ? .good : .wrong, "certificates", file, advice: isThere ? nil : "SSL_CERT_FILE names no file.")
    }
    let usual = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]
    if let found = usual.first(where: { access($0, R_OK) == 0 }) { return Finding(.good, "certificates", found) }
    return Finding(
      .wrong, "certificates", "no bundle of certificate authorities", advice: "Install ca-certificates.")
  }

  private var proxy: Finding? {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    return environment.first(of: names).map {
      Finding(.notable, "proxy", "calls go through the one that \($0.name) names")
    }
  }

  // MARK: Terminal

  private var locale: Finding {
    let name = environment.first(of: ["LC_ALL", "LC_CTYPE", "LANG"])?.value ?? "C"
    let isUTF8 = name.lowercased().contains("utf-8") || name.lowercased().contains("utf8")
    return Finding(
      isUTF8 ? .good : .notable, "locale", name,
      advice: isUTF8 ? nil : "Set LANG=C.UTF-8 so that a terminal shows all characters.")
  }

  private var terminal: Finding {
    let term = invocation.terminal
    guard term.stdout.isTerminal else { return Finding(.good, "terminal", "none; the output is plain") }
    let kind = environment["TERM"] ?? "unknown"
    return Finding(.good, "terminal", "\(kind), \(term.width) columns, colour \(term.stdout.hasColor ? "on" : "off")")
  }
}
