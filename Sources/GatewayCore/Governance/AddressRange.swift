// Addresses that a virtual key may be used from.
import Glibc

/// An IP address as a number: IPv6, with IPv4 where IPv6 has it (`::ffff:a.b.c.d`, RFC 4291).
struct IPAddress: Sendable, Hashable {
  let bits: UInt128
  let isIPv4: Bool

  /// `nil` when the text is no address in numbers; a zone (`%eth0`) is left aside.
  init?(_ text: some StringProtocol) {
    let digits = String(text.prefix { $0 != "%" })
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, digits, &four) == 1 {
      bits = 0xffff << 32 | UInt128(UInt32(bigEndian: four.s_addr))
      isIPv4 = true
    } else if inet_pton(AF_INET6, digits, &six) == 1 {
      bits = withUnsafeBytes(of: &six) { $0.reduce(0) { $0 << 8 | UInt128($1) } }
      isIPv4 = false
    } else {
      return nil
    }
  }
}

/// An address, or a block of them: `10.0.0.0/8`, `2001:db8::/32`, `127.0.0.1`.
public struct AddressRange: Sendable, Hashable {
  /// As it was written.
  public let text: String
  private let base: UInt128
  private let prefixLength: Int

  /// `nil` when the text is neither an address nor a block in CIDR notation (RFC 4632).
  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first.flatMap({ IPAddress($0) }), !text.contains("%") else { return nil }
    let width = address.isIPv4 ? 32 : 128
    var length = width
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let stated = Int(parts[1]), 0...width ~= stated else {
        return nil
      }
      length = stated
    }
    self.text = text
    base = address.bits
    prefixLength = 128 - width + length
  }

  func contains(_ address: IPAddress) -> Bool {
    prefixLength == 0 || (address.bits ^ base) >> UInt128(128 - prefixLength) == 0
  }
}

extension [AddressRange] {
  /// Whether a client at `address` is within one of them; without any, every client is.
  func allow(_ address: String?) -> Bool {
    if isEmpty { return true }
    guard let address = address.flatMap({ IPAddress($0) }) else { return false }
    return contains { $0.contains(address) }
  }
}
