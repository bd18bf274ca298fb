// When requests arrive whose senders do not wait for each other.

import Glibc

/// The moments at which an open loop starts its requests, in microseconds since the run began.
///
/// Counted in requests that should have arrived by then, arrivals are evenly spaced (constant) or apart by an exponential
/// time (Poisson); the ramp only says when so many should have arrived.
struct ArrivalTimes: Sendable {
  private let perMicrosecond: Double
  private let ramp: Double
  private let kind: RunRecord.Load.Arrivals
  private var random: SeededRandom
  /// How many should have arrived when the next one does.
  private var due: Double

  init(perSecond: Double, _ kind: RunRecord.Load.Arrivals, ramp: Int64, seed: UInt64) {
    perMicrosecond = perSecond / 1_000_000
    self.ramp = Double(ramp)
    self.kind = kind
    random = SeededRandom(seed: seed)
    due = 0
    if kind == .poisson { due = random.exponential() }
  }

  mutating func next() -> Int64 {
    defer { due += kind == .poisson ? random.exponential() : 1 }
    return Int64(moment(of: due).rounded())
  }

  /// While the load rises, the number grows as the square of the time; from then on as the time.
  private func moment(of count: Double) -> Double {
    let whileRising = perMicrosecond * ramp / 2
    return count < whileRising
      ? (2 * ramp * count / perMicrosecond).squareRoot() : count / perMicrosecond + ramp / 2
  }
}

extension SeededRandom {
  /// With a mean of 1.
  fileprivate mutating func exponential() -> Double { -log(1 - fraction()) }
}
