// What a virtual key allows: patterns, addresses, dates.
import Testing
import Wire

@testable import GatewayCore

struct ANamePattern {
  @Test(arguments: [
    ("*", "openai/gpt-4o", true), ("*", "", true),
    ("openai/*", "openai/gpt-4o", true), ("openai/*", "openai/", true), ("openai/*", "openai", false),
    ("openai/*", "router/openai/gpt-4o", false), ("router/*", "router/openai/gpt-4o", true),
    ("*/gpt-4o", "router/openai/gpt-4o", true), ("*/gpt-4o", "openai/gpt-4o-mini", false),
    ("openai/gpt-*-mini", "openai/gpt-4o-mini", true), ("openai/gpt-*-mini", "openai/gpt-mini", false),
    ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false), ("**a**", "bab", true),
    ("fast", "fast", true), ("fast", "faster", false), ("fast", "Fast", false), ("fast", "", false),
    ("é*", "éa", true), ("?", "a", false),
  ])
  func `fits or does not`(_ pattern: String, _ name: String, _ fits: Bool) throws {
    #expect(try #require(NamePattern(pattern)).matches(name) == fits)
  }

  @Test func `takes no time that grows faster than both lengths together`() throws {
    let pattern = try #require(NamePattern(String(repeating: "*a", count: NamePattern.mostBytes / 2)))
    #expect(!pattern.matches(String(repeating: "a", count: 20_000) + "b"))
  }

  @Test(arguments: ["", " ", "a b", "a\n", "\u{7f}", String(repeating: "a", count: 201)])
  func `is refused when it cannot be the form of a name`(_ text: String) {
    #expect(NamePattern(text) == nil)
  }
}

struct AnAddressRange {
  @Test(arguments: [
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.2.3/8", "10.9.9.9", true),
    ("192.168.1.7", "192.168.1.7", true), ("192.168.1.7", "192.168.1.8", false),
    ("192.168.1.6/31", "192.168.1.7", true), ("192.168.1.6/31", "192.168.1.8", false),
    ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "2001:db8::1", false),
    ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
    ("::1", "::1", true), ("::1", "0:0:0:0:0:0:0:1", true), ("::1", "::2", false), ("::/0", "10.0.0.1", true),
    // A socket for both families gives IPv4 clients an address of IPv6.
    ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("::ffff:10.0.0.0/104", "10.1.2.3", true),
    ("fe80::/10", "fe80::1%eth0", true), ("10.0.0.0/8", "example.com", false), ("10.0.0.0/8", "", false),
  ])
  func `holds an address or does not`(_ range: String, _ address: String, _ holds: Bool) throws {
    let range = try #require(AddressRange(range))
    #expect([range].allow(address) == holds)
    #expect(![range].allow(nil))
  }

  @Test(arguments: [
    "", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "::/129",
    "example.com", "fe80::1%eth0", "/8", "10.0.0.0 /8",
  ])
  func `is refused when it is neither an address nor a block`(_ text: String) {
    #expect(AddressRange(text) == nil)
  }
}

/// A key with `settings`, as the admin API would take them.
func accessKey(_ settings: JSONObject = [:], id: String = "key_1", team: Team? = nil) throws -> AccessKey {
  var key = AccessKey(id: id, name: id, createdAt: mondayNoon)
  try key.apply(settings) { _ in nil }
  key.team = team
  return key
}

struct AKeysRules {
  @Test(
    arguments: [
      ([], [], "any/model", true),
      (["openai/*"], [], "openai/a", true), (["openai/*"], [], "groq/a", false),
      ([], ["openai/*"], "groq/a", false), (["openai/*", "groq/*"], ["groq/*"], "groq/a", true),
      (["openai/*"], ["groq/*"], "openai/a", false), (["openai/*"], ["groq/*"], "groq/a", false),
    ] as [([String], [String], String, Bool)])
  func `a model must be allowed to the key and to its team`(
    _ models: [String], _ teamModels: [String], _ model: String, _ allowed: Bool
  ) throws {
    var team = Team(id: "team_1", name: "t", createdAt: mondayNoon)
    team.models = teamModels.compactMap(NamePattern.init)
    let key = try accessKey(["models": .array(models.map { .string($0) })], team: team)
    #expect(key.allows(model: model) == allowed)
  }

