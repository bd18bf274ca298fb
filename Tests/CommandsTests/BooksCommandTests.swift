// `llmgw spend` and `llmgw logs` in this process, over a ledger written by hand.
import Commands
import GatewayCore
import Glibc
import Synchronization
import Testing
import Wire

/// A ledger in a home of its own, and the program to look at it with.
struct BooksHome {
  let home = ProgramHome()
  var makeID: @Sendable () -> String = { "ID" }
  /// Sunday 2026-11-22 12:00 UTC.
  static let noon = Timestamp(CivilDay(year: 2026, month: 11, day: 22), hour: 12)

  func book(_ entries: [LedgerEntry]) async throws {
    let files = LedgerFiles(directory: home.path + "/data/llmgw")
    let ledger = try Ledger(files, settings: LedgerSettings(), now: Self.noon)
    try await ledger.record(entries)
    await ledger.close()
  }

  /// What a command prints on stdout and stderr, and how it ends.
  func run(_ arguments: String..., terminal width: Int? = nil) async -> (out: String, err: String, code: Int32) {
    await run(arguments, terminal: width)
  }

  func run(_ arguments: [String], terminal width: Int? = nil) async -> (out: String, err: String, code: Int32) {
    let (out, err) = (Printed(), Printed())
    let isTerminal = width != nil
    let terminal = Terminal(
      stdout: OutputStream(isTerminal: isTerminal, hasColor: false) { out.add($0) },
      stderr: OutputStream(isTerminal: isTerminal, hasColor: false) { err.add($0) }, stdinIsTerminal: false,
      width: width ?? 80)
    let runtime = Runtime(
      now: { Self.noon }, uptimeMicroseconds: { 0 }, sleep: { _ in }, makeID: makeID, random: { 0 })
    let invocation = Invocation(
      environment: Environment(
        variables: ["HOME": home.path, "XDG_DATA_HOME": home.path + "/data", "XDG_CONFIG_HOME": home.path]),
      terminal: terminal, readStdin: { _ in [] }, runtime: runtime, interruption: Interruption())
    let code = await AllCommands.run(arguments, invocation)
    return (out.text, err.text, code)
  }
}

private final class Printed: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}

/// A finished call of one attempt; `nil` dollars are unpriced.
private func call(
  _ id: String, hoursAgo: Int64 = 0, model: String = "m", costs dollars: String? = "0.001", status: CallStatus = .ok,
  tokens: Usage = Usage(input: 1_000, output: 20), change: (inout OperationOpening) -> Void = { _ in }
) -> [LedgerEntry] {
  let start = Timestamp(microseconds: BooksHome.noon.microseconds - hoursAgo * 3_600_000_000)
  let end = Timestamp(microseconds: start.microseconds + 1_234_000)
  var operation = OperationOpening(id: id, startedAt: start, origin: .cli, modelAsked: model)
  change(&operation)
  let cost = Cost(amount: dollars.flatMap { Picodollars(dollars: $0) }, source: .computed)
  let closing = AttemptClosing(endedAt: end, status: status, usage: tokens, cost: cost)
  return [
    .openOperation(operation),
    .openAttempt(
      AttemptOpening(
        operationID: id, number: 1, cause: .primary, startedAt: start, provider: "p", model: model, streams: true)),
    .closeAttempt(AttemptID(operationID: id, number: 1), closing),
    .closeOperation(
      id: id, OperationClosing(endedAt: end, status: status, provider: "p", model: model, reply: "An answer.")),
  ]
}

struct ASpendReport {
  private let books = BooksHome()

