// A moment as prices and the ledger know it: microseconds in UTC. Knows no time zone but UTC.
import Glibc

/// A moment: microseconds since 1970-01-01 00:00 UTC.
public struct Timestamp: Sendable, Hashable, Comparable {
  public var microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// A day and a time of it in UTC.
  public init(_ day: CivilDay, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    let seconds = Int64(day.daysSinceEpoch) * 86_400 + Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)
    microseconds = seconds * 1_000_000
  }

  /// The moment that `text` states as RFC 3339 has it, to the second; `nil` when it states none.
  package init?(rfc3339 text: String) {
    let fields = text.split { !$0.isNumber }.prefix(6).map { Int($0) ?? -1 }
    guard fields.count == 6, text.utf8.count >= 20, fields[3] < 24, fields[4] < 60, fields[5] <= 60 else { return nil }
    let day = CivilDay(year: fields[0], month: fields[1], day: fields[2])
    guard (1970...9999).contains(day.year), CivilDay(daysSinceEpoch: day.daysSinceEpoch) == day,
      let offset = Self.offsetMinutes(of: text.dropFirst(19).drop { $0 == "." || $0.isNumber })
    else { return nil }
    self.init(day, hour: fields[3], minute: fields[4], second: fields[5])
    microseconds -= Int64(offset) * 60_000_000
  }

  /// `Z` or `+01:30`.
  private static func offsetMinutes(of zone: Substring) -> Int? {
    if zone == "Z" || zone == "z" { return 0 }
    let parts = zone.dropFirst().split(separator: ":").compactMap { Int($0) }
    guard zone.first == "+" || zone.first == "-", parts.count == 2, zone.utf8.count == 6 else { return nil }
    return (zone.first == "-" ? -1 : 1) * (parts[0] * 60 + parts[1])
  }

  /// The system's clock; for the program's outermost wiring only, everything else is handed a `Timestamp`.
  public static func systemClock() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

  /// The moment so long after this one, or as far off as a timestamp reaches.
  package func later(by duration: Duration) -> Timestamp {
    let (sum, overflow) = microseconds.addingReportingOverflow(duration.microseconds)
    return Timestamp(microseconds: overflow ? .max : sum)
  }

  /// Seconds since 1970, rounded down.
  package var seconds: Int64 { microseconds.dividedDown(by: 1_000_000) }

  /// The day in UTC.
  package var utcDay: CivilDay { CivilDay(daysSinceEpoch: Int(seconds.dividedDown(by: 86_400))) }

  /// Minutes since midnight UTC, 0 to 1439.
  package var utcMinuteOfDay: Int { Int((seconds - Int64(utcDay.daysSinceEpoch) * 86_400) / 60) }

  /// `2026-11-22T14:55:02.123456Z` (RFC 3339).
  public var rfc3339: String {
    let day = utcDay
    let ofDay = microseconds - Int64(day.daysSinceEpoch) * 86_400_000_000
    let time = [ofDay / 3_600_000_000, ofDay / 60_000_000 % 60, ofDay / 1_000_000 % 60]
    let clock = time.map { Int($0).padded(2) }.joined(separator: ":")
    return "\(day)T\(clock).\(Int(ofDay % 1_000_000).padded(6))Z"
  }
}

/// A day of the proleptic Gregorian calendar.
public struct CivilDay: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var year: Int
  /// 1 to 12.
  public var month: Int
  /// 1 to 31.
  public var day: Int

  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day that many days after 1970-01-01.
  package init(daysSinceEpoch days: Int) {
    // The year is counted from March, so that the leap day is its last; 146,097 days are 400 years.
    let shifted = days + 719_468
    let era = shifted.dividedDown(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01; a day or month beyond its range counts on into the next.
  package var daysSinceEpoch: Int {
    let yearFromMarch = month <= 2 ? year - 1 : year
    let era = yearFromMarch.dividedDown(by: 400)
    let yearOfEra = yearFromMarch - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// 1 for Monday to 7 for Sunday (ISO 8601).
  package var weekday: Int {
    let days = daysSinceEpoch + 3
    return days - days.dividedDown(by: 7) * 7 + 1
  }

  public static func < (left: CivilDay, right: CivilDay) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  /// `2026-11-22`.
  public var description: String { "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))" }
}

extension Duration {
  /// Whole microseconds.
  package var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

extension BinaryInteger {
  /// The quotient rounded towards minus infinity; `divisor` is positive.
  package func dividedDown(by divisor: Self) -> Self {
    let quotient = self / divisor
    return quotient * divisor > self ? quotient - 1 : quotient
  }
}

extension Int {
  /// The decimal text, filled with zeros on the left.
  package func padded(_ width: Int) -> String {
    let text = String(self)
    return String(repeating: "0", count: Swift.max(0, width - text.utf8.count)) + text
  }
}
