// Numbers as text: their grammar, and exact arithmetic on their digits. Nothing here is ever a floating-point value.

/// A number as it was written.
///
/// Nothing is rounded.
public struct JSONNumber: Sendable, Equatable {
  public var text: String
  public init(text: String) { self.text = text }
  public init(_ value: Int) { text = String(value) }

  /// The number that `text` spells in JSON's grammar, `nil` when it spells none.
  public init?(checking text: String) {
    let bytes = Array(text.utf8)
    // Why it is no number does not matter to the caller.
    guard var scanner = try? JSONScanner(bytes[...]), (try? scanner.passNumber()) != nil,
      scanner.position == bytes.endIndex
    else { return nil }
    self.text = text
  }

  /// The value, when it is a whole number that fits; `12.0` and `1e3` are whole.
  public var int: Int? {
    if let value = Int(text) { return value }
    guard let scaled = scaled(byPowerOfTen: 0), scaled.isExact else { return nil }
    return Int(scaled.value)
  }

  /// Whether the value is whole, also when it fits no integer type.
  public var isWhole: Bool {
    guard let decimal = DecimalDigits(text) else { return false }
    let zeros = decimal.digits.reversed().prefix { $0 == 0 }.count
    // Zeros at the end are as good as a larger exponent.
    return decimal.digits.isEmpty || decimal.exponent >= -zeros
  }

  /// The value times 10^`power` to the nearest whole number, halves away from zero, and whether nothing was lost.
  ///
  /// `nil` when that does not fit or the text is no number.
  public func scaled(byPowerOfTen power: Int) -> (value: Int64, isExact: Bool)? {
    guard let decimal = DecimalDigits(text) else { return nil }
    if decimal.digits.isEmpty { return (0, true) }
    let (exponent, overflows) = decimal.exponent.addingReportingOverflow(power)
    guard !overflows, exponent < 19 else { return nil }
    let wholeDigits = decimal.digits.count + exponent
    var value: Int64 = 0
    for index in 0..<max(wholeDigits, 0) {
      let digit = index < decimal.digits.count ? decimal.digits[index] : 0
      let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, tooLargeToo) = tens.addingReportingOverflow(Int64(digit))
      guard !tooLarge, !tooLargeToo else { return nil }
      value = sum
    }
    let lost = decimal.digits.dropFirst(max(wholeDigits, 0))
    if wholeDigits >= 0, let first = lost.first, first >= 5 {
      guard value < .max else { return nil }
      value += 1
    }
    return (decimal.isNegative ? -value : value, lost.allSatisfy { $0 == 0 })
  }
}

/// A number taken apart: ±digits × 10^exponent, without leading zeros.
private struct DecimalDigits {
  var digits: [UInt8] = []
  var exponent = 0
  var isNegative = false

  init?(_ text: String) {
    guard JSONNumber(checking: text) != nil else { return nil }
    var isFraction = false
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case ASCII.minus: isNegative = true
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        guard let power = Int(Substring(rest)) else { return nil }
        let (sum, overflows) = exponent.addingReportingOverflow(power)
        guard !overflows else { return nil }
        exponent = sum
        return
      default:
        if !digits.isEmpty || byte != ASCII.digits.lowerBound { digits.append(byte - ASCII.digits.lowerBound) }
        if isFraction { exponent -= 1 }
      }
    }
  }
}

extension JSONScanner {
  /// Passes the number that begins here.
  mutating func passNumber() throws(WireError) {
    if byte == ASCII.minus { position += 1 }
    if byte == ASCII.digits.lowerBound { position += 1 } else { try passDigits() }
    if byte == UInt8(ascii: ".") {
      position += 1
      try passDigits()
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      position += 1
      if byte == ASCII.minus || byte == UInt8(ascii: "+") { position += 1 }
      try passDigits()
    }
  }

  private mutating func passDigits() throws(WireError) {
    let start = position
    while let byte, ASCII.digits.contains(byte) { position += 1 }
    guard position > start else { throw problem("a digit expected") }
  }
}

extension JSONNumber {
  /// `value` with the decimal point moved `places` to the left: 1500, 3 is `1.5`.
  public init(_ value: Int64, places: Int) {
    let digits = String(value.magnitude)
    let padded = String(repeating: "0", count: max(places + 1 - digits.count, 0)) + digits
    let whole = padded.dropLast(places)
    let fraction = padded.suffix(places).reversed().drop { $0 == "0" }.reversed()
    text = (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + String(fraction))
  }
}
