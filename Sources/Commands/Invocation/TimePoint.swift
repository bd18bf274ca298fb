// Points in time as people type them: `7d`, `today`, `2026-10-01`.

package import CommandLineKit
package import GatewayCore

/// What `--since` and `--until` take.
package enum TimePoint: Sendable, Equatable {
  /// So long before now.
  case ago(Duration)
  /// Today is 0, yesterday 1.
  case daysAgo(Int)
  /// A month, a day, or a minute of one, wherever the calendar is.
  case month(year: Int, month: Int)
  case day(CivilDay)
  case minute(CivilDay, hour: Int, minute: Int)

  /// Reads `90m`, `24h`, `7d`, `today`, `yesterday`, `2026-10`, `2026-10-01` or `2026-10-01T12:30`.
  package init(typed text: String, flag: String) throws(UsageError) {
    if let point = Self.named(text) ?? Self.dated(text) {
      self = point
    } else if let duration = Duration(durationText: text) {
      self = .ago(duration)
    } else {
      throw UsageError(
        "'\(flag) \(text)' is not a time", advice: "Write it as 7d, 24h, today, 2026-10-01 or 2026-10-01T12:30.")
    }
  }

  private static func named(_ text: String) -> TimePoint? {
    switch text {
    case "today": .daysAgo(0)
    case "yesterday": .daysAgo(1)
    default: nil
    }
  }

  private static func dated(_ text: String) -> TimePoint? {
    let halves = text.split(separator: "T", omittingEmptySubsequences: false)
    let parts = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { digits($0) }
    guard halves.count <= 2, numbers.count == parts.count, parts.first?.count == 4 else { return nil }
    if numbers.count == 2, halves.count == 1, 1...12 ~= numbers[1] {
      return .month(year: numbers[0], month: numbers[1])
    }
    guard numbers.count == 3 else { return nil }
    let day = CivilDay(year: numbers[0], month: numbers[1], day: numbers[2])
    // A thirtieth of February is another day's name.
    guard CivilDay(daysSinceEpoch: day.daysSinceEpoch) == day else { return nil }
    guard halves.count == 2 else { return .day(day) }
    let clock = halves[1].split(separator: ":", omittingEmptySubsequences: false).map { digits($0) }
    guard clock.count == 2, let hour = clock[0], let minute = clock[1], hour < 24, minute < 60 else { return nil }
    return .minute(day, hour: hour, minute: minute)
  }

  private static func digits(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } && text.utf8.count <= 4 ? Int(text) : nil
  }

  /// The first moment that counts, for `--since`.
  package func start(now: Timestamp, in calendar: ReportCalendar) -> Timestamp {
    switch self {
    case .ago(let duration): Timestamp(microseconds: now.microseconds - duration.microseconds)
    case .daysAgo(let days): calendar.start(of: calendar.day(of: now).adding(days: -days))
    case .month(let year, let month): calendar.start(of: CivilDay(year: year, month: month, day: 1))
    case .day(let day): calendar.start(of: day)
    case .minute(let day, let hour, let minute): calendar.moment(day, secondOfDay: hour * 3_600 + minute * 60)
    }
  }

  /// The first moment that no longer counts, for `--until`: a day or month that is named counts to its end.
  package func end(now: Timestamp, in calendar: ReportCalendar) -> Timestamp {
    switch self {
    case .ago, .minute: start(now: now, in: calendar)
    case .daysAgo(let days): calendar.start(of: calendar.day(of: now).adding(days: 1 - days))
    case .month(let year, let month): calendar.start(of: CivilDay(year: year, month: month + 1, day: 1))
    case .day(let day): calendar.start(of: day.adding(days: 1))
    }
  }
}

extension CivilDay {
  fileprivate func adding(days: Int) -> CivilDay { CivilDay(daysSinceEpoch: daysSinceEpoch + days) }
}
