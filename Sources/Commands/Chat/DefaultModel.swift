// Which model is asked when none is named, and how the person is told.

import CommandLineKit
import GatewayCore
import Wire

/// A target and, when nobody asked for it, the line that says so.
struct ChosenTarget {
  var plan: Plan
  var note: String?
}

extension Invocation {
  /// The model of the flag, else of `LLMGW_MODEL`, else of the config, else one that can be called.
  func chooseTarget(typed: String?, settings: Settings, catalog: Catalog, transport: Transport) async throws
    -> ChosenTarget
  {
    if let name = typed ?? environment["LLMGW_MODEL"] ?? settings.defaultModel {
      return ChosenTarget(plan: try plan(name, in: catalog))
    }
    let ranked = catalog.allProviders().filter { $0.defaultRank != nil || $0.isConfigured }
      .sorted {
        ($0.isConfigured ? 0 : 1, $0.defaultRank ?? 0, $0.id) < ($1.isConfigured ? 0 : 1, $1.defaultRank ?? 0, $1.id)
      }
    if let provider = ranked.first(where: { $0.defaultModel != nil && catalog.canBeCalled($0) }),
      let model = provider.defaultModel
    {
      let why = provider.isConfigured ? "the config has it" : "its key is set"
      return try chosen(provider, model, because: why, catalog)
    }
    // Looking for a local server takes time and may surprise: only for a person at a terminal.
    if terminal.stdinIsTerminal, terminal.stderr.isTerminal,
      let found = await LocalServers(providers: ranked.filter(\.isLocal), catalog: catalog, transport: transport)
        .firstAnswering()
    {
      return try chosen(found.provider, found.model, because: "a local server answers", catalog)
    }
    guard let offline = catalog.provider(named: "offline") else { throw CommandFailure(.notFound, "no provider") }
    return try chosen(offline, "echo", because: "no key is set; it only says the prompt again", catalog)
  }

  private func chosen(_ provider: Provider, _ model: String, because why: String, _ catalog: Catalog) throws
    -> ChosenTarget
  {
    let name = "\(provider.id)/\(model)"
    let note = "no model named: asking \(name) (\(why)). Choose one with -m PROVIDER/MODEL or LLMGW_MODEL."
    return ChosenTarget(plan: try plan(name, in: catalog), note: note)
  }

  /// The targets of a name, or the failure that says what was probably meant.
  func plan(_ name: String, in catalog: Catalog, for kind: CallKind = .chat) throws -> Plan {
    do {
      return try catalog.plan(name, for: kind)
    } catch {
      throw CommandFailure(resolution: error, catalog: catalog)
    }
  }

  /// The target of a name, or the failure that says what was probably meant.
  func resolve(_ name: String, in catalog: Catalog, for kind: CallKind = .chat) throws -> Target {
    do {
      return try catalog.resolve(name, for: kind)
    } catch {
      throw CommandFailure(resolution: error, catalog: catalog)
    }
  }
}

extension CommandFailure {
  init(resolution failure: ResolutionFailure, catalog: Catalog) {
    switch failure {
    case .unknown(let name):
      self.init(
        .notFound, "model '\(safeLine(name))': no provider offers it",
        advice: Self.modelMeant(by: name, catalog) ?? "Name it as PROVIDER/MODEL.")
    case .ambiguous(let name, let candidates):
      self.init(
        .notFound, "model '\(safeLine(name))': several providers offer it",
        advice: "Choose one of \(Self.listed(candidates)).")
    case .notConfigured(let name, let candidates):
      self.init(
        .notFound, "model '\(safeLine(name))': no provider that has it is configured",
        advice: "Set the key of one of them, or name it: \(Self.listed(candidates)).")
    case .kindMissing(let provider, let kind):
      self.init(.notFound, "provider '\(provider)': it is not called for \(kind.rawValue)")
    case .dialectMissing(let provider, let dialect):
      self.init(.notFound, "provider '\(provider)': it speaks '\(dialect)', which this version cannot")
    case .addressIncomplete(let provider, let address):
      let what = address.isEmpty ? "it has no address" : "its address is '\(address)'"
      self.init(
        .notFound, "provider '\(provider)': \(what)", advice: Self.filling(address, of: provider, catalog))
    }
  }

  /// How the first blank of an address is filled.
  private static func filling(_ address: String, of name: String, _ catalog: Catalog) -> String {
    let blank = address.split(separator: "{").dropFirst().first?.prefix { $0 != "}" }.description ?? ""
    let isSetting = SettingsKey.names(below: "providers", "*").contains(blank)
    let setting = "providers.\(name).\(isSetting ? blank : "base_url") in the config"
    let variable = catalog.provider(named: name).flatMap { catalog.blanks.variables(for: blank, of: $0).first }
    return "Set \(variable.map { "\($0), or " } ?? "")\(setting)."
  }

  /// Near names: of the same provider when one is named, else of any.
  static func modelMeant(by name: String, _ catalog: Catalog) -> String? {
    guard let slash = name.firstIndex(of: "/") else {
      let bare = catalog.allModelNames().compactMap { full in
        full.firstIndex(of: "/").map { String(full[full.index(after: $0)...]) }
      }
      return didYouMean(name, among: Set(bare))
    }
    let provider = String(name[..<slash])
    if catalog.provider(named: provider) != nil {
      return didYouMean(name, among: catalog.allModelNames(of: provider))
    }
    return didYouMean(provider, among: catalog.allProviders().map(\.id))
  }

  private static func listed(_ names: [String]) -> String {
    let shown = names.prefix(4).joined(separator: ", ")
    return names.count > 4 ? "\(shown) (and \(names.count - 4) more)" : shown
  }
}
