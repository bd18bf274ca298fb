// The books: opened before, closed once, by many at a time, and honest about what was lost.
import Glibc
import Synchronization
import Testing
import Wire

@testable import GatewayCore

struct LedgerTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test func `a call is read back as it was written`() async throws {
    let ledger = try scratch.ledger()
    let card = try PriceCard(dollarsPerMillion: ["input": "1", "output": "2"])
    var operation = OperationOpening(
      id: "op-1", startedAt: mondayNoon, origin: .server, modelAsked: "fast", keyID: "k", user: "u", project: "pr",
      session: "s", tags: [Tag("team", "a"), Tag("app", "x"), Tag("team", "b")], dialectIn: "openai-chat", route: "r")
    operation.prompt = "Why is the sky blue?"
    var first = attempt("op-1")
    first.priceCard = card
    (first.estimatedInputTokens, first.estimatedCost) = (7, Picodollars(9))
    try await ledger.open(operation, attempt: first)
    var closing = ending("0.5", usage(100, 20) { ($0.cacheRead, $0.reasoning, $0.serviceTier) = (30, 5, "flex") })
    closing.changes = [Change("top_k", .dropped, "no such parameter"), Change("a\"b", .renamed, "ü")]
    (closing.requestID, closing.httpStatus, closing.finishReason) = ("req", 200, "stop")
    (closing.firstByteMicroseconds, closing.firstTokenMicroseconds) = (1_000, 2_000)
    closing.cost = Cost(amount: Picodollars(5), source: .reported, priceID: card.id, computed: Picodollars(4))
    try await ledger.closeAttempt(first.id, closing)
    var last = end()
    (last.provider, last.model, last.exitCode, last.reply) = ("p", "m", 0, "Rayleigh.")
    try await ledger.closeOperation("op-1", last)

