// Numbers keep their text; arithmetic on them is exact or says that it is not.

import Testing

@testable import Wire

struct JSONNumbers {
  @Test(arguments: [
    ("0", 0), ("-0", 0), ("12", 12), ("12.0", 12), ("12.50", nil), ("1e3", 1000), ("1.5e1", 15), ("1200e-2", 12),
    ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("1e19", nil), ("0e999999999999", 0),
    ("1e99999999999999999999", nil), ("0.000", 0), ("-7.00", -7), ("1e-400", nil),
  ])
  func `a whole number is an int however it is written`(_ text: String, _ value: Int?) {
    #expect(JSONNumber(text: text).int == value)
  }

  @Test(arguments: [
    ("0", true), ("-0.000", true), ("12.0", true), ("1.5e1", true), ("1.5", false), ("1200e-2", true),
    ("1250e-3", false),
    ("123456789012345678901234567890", true), ("1e400", true), ("1e-400", false), ("one", false),
  ])
  func `a number is whole however large it is`(_ text: String, _ isWhole: Bool) {
    #expect(JSONNumber(text: text).isWhole == isWhole)
  }

  @Test(arguments: [
    ("0.00012345", 12, 123_450_000, true), ("0.000000000001", 12, 1, true), ("0.0000000000014", 12, 1, false),
    ("0.0000000000015", 12, 2, false), ("-0.0000000000015", 12, -2, false), ("0.0000000000004", 12, 0, false),
    ("0.0000000000005", 12, 1, false), ("0.00000000000049", 12, 0, false), ("3.6e-05", 12, 36_000_000, true),
    ("1", 12, 1_000_000_000_000, true), ("9223372.036854775807", 12, Int64.max, true),
    ("37756000", -1, 3_775_600, true), ("5", -1, 1, false), ("4", -1, 0, false), ("0", 12, 0, true),
  ])
  func `a decimal is scaled exactly`(_ text: String, _ power: Int, _ value: Int64, _ isExact: Bool) throws {
    let scaled = try #require(JSONNumber(text: text).scaled(byPowerOfTen: power))
    #expect(scaled.value == value)
    #expect(scaled.isExact == isExact)
  }

  @Test(arguments: ["9223373", "1e8", "9223372.0368547758075", "-9223373"])
  func `what does not fit is nil`(_ text: String) {
    #expect(JSONNumber(text: text).scaled(byPowerOfTen: 12) == nil)
  }

  @Test(arguments: ["", " 1", "1 ", "+1", "01", "1.", "0x1", "one", "1e", "1,5", "--1", "٣"])
  func `a text that is no number makes none`(_ text: String) {
    #expect(JSONNumber(checking: text) == nil)
    #expect(JSONNumber(text: text).scaled(byPowerOfTen: 0) == nil)
  }
}
