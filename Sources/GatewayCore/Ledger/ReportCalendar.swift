// Days, weeks and months as people in one place count them.
import Glibc

/// A time zone, as far as reports need one: how far its clocks are ahead of UTC at a moment.
package struct ReportCalendar: Sendable {
  private let secondsAhead: @Sendable (Timestamp) -> Int

  /// `secondsAhead` changes at quarters of an hour only, as all zones in use do.
  package init(secondsAhead: @escaping @Sendable (Timestamp) -> Int) { self.secondsAhead = secondsAhead }

  package static let utc = ReportCalendar { _ in 0 }

  /// The zone of the environment (`TZ`, `/etc/localtime`).
  package static let local = ReportCalendar { moment in
    var seconds = time_t(moment.seconds)
    var fields = tm()
    return localtime_r(&seconds, &fields) == nil ? 0 : fields.tm_gmtoff
  }

  /// The day it is there.
  package func day(of moment: Timestamp) -> CivilDay {
    Timestamp(microseconds: moment.microseconds + Int64(secondsAhead(moment)) * 1_000_000).utcDay
  }

  /// The first moment of a day there, or the first after it when clocks skip midnight.
  package func start(of day: CivilDay) -> Timestamp { moment(day, secondOfDay: 0) }

  /// The moment at which clocks there show that time; the later one when they show it twice.
  package func moment(_ day: CivilDay, secondOfDay: Int) -> Timestamp {
    let shown = Timestamp(day).microseconds + Int64(secondOfDay) * 1_000_000
    // The offset is that of the moment looked for: guess it from near by, then once more from the guess.
    let guess = Timestamp(microseconds: shown - Int64(secondsAhead(Timestamp(microseconds: shown))) * 1_000_000)
    return Timestamp(microseconds: shown - Int64(secondsAhead(guess)) * 1_000_000)
  }

  /// `2026-11-22 14:55:02` there.
  package func text(_ moment: Timestamp) -> String {
    let shifted = Timestamp(microseconds: moment.microseconds + Int64(secondsAhead(moment)) * 1_000_000)
    return String(shifted.rfc3339.prefix(19).map { $0 == "T" ? " " : $0 })
  }
}

/// A stretch of days that a report sums up.
package enum Period: String, Sendable, CaseIterable {
  case day, week, month

  /// A number that grows with time, one for each period.
  func number(of day: CivilDay) -> Int64 {
    switch self {
    case .day: Int64(day.daysSinceEpoch)
    case .week: Int64(day.daysSinceEpoch - (day.weekday - 1))
    case .month: Int64(day.year * 12 + day.month - 1)
    }
  }

  /// `2026-11-22`, `2026-W47` (ISO 8601: the week of its Thursday's year) or `2026-11`.
  func label(_ number: Int64) -> String {
    switch self {
    case .day: return CivilDay(daysSinceEpoch: Int(number)).description
    case .week:
      let thursday = CivilDay(daysSinceEpoch: Int(number) + 3)
      let newYear = CivilDay(year: thursday.year, month: 1, day: 1).daysSinceEpoch
      return "\(thursday.year.padded(4))-W\(((thursday.daysSinceEpoch - newYear) / 7 + 1).padded(2))"
    case .month:
      return "\(Int(number.dividedDown(by: 12)).padded(4))-\((Int(number) % 12 + 1).padded(2))"
    }
  }
}
