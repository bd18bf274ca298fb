// `llmgw access` in this process, over a ledger of its own.
import Commands
import GatewayCore
import Synchronization
import Testing
import Wire

struct AnAccessCommand {
  private let books: BooksHome
  init() {
    let counter = Counter()
    books = BooksHome(makeID: { "0\(counter.next())" })
  }

  private final class Counter: Sendable {
    private let count = Atomic(0)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  }

  private func json(_ arguments: String...) async throws -> JSON {
    let result = await books.run(arguments + ["--json"])
    #expect(result.code == 0, "\(result.err)")
    return try JSON.parse(Array(result.out.utf8))
  }

  @Test func `prints a new key alone, and on standard error that it is shown once`() async throws {
    let result = await books.run("access", "create", "--name", "ci")
    #expect(result.code == 0)
    #expect(result.out.hasPrefix("llmgw-") && result.out.utf8.count == 50 && result.out.hasSuffix("\n"))
    #expect(result.err == "llmgw: made key_01 (ci). Its key is shown only this once: keep it now.\n")
    let shown = await books.run("access", "show", "ci")
    #expect(!shown.out.contains(result.out.dropFirst(10).dropLast()))
  }

  @Test func `prints the id and the key first with --json`() async throws {
    let made = try await json(
      "access", "create", "--name", "ci", "--rpm", "60", "--tpm", "100k", "--parallel", "4", "--models",
      "openai/*,fast", "--models", "groq/*", "--surfaces", "chat", "--addresses", "10.0.0.0/8, ::1", "--owner", "ada",
      "--project", "atlas", "--tag", "a=b", "--tag", "c=d", "--metadata", "x=y", "--expires", "30d", "--admin",
      "--no-contents", "--log-contents")
    #expect(made.object?.members.prefix(2).map(\.name) == ["id", "key"])
    #expect(made["key"]?.string?.hasPrefix("llmgw-") == true)
    let expected: JSONObject = [
      "id": "key_01", "name": "ci", "status": "active", "team": .null, "owner": "ada", "project": "atlas",
      "tags": ["a": "b", "c": "d"], "models": ["openai/*", "fast", "groq/*"], "surfaces": ["chat"],
      "addresses": ["10.0.0.0/8", "::1"], "rpm": 60, "tpm": 100_000, "parallel": 4, "admin": true, "contents": false,
      "log_contents": true,
      "metadata": ["x": "y"], "created_at": "2026-11-22T12:00:00.000000Z", "expires_at": "2026-12-22T12:00:00.000000Z",
      "revoked_at": .null,
    ]
    for member in expected.members { #expect(made[member.name] == member.value, "\(member.name)") }
    #expect(try await json("access", "show", "key_01")["key"] == nil)
  }

  @Test func `changes what a flag names, takes limits away with none, and opens a list with a star`() async throws {
    _ = try await json("access", "create", "--name", "ci", "--rpm", "60", "--tpm", "5", "--models", "a/*,b/*")
    let changed = try await json("access", "update", "ci", "--rpm", "none", "--models", "c/*", "--expires", "5d")
    #expect(changed["rpm"] == .null && changed["tpm"] == 5 && changed["models"] == ["c/*"])
    let opened = try await json("access", "update", "ci", "--models", "*", "--expires", "none")
    #expect(opened["models"] == [] && opened["expires_at"] == .null)
  }

  @Test(arguments: [
    ("1h", "2026-11-22T13:00:00.000000Z"), ("2026-12-01T08:30:00Z", "2026-12-01T08:30:00.000000Z"),
    ("2026-12-01T09:30:00+01:00", "2026-12-01T08:30:00.000000Z"),
  ])
  func `takes an end in the forms people write`(_ typed: String, _ end: String) async throws {
    #expect(try await json("access", "create", "--name", "ci", "--expires", typed)["expires_at"]?.string == end)
  }

  @Test func `a day counts to its end, wherever the calendar is`() async throws {
    let end = try await json("access", "create", "--name", "ci", "--expires", "2026-12-31")["expires_at"]?.string
    let next = ReportCalendar.local.start(of: CivilDay(year: 2027, month: 1, day: 1))
    #expect(end == next.rfc3339)
  }

  @Test func `lists keys as a table, revoked ones only when asked`() async throws {
    _ = await books.run("access", "team", "create", "--name", "web", "--tpm", "1m")
    _ = await books.run("access", "create", "--name", "ci", "--rpm", "1200", "--team", "web", "--models", "openai/*")
    _ = await books.run("access", "create", "--name", "old")
    let revoked = await books.run("access", "revoke", "old")
    #expect(revoked.err == "llmgw: revoked key_03 (old).\n" && revoked.out == "")
    let rows = await books.run("access", "list").out.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(rows.count == 2)
    #expect(rows[0] == ["ID", "NAME", "KEY", "STATUS", "TEAM", "RPM", "TPM", "PARALLEL", "MODELS", "EXPIRES"])
    #expect(rows[1].filter { !$0.hasPrefix("llmgw-") } == ["key_02", "ci", "active", "web", "1,200", "openai/*"])
    #expect(await books.run("access", "list", "--all").out.contains("revoked"))
    #expect(try await json("access", "--all")["rows"]?.array?.compactMap { $0["name"]?.string } == ["ci", "old"])
    #expect(
      await books.run("access", "team").out == """
        NAME  ID       RPM        TPM  PARALLEL  MODELS
        web   team_01       1,000,000

        """)
  }

