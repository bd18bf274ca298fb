// The clock the driver thread waits by. epoll waits in real time, so this one is not passed in.
import Glibc

/// Nanoseconds of the system's monotonic clock.
struct MonotonicTime: Comparable {
  var nanoseconds: UInt64

  static var now: MonotonicTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  static func < (one: MonotonicTime, other: MonotonicTime) -> Bool { one.nanoseconds < other.nanoseconds }

  /// Saturates; a negative duration counts as none.
  static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return time }
    guard seconds < 1 << 32 else { return MonotonicTime(nanoseconds: .max) }
    return MonotonicTime(
      nanoseconds: time.nanoseconds + UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000))
  }

  /// Microseconds since an earlier time.
  func microseconds(since earlier: MonotonicTime) -> Int {
    Int(nanoseconds.subtractingReportingOverflow(min(earlier, self).nanoseconds).partialValue / 1000)
  }

  /// Whole milliseconds until a later time, rounded up; 0 when it has passed.
  func millisecondsRoundedUp(until later: MonotonicTime) -> Int32 {
    guard later > self else { return 0 }
    let milliseconds = (later.nanoseconds - nanoseconds - 1) / 1_000_000 + 1
    return Int32(clamping: milliseconds)
  }
}

/// The smaller one, where there is any.
func earlier<Time: Comparable>(_ one: Time?, _ other: Time?) -> Time? {
  guard let one, let other else { return one ?? other }
  return min(one, other)
}
