// A price card as canonical text, and the hash that names it.

/// Writes a card as JSON with a fixed order and no spaces: equal prices give equal bytes.
enum PriceCardText {
  static func of(
    base: PriceList, tiers: [PriceTier], services: [String: ServicePrices], offPeak: OffPeakPrices?,
    uplifts: [String: Int64], shares: [PriceKind: PriceShare]
  ) -> String {
    var members = [member("price", prices(base))]
    if !tiers.isEmpty { members.append(member("tiers", list(tiers))) }
    if !services.isEmpty {
      members.append(member("service", object(services.sorted { $0.key < $1.key }.map { ($0.key, service($0.value)) })))
    }
    if let offPeak { members.append(member("off_peak", text(offPeak))) }
    if !uplifts.isEmpty {
      members.append(member("uplift_bp", object(uplifts.sorted { $0.key < $1.key }.map { ($0.key, String($0.value)) })))
    }
    if !shares.isEmpty {
      let sorted = shares.sorted { $0.key.rawValue < $1.key.rawValue }
      members.append(member("shares", object(sorted.map { ($0.key.rawValue, share($0.value)) })))
    }
    return "{" + members.joined(separator: ",") + "}"
  }

  /// `04:05`, and `00:00` for the end of a day.
  static func clock(_ minute: Int) -> String { "\((minute / 60 % 24).padded(2)):\((minute % 60).padded(2))" }

  private static func prices(_ list: PriceList) -> String {
    object(list.entries.map { ($0.kind.rawValue, String($0.picodollars)) })
  }

  private static func list(_ tiers: [PriceTier]) -> String {
    "[" + tiers.map { object([("above", String($0.above)), ("price", prices($0.prices))]) }.joined(separator: ",") + "]"
  }

  private static func service(_ service: ServicePrices) -> String {
    let tiers = service.tiers.isEmpty ? [] : [("tiers", list(service.tiers))]
    return object([("price", prices(service.prices))] + tiers)
  }

  private static func text(_ offPeak: OffPeakPrices) -> String {
    let windows = offPeak.windows.map { window in
      let hours = window.hours.map { "\"\(clock($0.start))-\(clock($0.end))\"" }.joined(separator: ",")
      let days = window.days.map(String.init).joined(separator: ",")
      return object([("utc", "[\(hours)]"), ("days", "[\(days)]")])
    }
    return object([("price", prices(offPeak.prices)), ("windows", "[" + windows.joined(separator: ",") + "]")])
  }

  private static func share(_ share: PriceShare) -> String {
    object([("of", "\"\(share.of.rawValue)\""), ("bp", String(share.basisPoints))])
  }

  /// Names need no escaping: the reader admits only letters, digits, `_`, `-` and `.`.
  private static func member(_ name: String, _ value: String) -> String { "\"\(name)\":\(value)" }

  private static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { member($0.0, $0.1) }.joined(separator: ",") + "}"
  }
}

/// A name made of content, not a defence against forgery: the content is kept beside it.
package enum ContentHash {
  /// FNV-1a with 128 bits, as 32 hexadecimal digits.
  package static func fnv1a128(_ text: String) -> String {
    let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013b
    let hash = text.utf8.reduce(UInt128(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)) { hash, byte in
      (hash ^ UInt128(byte)) &* prime
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 32 - digits.utf8.count) + digits
  }
}
