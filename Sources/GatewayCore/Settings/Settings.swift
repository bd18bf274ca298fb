// The config file as values. What stands in it is checked here; what it means for a call is decided where it is used.

package import Wire

/// What `config.yaml` says.
///
/// A key that this version cannot honour is an error, never ignored.
public struct Settings: Sendable, Equatable {
  package var defaultModel: String?
  package var providers: [ProviderSettings] = []
  package var models: [ModelSettings] = []
  /// Short names for `provider/model`.
  package var aliases: [String: String] = [:]
  package var routes: [Route] = []
  package var ledger = LedgerSettings()
  package var server = ServerSettings()
  package var tools: [ToolSettings] = []

  public init() {}
}

/// `providers.NAME`: what differs from the registry, or a provider of one's own.
package struct ProviderSettings: Sendable, Equatable {
  package var name: String
  package var dialect: DialectName?
  package var baseURL: String?
  /// A registry entry whose dialect, auth and quirks are taken over under this name.
  package var like: String?
  package var key: KeySource?
  package var headers: [(name: String, value: String)] = []
  package var timeouts = TimeoutSettings()
  package var cloud = CloudSettings()
  /// The dated version of its API.
  package var apiVersion: String?
  /// What becomes of a call whose caller has left.
  package var onDisconnect: OnDisconnect?
  package var place: TextPlace

  package static func == (left: Self, right: Self) -> Bool {
    left.name == right.name && left.cloud == right.cloud && left.apiVersion == right.apiVersion
      && left.onDisconnect == right.onDisconnect
      && left.dialect == right.dialect && left.baseURL == right.baseURL
      && left.like == right.like && left.key == right.key && left.timeouts == right.timeouts
      && left.headers.elementsEqual(right.headers, by: ==)
  }
}

extension ProviderSettings {
  /// A provider that stands in no file: one flag of one command named its address.
  package init(name: String, dialect: DialectName, baseURL: String, key: KeySource? = nil) {
    self.init(name: name, place: TextPlace(line: 0, column: 0))
    self.dialect = dialect
    self.baseURL = baseURL
    self.key = key
  }
}

/// `tools.NAME`: what a model may be offered at the prompt.
package struct ToolSettings: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// A JSON file that describes a program.
    case file(String)
    /// A line of shell that starts a server of the Model Context Protocol.
    case server(String)
  }

  package var name: String
  package var kind: Kind
}

/// What becomes of a call to a provider when its caller leaves in the midst of the answer.
package enum OnDisconnect: String, Sendable, CaseIterable {
  /// The transfer is ended; most providers then stop, and bill what they had written.
  case cancel
  /// The answer is read to its end, so that the books have what the provider counts.
  case drain
}

/// `server`: how `llmgw serve` listens and answers.
package struct ServerSettings: Sendable, Equatable {
  /// Whether and how each request is written to the log.
  package enum AccessLog: String, Sendable, CaseIterable {
    case none, text, json
  }

  /// `host:port`.
  package var listen = "127.0.0.1:4000"
  /// Threads that serve connections; as many as there are cores when it is not set.
  package var loops: Int?
  /// The most bytes of a request's body.
  package var bodyLimit = 32 << 20
  /// Origins of web pages that may call it.
  package var corsOrigins: [String] = []
  /// The silence of a provider after which a stream's client is sent a comment.
  package var keepAlive = Duration.seconds(15)
  /// A silent stream's client is sent comments even before a provider has answered: the status is 200 then, whatever comes.
  package var keepsAliveBeforeReply = false
  /// How long running requests may take to end when the server is to stop.
  package var drain = Duration.seconds(30)
  package var accessLog = AccessLog.text
  /// The file it goes to; standard error when it is not set.
  package var accessLogFile: String?
  /// Whether that log holds prompts and answers, for keys that allow it.
  package var logsContents = false
  /// Providers that must answer for the server to be ready.
  package var probes: [String] = []
  /// How long what they answered counts.
  package var probeInterval = Duration.seconds(60)
}

/// Where a provider's key is to be found.
///
/// The key itself never stands in the config.
package enum KeySource: Sendable, Equatable {
  case variable(String)
  case file(String)
  /// A command line for `/bin/sh -c` whose first line of output is the key.
  case command(String)
}

/// Where in a cloud a provider is, and as whom it is called.
package struct CloudSettings: Sendable, Equatable {
  package var region: String?
  package var project: String?
  package var resource: String?
  /// A profile in the files of Amazon's tools.
  package var profile: String?

  package init(region: String? = nil, project: String? = nil, resource: String? = nil, profile: String? = nil) {
    self.region = region
    self.project = project
    self.resource = resource
    self.profile = profile
  }
}

/// How long each phase of a call may take; `nil` leaves the default.
public struct TimeoutSettings: Sendable, Equatable {
  public var connect: Duration?
  public var firstByte: Duration?
  public var idle: Duration?
  public var total: Duration?
  public init() {}
}

/// `models.PROVIDER/MODEL`: what the catalogue lacks, or a correction.
package struct ModelSettings: Sendable, Equatable {
  /// `provider/model`.
  package var name: String
  package var context: Int?
  package var maxOutput: Int?
  /// Decimal text by kind of token: US dollars per million.
  package var price = JSONObject()
  package var place: TextPlace
}
