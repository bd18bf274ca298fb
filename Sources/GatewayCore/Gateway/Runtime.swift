// Time and chance, handed in so that a test can decide them.

/// What the core needs of the world besides files and the network.
public struct Runtime: Sendable {
  /// The time of day.
  public var now: @Sendable () -> Timestamp
  /// A clock that never jumps, in microseconds.
  public var uptimeMicroseconds: @Sendable () -> Int64
  public var sleep: @Sendable (Duration) async throws -> Void
  /// A new id: 26 characters that sort by time.
  public var makeID: @Sendable () -> String
  /// A number from 0 up to and without 1.
  public var random: @Sendable () -> Double

  public init(
    now: @escaping @Sendable () -> Timestamp, uptimeMicroseconds: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (Duration) async throws -> Void, makeID: @escaping @Sendable () -> String,
    random: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.uptimeMicroseconds = uptimeMicroseconds
    self.sleep = sleep
    self.makeID = makeID
    self.random = random
  }
}

/// An id of 26 characters in Crockford's base 32: 48 bits of milliseconds, then 80 random bits (the ULID form).
public func sortableID(at time: Timestamp, random: UInt128) -> String {
  let value = UInt128(UInt64(max(time.microseconds / 1000, 0))) << 80 | random & ((1 << 80) - 1)
  return String(unsafeUninitializedCapacity: 26) { characters in
    for place in 0..<26 {
      let digit = UInt8(truncatingIfNeeded: value >> UInt128((25 - place) * 5)) & 31
      characters[place] = crockfordDigits[Int(digit)]
    }
    return 26
  }
}

private let crockfordDigits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
