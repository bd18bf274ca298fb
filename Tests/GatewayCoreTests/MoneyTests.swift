// Amounts: exact text in, exact text out, rounding only where a person looks.
import GatewayCore
import Testing

struct MoneyTests {
  @Test(arguments: [
    ("0", 0), ("1", 1_000_000_000_000), ("0.0123", 12_300_000_000), ("0.000000000001", 1), ("-2.5", -2_500_000_000_000),
    ("+1", 1_000_000_000_000), (".5", 500_000_000_000), ("7.", 7_000_000_000_000), ("1.5e-7", 150_000),
    ("12E2", 1_200_000_000_000_000), ("0.10000000000000000000000000000000000000", 100_000_000_000),
    ("9223372.036854775807", Int64.max), ("0e99999", 0), ("0.0000000000000000000000e30", 0),
  ])
  func `decimal dollars are read exactly`(_ text: String, _ picodollars: Int64) {
    #expect(Picodollars(dollars: text) == Picodollars(picodollars))
  }

  @Test(arguments: [
    "", ".", "-", "+", "e5", "1e", "1e+", "1.2.3", "1,5", "0x10", " 1", "1 ", "one", "nan", "inf", "--1", "1e5.0", "٣",
    "0.0000000000001", "9223372.036854775808", "99999999999999999999", "1e400", "1e9223372036854775807",
    "1e-9223372036854775808", "1.0000000000000000000000000000000001",
  ])
  func `what is no amount, too fine or too large is refused rather than rounded`(_ text: String) {
    #expect(Picodollars(dollars: text) == nil)
  }

  @Test func `a number of a million digits is refused without ado`() {
    #expect(Picodollars(dollars: "1" + String(repeating: "0", count: 1_000_000)) == nil)
    #expect(Picodollars(dollars: "1" + String(repeating: "0", count: 1_000_000) + "1") == nil)
  }

  @Test func `dollars per million tokens are micro-dollars per million and picodollars per token`() {
    #expect(Picodollars(dollarsPerMillion: "2.50") == Picodollars(2_500_000))
    #expect(Picodollars(dollarsPerMillion: "0.0375") == Picodollars(37_500))
    #expect(Picodollars(dollarsPerMillion: "0.0000001") == nil)
  }

  @Test(arguments: [
    (0, "0"), (1, "0.000000000001"), (12_300_000_000, "0.0123"), (-2_500_000_000_000, "-2.5"),
    (Int64.max, "9223372.036854775807"), (Int64.min, "-9223372.036854775808"), (5_000_000_000_000, "5"),
  ])
  func `exact text has no exponent and no zeros at the end`(_ count: Int64, _ text: String) {
    #expect(Picodollars(count).decimalText == text)
  }

  @Test(arguments: [
    ("0", "$0.00"), ("12.345", "$12.35"), ("12.344999999999", "$12.34"), ("1", "$1.00"), ("0.0123", "$0.0123"),
    ("0.5", "$0.5000"), ("0.00123456", "$0.00123"), ("0.0000045", "$0.00000450"), ("0.000000000001", "$0.000000000001"),
    ("-0.0123", "-$0.0123"), ("1234567.891", "$1234567.89"), ("0.01", "$0.0100"),
  ])
  func `a person sees a few digits, and never zero for something`(_ exact: String, _ shown: String) throws {
    #expect(try #require(Picodollars(dollars: exact)).shown == shown)
  }

  @Test func `sums that do not fit are nil, and a sum in 128 bits fits them`() {
    #expect(Picodollars(Int64.max).adding(Picodollars(1)) == nil)
    #expect(Picodollars(Int64.min).subtracting(Picodollars(1)) == nil)
    #expect(Picodollars(2).adding(Picodollars(3)) == Picodollars(5))
    var sum = PicodollarSum(Picodollars(Int64.max))
    sum += Picodollars(Int64.max)
    #expect(sum.decimalText == "18446744.073709551614")
  }
}

struct TimestampTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000000Z", 4), (-1, "1969-12-31T23:59:59.999999Z", 3),
    (951_782_400_000_000, "2000-02-29T00:00:00.000000Z", 2), (1_795_359_302_123_456, "2026-11-22T14:55:02.123456Z", 7),
    (4_107_542_399_000_000, "2100-02-28T23:59:59.000000Z", 7),
    (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z", 1),
  ])
  func `a moment has a day, a time and a weekday in UTC`(_ microseconds: Int64, _ text: String, _ weekday: Int) {
    let moment = Timestamp(microseconds: microseconds)
    #expect(moment.rfc3339 == text)
    #expect(moment.utcDay.weekday == weekday)
  }

  @Test func `days and their numbers are each other's inverse over eight centuries`() {
    var expected = CivilDay(year: 1600, month: 1, day: 1).daysSinceEpoch
    for number in expected..<(expected + 292_194) {
      #expect(CivilDay(daysSinceEpoch: number).daysSinceEpoch == number)
      expected += 1
    }
    #expect(CivilDay(daysSinceEpoch: expected) == CivilDay(year: 2400, month: 1, day: 1))
  }
}
