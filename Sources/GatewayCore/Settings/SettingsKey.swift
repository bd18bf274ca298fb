// Every key of the config file, once: the reader, `llmgw config`, the JSON Schema and the manual take them from here.

import Wire

/// A key of the config: where it stands, what it takes, what it is for.
package struct SettingsKey: Sendable {
  package enum Kind: Sendable, Equatable {
    case text
    case oneOf([String])
    /// `500ms`, `30s`, `5m`, `12h`, `90d`.
    case time
    /// A whole number, at least this one.
    case count(from: Int)
    /// Decimal text: US dollars per million tokens.
    case price
    /// The name of an environment variable as `${NAME}`.
    case variable
    /// Bytes: `512KB`, `32MB`, `1GB`, in powers of 1024.
    case size
    /// A list of texts, or one text with commas between them.
    case list
    /// `true` or `false`.
    case flag
  }

  /// The names on the way to it; `*` stands for a name of the user's choice.
  package var path: [String]
  package var kind: Kind
  /// One sentence, with its full stop.
  package var summary: String
  /// What counts when the key is not there.
  package var fallback: String?

  private init(_ path: String, _ kind: Kind, _ summary: String, fallback: String? = nil) {
    self.path = path.split(separator: ".").map(String.init)
    self.kind = kind
    self.summary = summary
    self.fallback = fallback
  }

  /// In the order of the manual.
  package static let all: [SettingsKey] =
    [
      SettingsKey("defaults.model", .text, "The model that is asked when none is named."),
      SettingsKey(
        "providers.*.dialect", .oneOf(DialectName.allCases.map(\.rawValue)),
        "The wire format it speaks; that of the registry unless given."),
      SettingsKey("providers.*.base_url", .text, "Its address; ${NAME} stands for an environment variable."),
      SettingsKey("providers.*.like", .text, "A registry entry whose dialect, auth and quirks it has."),
      SettingsKey("providers.*.api_key", .variable, "The environment variable that holds its key."),
      SettingsKey("providers.*.api_key_file", .text, "A file whose first line is its key."),
      SettingsKey("providers.*.api_key_command", .text, "A command whose first line of output is its key."),
      SettingsKey("providers.*.region", .text, "The region or location of a cloud; {region} in its address."),
      SettingsKey("providers.*.project", .text, "The project of a cloud; {project} in its address."),
      SettingsKey("providers.*.resource", .text, "The resource of a cloud; {resource} in its address."),
      SettingsKey("providers.*.profile", .text, "The profile in ~/.aws whose keys and region it is called with."),
      SettingsKey(
        "providers.*.api_version", .text, "The dated version of its API, or v1.", fallback: "what needs no version"),
      SettingsKey("providers.*.headers.*", .text, "A header each request to it carries."),
      SettingsKey("providers.*.timeouts.connect", .time, "How long connecting may take.", fallback: "10s"),
      SettingsKey("providers.*.timeouts.first_byte", .time, "How long it may take to begin an answer.", fallback: "5m"),
      SettingsKey("providers.*.timeouts.idle", .time, "How long it may be silent within one.", fallback: "2m"),
      SettingsKey("providers.*.timeouts.total", .time, "How long a call may take in all."),
      SettingsKey(
        "providers.*.on_disconnect", .oneOf(OnDisconnect.allCases.map(\.rawValue)),
        "What becomes of a call when its caller leaves: end it, or read the answer to its end.", fallback: "cancel"),
      SettingsKey("models.*.context", .count(from: 1), "Its context window in tokens."),
      SettingsKey("models.*.max_output", .count(from: 1), "The most tokens it can write."),
    ]
    + ["input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning"].map {
      SettingsKey("models.*.price.\($0)", .price, "US dollars per million tokens of this kind.")
    } + [
      SettingsKey("aliases.*", .text, "A short name for PROVIDER/MODEL."),
      SettingsKey(
        "routes.*.targets", .list, "Models or aliases behind the route, in the order in which they are tried."),
      SettingsKey(
        "routes.*.strategy", .oneOf(Route.Strategy.allCases.map(\.rawValue)), "How a target is chosen.",
        fallback: "ordered"),
      SettingsKey(
        "routes.*.retries", .count(from: 0), "How often the same target is tried again before the next one is.",
        fallback: "0"),
      SettingsKey(
        "ledger.contents", .oneOf(["full", "none"]), "Whether prompts and answers are stored beside the books.",
        fallback: "full"),
      SettingsKey("ledger.retention", .time, "How long they are kept; the books stay for ever."),
      SettingsKey(
        "ledger.sync", .oneOf(["normal", "full"]), "What survives a power cut: all but the last second, or all.",
        fallback: "normal"),
      SettingsKey("tools.*.file", .text, "A JSON file that describes a program the model may run."),
      SettingsKey("tools.*.mcp", .text, "A command that starts a server of the Model Context Protocol."),
      SettingsKey("server.listen", .text, "Where llmgw serve listens.", fallback: ServerSettings().listen),
      SettingsKey("server.loops", .count(from: 1), "Threads that serve connections.", fallback: "one per core"),
      SettingsKey("server.body_limit", .size, "The most bytes of a request.", fallback: "32MB"),
      SettingsKey("server.cors_origins", .list, "Origins of web pages that may call it, or *."),
      SettingsKey(
        "server.keepalive", .time, "The silence of a provider after which a stream's client gets a comment.",
        fallback: "15s"),
      SettingsKey(
        "server.keepalive_before_reply", .flag,
        "Whether it gets them before a provider has answered; a failure then comes as an event under status 200.",
        fallback: "false"),
      SettingsKey("server.drain", .time, "How long running requests may take when it is to stop.", fallback: "30s"),
      SettingsKey(
        "server.access_log", .oneOf(ServerSettings.AccessLog.allCases.map(\.rawValue)),
        "Whether and how each request is logged.", fallback: "text"),
      SettingsKey("server.access_log_file", .text, "The file of that log.", fallback: "standard error"),
      SettingsKey(
        "server.log_contents", .flag, "Whether it holds prompts and answers, of keys that allow it.",
        fallback: "false"),
      SettingsKey(
        "server.probe", .list, "Providers whose list of models must be there for /health/ready to say so."),
      SettingsKey("server.probe_interval", .time, "How long what they answered counts.", fallback: "60s"),
    ]

  /// The names of the sections, in order.
  package static var sections: [String] { names(belowPath: []) }

  /// The names that may stand below `path` (with `*` for names of the user's choice), in order.
  package static func names(below path: String...) -> [String] { names(belowPath: path) }

  private static func names(belowPath path: [String]) -> [String] {
    all.reduce(into: []) { names, key in
      guard key.path.count > path.count, key.path.starts(with: path) else { return }
      let name = key.path[path.count]
      if name != "*", !names.contains(name) { names.append(name) }
    }
  }

  /// The key that `typed` (`providers.openai.base_url`) means, with the names in it; a name may hold dots.
  package static func find(_ typed: String) -> (key: SettingsKey, path: [String])? {
    for key in all {
      if let path = key.match(typed[...], key.path[...]) { return (key, path) }
    }
    return nil
  }

  private func match(_ typed: Substring, _ pattern: ArraySlice<String>) -> [String]? {
    guard let first = pattern.first else { return nil }
    let rest = pattern.dropFirst()
    if rest.isEmpty { return first == "*" || typed == first ? (typed.isEmpty ? nil : [String(typed)]) : nil }
    if first != "*" {
      guard typed.hasPrefix(first + ".") else { return nil }
      return match(typed.dropFirst(first.count + 1), rest).map { [first] + $0 }
    }
    // A name may hold dots: the shortest one after which the rest fits.
    for dot in typed.indices where typed[dot] == "." && dot != typed.startIndex {
      if let below = match(typed[typed.index(after: dot)...], rest) { return [String(typed[..<dot])] + below }
    }
    return nil
  }
}