  @Test func `on a terminal has bars, a total, and says what has no price`() async throws {
    try await books.book(
      call("op-1", model: "dear", costs: "12.5") + call("op-2", model: "cheap", costs: "3.125")
        + call("op-3", model: "odd", costs: nil))
    let result = await books.run("spend", terminal: 100)
    #expect(
      result.out == """
        MODEL  CALLS  INPUT  CACHED  OUTPUT      COST  SOURCE
        dear       1  1,000       0      20    $12.50  computed  ████████████████████
        cheap      1  1,000       0      20     $3.13  computed  █████
        odd        1  1,000       0      20  unpriced  unpriced
        -----  -----  -----  ------  ------  --------  --------
        total      3  3,000       0      60   ≥$15.63  mixed
        1 call has no known price and no part in the cost.

        """)
    #expect(result.code == 0)
    #expect(result.err == "")
  }

  @Test func `in a pipe has neither bars nor cut names`() async throws {
    let name = String(repeating: "long/", count: 40)
    try await books.book(call("op-1", model: name))
    let result = await books.run("spend")
    #expect(result.out.contains(name))
    #expect(!result.out.contains("█"))
  }

  @Test(arguments: [20, 40, 60, 80, 200])
  func `fits the terminal when its names can be cut`(_ width: Int) async throws {
    try await books.book(call("op-1", model: String(repeating: "名", count: 90)))
    let lines = await books.run("spend", terminal: width).out.split(separator: "\n")
    #expect(lines.allSatisfy { displayWidth(String($0)) <= max(width, 58) }, "\(lines)")
  }

  @Test func `as JSON has exact amounts, and null where nothing is known`() async throws {
    try await books.book(
      call("op-1", costs: "0.000000000001") { $0.tags = [Tag("team", "a\"b")] } + call("op-2", costs: nil))
    let json = try JSON.parse(await books.run("spend", "--by", "tag:team", "--format", "json").out)
    let rows = try #require(json["rows"]?.array)
    #expect(rows.map { $0["tag:team"]?.string } == ["a\"b", "(none)"])
    #expect(rows.map { $0["cost_usd"] } == ["0.000000000001", .null])
    #expect(rows.map { $0["cost_source"] } == ["computed", "unpriced"])
    #expect(rows.map { $0["unpriced_calls"] } == [0, 1])
    #expect(json["total"]?["calls"] == 2)
    #expect(json["total"]?["input_tokens"] == 2_000)
    #expect(json["total"]?["cost_source"] == "mixed")
  }

  @Test func `as CSV has a line for each row and none for the total`() async throws {
    try await books.book(call("op-1", costs: "0.0027") { $0.project = "p1" })
    let result = await books.run("spend", "--by", "project", "--by", "month", "--utc", "--format", "csv")
    #expect(
      result.out == """
        project,month,calls,input_tokens,output_tokens,cache_read_tokens,cache_write_tokens,reasoning_tokens,attempts,cost_usd,cost_source,unpriced_calls
        p1,2026-11,1,1000,20,0,0,0,1,0.0027,computed,0

        """)
  }

  @Test func `as Markdown is a table with a total`() async throws {
    try await books.book(call("op-1", model: "a_b"))
    let result = await books.run("spend", "--format", "md")
    #expect(result.out.split(separator: "\n")[2] == #"| a\_b | 1 | 1,000 | 0 | 20 | $0.00100 | computed |"#)
    #expect(result.out.hasSuffix("| **total** | **1** | **1,000** | **0** | **20** | **$0.00100** | **computed** |\n"))
  }

  @Test(arguments: [
    (["--since", "2h"], 1), (["--since", "today", "--utc"], 2), (["--since", "yesterday", "--utc"], 3),
    (["--until", "yesterday", "--utc"], 1), (["--since", "2026-11-21", "--until", "2026-11-21", "--utc"], 1),
    (["--since", "2026-10", "--until", "2026-11", "--utc"], 3), (["--until", "2026-10", "--utc"], 0),
  ])
  func `is of the time that is asked for`(_ period: [String], _ calls: Int) async throws {
    try await books.book(call("op-1") + call("op-2", hoursAgo: 10) + call("op-3", hoursAgo: 20))
    let json = try JSON.parse(await books.run(["spend", "--json"] + period).out)
    #expect(json["total"]?["calls"] == .number(JSONNumber(calls)))
  }

  @Test func `of nothing says so, and is still JSON and CSV`() async throws {
    let table = await books.run("spend")
    #expect(table.out == "")
    #expect(table.err == "No calls are on the books for that.\n")
    #expect(table.code == 0)
    let json = try JSON.parse(await books.run("spend", "--json").out)
    #expect(json["rows"] == [])
    #expect(json["total"]?["cost_usd"] == "0")
    #expect(await books.run("spend", "--format", "csv").out.hasPrefix("model,calls,"))
  }

  @Test(arguments: [
    (["--by", "tag"], "Say which: tag:team."), (["--by", "dya"], "Did you mean 'day'?"),
    (["--since", "yesterdya"], "Write it as"), (["--format", "cvs"], "Did you mean 'csv'?"),
    (["now"], "one word too many"),
  ])
  func `that is not understood is a usage error with the way out`(_ arguments: [String], _ hint: String) async throws {
    let result = await books.run(["spend"] + arguments)
    #expect(result.code == 2)
    #expect(result.err.contains(hint), "\(result.err)")
    #expect(result.out == "")
  }
}

struct ALog {
  private let books = BooksHome()

