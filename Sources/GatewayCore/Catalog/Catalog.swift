// Providers, models and prices: the embedded tables with the config laid over them.

package import Wire

/// Answers what a name means.
///
/// Looks rows up when asked; nothing is read at the start.
public struct Catalog: Sendable {
  private let configured: [String: ProviderSettings]
  private let corrections: [String: ModelSettings]
  private let aliases: [String: String]
  private let routes: [String: Route]
  private let environment: Environment
  /// Providers whose key was stored.
  private let withStoredKey: Set<String>

  public init(settings: Settings, environment: Environment, withStoredKey: Set<String> = []) {
    configured = Dictionary(settings.providers.map { ($0.name, $0) }) { $1 }
    corrections = Dictionary(settings.models.map { ($0.name, $0) }) { $1 }
    aliases = settings.aliases
    routes = Dictionary(settings.routes.map { ($0.name, $0) }) { $1 }
    self.environment = environment
    self.withStoredKey = withStoredKey
  }

  // MARK: Providers

  /// The provider of that name or alias: from the config, from the registry, or from both.
  package func provider(named name: String) -> Provider? {
    let settings = configured[name]
    guard var provider = registered(settings?.like ?? name) ?? settings.map({ Provider(ownNamed: $0.name) })
    else {
      return nil
    }
    if settings?.like != nil {
      provider.id = name
      provider.keyVariables = []
    }
    if let settings = settings ?? configured[provider.id] { provider.apply(settings) }
    return provider
  }

  /// Every provider, those of the config first.
  package func allProviders() -> [Provider] { providers(beginning: "") }

  /// The providers whose name begins like that, those of the config first.
  package func providers(beginning: String) -> [Provider] {
    var names = configured.keys.filter { $0.hasPrefix(beginning) }.sorted()
    CatalogTable.providers.forEach(prefix: beginning) { key, value in
      if value.first != UInt8(ascii: "=") { names.append(String(decoding: key, as: UTF8.self)) }
      return true
    }
    var seen = Set<String>()
    return names.compactMap { provider(named: $0) }.filter { seen.insert($0.id).inserted }
  }

  private func registered(_ name: String) -> Provider? {
    guard let value = CatalogTable.providers.value(of: name) else { return nil }
    if value.first == UInt8(ascii: "=") { return registered(String(decoding: value.dropFirst(), as: UTF8.self)) }
    return (try? JSON.parse(value))?.object.map(Provider.init(row:))
  }

  /// True when a call to it could be made: it is configured, or the variable of its key is set, or it runs here.
  package func canBeCalled(_ provider: Provider) -> Bool {
    provider.isConfigured || provider.key != nil || environment.first(of: provider.keyVariables) != nil
      || withStoredKey.contains(provider.id) || hasCloudCredentials(provider)
  }

  /// What a cloud's own tools leave on a machine counts when the provider's address is known too.
  private func hasCloudCredentials(_ provider: Provider) -> Bool {
    let isThere =
      switch provider.auth {
      case .signatureV4:
        (try? AWSAccount(environment: environment, profile: provider.cloud.profile).source()) != nil
      case .google(let variables):
        (try? GoogleAccount(environment: environment, variables: variables).grant()) != nil
      case .entra:
        AzureAccount(environment: environment).token != nil || AzureAccount(environment: environment).grant != nil
      case .authorization, .header, .query, .none, .unsupported: false
      }
    return isThere && (try? route(to: provider, model: "")) != nil
  }

  /// What fills the blanks of addresses.
  package var blanks: AddressBlanks { AddressBlanks(environment: environment) }

  // MARK: Models

  /// What is known of a model, the config's corrections included.
  package func facts(of model: String, at provider: Provider) -> ModelFacts? {
    var facts: ModelFacts?
    // A provider that is `like` another has its address and prices elsewhere: only its own rows count.
    if let row = row(of: model, at: provider) { facts = ModelFacts(row: row, defaults: provider.priceDefaults) }
    guard let correction = corrections["\(provider.id)/\(model)"] else { return facts }
    var corrected = facts ?? ModelFacts()
    corrected.context = correction.context ?? corrected.context
    corrected.traits.maxOutputTokens = correction.maxOutput ?? corrected.traits.maxOutputTokens
    if !correction.price.isEmpty {
      // Every amount was checked when the config was read.
      corrected.prices = try? PriceCard(dollarsPerMillion: correction.price)
    }
    return corrected
  }

