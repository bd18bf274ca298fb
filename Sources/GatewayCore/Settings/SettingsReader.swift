// From the YAML tree to Settings: strict, and every complaint has a place and the nearest name.

import Wire

extension Settings {
  /// Reads a whole config file.
  ///
  /// `nearest` proposes names for a mistyped one; `variables` looks up the environment.
  package static func parse(
    _ bytes: [UInt8], file: String, variables: (String) -> String?,
    nearest: @escaping (String, [String]) -> String?
  ) throws(SettingsError) -> Settings {
    let root = try parseYAML(bytes, file: file)
    let reader = SettingsReader(file: file, nearest: nearest)
    var settings = Settings()
    for (name, value) in try reader.mapping(root, what: "the config", keys: SettingsReader.sections) {
      switch name {
      case "defaults":
        for (_, model) in try reader.mapping(value, what: "defaults", keys: SettingsKey.names(below: "defaults")) {
          settings.defaultModel = try reader.text(model, "defaults.model")
        }
      case "providers":
        settings.providers = try reader.named(value, name).map { (entry) throws(SettingsError) in
          try reader.provider(entry, variables)
        }
      case "models":
        settings.models = try reader.named(value, name).map { (entry) throws(SettingsError) in try reader.model(entry) }
      case "aliases":
        for entry in try reader.named(value, name) {
          settings.aliases[entry.name] = try reader.text(entry.value, "aliases.\(entry.name)")
        }
      case "routes":
        settings.routes = try reader.named(value, name).map { (entry) throws(SettingsError) in try reader.route(entry) }
      case "ledger": try reader.readLedger(value, into: &settings)
      case "tools":
        settings.tools = try reader.named(value, name).map { (entry) throws(SettingsError) in try reader.tool(entry) }
      case "server": try reader.readServer(value, into: &settings.server)
      default:
        throw reader.problem(value, "this version cannot enforce '\(name)' yet", advice: "Remove the section.")
      }
    }
    try reader.checkRoutes(of: settings)
    return settings
  }
}

/// Reads the sections; every complaint names its place.
struct SettingsReader {
  let file: String
  let nearest: (String, [String]) -> String?
  /// The last ones are known but not enforced by this version.
  static let sections = SettingsKey.sections + ["budgets"]

  typealias NamedNode = (name: String, value: YAMLNode, place: TextPlace)

  func problem(_ node: YAMLNode, _ text: String, advice: String? = nil) -> SettingsError {
    SettingsError(file: file, place: node.place, problem: text, advice: advice)
  }

  /// The entries of a mapping whose keys are free names.
  func named(_ node: YAMLNode, _ what: String) throws(SettingsError) -> [NamedNode] {
    if case .scalar = node.kind, node.text == nil { return [] }
    guard case .mapping(let entries) = node.kind else { throw problem(node, "\(what) must be a mapping") }
    return entries.map { entry in
      guard case .scalar(let name, _) = entry.key.kind else { return ("", entry.value, entry.key.place) }
      return (name, entry.value, entry.key.place)
    }
  }

  /// The entries of a mapping that knows its keys.
  func mapping(_ node: YAMLNode, what: String, keys: [String]) throws(SettingsError) -> [(String, YAMLNode)] {
    try named(node, what).map { (entry) throws(SettingsError) in
      guard keys.contains(entry.name) else {
        let advice = nearest(entry.name, keys) ?? "It takes \(keys.joined(separator: ", "))."
        throw SettingsError(
          file: file, place: entry.place, problem: "unknown key '\(entry.name)' in \(what)", advice: advice)
      }
      return (entry.name, entry.value)
    }
  }

  func tool(_ entry: NamedNode) throws(SettingsError) -> ToolSettings {
    let what = "tools.\(entry.name)"
    var kind: ToolSettings.Kind?
    for (name, value) in try mapping(entry.value, what: what, keys: SettingsKey.names(below: "tools", "*")) {
      guard kind == nil else {
        throw problem(value, "\(what) has both a file and a server", advice: "Give one of them.")
      }
      let text = try text(value, "\(what).\(name)")
      kind = name == "file" ? .file(text) : .server(text)
    }
    guard let kind else { throw problem(entry.value, "\(what) has neither a file nor a server") }
    return ToolSettings(name: entry.name, kind: kind)
  }

  func text(_ node: YAMLNode, _ what: String) throws(SettingsError) -> String {
    guard let text = node.text, !text.isEmpty else { throw problem(node, "\(what) must be a text") }
    return text
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ node: YAMLNode, _ what: String
  ) throws(SettingsError) -> Choice {
    let text = try text(node, what)
    guard let choice = Choice(rawValue: text) else {
      let all = Choice.allCases.map(\.rawValue)
      throw problem(node, "\(what): '\(text)' is not one of \(all.joined(separator: ", "))", advice: nearest(text, all))
    }
    return choice
  }

  func count(_ node: YAMLNode, _ what: String, from least: Int = 1) throws(SettingsError) -> Int {
    guard let number = Int(try text(node, what)), number >= least else {
      throw problem(node, "\(what) must be a whole number, at least \(least)")
    }
    return number
  }

  func duration(_ node: YAMLNode, _ what: String) throws(SettingsError) -> Duration {
    guard let duration = Duration(durationText: try text(node, what)), duration > .zero else {
      throw problem(node, "\(what) must be a time such as 500ms, 30s, 5m, 12h or 90d")
    }
    return duration
  }

