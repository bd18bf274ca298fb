import CommandLineKit
import Commands
import GatewayCore
import Testing

struct ATimePoint {
  /// 2026-11-22 14:30 UTC, 15:30 where the calendar is.
  private let now = Timestamp(CivilDay(year: 2026, month: 11, day: 22), hour: 14, minute: 30)
  private let anHourAhead = ReportCalendar { _ in 3_600 }

  @Test(arguments: [
    // typed, first moment of --since, first moment after --until
    ("90m", "2026-11-22T13:00:00", "2026-11-22T13:00:00"), ("7d", "2026-11-15T14:30:00", "2026-11-15T14:30:00"),
    ("today", "2026-11-21T23:00:00", "2026-11-22T23:00:00"),
    ("yesterday", "2026-11-20T23:00:00", "2026-11-21T23:00:00"),
    ("2026-10", "2026-09-30T23:00:00", "2026-10-31T23:00:00"),
    ("2026-12", "2026-11-30T23:00:00", "2026-12-31T23:00:00"),
    ("2028-02-29", "2028-02-28T23:00:00", "2028-02-29T23:00:00"),
    ("2026-10-01T12:30", "2026-10-01T11:30:00", "2026-10-01T11:30:00"),
  ])
  func `means the beginning of what it names for since, and the end for until`(
    _ typed: String, _ since: String, _ until: String
  ) throws {
    let point = try TimePoint(typed: typed, flag: "--since")
    #expect(point.start(now: now, in: anHourAhead).rfc3339 == since + ".000000Z")
    #expect(point.end(now: now, in: anHourAhead).rfc3339 == until + ".000000Z")
  }

  @Test(arguments: [
    "", "7", "7x", "d", "-7d", "tomorrow", "2026", "2026-13", "2026-00", "2026-02-29", "2026-11-31", "26-11-01",
    "2026-11-1x",
    "2026-11-01T24:00", "2026-11-01T12:60", "2026-11-01T12", "2026-11T12:00", "2026-11-01T12:00:00", "2026-11-01 12:00",
    "99999999999999999999d", "٢٠٢٦-١٠",
  ])
  func `is a usage error when it is no time`(_ typed: String) {
    #expect(throws: UsageError.self) { try TimePoint(typed: typed, flag: "--since") }
  }
}
