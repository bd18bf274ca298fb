import GatewayCore
import Testing
import Wire

private func parse(_ yaml: String, _ variables: [String: String] = [:]) throws -> Settings {
  try Settings.parse(
    Array(yaml.utf8), file: "c.yaml", variables: { variables[$0] },
    nearest: { name, known in known.first { $0.first == name.first }.map { "Did you mean '\($0)'?" } })
}

struct SettingsFile {
  @Test func `a whole file is read`() throws {
    let settings = try parse(
      """
      # a comment
      defaults: { model: anthropic/claude-sonnet-4-5 }
      providers:
        openai: { api_key: "${OPENAI_API_KEY}" }
        my-vllm: { dialect: openai-chat, base_url: http://127.0.0.1:8000/v1 }
        eu: { like: groq, base_url: "https://${HOST}/v1", api_key_file: ~/.keys/eu }
        pool:
          api_key_command: pass show x
          timeouts: { connect: 5s, first_byte: 60s, idle: 500ms, total: 10m }
          headers: { X-Org: acme }
        cloud: { like: bedrock, region: "${R}", project: p, resource: r, profile: dev, api_version: 2024-10-21 }
      models:
        my-vllm/llama: { context: 8192, price: { input: "0.20", output: "0.60" } }
      aliases: { sonnet: anthropic/claude-sonnet-4-5 }
      ledger: { contents: none, retention: 90d, sync: full }
      """, ["HOST": "eu.example", "R": "eu-west-1"])
    #expect(settings.defaultModel == "anthropic/claude-sonnet-4-5")
    #expect(settings.providers.map(\.name) == ["openai", "my-vllm", "eu", "pool", "cloud"])
    #expect(settings.providers[0].key == .variable("OPENAI_API_KEY"))
    #expect(settings.providers[1].dialect == .openAIChat)
    #expect(settings.providers[2].baseURL == "https://eu.example/v1")
    #expect(settings.providers[2].key == .file("~/.keys/eu"))
    #expect(settings.providers[3].key == .command("pass show x"))
    #expect(settings.providers[3].timeouts.idle == .milliseconds(500))
    #expect(settings.providers[3].timeouts.total == .seconds(600))
    #expect(settings.providers[3].headers.map(\.name) == ["X-Org"])
    #expect(
      settings.providers[4].cloud
        == CloudSettings(region: "eu-west-1", project: "p", resource: "r", profile: "dev"))
    #expect(settings.providers[4].apiVersion == "2024-10-21")
    #expect(settings.models[0].context == 8192)
    #expect(settings.aliases == ["sonnet": "anthropic/claude-sonnet-4-5"])
    #expect(!settings.ledger.keepsContents)
    #expect(settings.ledger.contentsRetention == .seconds(90 * 86_400))
    #expect(settings.ledger.sync == .full)
  }

  @Test func `what a server goes by is read`() throws {
    let server = try parse(
      """
      server:
        { listen: ":80", loops: 2, body_limit: 1MB, cors_origins: [https://a, https://b], keepalive: 5s, drain: 1m,
          keepalive_before_reply: true, access_log: json, access_log_file: /l, log_contents: true,
          probe: [openai, groq], probe_interval: 30s }
      """
    ).server
    var expected = Settings().server
    (expected.listen, expected.loops, expected.bodyLimit) = (":80", 2, 1 << 20)
    expected.corsOrigins = ["https://a", "https://b"]
    (expected.keepAlive, expected.keepsAliveBeforeReply, expected.drain) = (.seconds(5), true, .seconds(60))
    (expected.accessLog, expected.accessLogFile, expected.logsContents) = (.json, "/l", true)
    (expected.probes, expected.probeInterval) = (["openai", "groq"], .seconds(30))
    #expect(server == expected)
    #expect(try parse("server: { keepalive_before_reply: false, probe: \"a, b\" }").server.probes == ["a", "b"])
  }

  @Test(arguments: ["", "# nothing\n", "providers:\n", "aliases: ~\n"])
  func `an empty file or section is no mistake`(_ yaml: String) throws {
    #expect(try parse(yaml) == Settings())
  }

  @Test(arguments: [
    ("provider: {}", "c.yaml:1:1: unknown key 'provider' in the config. Did you mean 'providers'?"),
    ("server: { log_contents: perhaps }", "c.yaml:1:25: server.log_contents must be true or false."),
    (
      "server: { probe_interval: often }",
      "c.yaml:1:27: server.probe_interval must be a time such as 500ms, 30s, 5m, 12h or 90d."
    ),
    ("defaults:\n  modle: x", "c.yaml:2:3: unknown key 'modle' in defaults. Did you mean 'model'?"),
    (
      "providers:\n  a:\n    base_ulr: http://x",
      "c.yaml:3:5: unknown key 'base_ulr' in providers.a. Did you mean 'base_url'?"
    ),
    ("providers: [a]", "c.yaml:1:12: providers must be a mapping."),
    ("defaults: {model: [a]}", "c.yaml:1:19: defaults.model must be a text."),
    ("providers: {a: {base_url: ftp://x}}", "c.yaml:1:27: providers.a.base_url must begin with https:// or http://."),
    (
      "providers: {a: {dialect: openai-chatt}}",
      "c.yaml:1:26: providers.a.dialect: 'openai-chatt' is not one of \(DialectName.allCases.map(\.rawValue).joined(separator: ", ")). Did you mean 'openai-chat'?"
    ),
    (
      "providers: {a: {api_key: sk-123}}",
      "c.yaml:1:26: providers.a.api_key must name an environment variable, as in \"${MY_KEY}\". Or use api_key_file or api_key_command."
    ),
    (
      "providers: {a: {base_url: '${NOPE}'}}",
      "c.yaml:1:27: providers.a.base_url: the variable NOPE is not set. Set it, or write the value."
    ),
    ("budgets: {}", "c.yaml:1:10: this version cannot enforce 'budgets' yet. Remove the section."),
    ("budgets: []", "c.yaml:1:10: this version cannot enforce 'budgets' yet. Remove the section."),
    ("models: {x: {}}", "c.yaml:1:10: 'x' is not of the form provider/model."),
    (
      "models: {a/b: {price: {input: cheap}}}",
      "c.yaml:1:31: models.a/b.price.input: 'cheap' is not an amount of dollars per million tokens. Write it as \"0.20\"."
    ),
    ("models: {a/b: {context: -1}}", "c.yaml:1:25: models.a/b.context must be a whole number, at least 1."),
    ("routes: {a: {targets: [m], retries: -1}}", "c.yaml:1:37: routes.a.retries must be a whole number, at least 0."),
    (
      "ledger: {retention: forever}", "c.yaml:1:21: ledger.retention must be a time such as 500ms, 30s, 5m, 12h or 90d."
    ),
    ("aliases: {a: b, a: c}", "c.yaml:1:17: 'a' stands twice, first on line 1."),
    ("a: &x 1", "c.yaml:1:4: anchors (&name) are not supported."),
    ("a: *x", "c.yaml:1:4: aliases (*name) are not supported."),
    ("? [a]\n: b", "c.yaml:1:3: a key must be a plain word."),
    ("a: 1\n---\nb: 2", "c.yaml:2:1: a second document."),
  ])
  func `a mistake has its place and what to do`(_ yaml: String, _ message: String) {
    #expect { try parse(yaml) } throws: { ($0 as? SettingsError)?.description == message }
  }

  @Test(arguments: ["a: [", "a: {b", "\t- x", "a: 'x", "\u{0}", "{"])
  func `what is not YAML is refused with its place`(_ yaml: String) {
    #expect { try parse(yaml) } throws: { ($0 as? SettingsError)?.place != nil }
  }

  @Test func `depth is bounded`() {
    let deep = String(repeating: "{a: ", count: 5_000) + "1" + String(repeating: "}", count: 5_000)
    #expect(throws: SettingsError.self) { try parse("providers: " + deep) }
  }
}

struct Times {
  @Test(arguments: [
    ("500ms", Duration.milliseconds(500)), ("30s", .seconds(30)), ("5m", .seconds(300)), ("12h", .seconds(43_200)),
    ("90d", .seconds(7_776_000)), ("0s", .zero),
  ])
  func `a time has a number and a unit`(_ text: String, _ expected: Duration) {
    #expect(Duration(durationText: text) == expected)
  }

  @Test(arguments: ["", "s", "5", "5 s", "-5s", "1.5s", "5w", "99999999999999999999s", "999999999999d", "५s"])
  func `anything else is none`(_ text: String) {
    #expect(Duration(durationText: text) == nil)
  }
}