    let record = try #require(try scratch.find("op-1"))
    #expect(record.status == .ok)
    #expect(record.startedAt == mondayNoon)
    #expect(record.endedAt == last.endedAt)
    #expect([record.keyID, record.user, record.project, record.session, record.route] == ["k", "u", "pr", "s", "r"])
    #expect([record.modelAsked, record.provider, record.model, record.dialectIn] == ["fast", "p", "m", "openai-chat"])
    #expect(record.tags == [Tag("app", "x"), Tag("team", "b")])
    #expect([record.prompt, record.reply] == ["Why is the sky blue?", "Rayleigh."])
    let stored = try #require(record.attempts.first)
    #expect(stored.usage == closing.usage)
    #expect(stored.changes == closing.changes)
    #expect(stored.cost == closing.cost)
    #expect(stored.priceCard == card.text)
    #expect([stored.requestID, stored.finishReason, stored.cause] == ["req", "stop", "primary"])
    #expect([stored.firstByteMicroseconds, stored.firstTokenMicroseconds] == [1_000, 2_000])
    #expect([stored.estimatedInputTokens, stored.httpStatus] == [7, 200])
    await ledger.close()
  }

  @Test func `what is open is on the books before it ends`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.open(opening("op-1"), attempt: attempt("op-1"))
    let record = try #require(try scratch.find("op-1"))
    #expect(record.status == .open)
    #expect(record.attempts.map(\.status) == [.open])
    #expect(record.attempts.map(\.cost) == [nil])
    await ledger.close()
  }

  @Test func `nothing is closed twice, and the first closing stands`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.record(call("op-1", costs: "1"))
    let id = AttemptID(operationID: "op-1", number: 1)
    #expect(await failure { () throws(LedgerFailure) in try await ledger.closeAttempt(id, ending("2")) } == .notOpen)
    #expect(
      await failure { () throws(LedgerFailure) in try await ledger.closeOperation("op-1", end(.failed)) } == .notOpen)
    #expect(await failure { () throws(LedgerFailure) in try await ledger.openAttempt(attempt("op-1", 2)) } == .notOpen)
    #expect(await failure { () throws(LedgerFailure) in try await ledger.closeOperation("nobody", end()) } == .notOpen)
    #expect(await failure { () throws(LedgerFailure) in try await ledger.closeOperation("op-1", end(.open)) } == .other)
    let record = try #require(try scratch.find("op-1"))
    #expect(record.status == .ok)
    #expect(record.cost.amount?.decimalText == "1")
    #expect(record.attempts.count == 1)
    await ledger.close()
  }

  @Test func `one entry that is not open keeps none of its neighbours from being booked`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.open(opening("op-1"))
    let mixed: [LedgerEntry] = [.closeOperation(id: "nobody", end()), .closeOperation(id: "op-1", end())]
    #expect(await failure { () throws(LedgerFailure) in try await ledger.record(mixed) } == .notOpen)
    #expect(try scratch.find("op-1")?.status == .ok)
    await ledger.close()
  }

  @Test func `an id is taken once, and the unit that takes it again leaves nothing behind`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.record(call("op-1"))
    let unit = call("op-2") { $0.project = "new" } + call("op-1")
    #expect(await failure { () throws(LedgerFailure) in try await ledger.record(unit) } == .other)
    #expect(try scratch.find("op-2") == nil)
    // Names of the unit that was undone are not remembered as booked.
    try await ledger.record(call("op-3") { $0.project = "new" })
    #expect(try scratch.find("op-3")?.project == "new")
    await ledger.close()
  }

  @Test func `one commit for all that cannot be becomes one for each, so that nobody fails for another's sake`()
    async throws
  {
    try scratch.files.create()
    let lock = try WriteLock(path: scratch.files.lock, patience: .seconds(1))
    let settings = LedgerSettings()
    let database = try Database(writing: scratch.files, settings: settings, under: lock, now: mondayNoon)
    let ended = Latch()
    let told = CallersTold()
    let writer = LedgerWriter(
      files: scratch.files, database: database, lock: lock, presence: try RunningProcess(in: scratch.files),
      settings: settings, now: mondayNoon, ended: { ended.open() })
    // In the inbox before the thread runs: they come into one commit.
    for id in ["op-1", "op-2", "op-1", "op-3"] {
      let unit = LedgerWriter.Unit(entries: call(id)) { result in
        told.kinds.withLock { $0.append(result.failureKind) }
      }
      #expect(writer.inbox.put(unit))
    }
    writer.inbox.close()
    try writer.start()
    await ended.wait()
    #expect(told.kinds.withLock { $0 } == [nil, nil, .other, nil])
    #expect(try scratch.spend().total.calls == 3)
  }

  @Test func `an attempt still open when its call ends is lost at its estimate`() async throws {
    let ledger = try scratch.ledger()
    var hedge = attempt("op-1", 2, .hedge)
    (hedge.estimatedInputTokens, hedge.estimatedCost) = (40, Picodollars(77))
    try await ledger.open(opening("op-1"), attempt: attempt("op-1"))
    try await ledger.record([
      .openAttempt(hedge), .closeAttempt(AttemptID(operationID: "op-1", number: 1), ending("1")),
      .closeOperation(id: "op-1", end()),
    ])
    let record = try #require(try scratch.find("op-1"))
    #expect(record.attempts.map(\.status) == [.ok, .lost])
    #expect(record.attempts[1].cost == Cost(amount: Picodollars(77), source: .estimated))
    #expect(record.attempts[1].usage.input == 40)
    #expect(record.cost.source == .mixed)
    await ledger.close()
  }

  @Test(arguments: [true, false])
  func `texts are kept only where they are wanted`(_ keepsContents: Bool) async throws {
    let ledger = try scratch.ledger(LedgerSettings(keepsContents: keepsContents))
    try await ledger.record(call("op-1") { $0.prompt = "secret plan" })
    try await ledger.record(call("op-2"))
    #expect(try scratch.find("op-1")?.prompt == (keepsContents ? "secret plan" : nil))
    #expect(try scratch.find("op-2")?.prompt == nil)
    await ledger.close()
  }

  @Test func `cards with one text are one row, whatever calls used them`() async throws {
    let ledger = try scratch.ledger()
    for (index, price) in ["1", "2", "1"].enumerated() {
      var opened = attempt("op-\(index)")
      opened.priceCard = try PriceCard(dollarsPerMillion: ["input": .string(price)])
      try await ledger.open(opening("op-\(index)"), attempt: opened)
    }
    #expect(try scratch.reader().database.int("SELECT count(*) FROM prices", [], "count") == 2)
    await ledger.close()
  }

  @Test func `many callers at once are all booked, in fewer commits than calls`() async throws {
    let ledger = try scratch.ledger()
    await withTaskGroup(of: Bool.self) { group in
      for index in 0..<500 {
        group.addTask {
          await failure { () throws(LedgerFailure) in try await ledger.record(call("op-\(index)")) } == nil
        }
      }
      for await isBooked in group { #expect(isBooked) }
    }
    let report = try scratch.spend()
    #expect(report.total.calls == 500)
    #expect(report.total.cost?.decimalText == "0.5")
    await ledger.close()
  }

  @Test func `64 writers on one ledger lose nothing`() async throws {
    let scratch = scratch
    await withTaskGroup(of: Bool.self) { group in
      for writer in 0..<64 {
        group.addTask {
          do {
            // Each its own connection, its own lock, its own mark: as 64 processes have.
            let ledger = try scratch.ledger(LedgerSettings(patience: .seconds(60)))
            for index in 0..<5 { try await ledger.record(call("op-\(writer)-\(index)")) }
            await ledger.close()
            return true
          } catch {
            Issue.record(error)
            return false
          }
        }
      }
      for await isBooked in group { #expect(isBooked) }
    }
    let total = try scratch.spend().total
    #expect(total.calls == 320)
    #expect(total.cost?.decimalText == "0.32")
    #expect(try scratch.reader().database.rows("PRAGMA integrity_check", [], "check") { $0.text(0) } == ["ok"])
    #expect(scratch.marks == [])
  }

  @Test func `a closed ledger books nothing more and can be opened again`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.record(call("op-1"))
    await ledger.close()
    await ledger.close()
    #expect(await failure { () throws(LedgerFailure) in try await ledger.record(call("op-2")) } == .other)
    let again = try scratch.ledger()
    try await again.record(call("op-2"))
    #expect(try scratch.spend().total.calls == 2)
    await again.close()
  }

  @Test func `the log is emptied into the file while the ledger is open`() async throws {
    let ledger = try scratch.ledger()
    let text = String(repeating: "word ", count: 100_000)
    for index in 0..<60 { try await ledger.record(call("op-\(index)") { $0.prompt = text }) }
    #expect(scratch.files.logBytes < 18 << 20)
    await ledger.close()
    #expect(scratch.files.logBytes <= 1 << 20)
    #expect(try scratch.find("op-59")?.prompt == text)
  }

  @Test func `a reader in the way of a checkpoint is not waited for, and sees what it saw`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.record(call("op-1"))
    let reader = try scratch.reader()
    let writer = try Database(path: scratch.files.database, access: .readWrite, busyMilliseconds: 60_000)
    try reader.database.reading { () throws(LedgerFailure) in
      #expect(try reader.database.int("SELECT count(*) FROM operations", [], "read") == 1)
      try writer.run("UPDATE operations SET status = 'failed'", [], "write")
      let start = ContinuousClock.now
      try writer.checkpoint()
      #expect(ContinuousClock.now - start < .seconds(30))
      #expect(try reader.database.int("SELECT count(*) FROM operations WHERE status = 'ok'", [], "read") == 1)
    }
    #expect(try scratch.find("op-1")?.status == .failed)
    await ledger.close()
  }
}

