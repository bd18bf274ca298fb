// Virtual keys as they are kept, and as a running gateway knows them.
import Glibc
import Testing
import Wire

@testable import GatewayCore

extension Scratch {
  fileprivate var access: AccessStore { AccessStore(files) }

  /// Makes a key and gives its secret.
  @discardableResult
  fileprivate func create(_ id: String, _ settings: JSONObject = [:], now: Timestamp = mondayNoon) throws -> String {
    var random = SystemRandomNumberGenerator()
    var settings = settings
    if settings["name"] == nil { settings["name"] = .string(id) }
    return try access.create(id: id, settings, using: &random, now: now).secret.text
  }

  fileprivate func rotate(_ id: String, grace: Duration) throws -> String {
    var random = SystemRandomNumberGenerator()
    return try access.rotate(id, grace: grace, using: &random, now: mondayNoon).secret.text
  }

  fileprivate func book() throws -> AccessBook { try AccessBook(access, now: mondayNoon) }
}

/// The failure that `body` ends with.
private func problem<Result>(_ body: () throws -> Result) -> AccessFailure? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? AccessFailure
  }
}

struct AnAccessStore {
  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test func `a key is found again by another connection as it was made`() throws {
    _ = try scratch.access.createTeam(id: "team_1", ["name": "web", "tpm": 5, "models": ["a/*"]], now: mondayNoon)
    let secret = try scratch.create(
      "key_1",
      [
        "name": "ci", "team": "web", "rpm": 60, "models": ["a/b"], "addresses": ["::1"], "tags": ["x": "y"],
        "metadata": ["n": [1]], "expires_at": "2026-12-31T00:00:00Z", "contents": false,
        "log_contents": true,
      ])
    let key = try scratch.access.key("ci", now: mondayNoon)
    #expect(key == (try scratch.access.keys(now: mondayNoon)).first)
    #expect(key.team?.limits == RateLimits(tokensPerMinute: 5))
    #expect(key.hint == secret.prefix(10) + "…")
    #expect(key.json(at: mondayNoon)["metadata"] == ["n": [1]])
    #expect(
      key.createdAt == mondayNoon && !key.allowsContents && key.logsContents && key.addresses.map(\.text) == ["::1"])
  }

  @Test func `a secret is 256 random bits behind a prefix`() throws {
    let secrets = try (0..<20).map { try scratch.create("key_\($0)") }
    #expect(Set(secrets).count == 20)
    for secret in secrets {
      #expect(secret.hasPrefix("llmgw-"))
      #expect(bytes(base64URL: secret.dropFirst(6))?.count == 32)
    }
  }

  @Test func `a change names what it changes and nothing else`() throws {
    try scratch.create("key_1", ["name": "ci", "rpm": 60, "tpm": 7])
    let changed = try scratch.access.update("ci", ["rpm": 5], now: mondayNoon)
    #expect(changed.limits == RateLimits(requestsPerMinute: 5, tokensPerMinute: 7))
    #expect(try scratch.access.key("key_1", now: mondayNoon) == changed)
  }

  @Test func `a change that is refused leaves nothing behind`() throws {
    try scratch.create("key_1", ["name": "ci"])
    let before = try scratch.access.key("ci", now: mondayNoon)
    #expect(
      problem { try scratch.access.update("ci", ["rpm": 5, "team": "none"], now: mondayNoon) } == .noTeam("none"))
    #expect(problem { try scratch.create("key_2", ["name": ""]) } != nil)
    #expect(problem { try scratch.create("key_1") } != nil, "an id is given once")
    #expect(try scratch.access.keys(now: mondayNoon) == [before])
  }

  @Test(arguments: [
    ("key_11", "key_11"), ("ci", "key_12"), ("old", "key_13"), ("key_2", "key_20"), ("key_11 ", nil), ("KEY_11", nil),
    ("", nil), ("%", nil),
  ])
  func `a key is found by id, by name, or by the beginning of its id`(_ typed: String, _ id: String?) throws {
    for (id, name) in [("key_11", "a"), ("key_12", "ci"), ("key_13", "old"), ("key_20", "b"), ("key_14", "ci")] {
      try scratch.create(id, ["name": .string(name)])
    }
    _ = try scratch.access.revoke("key_14", now: mondayNoon)
    _ = try scratch.access.revoke("old", now: mondayNoon)
    if let id {
      #expect(try scratch.access.key(typed, now: mondayNoon).id == id)
    } else {
      #expect(problem { try scratch.access.key(typed, now: mondayNoon) } == .noKey(typed))
    }
    #expect(
      problem { try scratch.access.key("key_1", now: mondayNoon) }
        == .severalKeys("key_1", ids: ["key_11", "key_12", "key_13", "key_14"]))
  }

  @Test func `a revoked key stays as it was, and stays revoked since then`() throws {
    try scratch.create("key_1")
    let revoked = try scratch.access.revoke("key_1", now: mondayNoon)
    #expect(revoked.revokedAt == mondayNoon)
    #expect(try scratch.access.revoke("key_1", now: mondayNoon.later(seconds: 9)) == revoked)
    #expect(problem { try scratch.access.update("key_1", ["rpm": 1], now: mondayNoon) } == .revoked(id: "key_1"))
    #expect(problem { try scratch.rotate("key_1", grace: .zero) } == .revoked(id: "key_1"))
  }

  @Test func `a team has a name of its own and goes when no key is left in it`() throws {
    let access = scratch.access
    _ = try access.createTeam(id: "team_1", ["name": "web"], now: mondayNoon)
    _ = try access.createTeam(id: "team_2", ["name": "ops"], now: mondayNoon)
    #expect(problem { try access.createTeam(id: "team_3", ["name": "web"], now: mondayNoon) } == .teamExists("web"))
    #expect(problem { try access.updateTeam("web", ["name": "ops"], now: mondayNoon) } == .teamExists("ops"))
    #expect(problem { try access.createTeam(id: "team_3", ["rpm": 1], now: mondayNoon) } == .setting(.nameMissing))
    #expect(try access.updateTeam("web", ["name": "web", "rpm": 3], now: mondayNoon).limits.requestsPerMinute == 3)
    try scratch.create("key_1", ["team": "web"])
    #expect(problem { try access.deleteTeam("web", now: mondayNoon) } == .teamHasKeys("web", count: 1))
    _ = try access.revoke("key_1", now: mondayNoon)
    _ = try access.deleteTeam("web", now: mondayNoon)
    #expect(try access.teams(now: mondayNoon).map(\.name) == ["ops"])
    #expect(try access.key("key_1", now: mondayNoon).team == nil)
    #expect(problem { try access.deleteTeam("web", now: mondayNoon) } == .noTeam("web"))
  }

  @Test func `many who make keys at once lose none`() async throws {
    let scratch = scratch
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<16 { group.addTask { try scratch.create("key_\(number)") } }
      try await group.waitForAll()
    }
    #expect(try scratch.access.keys(now: mondayNoon).count == 16)
    #expect(try scratch.access.snapshot(now: mondayNoon).generation == 16)
  }

  @Test func `looking begins no ledger`() throws {
    #expect(try scratch.access.keys(now: mondayNoon).isEmpty)
    #expect(try scratch.access.teams(now: mondayNoon).isEmpty)
    #expect(problem { try scratch.access.key("x", now: mondayNoon) } == .noKey("x"))
    #expect(try scratch.book().isEmpty)
    #expect(try scratch.access.names().keys.isEmpty)
    #expect(!scratch.files.exist)
  }
}

