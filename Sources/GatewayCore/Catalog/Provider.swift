// Who can be called: address, dialects, key, quirks. Everything about a provider is data.

package import Wire

/// A provider as the registry and the config together describe it.
public struct Provider: Sendable, Equatable {
  /// How a key travels.
  package enum Auth: Sendable, Equatable {
    /// `Authorization: Bearer KEY`, or another word than Bearer.
    case authorization(scheme: String)
    case header(String)
    case query(String)
    /// A bearer key, or a signature for `service` in Amazon's cloud.
    case signatureV4(service: String)
    /// A bearer token of Google's; the variables may name a file of credentials.
    case google(variables: [String])
    /// A key in this header, or a bearer token of Microsoft Entra.
    case entra(header: String)
    case none
    /// A scheme that this version cannot do, by its name in the data.
    case unsupported(String)
  }

  /// One way to call it.
  package struct Endpoint: Sendable, Equatable {
    /// The name in the data; not every one is built in.
    package var dialect: String
    /// What the dialect appends its own path to; `{...}` in it must be filled in by the config.
    package var baseURL: String
  }

  public var id: String
  public var name: String
  /// In order of preference.
  package var endpoints: [Endpoint] = []
  /// Models with this in their name are called by that endpoint, as far as it is built in.
  package var dialectByModel: [(part: String, dialect: String)] = []
  package var auth = Auth.authorization(scheme: "Bearer")
  /// Environment variables that may hold the key, in order of preference.
  package var keyVariables: [String] = []
  /// Where the config says the key is.
  package var key: KeySource?
  package var keyIsOptional = false
  /// Environment variables that override the address.
  package var baseURLVariables: [String] = []
  /// Environment variables that may hold parts of the address.
  package var addressVariables: [String] = []
  /// What the config says of its place in a cloud.
  package var cloud = CloudSettings()
  package var headers: [(name: String, value: String)] = []
  package var timeouts = TimeoutSettings()
  package var onDisconnect = OnDisconnect.cancel
  package var quirks = JSONObject()
  package var isLocal = false
  /// Where its own list of models is, relative to the address.
  package var modelsPath: String?
  package var docsURL: String?
  /// Which provider is taken when none is named: the smallest rank whose key is there.
  package var defaultRank: Int?
  package var defaultModel: String?
  package var priceDefaults = JSONObject()
  /// The day on which its data was last checked.
  package var checked: String?
  /// True when the config names it.
  package var isConfigured = false

  private init(id: String) {
    self.id = id
    name = id
  }

  /// A provider that only the config knows.
  ///
  /// A key is sent when one is given, and not missed otherwise.
  package init(ownNamed id: String) {
    self.init(id: id)
    keyIsOptional = true
    modelsPath = "/models"
  }

  public static func == (left: Provider, right: Provider) -> Bool {
    left.id == right.id && left.endpoints == right.endpoints && left.auth == right.auth && left.key == right.key
      && left.quirks == right.quirks && left.headers.elementsEqual(right.headers, by: ==)
      && left.timeouts == right.timeouts && left.cloud == right.cloud && left.onDisconnect == right.onDisconnect
  }
}

extension Provider {
  /// From a row of the providers table.
  package init(row: JSONObject) {
    self.init(id: row["id"]?.string ?? "")
    name = row["name"]?.string ?? id
    if let dialect = row["dialect"]?.string, let base = row["base_url"]?.string {
      endpoints.append(Endpoint(dialect: dialect, baseURL: base))
    }
    for also in row["also"]?.object?.members ?? [] {
      endpoints.append(Endpoint(dialect: also.name, baseURL: also.value.string ?? ""))
    }
    dialectByModel = (row["dialect_by_model"]?.object?.members ?? []).compactMap { member in
      member.value.string.map { (member.name, $0) }
    }
    quirks = row["quirks"]?.object ?? JSONObject()
    readKeys(row)
    keyIsOptional = auth == .none || quirks["optional_api_key"]?.bool == true
    let moving = row["base_url_env"]?.texts ?? []
    addressVariables = (row["env"]?.texts ?? []) + moving
    // A name is a part of an address, not one.
    baseURLVariables = moving.filter { !$0.hasSuffix("_NAME") }
    isLocal = row["local"]?.bool ?? false
    modelsPath = row["models_path"]?.string
    docsURL = row["docs_url"]?.string
    defaultRank = row["default_rank"]?.int
    defaultModel = row["default_model"]?.string
    priceDefaults = row["price_defaults"]?.object ?? JSONObject()
    checked = row["checked"]?.string
  }

