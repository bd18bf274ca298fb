// What a server has taken on and not yet booked: in its journal until it is booked, and found there when it has died.
import Glibc
import Testing
import Wire

@testable import GatewayCore

struct JournalTests {
  let scratch: Scratch
  private let file: OpenFile

  init() throws {
    scratch = try Scratch()
    try scratch.files.create()
    file = OpenFile(scratch.files.running + "/journal")
  }

  private func units() throws -> [[LedgerEntry]] {
    try #require(try JournalFormat.units(in: file.descriptor, "read"))
  }

  @Test func `every field of every entry is read as it was written`() throws {
    let journal = try #require(Journal(in: file.descriptor))
    let written = everyField(of: "op-1")
    #expect(journal.append(written, isUrgent: true) { _ in true })
    let read = try #require(try units().first)
    #expect(read.map { "\($0)" } == written.map { "\($0)" })
  }

  @Test func `what is released is read no more, what came after it is`() throws {
    let journal = try #require(Journal(in: file.descriptor))
    var ends: [Journal.Position] = []
    for id in ["op-1", "op-2", "op-3"] {
      #expect(
        journal.append(call(id), isUrgent: true) { end in
          ends.append(end)
          return true
        })
    }
    journal.release(upTo: ends[1])
    #expect(try units().map(\.ids) == [["op-3"]])
    journal.release(upTo: ends[2])
    #expect(try units().isEmpty)
    #expect(journal.append(call("op-4"), isUrgent: true) { _ in true })
    #expect(try units().map(\.ids) == [["op-4"]])
  }

  @Test func `what is not urgent goes out with what is, before it`() throws {
    let journal = try #require(Journal(in: file.descriptor))
    #expect(journal.append(call("op-1"), isUrgent: false) { _ in true })
    #expect(try units().isEmpty)
    #expect(journal.append(call("op-2"), isUrgent: true) { _ in true })
    #expect(try units().map(\.ids) == [["op-1"], ["op-2"]])
  }

  @Test func `it goes round its ring for as long as it is emptied, and loses nothing on the way`() throws {
    let journal = try #require(Journal(in: file.descriptor))
    var waiting: [(id: String, end: Journal.Position)] = []
    var bytes = 0
    var number = 0
    while bytes < 3 * JournalFormat.ringBytes {
      let prompt = String(repeating: "x", count: [10, 70_000, 999_001][number % 3])
      let id = "op-\(number)"
      let wasTaken = journal.append(call(id) { $0.prompt = prompt }, isUrgent: number % 2 == 0) { end in
        waiting.append((id, end))
        return true
      }
      if !wasTaken || waiting.count > 20 {
        journal.release(upTo: waiting[waiting.count / 2].end)
        waiting.removeFirst(waiting.count / 2 + 1)
      }
      if wasTaken { (bytes, number) = (bytes + prompt.utf8.count, number + 1) }
      let read = try units().map { $0.ids.first ?? "" }
      #expect(waiting.map(\.id).starts(with: read), "\(number)")
      #expect(waiting.count - read.count <= 1, "\(number)")
    }
    var status = stat()
    #expect(fstat(file.descriptor, &status) == 0)
    #expect(status.st_size <= JournalFormat.ringBytes + 4096)
  }

  @Test func `what has no room is refused, and so is what is too long, until there is room again`() throws {
    let journal = try #require(Journal(in: file.descriptor))
    let long = call("op-1") { $0.prompt = String(repeating: "x", count: 1_000_000) }
    var last: Journal.Position = 0
    var count = 0
    while journal.append(
      long, isUrgent: true,
      {
        last = $0; return true
      })
    { count += 1 }
    #expect((6...8).contains(count))
    journal.release(upTo: last)
    #expect(journal.append(long, isUrgent: true) { _ in true })
    let tooLong = call("op-2") { $0.prompt = String(repeating: "x", count: JournalFormat.mostRecordBytes) }
    #expect(!journal.append(tooLong, isUrgent: true) { _ in true })
  }

  @Test func `a record that was written in part is none`() throws {
    let journal = try #require(Journal(in: file.descriptor))
    #expect(journal.append(call("op-1"), isUrgent: true) { _ in true })
    var end: Journal.Position = 0
    #expect(
      journal.append(call("op-2"), isUrgent: true) {
        end = $0; return true
      })
    let byte: [UInt8] = [0xFF]
    #expect(pwrite(file.descriptor, byte, 1, off_t(JournalFormat.offset(of: end) - 20)) == 1)
    #expect(try units().map(\.ids) == [["op-1"]])
  }

  @Test func `a journal of another version is left to it`() throws {
    _ = Journal(in: file.descriptor)
    let byte: [UInt8] = [0x7F]
    #expect(pwrite(file.descriptor, byte, 1, 7) == 1)
    #expect(try JournalFormat.units(in: file.descriptor, "read") == nil)
    // Its file stays where it is.
    rename(scratch.files.running + "/journal", scratch.files.running + "/" + ProcessMark(number: 5).fileName)
    _ = try scratch.ledger()
    #expect(scratch.marks.contains(ProcessMark(number: 5).fileName))
  }
}

