// How often something took how long.

/// Durations by size: counts below fixed bounds.
struct Histogram: Sendable {
  /// Upper bounds in microseconds, ascending.
  struct Bounds: Sendable {
    let microseconds: [Int64]

    /// Of calls to models: 5 ms to 10 minutes.
    static let calls = Bounds(
      microseconds: [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 600_000].map {
        $0 * 1_000
      })
    /// Of our own work: 50 microseconds to a second.
    static let work = Bounds(
      microseconds: [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000, 1_000_000])
  }

  let bounds: Bounds
  /// One for each bound, and one for what is above the last; each without those before it.
  private(set) var counts: [UInt64]
  private(set) var sum: Int64 = 0

  init(_ bounds: Bounds) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.microseconds.count + 1)
  }

  mutating func add(_ duration: Duration) {
    let time = max(0, duration.microseconds)
    let index = bounds.microseconds.firstIndex { time <= $0 } ?? bounds.microseconds.count
    counts[index] += 1
    sum = sum.addingReportingOverflow(time).partialValue
  }
}