  /// The model's own row, else that of the model behind a region's prefix (`us.anthropic.…`).
  private func row(of model: String, at provider: Provider) -> JSONObject? {
    if let row = row(of: model, at: provider.id) { return row }
    let prefixes = provider.quirks["region_prefixed_ids"]?.texts ?? []
    guard let prefix = prefixes.first(where: model.hasPrefix) else { return nil }
    return row(of: String(model.dropFirst(prefix.count)), at: provider.id)
  }

  /// The row of a model as it lies in the table, also under another spelling.
  package func row(of model: String, at provider: String) -> JSONObject? {
    guard let value = CatalogTable.models.value(of: "\(provider)/\(model)") else { return nil }
    if value.first == UInt8(ascii: "=") {
      return row(of: String(decoding: value.dropFirst(), as: UTF8.self), at: provider)
    }
    return (try? JSON.parse(value))?.object
  }

  /// `provider/model` of every row of the tables and the config, in order of the names.
  package func allModelNames(of provider: String? = nil) -> [String] {
    modelNames(beginning: provider.map { $0 + "/" } ?? "")
  }

  /// The names of models that begin with `prefix`.
  package func modelNames(beginning prefix: String) -> [String] {
    var names = corrections.keys.filter { $0.hasPrefix(prefix) }.sorted()
    CatalogTable.models.forEach(prefix: prefix) { key, _ in
      names.append(String(decoding: key, as: UTF8.self))
      return true
    }
    return names
  }

  /// Every row of the table of models, as it lies there, in order of the names; other spellings are left out.
  package func forEachRow(of provider: String? = nil, _ body: (_ name: String, _ row: JSONObject) -> Void) {
    CatalogTable.models.forEach(prefix: provider.map { $0 + "/" } ?? "") { key, value in
      if value.first != UInt8(ascii: "="), let row = (try? JSON.parse(Array(value)))?.object {
        body(String(decoding: key, as: UTF8.self), row)
      }
      return true
    }
  }

  /// The other spellings of a model at its provider.
  package func otherSpellings(of model: String, at provider: String) -> [String] {
    var names: [String] = []
    CatalogTable.models.forEach(prefix: provider + "/") { key, value in
      if value.first == UInt8(ascii: "="), value.dropFirst().elementsEqual(model.utf8) {
        names.append(String(decoding: key.dropFirst(provider.utf8.count + 1), as: UTF8.self))
      }
      return true
    }
    return names
  }

  /// The aliases of the config that stand for a target.
  package func aliases(of name: String) -> [String] { aliases.filter { $0.value == name }.map(\.key).sorted() }

  /// What the config says of models, by name.
  package var correctedNames: [String] { corrections.keys.sorted() }

  // MARK: Names

  /// The route of that name or alias.
  package func route(named name: String) -> Route? { routes[aliases[name] ?? name] }

  /// The names of all routes, in order.
  package var routeNames: [String] { routes.keys.sorted() }

  /// The names of all aliases, in order.
  package var aliasNames: [String] { aliases.keys.sorted() }

  /// What a name means: an alias, `provider/model`, or a model that exactly one provider that can be called has.
  ///
  /// The target is one for calls of `kind`, in the format `dialect` where the provider has it.
  package func resolve(
    _ name: String, for kind: CallKind = .chat, speaking dialect: DialectName? = nil
  ) throws(ResolutionFailure) -> Target {
    let meant = aliases[name] ?? name
    if let slash = meant.firstIndex(of: "/"), let provider = provider(named: String(meant[..<slash])) {
      return try target(
        provider, model: String(meant[meant.index(after: slash)...]), for: kind, speaking: dialect)
    }
    // Best known first: those are the ones a person is most likely to mean.
    let candidates = providers(withModel: meant).sorted {
      ($0.defaultRank ?? Int.max, $0.id) < ($1.defaultRank ?? Int.max, $1.id)
    }
    let callable = candidates.filter(canBeCalled)
    switch (callable.count, candidates.count) {
    case (1, _): return try target(callable[0], model: meant, for: kind, speaking: dialect)
    case (0, 0): throw .unknown(name: name)
    case (0, _): throw .notConfigured(name: name, candidates: candidates.map { "\($0.id)/\(meant)" })
    default: throw .ambiguous(name: name, candidates: callable.map { "\($0.id)/\(meant)" })
    }
  }