  @Test(arguments: [
    (["sonnet"], "sonnet", "anthropic/claude", true), (["anthropic/*"], "sonnet", "anthropic/claude", true),
    (["sonnet"], "anthropic/claude", "anthropic/claude", false), (["openai/*"], "sonnet", "anthropic/claude", false),
  ])
  func `an alias is allowed by its own name or by what it stands for`(
    _ models: [String], _ asked: String, _ name: String, _ allowed: Bool
  ) throws {
    let key = try accessKey(["models": .array(models.map { .string($0) })])
    #expect(key.allows(model: asked, resolvedTo: name) == allowed)
  }

  @Test func `surfaces go by patterns too`() throws {
    let key = try accessKey(["surfaces": ["chat", "passthrough/a*"]])
    #expect(key.allows(surface: "chat") && key.allows(surface: "passthrough/abc"))
    #expect(!key.allows(surface: "embeddings") && !key.allows(surface: "passthrough/b"))
    #expect(try accessKey().allows(surface: "embeddings"))
  }

  @Test(
    arguments: [
      (nil, nil, .active), (1, nil, .active), (0, nil, .expired), (-1, nil, .expired), (nil, 0, .revoked),
      (-1, -1, .revoked),
    ] as [(Int64?, Int64?, AccessKey.Status)])
  func `a key ends at its date, or when it is revoked`(
    _ expires: Int64?, _ revoked: Int64?, _ status: AccessKey.Status
  ) throws {
    var key = try accessKey()
    key.expiresAt = expires.map { mondayNoon.later(seconds: $0) }
    key.revokedAt = revoked.map { mondayNoon.later(seconds: $0) }
    #expect(key.status(at: mondayNoon) == status)
    #expect(key.isValid(at: mondayNoon) == (status == .active))
  }
}

struct AccessSettings {
  @Test func `everything that can be set comes out as it went in`() throws {
    let settings: JSONObject = [
      "name": "ci", "owner": "ada", "project": "atlas", "tags": ["team": "core"], "models": ["openai/*"],
      "surfaces": ["chat"], "addresses": ["10.0.0.0/8", "::1"], "rpm": 60, "tpm": 100_000, "parallel": 4,
      "admin": true, "contents": false, "log_contents": true, "metadata": ["cost centre": 7],
      "expires_at": "2026-12-31T00:00:00.000000Z",
    ]
    let json = try accessKey(settings).json(at: mondayNoon)
    for member in settings.members { #expect(json[member.name] == member.value, "\(member.name)") }
    #expect(Set(AccessKey.settingNames) == Set(settings.members.map(\.name) + ["team"]))
  }

  @Test func `null and an empty list take a limit away`() throws {
    var key = try accessKey(["rpm": 60, "owner": "ada", "models": ["a"], "expires_at": "2026-12-31T00:00:00Z"])
    try key.apply(["rpm": .null, "owner": .null, "models": [], "expires_at": .null]) { _ in nil }
    #expect(try key == accessKey())
  }

  @Test(
    arguments: [
      ("rpm", 0), ("rpm", -1), ("tpm", "many"), ("parallel", .number(JSONNumber(text: "1.5"))),
      ("tpm", 1_000_000_000_001), ("name", .null), ("name", ""), ("name", "a\nb"),
      ("name", .string(String(repeating: "a", count: 201))), ("owner", 1), ("team", "nobody"), ("models", "openai/*"),
      ("models", [1]), ("models", [""]), ("models", .array(.init(repeating: "a", count: 101))),
      ("surfaces", ["embedings"]), ("addresses", ["10.0.0.0/40"]), ("tags", ["a": 1]), ("tags", ["": "b"]),
      ("admin", "yes"), ("contents", .null), ("log_contents", 1), ("metadata", "x"),
      ("metadata", ["a": .string(String(repeating: "a", count: 17_000))]), ("expires_at", "tomorrow"),
      ("id", "key_2"), ("key", "llmgw-x"), ("rpmm", 1),
    ] as [(String, JSON)])
  func `what cannot be is refused by its name`(_ name: String, _ value: JSON) throws {
    var key = try accessKey()
    var settings = JSONObject()
    settings[name] = value
    let problem = #expect(throws: AccessSettingProblem.self) { try key.apply(settings) { _ in nil } }
    #expect(problem?.name == name)
  }
}
