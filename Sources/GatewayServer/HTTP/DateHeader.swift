// The `date` field, written once a second rather than once an answer.
import GatewayCore
import Synchronization

/// The time in the form of HTTP, remembered for as long as its second lasts.
final class DateHeader: Sendable {
  private let now: @Sendable () -> Timestamp
  private let last = Mutex((second: Int64.min, text: ""))

  init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

  var text: String {
    let now = now()
    return last.withLock { last in
      if last.second != now.seconds { last = (now.seconds, Self.text(of: now)) }
      return last.text
    }
  }

  private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
  static func text(of moment: Timestamp) -> String {
    let day = moment.utcDay
    let minutes = moment.utcMinuteOfDay
    let second = Int(moment.seconds.dividedDown(by: 60) * -60 + moment.seconds)
    let clock = [minutes / 60, minutes % 60, second].map { $0.padded(2) }.joined(separator: ":")
    return "\(days[day.weekday - 1]), \(day.day.padded(2)) \(months[day.month - 1]) \(day.year.padded(4)) \(clock) GMT"
  }
}
