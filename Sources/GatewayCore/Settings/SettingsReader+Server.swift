// The sections of the config that serve many: routes and the server.

extension SettingsReader {
  func route(_ entry: NamedNode) throws(SettingsError) -> Route {
    let what = "routes.\(entry.name)"
    var route = Route(name: entry.name, targets: [])
    // With a slash it would hide a model of that name.
    guard !entry.name.isEmpty, !entry.name.contains("/") else {
      throw SettingsError(file: file, place: entry.place, problem: "\(what): a route's name has no '/'")
    }
    for (name, value) in try mapping(
      entry.value, what: what, keys: SettingsKey.names(below: "routes", "*") + ["fallbacks"])
    {
      let path = "\(what).\(name)"
      switch name {
      case "targets": route.targets = try targets(value, path)
      case "strategy": route.strategy = try choice(value, path)
      case "retries": route.retries = try count(value, path, from: 0)
      default:
        throw problem(value, "this version cannot enforce '\(path)' yet", advice: "Write them as the last targets.")
      }
    }
    guard !route.targets.isEmpty else {
      throw SettingsError(file: file, place: entry.place, problem: "\(what) has no targets")
    }
    return route
  }

  /// Names, or mappings that hold a `model` and nothing that this version cannot enforce.
  private func targets(_ node: YAMLNode, _ what: String) throws(SettingsError) -> [String] {
    guard case .sequence(let nodes) = node.kind else { return try list(node, what) }
    return try nodes.map { (node) throws(SettingsError) in
      guard case .mapping = node.kind else { return try text(node, what) }
      var model: String?
      for (_, value) in try mapping(node, what: what, keys: ["model"]) { model = try text(value, "\(what).model") }
      guard let model else { throw problem(node, "a target of \(what) has no model") }
      return model
    }
  }

  /// A name that means two things, and a route that leads to a route, would not be what is expected.
  func checkRoutes(of settings: Settings) throws(SettingsError) {
    let names = Set(settings.routes.map(\.name))
    for route in settings.routes {
      if settings.aliases[route.name] != nil {
        throw SettingsError(file: file, problem: "'\(route.name)' is both an alias and a route", advice: "Rename one.")
      }
      for target in route.targets where names.contains(settings.aliases[target] ?? target) {
        throw SettingsError(
          file: file, problem: "routes.\(route.name): its target '\(target)' is a route itself",
          advice: "Name the models.")
      }
    }
  }

  func readServer(_ node: YAMLNode, into server: inout ServerSettings) throws(SettingsError) {
    for (name, value) in try mapping(node, what: "server", keys: SettingsKey.names(below: "server")) {
      let path = "server.\(name)"
      switch name {
      case "listen": server.listen = try text(value, path)
      case "loops": server.loops = try count(value, path)
      case "body_limit": server.bodyLimit = try size(value, path)
      case "cors_origins": server.corsOrigins = try list(value, path)
      case "keepalive": server.keepAlive = try duration(value, path)
      case "drain": server.drain = try duration(value, path)
      case "keepalive_before_reply": server.keepsAliveBeforeReply = try flag(value, path)
      case "access_log_file": server.accessLogFile = try text(value, path)
      case "log_contents": server.logsContents = try flag(value, path)
      case "probe": server.probes = try list(value, path)
      case "probe_interval": server.probeInterval = try duration(value, path)
      default: server.accessLog = try choice(value, path)
      }
    }
  }

  private func flag(_ node: YAMLNode, _ what: String) throws(SettingsError) -> Bool {
    switch try text(node, what) {
    case "true": return true
    case "false": return false
    default: throw problem(node, "\(what) must be true or false")
    }
  }

  func list(_ node: YAMLNode, _ what: String) throws(SettingsError) -> [String] {
    if case .sequence(let nodes) = node.kind {
      return try nodes.map { (node) throws(SettingsError) in try text(node, what) }
    }
    return try text(node, what).split(separator: ",").map { String($0.trimmingBlanks) }
  }

  private func size(_ node: YAMLNode, _ what: String) throws(SettingsError) -> Int {
    guard let bytes = Int(sizeText: try text(node, what)), bytes > 0 else {
      throw problem(node, "\(what) must be a size such as 512KB, 32MB or 1GB")
    }
    return bytes
  }
}

extension Int {
  /// `512KB`, `32MB`, `1GB`, in powers of 1024; `nil` for anything else, or more than 1,024 GB.
  package init?(sizeText: String) {
    let digits = sizeText.prefix { $0.isASCII && $0.isNumber }
    let shifts: [Substring: Int] = ["KB": 10, "MB": 20, "GB": 30]
    guard let count = Int(digits), let shift = shifts[sizeText.dropFirst(digits.count)], count <= 1 << 20 else {
      return nil
    }
    self = count << shift
  }
}

extension Substring {
  fileprivate var trimmingBlanks: Substring {
    var text = drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