  @Test func `lists the newest calls first, one to a line`() async throws {
    try await books.book(
      call("01AAAAAAAAAAAAAAAAAAAAAAAA", hoursAgo: 2, status: .failed) + call("01BBBBBBBBBBBBBBBBBBBBBBBB", costs: nil))
    #expect(
      await books.run("logs", "--utc", terminal: 120).out == """
        TIME                 ID              STATUS  MODEL  INPUT  OUTPUT      COST  SECONDS
        2026-11-22 12:00:00  01BBBBBBBBBBBB  ok      p/m    1,000      20  unpriced    1.234
        2026-11-22 10:00:00  01AAAAAAAAAAAA  failed  p/m    1,000      20  $0.00100    1.234

        """)
  }

  @Test(arguments: [
    (["-n", "1"], ["op-3"]), (["--status", "failed"], ["op-1"]), (["--since", "5h"], ["op-3", "op-2"]),
    (["--until", "5h"], ["op-1"]), (["--model", "other"], ["op-2"]), (["--tag", "team=a"], ["op-3"]),
    (["--search", "purple"], ["op-2"]), (["--search", "answer"], ["op-3", "op-2", "op-1"]), (["--project", "x"], []),
  ])
  func `is narrowed by its flags`(_ arguments: [String], _ ids: [String]) async throws {
    try await books.book(
      call("op-1", hoursAgo: 9, status: .failed)
        + call("op-2", hoursAgo: 4, model: "other") { $0.prompt = "Why is it purple?" }
        + call("op-3") { $0.tags = [Tag("team", "a")] })
    for command in [["logs"], ["logs", "list"]] {
      let json = try JSON.parse(await books.run(command + ["--json"] + arguments).out)
      #expect(json["rows"]?.array?.map { $0["id"]?.string } == ids)
    }
  }

  @Test func `shows one call in full by the beginning of its id, in small letters too`() async throws {
    try await books.book(
      call("01ABC", tokens: Usage(input: 7, output: 2)) {
        ($0.prompt, $0.project, $0.tags) = ("Say \u{1B}[31mred", "x", [Tag("team", "a")])
      } + call("01ABD"))
    let json = try JSON.parse(await books.run("logs", "show", "01abc", "--json").out)
    #expect(json["id"] == "01ABC")
    #expect(json["prompt"] == "Say \u{1B}[31mred")
    #expect(json["reply"] == "An answer.")
    #expect(json["tags"] == ["team": "a"])
    #expect(json["attempts"]?.array?.first?["usage"]?["input_tokens"] == 7)
    #expect(json["attempts"]?.array?.first?["usage"]?["cache_read_tokens"] == .null)
    let shown = await books.run("logs", "show", "01ABC", "--utc", terminal: 100).out
    for line in [
      "id           01ABC", "cost         $0.001 (computed)", "project      x", "tags         team=a", "Say [31mred",
      "An answer.",
    ] {
      #expect(shown.contains(line + "\n"), "\(shown)")
    }
    #expect(!shown.contains("\u{1B}"))
  }

  @Test func `that is not there, or is not one, is said with status 1`() async throws {
    try await books.book(call("01ABC") + call("01ABD"))
    for (id, hint) in [("zzz", "no call on the books"), ("01AB", "01ABC, 01ABD")] {
      let result = await books.run("logs", "show", id)
      #expect(result.code == 1)
      #expect(result.out == "")
      #expect(result.err.contains(hint), "\(result.err)")
    }
    #expect(await books.run("logs", "show").code == 2)
  }

  @Test func `is pruned of texts, while the costs stay`() async throws {
    try await books.book(call("op-1", hoursAgo: 48) { $0.prompt = "old" } + call("op-2") { $0.prompt = "new" })
    let before = await books.run("spend", "--json").out
    #expect(await books.run("logs", "prune").code == 2)
    #expect(
      await books.run("logs", "prune", "--older", "1d", "--compact").out
        == "Deleted 2 texts (0 KiB). The books are unchanged.\n")
    #expect(await books.run("spend", "--json").out == before)
    let old = try JSON.parse(await books.run("logs", "show", "op-1", "--json").out)
    let new = try JSON.parse(await books.run("logs", "show", "op-2", "--json").out)
    #expect([old["prompt"], old["reply"], new["prompt"]] == [.null, .null, "new"])
  }

  @Test func `is pruned at the age in the config when none is given`() async throws {
    try await books.book(call("op-1", hoursAgo: 48) { $0.prompt = "old" })
    mkdir(books.home.path + "/llmgw", 0o700)
    for (age, texts) in [("7d", 0), ("1d", 2)] {
      books.home.write("ledger: { retention: \(age) }", to: "llmgw/config.yaml")
      let result = await books.run("logs", "prune", "--json")
      #expect(try JSON.parse(result.out)["texts"] == .number(JSONNumber(texts)), "\(result)")
    }
  }
}
