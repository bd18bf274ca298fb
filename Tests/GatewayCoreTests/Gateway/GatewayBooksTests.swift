// A ledger that fails: the answer arrives all the same, and the outcome says what is missing.

import TestSupport
import Testing
import Wire

@testable import GatewayCore

@Suite(.timeLimit(.minutes(1)))
struct GatewayBooks {
  @Test func `without a ledger the answer arrives`() async throws {
    let failure = LedgerFailure(.full, "open the ledger", "the disk is full", code: 13)
    let world = try GatewayWorld(replies: Answer.failed("503 Busy"), Answer.whole, ledgerFails: failure)
    let outcome = await world.answer(world.call())
    #expect(outcome.bookkeeping == failure)
    #expect(outcome.status == .ok)
    #expect(outcome.reply.text == "Hello there")
    #expect(outcome.attempts.map(\.status) == [.failed, .ok])
    #expect(outcome.cost.amount?.decimalText == "0.0027")
  }

  @Test func `a call that is rejected without a ledger says both`() async throws {
    let failure = LedgerFailure(.permission, "open the ledger", "permission denied")
    let world = try GatewayWorld(replies: "", ledgerFails: failure)
    let outcome = await world.answer(world.call(to: world.target(keyVariable: "MOCK_KEY")))
    #expect(outcome.status == .rejected)
    #expect(outcome.bookkeeping == failure)
  }

  @Test(arguments: ["INSERT ON operations", "INSERT ON attempts", "UPDATE ON attempts", "UPDATE ON operations"])
  func `a ledger that fails on the way lets the answer through`(_ moment: String) async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    try world.breakLedger(at: moment)
    let told = Told()
    let outcome = await world.answer(world.call(), told: told)
    #expect(outcome.status == .ok)
    #expect(told.text == "Hello there")
    #expect(outcome.cost.amount?.decimalText == "0.0027")
    #expect(outcome.bookkeeping?.kind == .other)
    #expect(outcome.bookkeeping?.code == 1811)  // SQLITE_CONSTRAINT_TRIGGER
    await world.ledger?.close()
    try world.mendLedger()
    let record = try world.scratch.find("op-1")
    // What was opened and could not be closed is lost at its estimate, not left out.
    #expect(record?.status == (moment.hasPrefix("INSERT") ? nil : .lost))
    #expect(record?.attempts.map(\.status) == (moment.hasPrefix("INSERT") ? nil : [.lost]))
    #expect(record.map { $0.attempts.first?.cost?.amount == Picodollars(12_500_000) } != false)
  }

  @Test func `a ledger that fails between attempts does not stop the retries`() async throws {
    let world = try GatewayWorld(replies: Answer.failed("503 Busy"), Answer.failed("503 Busy"), Answer.whole)
    let ledger = world.ledger
    let outcome = await world.gateway.answer(world.call()) { event in
      if case .retrying(1, _, _, _) = event { await ledger?.close() }
    }
    #expect(outcome.status == .ok)
    #expect(outcome.attempts.map(\.number) == [1, 2, 3])
    #expect(outcome.bookkeeping?.problem == "the ledger was closed")
    // The call is on the books with what was known of it.
    let record = try #require(try world.scratch.find("op-1"))
    #expect(record.status == .lost)
    #expect(record.attempts.map(\.status) == [.failed])
  }

  @Test func `an answer that fails without books is still told as it failed`() async throws {
    let world = try GatewayWorld(replies: Answer.failed("401 Who", "bad key"))
    try world.breakLedger(at: "UPDATE ON operations")
    let outcome = await world.answer(world.call())
    #expect(outcome.status == .failed)
    #expect(outcome.failure?.kind == .authentication)
    #expect(outcome.bookkeeping != nil)
  }

  @Test func `many calls at once are each booked once`() async throws {
    let world = try GatewayWorld(replies: Answer.whole)
    let gateway = world.gateway
    let statuses = await withTaskGroup(of: CallStatus.self) { group in
      for _ in 0..<40 { group.addTask { await gateway.answer(world.call()) { _ in }.status } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == Array(repeating: .ok, count: 40))
    await world.ledger?.close()
    let total = try world.scratch.spend().total
    #expect(total.calls == 40)
    #expect(total.cost?.decimalText == "0.108")
  }
}

extension GatewayWorld {
  /// From now on the ledger fails at `INSERT ON attempts` or the like.
  fileprivate func breakLedger(at moment: String) throws {
    try scratch.reader().database.run(
      "CREATE TRIGGER broken BEFORE \(moment) BEGIN SELECT RAISE(ABORT, 'out of paper'); END", [], "break the ledger")
  }

  /// Looking at the ledger settles what was left open, which writes.
  fileprivate func mendLedger() throws {
    try Database(path: scratch.files.database, access: .readWrite, busyMilliseconds: 1000)
      .run("DROP TRIGGER broken", [], "mend the ledger")
  }
}