  private mutating func readKeys(_ row: JSONObject) {
    keyVariables = row["api_key_env"]?.texts ?? []
    switch row["auth"]?.string ?? "bearer" {
    case "sigv4":
      // A key's id is no key; both halves are looked for where Amazon's tools keep them.
      keyVariables.removeAll { $0.hasSuffix("ACCESS_KEY_ID") }
      auth = .signatureV4(service: row["signing_service"]?.string ?? "")
    case "gcp-oauth":
      auth = .google(variables: keyVariables)
      keyVariables = []
    case _ where quirks["auth_alternative"] == "entra-bearer":
      auth = .entra(header: quirks["auth_header"]?.string ?? "api-key")
    case let data: auth = Auth(data: data, scheme: quirks["auth_scheme"]?.string)
    }
  }

  /// What the config says goes over what the registry says.
  package mutating func apply(_ settings: ProviderSettings) {
    isConfigured = true
    if let dialect = settings.dialect {
      let base = settings.baseURL ?? endpoints.first { $0.dialect == dialect.rawValue }?.baseURL ?? ""
      endpoints = [Endpoint(dialect: dialect.rawValue, baseURL: base)]
    } else if let base = settings.baseURL {
      // One address was given for it: the first dialect that is built in is what it speaks there.
      let spoken = endpoints.first { DialectName(rawValue: $0.dialect) != nil }
      endpoints = [Endpoint(dialect: spoken?.dialect ?? DialectName.openAIChat.rawValue, baseURL: base)]
    }
    if settings.baseURL != nil { baseURLVariables = [] }
    if let key = settings.key { self.key = key }
    for header in settings.headers {
      headers.removeAll { $0.name.lowercased() == header.name.lowercased() }
      headers.append(header)
    }
    timeouts = settings.timeouts
    cloud = settings.cloud
    onDisconnect = settings.onDisconnect ?? onDisconnect
    if let version = settings.apiVersion { quirks["api_version"] = .string(version) }
  }
}

extension Provider {
  /// The ways to call `model`, in order of preference.
  package func endpoints(for model: String) -> [Endpoint] {
    guard let preferred = ownDialect(for: model) else { return endpoints }
    return endpoints.filter { $0.dialect == preferred } + endpoints.filter { $0.dialect != preferred }
  }

  /// Whether the data says which format this model is called in.
  func hasOwnDialect(for model: String) -> Bool { ownDialect(for: model) != nil }

  private func ownDialect(for model: String) -> String? {
    let name = model.lowercased()
    return dialectByModel.first { name.contains($0.part) }?.dialect
  }

  /// The header a key goes in, where the provider has one for it; of its formats one may have another.
  func keyHeader(_ usual: String, speaking dialect: DialectName) -> String {
    let own = dialect == .anthropicMessages ? quirks["anthropic_auth_header"]?.string : nil
    return own ?? usual
  }
}

extension Provider.Auth {
  /// From the `auth` of the data: `bearer`, `header:NAME`, `query:NAME`, `none`, or a scheme this version cannot do.
  init(data: String, scheme: String?) {
    let parts = data.split(separator: ":", maxSplits: 1)
    switch (parts.first, parts.count) {
    case ("bearer", 1): self = .authorization(scheme: scheme ?? "Bearer")
    case ("header", 2): self = .header(String(parts[1]))
    case ("query", 2): self = .query(String(parts[1]))
    case ("none", 1): self = .none
    default: self = .unsupported(data)
    }
  }
}

extension JSON {
  /// The strings of a list of strings.
  package var texts: [String] { array?.compactMap(\.string) ?? [] }
}
