// Decimal text to whole numbers of a smaller unit and back, exactly. No floating point anywhere.

/// Decimal text (`0.0375`, `-12`, `1.5e-7`) read and written as a whole number of 10^-places.
package enum DecimalText {
  /// `text` times 10^`places`; `nil` when it is no decimal number, is not whole at that scale, or does not fit.
  static func scaled(_ text: String, places: Int) -> Int64? {
    var bytes = Array(text.utf8)[...]
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
    guard let mantissa = Mantissa(taking: &bytes), let exponent = exponent(bytes) else { return nil }
    guard mantissa.digits != 0 else { return 0 }
    let (shift, isHuge) = exponent.addingReportingOverflow(mantissa.exponent + places)
    // The mantissa ends in a digit other than 0: with digits beyond the last place the value is not whole.
    guard !isHuge, shift >= 0, let value = mantissa.digits.timesTen(toThe: shift) else { return nil }
    return isNegative ? -value : value
  }

  /// `value` times 10^-`places`, without exponent and without zeros at the end.
  package static func text(_ value: Int128, places: Int) -> String {
    let zero = UInt8(ascii: "0")
    var digits = Array(String(value.magnitude).utf8)
    if digits.count <= places {
      digits.insert(contentsOf: repeatElement(zero, count: places + 1 - digits.count), at: 0)
    }
    let point = digits.count - places
    while digits.count > point, digits.last == zero { digits.removeLast() }
    if digits.count > point { digits.insert(UInt8(ascii: "."), at: point) }
    if value < 0 { digits.insert(UInt8(ascii: "-"), at: 0) }
    return String(decoding: digits, as: UTF8.self)
  }

  /// Reads `e-7`, or nothing at all, which is 0.
  private static func exponent(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let mark = bytes.first else { return 0 }
    guard mark | 0x20 == UInt8(ascii: "e") else { return nil }
    return Int(String(decoding: bytes.dropFirst(), as: UTF8.self))
  }
}

/// The digits of a decimal number as a whole number that does not end in 0, and the power of ten it stands for.
private struct Mantissa {
  var digits: Int64 = 0
  var exponent = 0

  /// Takes `12`, `12.5`, `.5` or `12.`; `nil` when there is no digit, or there are more than fit.
  init?(taking bytes: inout ArraySlice<UInt8>) {
    var zerosHeldBack = 0
    var (sawDigit, sawPoint) = (false, false)
    while let byte = bytes.first {
      if byte == UInt8(ascii: "."), !sawPoint {
        sawPoint = true
      } else if let digit = Int64(decimalDigit: byte) {
        sawDigit = true
        if sawPoint { exponent -= 1 }
        if digit == 0 {
          zerosHeldBack += 1
        } else {
          guard let shifted = digits.timesTen(toThe: zerosHeldBack + 1) else { return nil }
          let (sum, isHuge) = shifted.addingReportingOverflow(digit)
          guard !isHuge else { return nil }
          (digits, zerosHeldBack) = (sum, 0)
        }
      } else {
        break
      }
      bytes.removeFirst()
    }
    guard sawDigit else { return nil }
    exponent += zerosHeldBack
  }
}

extension Int64 {
  fileprivate init?(decimalDigit byte: UInt8) {
    guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
    self = Int64(byte - UInt8(ascii: "0"))
  }

  /// The value times ten, `power` times over; `nil` when it does not fit.
  fileprivate func timesTen(toThe power: Int) -> Int64? {
    guard self != 0 else { return 0 }
    guard power < 19 else { return nil }
    var value = self
    for _ in 0..<power {
      let (product, isHuge) = value.multipliedReportingOverflow(by: 10)
      guard !isHuge else { return nil }
      value = product
    }
    return value
  }
}
