/// How far the load generator was behind its own schedule.
package enum Slip {
  /// A request is late when it left more than this after its time, in microseconds.
  ///
  /// Less does not show in what a language model takes; in response times all of it is counted.
  package static let tolerance: Int64 = 10_000
  /// With a larger share of late requests the load was not the one that was asked for.
  package static let mostLate = 0.01

  /// The share of `samples` that started late, 0 to 1; in a closed loop none does.
  package static func share(of samples: [Sample]) -> Double {
    guard !samples.isEmpty else { return 0 }
    return Double(samples.count { $0.started - $0.intended > tolerance }) / Double(samples.count)
  }
}
