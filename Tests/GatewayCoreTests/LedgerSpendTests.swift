// Reports: tokens and money from attempts, calls from operations, by anything, in any zone.
import Testing
import Wire

@testable import GatewayCore

struct LedgerSpendTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func book(_ entries: [LedgerEntry]...) async throws {
    let ledger = try scratch.ledger()
    for unit in entries { try await ledger.record(unit) }
    await ledger.close()
  }

  /// `model a | model b: calls attempts cost`, one for each row.
  private func lines(_ report: SpendReport) -> [String] {
    report.rows.map { row in
      let cost = row.spend.cost?.decimalText ?? "null"
      return "\(row.labels.joined(separator: " ")): \(row.spend.calls) \(row.spend.attempts) \(cost)"
    }
  }

  @Test func `an empty ledger has no rows and a total of nothing`() async throws {
    try await book()
    let report = try scratch.spend("model")
    #expect(report.rows == [])
    #expect(report.total == Spend())
    #expect(report.total.cost == .zero)
    #expect(report.total.source == nil)
  }

  @Test func `a ledger that was never begun is not made by looking`() throws {
    #expect(try LedgerReader(scratch.files, now: mondayNoon) == nil)
    #expect(!scratch.files.exist)
  }

  @Test(arguments: [
    ("model", ["m2: 1 1 3", "m1: 2 2 2"]), ("provider", ["q: 1 1 3", "p: 2 2 2"]),
    ("project", ["x: 1 1 3", "y: 1 1 1.5", "(none): 1 1 0.5"]), ("status", ["failed: 1 1 3", "ok: 2 2 2"]),
    ("origin", ["server: 1 1 3", "cli: 2 2 2"]), ("tag:team", ["a: 1 1 3", "b: 1 1 1.5", "(none): 1 1 0.5"]),
    ("tag:nobody", ["(none): 3 3 5"]), ("day", ["2026-11-16: 2 2 2", "2026-11-23: 1 1 3"]),
    ("week", ["2026-W47: 2 2 2", "2026-W48: 1 1 3"]), ("month", ["2026-11: 3 3 5"]),
  ])
  func `spend is summed by each dimension`(_ by: String, _ expected: [String]) async throws {
    try await book(
      call("op-1", model: "m1", costs: "0.5"),
      call("op-2", model: "m1", costs: "1.5") { ($0.project, $0.tags) = ("y", [Tag("team", "b"), Tag("z", "a")]) },
      call("op-3", at: mondayNoon.later(seconds: 7 * 86_400), model: "m2", provider: "q", costs: "3", status: .failed) {
        ($0.project, $0.origin, $0.tags) = ("x", .server, [Tag("team", "a")])
      })
    let report = try scratch.spend(by)
    #expect(lines(report) == expected)
    #expect(report.total.calls == 3)
    #expect(report.total.inputTokens == 30)
    #expect(report.total.cost?.decimalText == "5")
  }

  @Test func `several dimensions are combined, periods in order and the dearest first within`() async throws {
    let nextDay = mondayNoon.later(seconds: 86_400)
    try await book(
      call("op-1", at: nextDay, model: "m1", costs: "9") { $0.tags = [Tag("a", "1"), Tag("b", "2")] },
      call("op-2", model: "m1", costs: "1"), call("op-3", model: "m2", costs: "2"),
      call("op-4", model: "m1", costs: "0.5"))
    #expect(
      lines(try scratch.spend("model", "day")) == [
        "m2 2026-11-16: 1 1 2", "m1 2026-11-16: 2 2 1.5", "m1 2026-11-17: 1 1 9",
      ])
    #expect(lines(try scratch.spend("tag:a", "tag:b")) == ["1 2: 1 1 9", "(none) (none): 3 3 3.5"])
  }

  @Test func `a fallback's tokens are on both rows and its call on the last`() async throws {
    try await book([
      .openOperation(opening("op-1")), .openAttempt(attempt("op-1", 1, model: "m1", provider: "p1")),
      .closeAttempt(AttemptID(operationID: "op-1", number: 1), ending("0.25", usage(7, 1), .failed)),
      .openAttempt(attempt("op-1", 2, .fallback, model: "m2", provider: "p2")),
      .closeAttempt(AttemptID(operationID: "op-1", number: 2), ending("0.5", usage(7, 9))),
      .closeOperation(id: "op-1", end()),
    ])
    let report = try scratch.spend("model")
    #expect(lines(report) == ["m2: 1 1 0.5", "m1: 0 1 0.25"])
    #expect(report.total.calls == 1)
    #expect([report.total.inputTokens, report.total.outputTokens] == [14, 10])
  }

  @Test func `a call without an attempt is counted where it would have gone`() async throws {
    var hit = end()
    (hit.provider, hit.model, hit.saved) = ("p", "m", Picodollars(7))
    try await book(
      [.openOperation(opening("op-1", model: "fast")), .closeOperation(id: "op-1", hit)],
      [.openOperation(opening("op-2", model: "dear")), .closeOperation(id: "op-2", end(.rejected))])
    let report = try scratch.spend("provider", "model")
    #expect(lines(report) == ["(none) dear: 1 0 0", "p m: 1 0 0"])
    #expect(report.total.source == nil)
  }

  @Test func `what has no price is counted, never zero, and mixes the sources`() async throws {
    try await book(
      call("op-1", model: "known", costs: "1"), call("op-2", model: "unknown", costs: nil),
      call("op-3", model: "both", costs: "2"), call("op-4", model: "both", costs: nil))
    let rows = try scratch.spend("model").rows.reduce(into: [:]) { $0[$1.labels[0]] = $1.spend }
    #expect(rows["known"]?.source == .computed)
    #expect(rows["unknown"]?.cost == nil)
    #expect(rows["unknown"]?.source == .unpriced)
    #expect(rows["unknown"]?.unpricedCalls == 1)
    #expect(rows["both"]?.cost?.decimalText == "2")
    #expect(rows["both"]?.source == .mixed)
    #expect(rows["both"]?.unpricedCalls == 1)
    #expect(try scratch.spend().total.unpricedCalls == 2)
  }

  @Test func `a call with unpriced attempts on two rows is one unpriced call in all`() async throws {
    try await book([
      .openOperation(opening("op-1")), .openAttempt(attempt("op-1", 1, model: "m1")),
      .openAttempt(attempt("op-1", 2, .retry, model: "m1")), .openAttempt(attempt("op-1", 3, .fallback, model: "m2")),
      .closeAttempt(AttemptID(operationID: "op-1", number: 1), ending(nil)),
      .closeAttempt(AttemptID(operationID: "op-1", number: 2), ending(nil)),
      .closeAttempt(AttemptID(operationID: "op-1", number: 3), ending(nil)), .closeOperation(id: "op-1", end()),
    ])
    let report = try scratch.spend("model")
    #expect(report.rows.map(\.spend.unpricedCalls) == [1, 1])
    #expect(report.total.unpricedCalls == 1)
  }

  @Test func `sums beyond 64 bits are exact`() async throws {
    let ledger = try scratch.ledger()
    for index in 0..<3 {
      var closing = ending("1", usage(.max, 1))
      closing.cost = Cost(amount: Picodollars(.max), source: .reported)
      try await ledger.record([
        .openOperation(opening("op-\(index)")), .openAttempt(attempt("op-\(index)")),
        .closeAttempt(AttemptID(operationID: "op-\(index)", number: 1), closing),
        .closeOperation(id: "op-\(index)", end()),
      ])
    }
    await ledger.close()
    let total = try scratch.spend().total
    #expect(total.cost?.decimalText == "27670116.110564327421")
    #expect(total.inputTokens == .max)
  }

  @Test func `since is the first moment that counts and until the first that does not`() async throws {
    try await book(
      call("op-1", costs: "1"), call("op-2", at: mondayNoon.later(seconds: 1), costs: "2"),
      call("op-3", at: mondayNoon.later(seconds: 2), costs: "4"))
    let report = try scratch.spend(since: mondayNoon.later(seconds: 1), until: mondayNoon.later(seconds: 2))
    #expect(lines(report) == [": 1 1 2"])
    #expect(try scratch.spend(since: mondayNoon.later(seconds: 9)).rows == [])
  }

  @Test func `an open call is counted, without a price to miss`() async throws {
    let ledger = try scratch.ledger()
    try await ledger.open(opening("op-1"), attempt: attempt("op-1"))
    let report = try scratch.spend("status")
    #expect(lines(report) == ["open: 1 1 0"])
    #expect(report.total.unpricedCalls == 0)
    await ledger.close()
  }

  @Test(arguments: ["", "modle", "tag", "tag:", "days", "Model"])
  func `an unknown dimension is none`(_ text: String) { #expect(SpendDimension(text) == nil) }

  @Test(arguments: ["model", "provider", "project", "status", "origin", "day", "week", "month", "tag:a:b"])
  func `a dimension is named as it is read`(_ text: String) { #expect(SpendDimension(text)?.name == text) }
}

struct LedgerCalendarTests {
  /// Central Europe in 2026: an hour ahead, two from 29 March 01:00 to 25 October 01:00 UTC.
  static let europe = ReportCalendar { moment in
    let summer = Timestamp(CivilDay(year: 2026, month: 3, day: 29), hour: 1)
    let winter = Timestamp(CivilDay(year: 2026, month: 10, day: 25), hour: 1)
    return moment >= summer && moment < winter ? 7_200 : 3_600
  }

  @Test(arguments: [
    (3, 28, 22, 59, "2026-03-28"), (3, 28, 23, 0, "2026-03-29"), (3, 29, 21, 59, "2026-03-29"),
    (3, 29, 22, 0, "2026-03-30"), (10, 24, 21, 59, "2026-10-24"), (10, 24, 22, 0, "2026-10-25"),
    (10, 25, 22, 59, "2026-10-25"), (10, 25, 23, 0, "2026-10-26"),
  ])
  func `local days are 23 and 25 hours long when clocks change`(
    _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ expected: String
  ) {
    let moment = Timestamp(CivilDay(year: 2026, month: month, day: day), hour: hour, minute: minute)
    #expect(Self.europe.day(of: moment).description == expected)
  }

  @Test(arguments: [
    (3, 29, "2026-03-28T23:00:00.000000Z"), (3, 30, "2026-03-29T22:00:00.000000Z"),
    (10, 25, "2026-10-24T22:00:00.000000Z"), (10, 26, "2026-10-25T23:00:00.000000Z"),
  ])
  func `a local day begins at its midnight`(_ month: Int, _ day: Int, _ expected: String) {
    #expect(Self.europe.start(of: CivilDay(year: 2026, month: month, day: day)).rfc3339 == expected)
  }

  @Test(arguments: [
    (3, 29, 90, "2026-03-29T00:30:00.000000Z"), (3, 29, 210, "2026-03-29T01:30:00.000000Z"),
    (10, 25, 90, "2026-10-24T23:30:00.000000Z"), (10, 25, 210, "2026-10-25T02:30:00.000000Z"),
  ])
  func `a local time on the day that clocks change is the right moment`(
    _ month: Int, _ day: Int, _ minute: Int, _ expected: String
  ) {
    let moment = Self.europe.moment(CivilDay(year: 2026, month: month, day: day), secondOfDay: minute * 60)
    #expect(moment.rfc3339 == expected)
  }

  @Test func `a report by day follows the zone and not UTC`() async throws {
    let scratch = try Scratch()
    let ledger = try scratch.ledger()
    let lateOnSunday = Timestamp(CivilDay(year: 2026, month: 10, day: 25), hour: 22, minute: 59)
    try await ledger.record(call("op-1", at: lateOnSunday))
    try await ledger.record(call("op-2", at: lateOnSunday.later(seconds: 60)))
    await ledger.close()
    #expect(try scratch.spend("day").rows.map(\.labels) == [["2026-10-25"]])
    #expect(
      try scratch.spend("day", calendar: Self.europe).rows.map(\.labels) == [["2026-10-25"], ["2026-10-26"]])
    #expect(
      try scratch.spend("week", calendar: Self.europe).rows.map(\.labels) == [["2026-W43"], ["2026-W44"]])
  }

  @Test func `a zone with an odd quarter of an hour has its own midnight`() {
    let nepal = ReportCalendar { _ in 20_700 }
    let moment = Timestamp(CivilDay(year: 2026, month: 1, day: 1), hour: 18, minute: 15)
    #expect(nepal.day(of: moment).description == "2026-01-02")
    #expect(nepal.start(of: CivilDay(year: 2026, month: 1, day: 2)) == moment)
  }

  @Test(arguments: [
    (2026, 12, 28, "2026-W53"), (2027, 1, 3, "2026-W53"), (2027, 1, 4, "2027-W01"), (2024, 12, 29, "2024-W52"),
    (2024, 12, 30, "2025-W01"), (2021, 1, 3, "2020-W53"), (2026, 1, 1, "2026-W01"), (2025, 12, 28, "2025-W52"),
  ])
  func `weeks are those of ISO 8601`(_ year: Int, _ month: Int, _ day: Int, _ expected: String) {
    let number = Period.week.number(of: CivilDay(year: year, month: month, day: day))
    #expect(Period.week.label(number) == expected)
  }

  @Test func `months are labelled across years`() {
    #expect(Period.month.label(Period.month.number(of: CivilDay(year: 2026, month: 12, day: 31))) == "2026-12")
    #expect(Period.month.label(Period.month.number(of: CivilDay(year: 2027, month: 1, day: 1))) == "2027-01")
  }
}