  func provider(
    _ entry: NamedNode, _ variables: (String) -> String?
  ) throws(SettingsError) -> ProviderSettings {
    let what = "providers.\(entry.name)"
    var provider = ProviderSettings(name: entry.name, place: entry.place)
    let keys = SettingsKey.names(below: "providers", "*") + ["keys"]
    for (name, value) in try mapping(entry.value, what: what, keys: keys) {
      let path = "\(what).\(name)"
      switch name {
      case "dialect": provider.dialect = try choice(value, path)
      case "base_url": provider.baseURL = try baseURL(value, path, variables)
      case "like": provider.like = try text(value, path)
      case "api_key": provider.key = .variable(try variableName(value, path))
      case "api_key_file": provider.key = .file(try text(value, path))
      case "api_key_command": provider.key = .command(try text(value, path))
      case "region": provider.cloud.region = try expanded(value, path, variables)
      case "project": provider.cloud.project = try expanded(value, path, variables)
      case "resource": provider.cloud.resource = try expanded(value, path, variables)
      case "profile": provider.cloud.profile = try expanded(value, path, variables)
      case "api_version": provider.apiVersion = try text(value, path)
      case "on_disconnect": provider.onDisconnect = try choice(value, path)
      case "headers":
        provider.headers = try named(value, path).map { (header) throws(SettingsError) in
          (header.name, try expanded(header.value, "\(path).\(header.name)", variables))
        }
      case "timeouts": provider.timeouts = try timeouts(value, path)
      default: throw problem(value, "this version cannot enforce '\(path)' yet", advice: "Give one api_key.")
      }
    }
    return provider
  }

  private func timeouts(_ node: YAMLNode, _ what: String) throws(SettingsError) -> TimeoutSettings {
    var timeouts = TimeoutSettings()
    for (name, value) in try mapping(node, what: what, keys: SettingsKey.names(below: "providers", "*", "timeouts")) {
      let duration = try duration(value, "\(what).\(name)")
      switch name {
      case "connect": timeouts.connect = duration
      case "first_byte": timeouts.firstByte = duration
      case "idle": timeouts.idle = duration
      default: timeouts.total = duration
      }
    }
    return timeouts
  }

  private func baseURL(
    _ node: YAMLNode, _ what: String, _ variables: (String) -> String?
  ) throws(SettingsError) -> String {
    var url = try expanded(node, what, variables)
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw problem(node, "\(what) must begin with https:// or http://")
    }
    while url.hasSuffix("/") { url.removeLast() }
    return url
  }

  /// `${NAME}` and nothing else: a key in the file would be shown to whoever reads it.
  private func variableName(_ node: YAMLNode, _ what: String) throws(SettingsError) -> String {
    let text = try text(node, what)
    guard text.hasPrefix("${"), text.hasSuffix("}"), text.count > 3 else {
      throw problem(
        node, "\(what) must name an environment variable, as in \"${MY_KEY}\"",
        advice: "Or use api_key_file or api_key_command.")
    }
    return String(text.dropFirst(2).dropLast())
  }

  /// The text with each `${NAME}` replaced by the variable's value.
  private func expanded(
    _ node: YAMLNode, _ what: String, _ variables: (String) -> String?
  ) throws(SettingsError) -> String {
    var rest = Substring(try text(node, what))
    var result = ""
    while let dollar = rest.firstIndex(of: "$"), rest[dollar...].hasPrefix("${") {
      guard let close = rest[dollar...].firstIndex(of: "}") else { break }
      let name = String(rest[dollar..<close].dropFirst(2))
      guard let value = variables(name) else {
        throw problem(node, "\(what): the variable \(name) is not set", advice: "Set it, or write the value.")
      }
      result += rest[..<dollar] + value
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  func model(_ entry: NamedNode) throws(SettingsError) -> ModelSettings {
    let what = "models.\(entry.name)"
    guard entry.name.contains("/") else {
      throw SettingsError(
        file: file, place: entry.place, problem: "'\(entry.name)' is not of the form provider/model")
    }
    var model = ModelSettings(name: entry.name, place: entry.place)
    for (name, value) in try mapping(entry.value, what: what, keys: SettingsKey.names(below: "models", "*")) {
      switch name {
      case "context": model.context = try count(value, "\(what).context")
      case "max_output": model.maxOutput = try count(value, "\(what).max_output")
      default:
        let kinds = SettingsKey.names(below: "models", "*", "price")
        for (kind, amount) in try mapping(value, what: "\(what).price", keys: kinds) {
          let text = try text(amount, "\(what).price.\(kind)")
          guard Picodollars(dollarsPerMillion: text) != nil else {
            throw problem(
              amount, "\(what).price.\(kind): '\(text)' is not an amount of dollars per million tokens",
              advice: "Write it as \"0.20\".")
          }
          model.price[kind] = .string(text)
        }
      }
    }
    return model
  }

  func readLedger(_ node: YAMLNode, into settings: inout Settings) throws(SettingsError) {
    for (name, value) in try mapping(node, what: "ledger", keys: SettingsKey.names(below: "ledger")) {
      switch name {
      case "contents": settings.ledger.keepsContents = try choice(value, "ledger.contents") == LedgerContents.full
      case "sync": settings.ledger.sync = try choice(value, "ledger.sync")
      default: settings.ledger.contentsRetention = try duration(value, "ledger.retention")
      }
    }
  }
}

/// Whether prompts and replies are stored beside the books.
private enum LedgerContents: String, CaseIterable { case full, none }

extension Duration {
  /// `500ms`, `30s`, `5m`, `12h`, `90d`; `nil` for anything else, or for more than a thousand years.
  package init?(durationText: String) {
    let digits = durationText.prefix { $0.isASCII && $0.isNumber }
    let milliseconds: [Substring: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
    guard let count = Int64(digits), let unit = milliseconds[durationText.dropFirst(digits.count)] else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit)
    guard !overflow, product < 86_400_000 * 366_000 else { return nil }
    self = .milliseconds(product)
  }
}