struct JournaledLedgerTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private let serving = LedgerSettings(patience: .milliseconds(50), usesJournal: true)

  @Test func `what is written comes into the tables, once, whatever comes together`() async throws {
    let ledger = try scratch.ledger(serving)
    try await ledger.record(Array(call("op-1").prefix(2)))
    try await ledger.flush()
    #expect(try scratch.find("op-1")?.status == .open)
    ledger.post(Array(call("op-1").suffix(2)))
    for index in 2..<600 {
      let entries = call("op-\(index)")
      try await ledger.record(Array(entries.prefix(2)))
      ledger.post(Array(entries.suffix(2)))
    }
    await ledger.close()
    let report = try scratch.spend("status")
    #expect(report.rows.map(\.labels) == [["ok"]])
    #expect(report.total.calls == 599)
    #expect(report.total.cost?.decimalText == "0.599")
    #expect(ledger.failures == 0)
    #expect(scratch.marks == [])
  }

  @Test func `a call is the same row, whether it is booked at once or bit by bit`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.record(everyField(of: "whole"))
    for entry in everyField(of: "parts") { try await ledger.record([entry]) }
    await ledger.close()
    var (whole, parts) = (try #require(try scratch.find("whole")), try #require(try scratch.find("parts")))
    (whole.id, parts.id) = ("", "")
    #expect(whole == parts)
    #expect(whole.attempts.map(\.status) == [.failed, .ok, .lost])
  }

  @Test func `what a process took on before it died is booked by whoever comes next`() async throws {
    let mark = ProcessMark(number: 77)
    do {
      try scratch.files.create()
      let file = OpenFile(scratch.files.running + "/" + mark.fileName)
      let journal = try #require(Journal(in: file.descriptor))
      var begun = attempt("begun")
      (begun.estimatedInputTokens, begun.estimatedCost) = (50, Picodollars(500))
      #expect(journal.append([.openOperation(opening("begun")), .openAttempt(begun)], isUrgent: true) { _ in true })
      #expect(journal.append(Array(call("ended").prefix(2)), isUrgent: true) { _ in true })
      #expect(journal.append(Array(call("ended").suffix(2)), isUrgent: true) { _ in true })
    }
    let next = try scratch.ledger()
    await next.close()
    let begun = try #require(try scratch.find("begun"))
    #expect(begun.status == .lost)
    #expect(begun.attempts.map(\.cost) == [Cost(amount: Picodollars(500), source: .estimated)])
    #expect(try scratch.find("ended")?.status == .ok)
    #expect(scratch.marks == [])
  }

  @Test(arguments: 0...4)
  func `what it had booked of that already is not booked twice`(_ alreadyBooked: Int) async throws {
    let mark = ProcessMark(number: 78)
    let entries = call("op-1") { $0.prompt = "why?" }
    let ledger = try scratch.ledger()
    for entry in entries.prefix(alreadyBooked) { try await ledger.record([entry]) }
    try scratch.reader().database.run("UPDATE operations SET process = ?", [.int(mark.number)], "hand over")
    do {
      let file = OpenFile(scratch.files.running + "/" + mark.fileName)
      let journal = try #require(Journal(in: file.descriptor))
      for entry in entries { #expect(journal.append([entry], isUrgent: true) { _ in true }) }
    }
    let record = try #require(try scratch.find("op-1"))
    #expect(record.status == .ok)
    #expect(record.prompt == "why?")
    #expect(record.attempts.map(\.status) == [.ok])
    #expect(try scratch.reader().database.int("SELECT count(*) FROM contents", [], "count") == 1)
    await ledger.close()
  }

  @Test func `what cannot be booked for now waits, and is booked with what comes next`() async throws {
    let ledger = try scratch.ledger(serving)
    guard let other = FileLock(path: scratch.files.lock) else {
      Issue.record("no lock file")
      return
    }
    let isHeld = other.tryLock()
    #expect(isHeld)
    try await ledger.record(Array(call("op-1").prefix(2)))
    #expect(await failure { () throws(LedgerFailure) in try await ledger.flush() } == .locked)
    ledger.post(Array(call("op-1").suffix(2)))
    other.unlock()
    try await ledger.flush()
    #expect(try scratch.find("op-1")?.status == .ok)
    #expect(ledger.failures == 0)
    await ledger.close()
    #expect(scratch.marks == [])
  }

  @Test func `what could never be booked is left in the journal of the process`() async throws {
    let ledger = try scratch.ledger(serving)
    guard let other = FileLock(path: scratch.files.lock) else {
      Issue.record("no lock file")
      return
    }
    let isHeld = other.tryLock()
    #expect(isHeld)
    try await ledger.record(call("op-1"))
    await ledger.close()
    other.unlock()
    #expect(scratch.marks.count == 1)
    #expect(try scratch.find("op-1")?.status == .ok)
    #expect(scratch.marks == [])
  }

  @Test func `an entry that can never be booked is counted, and keeps nothing else from being booked`() async throws {
    let ledger = try scratch.ledger(serving)
    try await ledger.record(call("op-1"))
    try await ledger.record(call("op-1"))
    try await ledger.record(call("op-2"))
    try await ledger.flush()
    #expect(ledger.failures == 1)
    #expect(try scratch.spend().total.calls == 2)
    await ledger.close()
  }

  @Test func `a text too long for the journal is committed before its call returns`() async throws {
    let ledger = try scratch.ledger(serving)
    let text = String(repeating: "x", count: JournalFormat.mostRecordBytes)
    try await ledger.record(call("op-1") { $0.prompt = text })
    #expect(try scratch.find("op-1")?.prompt == text)
    await ledger.close()
  }

  @Test func `where nothing may be lost to a power cut there is no journal`() async throws {
    let ledger = try scratch.ledger(LedgerSettings(sync: .full, usesJournal: true))
    try await ledger.record(Array(call("op-1").prefix(2)))
    #expect(try scratch.find("op-1")?.status == .open)
    await ledger.close()
  }
}

