// Looking things up: lists, one call by the beginning of its id, words in texts, and forgetting.
import Testing
import Wire

@testable import GatewayCore

struct LedgerLogTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func book(_ entries: [LedgerEntry]...) async throws {
    let ledger = try scratch.ledger()
    for unit in entries { try await ledger.record(unit) }
    await ledger.close()
  }

  private func list(_ change: (inout LogQuery) -> Void = { _ in }) throws -> [String] {
    var query = LogQuery()
    change(&query)
    return try scratch.reader().list(query).map(\.id)
  }

  private func bookSome() async throws {
    var failed = end(.failed)
    (failed.provider, failed.model) = ("q", "m2")
    try await book(
      call("op-1", model: "m1") { ($0.project, $0.tags) = ("x", [Tag("team", "a")]) },
      call("op-2", at: mondayNoon.later(seconds: 10), model: "m1") { $0.tags = [Tag("team", "b")] },
      [
        .openOperation(opening("op-3", at: mondayNoon.later(seconds: 20), model: "fast")),
        .closeOperation(id: "op-3", failed),
      ])
  }

  @Test func `the newest calls come first, as many as asked for`() async throws {
    try await bookSome()
    #expect(try list() == ["op-3", "op-2", "op-1"])
    #expect(try list { $0.limit = 2 } == ["op-3", "op-2"])
  }

  @Test func `a list may be narrowed by anything, and by all at once`() async throws {
    try await bookSome()
    #expect(try list { $0.status = .failed } == ["op-3"])
    #expect(try list { $0.model = "m1" } == ["op-2", "op-1"])
    #expect(try list { $0.model = "fast" } == ["op-3"])
    #expect(try list { $0.model = "m2" } == ["op-3"])
    #expect(try list { $0.model = "m" } == [])
    #expect(try list { $0.provider = "q" } == ["op-3"])
    #expect(try list { $0.project = "x" } == ["op-1"])
    #expect(try list { $0.tag = Tag("team", "b") } == ["op-2"])
    #expect(try list { $0.tag = Tag("b", "team") } == [])
    #expect(try list { $0.since = mondayNoon.later(seconds: 10) } == ["op-3", "op-2"])
    #expect(try list { $0.until = mondayNoon.later(seconds: 10) } == ["op-1"])
    #expect(try list { ($0.model, $0.since) = ("m1", mondayNoon.later(seconds: 1)) } == ["op-2"])
  }

  @Test func `a call is found by its id or by a beginning that only it has`() async throws {
    try await book(call("abc1"), call("abc2"), call("abd"), call("abc"))
    let reader = try scratch.reader()
    #expect(try reader.find("zzz") == .none)
    #expect(try reader.find("ab_") == .none)
    #expect(try reader.find("ab") == .several(["abc", "abc1", "abc2", "abd"]))
    for (text, id) in [("abd", "abd"), ("abc2", "abc2"), ("abc", "abc")] {
      guard case .one(let record) = try reader.find(text) else {
        Issue.record("\(text) was not found")
        continue
      }
      #expect(record.id == id)
    }
  }

  @Test(arguments: [
    ("sky", ["op-2", "op-1"]), ("SKY blue", ["op-1"]), ("rayleigh", ["op-1"]), ("grün", ["op-2"]), ("grun", ["op-2"]),
    ("sk*", ["op-2", "op-1"]), ("sk", []), ("sky OR rayleigh", []), ("\"sky\"", ["op-2", "op-1"]), ("AND", []),
    ("blue-ish", []), ("*", []), ("\"", []), ("^sky {", ["op-2", "op-1"]), ("", ["op-3", "op-2", "op-1"]),
  ])
  func `words are found in prompts and replies, whatever else is in the search`(
    _ words: String, _ expected: [String]
  ) async throws {
    var answered = end()
    answered.reply = "Because of Rayleigh scattering."
    try await book(
      [
        .openOperation(change(opening("op-1")) { $0.prompt = "Why is the sky blue?" }),
        .closeOperation(id: "op-1", answered),
      ], call("op-2") { $0.prompt = "Is the sky ever grün?" }, call("op-3"))
    #expect(try list { $0.search = words } == expected)
  }

  @Test func `what was written after a search is found by the next`() async throws {
    try await book(call("op-1") { $0.prompt = "first words" })
    #expect(try list { $0.search = "words" } == ["op-1"])
    try await book(call("op-2") { $0.prompt = "more words" })
    #expect(try list { $0.search = "words" } == ["op-2", "op-1"])
  }

  @Test func `pruning deletes the texts of old calls and not one figure`() async throws {
    try await book(
      call("op-1", costs: "1") { $0.prompt = "alpha secret" },
      call("op-2", at: mondayNoon.later(seconds: 100), costs: "2") { $0.prompt = "beta secret" })
    #expect(try list { $0.search = "secret" } == ["op-2", "op-1"])
    let before = try scratch.spend("model", "day")
    let result = try scratch.reader().prune(before: mondayNoon.later(seconds: 100))
    #expect(result.texts == 1)
    #expect(result.bytes == 12)
    #expect(try scratch.spend("model", "day") == before)
    #expect(try scratch.find("op-1")?.prompt == nil)
    #expect(try scratch.find("op-2")?.prompt == "beta secret")
    #expect(try list { $0.search = "secret" } == ["op-2"])
    #expect(try list { $0.search = "alpha" } == [])
  }

  @Test func `texts written after everything was pruned are found again`() async throws {
    try await book(call("op-1") { $0.prompt = "alpha" }, call("op-2") { $0.prompt = "beta" })
    #expect(try list { $0.search = "alpha" } == ["op-1"])
    #expect(try scratch.reader().prune(before: mondayNoon.later(seconds: 100)).texts == 2)
    try await book(call("op-3") { $0.prompt = "gamma" })
    #expect(try list { $0.search = "gamma" } == ["op-3"])
    #expect(try list { $0.search = "alpha" } == [])
  }

  @Test func `pruning what was never indexed leaves a sound index`() async throws {
    try await book(call("op-1") { $0.prompt = "alpha" })
    #expect(try list { $0.search = "alpha" } == ["op-1"])
    try await book(call("op-2") { $0.prompt = "alpha beta" })
    #expect(try scratch.reader().prune(before: mondayNoon.later(seconds: 100)).texts == 2)
    try await book(call("op-3") { $0.prompt = "alpha" })
    #expect(try list { $0.search = "alpha" } == ["op-3"])
    let check = "INSERT INTO contents_words (contents_words, rank) VALUES ('integrity-check', 1)"
    #expect(throws: Never.self) { try scratch.reader().database.execute(check, "check") }
  }

  @Test func `pruned words are nowhere in the files`() async throws {
    let word = "xylophonically"
    try await book(call("op-1") { $0.prompt = "\(word) yours" }, call("op-2", at: mondayNoon.later(seconds: 100)))
    #expect(try list { $0.search = word } == ["op-1"])
    #expect(filesContain(word))
    _ = try scratch.reader().prune(before: mondayNoon.later(seconds: 50))
    #expect(!filesContain(word))
  }

  @Test(arguments: [(Int64(86_400 * 8), nil), (86_400 * 6, "alpha"), (3_600, "alpha")] as [(Int64, String?)])
  func `texts are forgotten at the age that was set, when a ledger is closed`(_ age: Int64, _ kept: String?)
    async throws
  {
    try await book(call("op-1") { $0.prompt = "alpha" })
    let later = mondayNoon.later(seconds: age)
    let settings = LedgerSettings(contentsRetention: .seconds(86_400 * 7))
    let ledger = try Ledger(scratch.files, settings: settings, now: later)
    try await ledger.record(call("op-2", at: later) { $0.prompt = "beta" })
    await ledger.close()
    #expect(try scratch.find("op-1")?.prompt == kept)
    #expect(try scratch.find("op-2")?.prompt == "beta")
    #expect(try scratch.spend().total.calls == 2)
  }

  @Test func `old texts are looked for once a day`() async throws {
    try await book(call("op-1") { $0.prompt = "alpha" })
    let settings = LedgerSettings(contentsRetention: .seconds(60))
    for (hours, expected) in [(0, "alpha"), (23, "alpha"), (24, nil)] as [(Int64, String?)] {
      let ledger = try Ledger(scratch.files, settings: settings, now: mondayNoon.later(seconds: 30 + hours * 3_600))
      await ledger.close()
      #expect(try scratch.find("op-1")?.prompt == expected)
    }
  }

  @Test func `a running call keeps its prompt`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.open(change(opening("op-1")) { $0.prompt = "alpha" })
    #expect(try scratch.reader().prune(before: mondayNoon.later(seconds: 100)).texts == 0)
    await ledger.close()
  }

  @Test func `compacting gives the space back`() async throws {
    let text = String(repeating: "lorem ipsum ", count: 20_000)
    for index in 0..<10 { try await book(call("op-\(index)") { $0.prompt = text }) }
    let reader = try scratch.reader()
    let pruned = try reader.prune(before: mondayNoon.later(seconds: 100))
    #expect(pruned.freeBytes > 2_000_000)
    try reader.compact()
    #expect(try reader.prune(before: mondayNoon).freeBytes == 0)
    #expect(try scratch.spend().total.calls == 10)
  }

  private func change(_ opening: OperationOpening, _ body: (inout OperationOpening) -> Void) -> OperationOpening {
    var opening = opening
    body(&opening)
    return opening
  }

  private func filesContain(_ word: String) -> Bool {
    ["ledger.db", "ledger.db-wal"].contains { scratch.contents(of: $0).contains(word) }
  }
}
