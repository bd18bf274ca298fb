// A virtual key: who may use the gateway, for what, from where, how fast. Knows neither its secret nor the time.
public import Wire

/// How much may be asked for; `nil` is without limit.
public struct RateLimits: Sendable, Hashable {
  public var requestsPerMinute: Int?
  /// Tokens read and written.
  public var tokensPerMinute: Int?
  /// Requests under way at one moment.
  public var parallel: Int?

  public init(requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, parallel: Int? = nil) {
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerMinute = tokensPerMinute
    self.parallel = parallel
  }

  /// What a limit may be.
  public static let range = 1...999_999_999
}

/// Keys that share limits: theirs hold for all its keys together, besides each key's own.
public struct Team: Sendable, Hashable {
  /// `team_` and 26 characters that sort by time.
  public var id: String
  /// Unique among teams.
  public var name: String
  public var limits = RateLimits()
  /// What its keys may call at most; empty for everything.
  public var models: [NamePattern] = []
  public var createdAt: Timestamp

  public init(id: String, name: String, createdAt: Timestamp) {
    self.id = id
    self.name = name
    self.createdAt = createdAt
  }
}

/// What a virtual key stands for.
public struct AccessKey: Sendable, Equatable {
  /// `key_` and 26 characters that sort by time.
  public var id: String
  public var name: String
  /// The beginning of the secret, which tells keys apart and gives nothing away: `llmgw-ab12…`.
  public var hint = ""
  public var owner: String?
  /// The project that its calls are booked on.
  public var project: String?
  public var team: Team?
  /// Put on its calls.
  public var tags: [Tag] = []
  public var createdAt: Timestamp
  public var expiresAt: Timestamp?
  public var revokedAt: Timestamp?
  /// What it may call; empty for everything.
  public var models: [NamePattern] = []
  /// What it may be used for, by the names in `knownSurfaces`; empty for everything.
  public var surfaces: [NamePattern] = []
  /// Where it may be used from; empty for everywhere.
  public var addresses: [AddressRange] = []
  public var limits = RateLimits()
  /// Whatever its owner wants to remember.
  public var metadata = JSONObject()
  /// It may administer keys.
  public var isAdmin = false
  /// Prompts and replies of its calls may be stored.
  public var allowsContents = true
  /// They may stand in a server's log, where it is told to log them.
  public var logsContents = false

  public init(id: String, name: String, createdAt: Timestamp) {
    self.id = id
    self.name = name
    self.createdAt = createdAt
  }

  /// Bounds of what is kept for a key.
  public enum Bounds {
    /// Bytes of a name, an owner, a project, a tag.
    public static let textBytes = 200
    /// Patterns, addresses or tags.
    public static let listCount = 100
    public static let metadataBytes = 16 << 10
  }

  /// The parts of the gateway that have names; whatever is passed through has one below `passthrough/`.
  public static let knownSurfaces = ["chat", "messages", "responses", "gemini", "embeddings", "rerank", "models"]
  public static let passthroughPrefix = "passthrough/"
}

extension AccessKey {
  /// Whether it may call `name`: a model with its provider, an alias or a route.
  public func allows(model name: String) -> Bool {
    models.allow(name) && (team?.models.allow(name) ?? true)
  }

  /// Whether it may call what was asked for as `asked` and turned out to be `name`.
  ///
  /// Either will do, for the key and for its team: a route may lead where the key could not go by itself.
  public func allows(model asked: String, resolvedTo name: String) -> Bool {
    let teamAllows = team.map { $0.models.allow(asked) || $0.models.allow(name) } ?? true
    return teamAllows && (models.allow(asked) || models.allow(name))
  }

  /// Whether it may be used for a part of the gateway.
  public func allows(surface: String) -> Bool { surfaces.allow(surface) }

  /// Whether a client at `address` may use it; `nil` when the address is not known.
  public func allows(address: String?) -> Bool { addresses.allow(address) }

  /// Whether it is still good.
  public func isValid(at now: Timestamp) -> Bool { status(at: now) == .active }

  /// What became of it.
  public enum Status: String, Sendable, CaseIterable {
    case active, expired, revoked
  }

  public func status(at now: Timestamp) -> Status {
    if revokedAt != nil { return .revoked }
    return expiresAt.map { $0 <= now } ?? false ? .expired : .active
  }
}