  private func providers(withModel model: String) -> [Provider] {
    let suffix = "/" + model
    return allModelNames().lazy.filter { $0.hasSuffix(suffix) }
      .compactMap { name in
        let provider = String(name.prefix { $0 != "/" })
        return name == provider + suffix ? self.provider(named: provider) : nil
      }
  }

  package func target(
    _ provider: Provider, model: String, for kind: CallKind = .chat, speaking dialect: DialectName? = nil
  ) throws(ResolutionFailure) -> Target {
    Target(
      provider: provider, model: model, route: try route(to: provider, model: model, for: kind, speaking: dialect),
      facts: facts(of: model, at: provider))
  }

  private func route(
    to provider: Provider, model: String, for kind: CallKind = .chat, speaking dialect: DialectName? = nil
  ) throws(ResolutionFailure) -> Target.Route {
    if provider.endpoints.contains(where: { $0.dialect == "in-process" }) { return .inProcess }
    let endpoints = provider.endpoints(for: model)
    // Where the data says how a model is called, the caller's own format does not change that.
    let preferred = provider.hasOwnDialect(for: model) ? nil : dialect?.format
    let own = endpoints.filter { preferred != nil && DialectName(rawValue: $0.dialect)?.format == preferred }
    for endpoint in own + endpoints {
      guard let route = endpoint.route(for: kind) else { continue }
      let moved = overridden(endpoint.baseURL, by: environment.first(of: provider.baseURLVariables)?.value)
      let base = blanks.filled(moved, for: provider)
      guard !base.isEmpty, !base.contains("{") else {
        throw .addressIncomplete(provider: provider.id, address: base)
      }
      return route(base)
    }
    guard kind == .chat else { throw .kindMissing(provider: provider.id, kind: kind) }
    throw .dialectMissing(provider: provider.id, dialect: provider.endpoints.first?.dialect ?? "none")
  }

  /// An address from a variable may lack the scheme (`OLLAMA_HOST=127.0.0.1:11434`) and the path (`ANTHROPIC_BASE_URL`
  /// of the vendor's own SDKs ends before `/v1`): both are taken from the registry's address.
  private func overridden(_ base: String, by variable: String?) -> String {
    guard var address = variable else { return base }
    let registered = SplitAddress(base)
    if !address.contains("://") { address = registered.scheme + address }
    while address.hasSuffix("/") { address.removeLast() }
    return SplitAddress(address).path.isEmpty ? address + registered.path : address
  }
}

/// `https://`, `host:port` and `/path` of an address.
private struct SplitAddress {
  var scheme = "http://"
  var path = ""

  init(_ address: String) {
    var rest = Substring(address)
    if let separator = rest.firstIndex(of: ":"), rest[separator...].hasPrefix("://") {
      let end = rest.index(separator, offsetBy: 3)
      scheme = String(rest[..<end])
      rest = rest[end...]
    }
    path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
  }
}

extension Provider.Endpoint {
  /// How calls of `kind` are made here, given the address; `nil` where they are not.
  fileprivate func route(for kind: CallKind) -> ((_ base: String) -> Target.Route)? {
    switch kind {
    case .chat, .passthrough: DialectName(rawValue: dialect).map { name in { .http(name, base: $0) } }
    case .embeddings: EmbeddingFormat(dialect: dialect).map { _ in { .side(dialect: dialect, base: $0) } }
    case .rerank: RerankFormat(dialect: dialect).map { _ in { .side(dialect: dialect, base: $0) } }
    }
  }
}