struct LedgerOrphanTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  /// Rows of a process whose mark is `mark`, left open.
  private func leaveOpen(_ id: String, by mark: ProcessMark, estimate: Picodollars? = Picodollars(500)) async throws {
    let ledger = try scratch.ledger()
    var opened = attempt(id)
    (opened.estimatedInputTokens, opened.estimatedCost) = (50, estimate)
    try await ledger.open(opening(id), attempt: opened)
    let database = try scratch.reader().database
    try database.run("UPDATE operations SET process = ? WHERE id = ?", [.int(mark.number), .text(id)], "hand over")
    await ledger.close()
  }

  @Test func `what a dead process left open is lost at its estimate`() async throws {
    let mark = ProcessMark(number: -7)
    try await leaveOpen("op-1", by: mark)
    // Its file is there, its lock is not.
    _ = FileLock(path: scratch.files.running + "/" + mark.fileName)
    let record = try #require(try scratch.find("op-1"))
    #expect(record.status == .lost)
    #expect(record.endedAt == nil)
    #expect(record.attempts.map(\.status) == [.lost])
    #expect(record.attempts[0].cost == Cost(amount: Picodollars(500), source: .estimated))
    #expect(record.attempts[0].usage.input == 50)
    #expect(record.attempts[0].usageIsEstimated)
    #expect(scratch.marks == [])
  }

  @Test func `without an estimate what was lost is unpriced`() async throws {
    try await leaveOpen("op-1", by: ProcessMark(number: 7), estimate: nil)
    #expect(try scratch.find("op-1")?.attempts[0].cost == .unpriced)
    #expect(try scratch.spend().total.unpricedCalls == 1)
  }

  @Test func `what a living process has open is left alone, however old it is`() async throws {
    let mark = ProcessMark(number: 1)
    guard let alive = FileLock(path: scratch.path + "/" + mark.fileName) else {
      Issue.record("no lock file")
      return
    }
    try await leaveOpen("op-1", by: mark)
    // The lock is the file's, not the name's: it stays with it.
    rename(scratch.path + "/" + mark.fileName, scratch.files.running + "/" + mark.fileName)
    let isLocked = alive.tryLock()
    #expect(isLocked)
    #expect(try scratch.find("op-1")?.status == .open)
    #expect(scratch.marks == [mark.fileName])
    alive.unlock()
    #expect(try scratch.find("op-1")?.status == .lost)
  }

  @Test func `a ledger that is open does not lose its own calls to another that opens`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.open(opening("op-1"), attempt: attempt("op-1"))
    let other = try scratch.ledger()
    await other.close()
    #expect(try scratch.find("op-1")?.status == .open)
    try await ledger.closeOperation("op-1", end())
    await ledger.close()
    #expect(scratch.marks == [])
  }

  @Test func `a ledger let go of with a call open leaves its mark to be found`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.open(opening("op-1"), attempt: attempt("op-1"))
    await ledger.close()
    #expect(scratch.marks.count == 1)
    #expect(try scratch.find("op-1")?.status == .lost)
    #expect(scratch.marks == [])
  }

  @Test func `a call that was lost is not closed by a straggler`() async throws {
    let mark = ProcessMark(number: 3)
    try await leaveOpen("op-1", by: mark)
    let ledger = try scratch.ledger()
    #expect(await failure { () throws(LedgerFailure) in try await ledger.closeOperation("op-1", end()) } == .notOpen)
    #expect(try scratch.find("op-1")?.status == .lost)
    await ledger.close()
  }

  @Test func `files that are no marks are not touched`() async throws {
    let ledger = try scratch.ledger()
    for name in ["notes.txt", "ABCDEF0123456789", "0123"] { _ = FileLock(path: scratch.files.running + "/" + name) }
    await ledger.close()
    _ = try scratch.reader()
    #expect(Set(scratch.marks) == ["notes.txt", "ABCDEF0123456789", "0123"])
  }

  @Test func `many look for orphans at once and each is lost once`() async throws {
    for index in 0..<20 { try await leaveOpen("op-\(index)", by: ProcessMark(number: Int64(index + 1))) }
    let scratch = scratch
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<16 { group.addTask { #expect(throws: Never.self) { _ = try scratch.reader() } } }
    }
    let report = try scratch.spend("status")
    #expect(report.rows.map(\.labels) == [["lost"]])
    #expect(report.total.calls == 20)
    #expect(report.total.cost?.decimalText == "0.00000001")
  }
}

extension Result where Failure == LedgerFailure {
  fileprivate var failureKind: LedgerFailure.Kind? {
    if case .failure(let failure) = self { failure.kind } else { nil }
  }
}

/// What each caller was told, in order.
private final class CallersTold: Sendable {
  let kinds = Mutex<[LedgerFailure.Kind?]>([])
}
