// Money. Whole picodollars (10^-12 USD), so that a price per token is exact; rounded only when shown to a person.

/// An amount of money: a whole number of picodollars (10^-12 USD).
///
/// Holds up to $9.2 million. One picodollar per token is one micro-dollar per million tokens: $2.50 per million is `Picodollars(2_500_000)`.
public struct Picodollars: Sendable, Hashable, Comparable {
  public var count: Int64

  public static let zero = Picodollars(0)
  static let perDollar: Int64 = 1_000_000_000_000
  static let places = 12

  public init(_ count: Int64) { self.count = count }

  /// US dollars in decimal text (`0.0123`, `1.5e-7`); `nil` when not a number, finer than 10^-12, or too large.
  public init?(dollars text: String) {
    guard let count = DecimalText.scaled(text, places: Self.places) else { return nil }
    self.count = count
  }

  /// A price per token from US dollars per million tokens; `nil` when not a number, finer than 10^-6, or too large.
  public init?(dollarsPerMillion text: String) {
    guard let count = DecimalText.scaled(text, places: 6) else { return nil }
    self.count = count
  }

  public static func < (left: Picodollars, right: Picodollars) -> Bool { left.count < right.count }

  /// The sum, or `nil` when it does not fit.
  public func adding(_ other: Picodollars) -> Picodollars? {
    let (sum, isHuge) = count.addingReportingOverflow(other.count)
    return isHuge ? nil : Picodollars(sum)
  }

  /// The difference, or `nil` when it does not fit.
  public func subtracting(_ other: Picodollars) -> Picodollars? {
    let (difference, isHuge) = count.subtractingReportingOverflow(other.count)
    return isHuge ? nil : Picodollars(difference)
  }

  /// Exact US dollars without exponent: `0.0123`.
  public var decimalText: String { DecimalText.text(Int128(count), places: Self.places) }

  /// Rounded for a person: `$12.35`, `$0.0123`, `$0.0000045`.
  public var shown: String { PicodollarSum(self).shown }
}

/// The sum of any number of amounts: 128 bits, so that it does not overflow.
public struct PicodollarSum: Sendable, Hashable, Comparable {
  public var count: Int128

  public static let zero = PicodollarSum()

  public init() { count = 0 }
  public init(_ amount: Picodollars) { count = Int128(amount.count) }

  /// A sum taken in two halves: of `amount / 10^6` and of `amount % 10^6`.
  package init(micros: Int64, remainders: Int64) { count = Int128(micros) * 1_000_000 + Int128(remainders) }

  public static func < (left: PicodollarSum, right: PicodollarSum) -> Bool { left.count < right.count }
  public static func += (sum: inout PicodollarSum, other: PicodollarSum) { sum.count += other.count }
  public static func += (sum: inout PicodollarSum, amount: Picodollars) { sum.count += Int128(amount.count) }

  /// Exact US dollars without exponent: `0.0123`.
  public var decimalText: String { DecimalText.text(count, places: Picodollars.places) }

  /// Rounded half away from zero for a person: cents from $1, four places from a cent, three digits below.
  public var shown: String {
    let places = shownPlaces
    let divisor = Int128(1).timesTen(toThe: Picodollars.places - places)
    let rounded = (count.magnitude + divisor.magnitude / 2) / divisor.magnitude
    let digits = String(rounded)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
    return "\(count < 0 ? "-" : "")$\(padded.dropLast(places)).\(padded.suffix(places))"
  }

  private var shownPlaces: Int {
    let dollar = UInt128(Picodollars.perDollar)
    if count == 0 || count.magnitude >= dollar { return 2 }
    if count.magnitude >= dollar / 100 { return 4 }
    let zerosAfterPoint = Picodollars.places - String(count.magnitude).utf8.count
    return min(Picodollars.places, zerosAfterPoint + 3)
  }
}

extension Int128 {
  fileprivate func timesTen(toThe power: Int) -> Int128 { (0..<power).reduce(self) { value, _ in value * 10 } }
}