struct ADigestOfASecret {
  @Test(arguments: 0..<32)
  func `differs from one that differs in any byte`(_ index: Int) throws {
    var bytes = [UInt8](repeating: 7, count: 32)
    let digest = try #require(AccessDigest(bytes))
    #expect(AccessDigest(base64: digest.base64Text) == digest)
    bytes[index] ^= 0x80
    #expect(AccessDigest(bytes) != digest)
  }
}

struct ThePepper {
  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test func `is made once, for its owner alone`() throws {
    try scratch.create("key_1")
    var status = stat()
    #expect(stat(scratch.files.pepper, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600 && status.st_size == 32)
    let pepper = try scratch.files.readPepper()
    try scratch.create("key_2")
    var random = SystemRandomNumberGenerator()
    #expect(try scratch.files.makePepper(using: &random) == pepper)
    #expect(try scratch.files.readPepper() == pepper)
    #expect(scratch.names(in: "/data").filter { $0.hasSuffix(".new") }.isEmpty)
  }

  @Test func `is not made anew while there are keys that need it`() throws {
    try scratch.create("key_1")
    unlink(scratch.files.pepper)
    #expect(problem { try scratch.create("key_2") } == .pepperMissing)
    #expect(problem { try scratch.rotate("key_1", grace: .zero) } == .pepperMissing)
    #expect(problem { try scratch.book() } == .pepperMissing)
    #expect(try scratch.files.readPepper() == nil)
  }

  @Test(arguments: [0, 31, 33, 4_096])
  func `is refused when it is damaged`(_ size: Int) throws {
    try scratch.create("key_1")
    truncate(scratch.files.pepper, size)
    #expect(problem { try scratch.create("key_2") } != nil)
    #expect(problem { try scratch.book() } != nil)
  }

  /// The canary: whoever gets hold of the files has no key.
  @Test func `no file beside it holds a secret`() async throws {
    let ledger = try scratch.ledger()
    var secrets = [try scratch.create("key_1"), try scratch.create("key_2")]
    secrets.append(try scratch.rotate("key_1", grace: .seconds(60)))
    #expect(try scratch.book().authenticate(secrets[2], from: nil, now: mondayNoon) == .success(Kept(scratch.first())))
    await ledger.close()
    let files = scratch.names(in: "/data").filter { $0 != "running" }
    #expect(Set(files).isSuperset(of: ["access.pepper", "ledger.db"]))
    let all = files.map { scratch.contents(of: $0) }.joined()
    #expect(all.contains("key_2"), "the rows are in there")
    for secret in secrets { #expect(!all.contains(secret.dropFirst(10))) }
  }
}

extension Scratch {
  fileprivate func first() throws -> AccessKey { try access.key("key_1", now: mondayNoon) }
}

struct AnAccessBook {
  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func isIn(_ secret: String, _ book: AccessBook, at seconds: Int64 = 0) -> Bool {
    if case .success = book.authenticate(secret, from: nil, now: mondayNoon.later(seconds: seconds)) {
      true
    } else {
      false
    }
  }