  @Test func `shows a key line by line`() async throws {
    let key = await books.run("access", "create", "--name", "ci", "--rpm", "60", "--tag", "a=b", "--surfaces", "chat")
      .out
    let shown = await books.run("access", "show", "ci").out
    let lines = shown.split(separator: "\n").filter { !$0.hasPrefix("made") }.joined(separator: "\n")
    #expect(
      lines == """
        id         key_01
        name       ci
        key        \(key.prefix(10))…
        status     active
        tags       a=b
        rpm        60
        models     any
        surfaces   chat
        addresses  any
        """)
  }

  @Test func `rotates a key, and says how long the one before works`() async throws {
    let first = await books.run("access", "create", "--name", "ci").out
    let rotated = await books.run("access", "rotate", "ci")
    #expect(rotated.out.hasPrefix("llmgw-") && rotated.out != first)
    #expect(rotated.err.hasSuffix("shown only this once; the one before works no more.\n"))
    #expect(
      await books.run("access", "rotate", "ci", "--grace", "1h").err.contains("the one before works until 2026-11-22"))
  }

  @Test(arguments: [
    (["access", "create"], 2, "llmgw: access: '--name' is missing. Say what to call it: --name NAME.\n"),
    (
      ["access", "create", "--name", "a", "--rpm", "0"], 2,
      "llmgw: access: '--rpm 0': it must be a whole number from 1 to 999999999. See llmgw access --help.\n"
    ),
    (
      ["access", "create", "--name", "a", "--team", "wep"], 4,
      "llmgw: 'wep': there is no team of that name. Did you mean 'web'?\n"
    ),
    (["access", "show", "cii"], 4, "llmgw: 'cii': there is no access key of that name or id. Did you mean 'ci'?\n"),
    (
      ["access", "revoke", "xyz"], 4,
      "llmgw: 'xyz': there is no access key of that name or id. See llmgw access list.\n"
    ),
    (["access", "update", "ci"], 2, "llmgw: access: no flag says what to change. Name a setting, such as --rpm 60.\n"),
    (["access", "lits"], 2, "llmgw: access: 'lits' is not a command of it. Did you mean 'list'?\n"),
    (["access", "team", "craete"], 2, "llmgw: access: 'craete' is not a command of it. Did you mean 'create'?\n"),
    (
      ["access", "rotate", "ci", "--grace", "soon"], 2,
      "llmgw: access: '--grace soon' is not a time. Write it as 90m, 1h or 7d.\n"
    ),
    (
      ["access", "create", "--name", "a", "--expires", "soon"], 2,
      "llmgw: access: '--expires soon' is not a time. Write it as 30d, 2026-12-31, 2026-12-31T12:00 or none.\n"
    ),
    (
      ["access", "team", "create", "--name", "web"], 2,
      "llmgw: 'web': there is a team of that name. Choose another, or update that one.\n"
    ),
    (
      ["access", "team", "delete", "web"], 1,
      "llmgw: 'web': the team has 1 key. Revoke them, or move them with llmgw access update KEY --team none.\n"
    ),
    (
      ["access", "show", "key_"], 2,
      "llmgw: 'key_': more than one access key is meant by that (key_02, key_03). Type its id.\n"
    ),
    (
      ["access", "update", "old", "--rpm", "1"], 1,
      "llmgw: key_03: it was revoked, which is for good. Make another with llmgw access create.\n"
    ),
  ])
  func `a mistake is one line with what to do`(_ typed: [String], _ code: Int, _ line: String) async {
    _ = await books.run("access", "team", "create", "--name", "web")
    _ = await books.run("access", "create", "--name", "ci", "--team", "web")
    _ = await books.run("access", "create", "--name", "old")
    _ = await books.run("access", "revoke", "old")
    let result = await books.run(typed)
    #expect(result.err == line)
    #expect(result.out == "")
    #expect(result.code == Int32(code))
  }

  @Test func `without any key the list says how to make one, and begins no ledger`() async throws {
    let result = await books.run("access")
    #expect(result.err == "llmgw: there are no access keys. Make one with llmgw access create --name NAME.\n")
    #expect(result.out == "" && result.code == 0)
    #expect(try await json("access", "list") == ["rows": []])
    #expect(books.home.read("data/llmgw/ledger.lock") == "")
    #expect(!LedgerFiles(directory: books.home.path + "/data/llmgw").exist)
  }

  @Test func `names and ids complete`() async {
    _ = await books.run("access", "team", "create", "--name", "web")
    _ = await books.run("access", "create", "--name", "ci")
    _ = await books.run("access", "create", "--name", "old")
    _ = await books.run("access", "revoke", "old")
    for (words, expected) in [
      (["access", "show", ""], "ci\tkey_02\n"), (["access", "update", "key"], "key_02\tci\n"),
      (["access", "create", "--team", "w"], "web\n"), (["access", "team", "delete", ""], "web\n"),
    ] {
      #expect(await books.run(["__complete"] + words).out == expected)
    }
  }
}
