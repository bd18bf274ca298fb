// How much there was in the last minute. Knows no clock: the time is handed in, and never runs backwards.

/// Amounts of the last 60 seconds.
///
/// What comes within a second of its first is kept as one entry, which leaves when its last part is a minute old: an
/// amount counts for 60 seconds at least and for 61 at most, so that in no minute there is more than was allowed.
struct SlidingWindow: Sendable {
  private struct Entry: Sendable {
    var began: Int64
    var last: Int64
    var amount: Int
  }

  /// In microseconds.
  static let length: Int64 = 60_000_000
  private static let grain: Int64 = 1_000_000
  /// More than this at once is counted as this, so that no sum overflows.
  static let mostAtOnce = 1 << 40

  /// In order of time, at most 62.
  private var entries: [Entry] = []
  private(set) var total = 0

  var isEmpty: Bool { entries.isEmpty }

  /// Forgets what is a minute old.
  mutating func pass(to now: Int64) {
    let old = entries.prefix { $0.last + Self.length <= now }
    guard !old.isEmpty else { return }
    total -= old.reduce(0) { $0 + $1.amount }
    entries.removeFirst(old.count)
  }

  mutating func add(_ amount: Int, at now: Int64) {
    let amount = min(max(amount, 0), Self.mostAtOnce)
    guard amount > 0 else { return }
    total += amount
    if let last = entries.indices.last, now < entries[last].began + Self.grain {
      entries[last].last = max(now, entries[last].last)
      entries[last].amount += amount
    } else {
      entries.append(Entry(began: now, last: now, amount: amount))
    }
  }

  /// How long until at most `most` are left, if nothing is added; in microseconds, 0 for at once.
  func wait(untilAtMost most: Int, from now: Int64) -> Int64 {
    var left = total
    var wait: Int64 = 0
    for entry in entries where left > most {
      left -= entry.amount
      wait = entry.last + Self.length - now
    }
    return max(wait, 0)
  }
}