  @Test func `lets a key in by its secret alone`() throws {
    let secret = try scratch.create("key_1", ["rpm": 5])
    let other = try scratch.create("key_2")
    let book = try scratch.book()
    #expect(book.authenticate(secret, from: nil, now: mondayNoon) == .success(Kept(try scratch.first())))
    #expect(isIn(other, book))
    let wrong = [
      "", "llmgw-", "key_1", String(secret.dropLast()), secret + "A", secret.uppercased(), " " + secret,
      "llmgw-" + String(repeating: "A", count: 43), String(repeating: "x", count: 1 << 20),
    ]
    for text in wrong { #expect(book.authenticate(text, from: nil, now: mondayNoon) == .failure(.unknown)) }
  }

  @Test func `says the same of a key that is wrong, expired or revoked`() throws {
    let expired = try scratch.create("key_1", ["expires_at": "2026-11-16T12:00:00Z"])
    let revoked = try scratch.create("key_2")
    _ = try scratch.access.revoke("key_2", now: mondayNoon)
    let book = try scratch.book()
    for text in [expired, revoked, "llmgw-" + String(repeating: "A", count: 43)] {
      #expect(book.authenticate(text, from: nil, now: mondayNoon) == .failure(.unknown))
    }
    #expect(isIn(expired, book, at: -1))
  }

  @Test(arguments: [("10.1.2.3", true), ("11.1.2.3", false), (nil, false)])
  func `tells an address apart that a good key may not be used from`(_ address: String?, _ good: Bool) throws {
    let secret = try scratch.create("key_1", ["addresses": ["10.0.0.0/8"]])
    let result = try scratch.book().authenticate(secret, from: address, now: mondayNoon)
    #expect(result == (good ? .success(Kept(try scratch.first())) : .failure(.address)))
  }

  @Test func `a rotated key works by its old secret until the grace is over`() throws {
    let old = try scratch.create("key_1")
    let new = try scratch.rotate("key_1", grace: .seconds(60))
    let book = try scratch.book()
    #expect(isIn(old, book, at: 59) && !isIn(old, book, at: 60) && isIn(new, book, at: 60))
    let newest = try scratch.rotate("key_1", grace: .zero)
    try book.refresh()
    #expect(!isIn(old, book) && !isIn(new, book) && isIn(newest, book))
  }

  @Test func `a revoked key takes its old secret with it`() throws {
    let old = try scratch.create("key_1")
    let new = try scratch.rotate("key_1", grace: .seconds(60))
    _ = try scratch.access.revoke("key_1", now: mondayNoon)
    let book = try scratch.book()
    #expect(!isIn(old, book) && !isIn(new, book))
  }

  @Test func `follows every change, and only changes`() throws {
    let book = try scratch.book()
    #expect(book.isEmpty)
    #expect(try !book.refresh())
    let secret = try scratch.create("key_1")
    #expect(!isIn(secret, book))
    #expect(try book.refresh() && isIn(secret, book) && !book.isEmpty)
    #expect(try !book.refresh())
    _ = try scratch.access.createTeam(id: "team_1", ["name": "web"], now: mondayNoon)
    #expect(try book.refresh())
    _ = try scratch.access.update("key_1", ["team": "web"], now: mondayNoon)
    #expect(try book.refresh())
    _ = try scratch.access.updateTeam("web", ["rpm": 9], now: mondayNoon)
    #expect(try book.refresh())
    #expect(problem { try scratch.access.update("key_1", ["rpm": 0], now: mondayNoon) } != nil)
    #expect(try !book.refresh(), "what was refused is no change")
    let key = try book.authenticate(secret, from: nil, now: mondayNoon).get()
    #expect(key.value.team?.limits.requestsPerMinute == 9)
    _ = try scratch.access.revoke("key_1", now: mondayNoon)
    #expect(try book.refresh() && !isIn(secret, book))
    #expect(!book.isEmpty, "a gateway whose last key was revoked is not open to everyone")
  }

  @Test func `keeps what it knows when the tables cannot be read`() throws {
    let secret = try scratch.create("key_1")
    let book = try scratch.book()
    _ = try scratch.create("key_2")
    unlink(scratch.files.pepper)
    #expect(problem { try book.refresh() } == .pepperMissing)
    #expect(isIn(secret, book))
  }

  @Test func `a damaged rule lets nobody in rather than everybody`() throws {
    try scratch.create("key_1", ["models": ["a/*"]])
    try scratch.reader().database.execute("UPDATE access_keys SET models = '[\"\"]'", "damage")
    #expect(problem { try scratch.book() }?.isCorruption == true)
  }
}

extension AccessFailure {
  fileprivate var isCorruption: Bool { if case .ledger(let failure) = self { failure.kind == .corrupt } else { false } }
}