/// A file, open for as long as this lives.
private final class OpenFile {
  let descriptor: Int32

  init(_ path: String) { descriptor = open(path, O_RDWR | O_CREAT, 0o600) }

  deinit { close(descriptor) }
}

extension [LedgerEntry] {
  /// The calls that are opened in it.
  fileprivate var ids: [String] {
    compactMap { if case .openOperation(let opening) = $0 { opening.id } else { nil } }
  }
}

/// A call with every field set, its second attempt the good one and its third never ended.
private func everyField(of id: String) -> [LedgerEntry] {
  var operation = OperationOpening(
    id: id, kind: "embeddings", startedAt: mondayNoon, origin: .server, modelAsked: "fast", keyID: "k", user: "ü",
    project: "pr", session: "s", tags: [Tag("team", "a"), Tag("app", "")], dialectIn: "openai-chat", route: "r",
    team: "t", client: "c/1")
  operation.prompt = "Why is the sky blue?"
  let attempts = [AttemptOpening.Cause.primary, .retry, .hedge].enumerated().map { index, cause in
    var opened = attempt(id, index + 1, cause)
    opened.priceCard = try? PriceCard(dollarsPerMillion: ["input": "1", "output": "2"])
    (opened.estimatedInputTokens, opened.estimatedCost) = (7, Picodollars(9))
    return opened
  }
  var usage = Usage(input: 100, output: 20)
  (usage.cacheRead, usage.cacheWrite, usage.cacheWriteOneHour, usage.reasoning) = (1, 2, 3, 4)
  (usage.audioInput, usage.audioOutput, usage.imageInput, usage.imageOutput) = (5, 6, 7, 8)
  (usage.searches, usage.queries, usage.serviceTier) = (9, 10, "flex")
  var failed = AttemptClosing(endedAt: mondayNoon, status: .failed, cost: .unpriced)
  (failed.failureKind, failed.failureMessage, failed.httpStatus) = ("server", "no\nanswer", 503)
  var good = AttemptClosing(
    endedAt: mondayNoon.later(seconds: 1), status: .ok, usage: usage,
    cost: Cost(amount: Picodollars(5), source: .reported, priceID: attempts[1].priceCard?.id, computed: Picodollars(4)))
  (good.requestID, good.modelReported, good.finishReason, good.usageIsEstimated) = ("req", "m-1", "stop", true)
  (good.firstByteMicroseconds, good.firstTokenMicroseconds) = (1_000, 2_000)
  good.changes = [Change("top_k", .dropped, "no such parameter"), Change("a\"b", .renamed, "ü")]
  var end = OperationClosing(endedAt: mondayNoon.later(seconds: 2), status: .ok)
  (end.provider, end.model, end.exitCode, end.failureKind, end.failureMessage) = ("p", "m", 0, "k", "f")
  (end.saved, end.decision, end.reply) = (Picodollars(3), "{}", "Rayleigh.")
  return [
    .openOperation(operation), .openAttempt(attempts[0]), .closeAttempt(attempts[0].id, failed),
    .openAttempt(attempts[1]), .openAttempt(attempts[2]), .closeAttempt(attempts[1].id, good),
    .closeOperation(id: id, end),
  ]
}
