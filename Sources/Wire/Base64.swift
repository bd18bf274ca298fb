// Base64 (RFC 4648), as the dialects carry binary data.

/// The Base64 text of `bytes` (section 4), padded.
public func base64(_ bytes: [UInt8]) -> String {
  base64(bytes, alphabet: standardAlphabet, isPadded: true)
}

/// The Base64 text of `bytes` for addresses and file names (section 5), not padded.
public func base64URL(_ bytes: [UInt8]) -> String {
  base64(bytes, alphabet: urlAlphabet, isPadded: false)
}

/// The bytes behind Base64 text (section 4), padded or not; `nil` when it is none.
public func bytes(base64 text: some StringProtocol) -> [UInt8]? { decode(text.utf8, standardValues) }

/// The bytes behind Base64 text that lies in a larger one.
package func bytes(base64 text: ArraySlice<UInt8>) -> [UInt8]? { decode(text, standardValues) }

/// The bytes behind Base64 text for addresses (section 5), padded or not; `nil` when it is none.
public func bytes(base64URL text: some StringProtocol) -> [UInt8]? { decode(text.utf8, urlValues) }

private let standardAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
private let urlAlphabet = Array(standardAlphabet.dropLast(2) + "-_".utf8)
private let standardValues = values(of: standardAlphabet)
private let urlValues = values(of: urlAlphabet)

private func base64(_ bytes: [UInt8], alphabet: [UInt8], isPadded: Bool) -> String {
  var text: [UInt8] = []
  text.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
    for index in 0..<4 {
      if index <= group.count {
        text.append(alphabet[bits >> (18 - 6 * index) & 63])
      } else if isPadded {
        text.append(UInt8(ascii: "="))
      }
    }
  }
  return String(decoding: text, as: UTF8.self)
}

private func values(of alphabet: [UInt8]) -> [UInt8?] {
  var values = [UInt8?](repeating: nil, count: 256)
  for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
  return values
}

private func decode(_ text: some Sequence<UInt8>, _ values: [UInt8?]) -> [UInt8]? {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.underestimatedCount / 4 * 3)
  var bits = 0
  var count = 0
  var padding = 0
  for letter in text {
    if letter == UInt8(ascii: "=") {
      padding += 1
      continue
    }
    guard padding == 0, let value = values[Int(letter)] else { return nil }
    bits = (bits << 6 | Int(value)) & 0xFFF
    count += 1
    // The second letter of a group completes the first byte, the third the second, the fourth the third.
    let isFirst = count % 4 == 1
    if !isFirst { bytes.append(UInt8(truncatingIfNeeded: bits >> (2 * ((4 - count % 4) % 4)))) }
  }
  // One letter alone holds no byte; padding fills up a group and no more.
  guard count % 4 != 1, padding == 0 || (padding <= 2 && (count + padding) % 4 == 0) else { return nil }
  return bytes
}
