// What a model costs: the whole price list of one model, as a value.

/// The prices of one model; equal prices have an equal `id`, whoever the model belongs to.
///
/// One object for everyone who counts with it: it has a dozen parts and never changes.
public final class PriceCard: Sendable, Equatable {
  /// The content hash of `text`: 32 hexadecimal digits.
  public let id: String
  /// The card as canonical JSON, which `init(row:)` reads back; kept with `id`, so that a clash shows.
  public let text: String

  let base: PriceList
  /// Ascending by `above`.
  let tiers: [PriceTier]
  let services: [String: ServicePrices]
  let offPeak: OffPeakPrices?
  /// Surcharge factors in 1/10000.
  let uplifts: [String: Int64]
  /// What an absent price is a share of, where that is not the general rule.
  let shares: [PriceKind: PriceShare]

  init(
    base: PriceList, tiers: [PriceTier] = [], services: [String: ServicePrices] = [:], offPeak: OffPeakPrices? = nil,
    uplifts: [String: Int64] = [:], shares: [PriceKind: PriceShare] = [:]
  ) {
    self.base = base
    self.tiers = tiers.sorted { $0.above < $1.above }
    self.services = services
    self.offPeak = offPeak
    self.uplifts = uplifts
    self.shares = shares
    text = PriceCardText.of(
      base: base, tiers: self.tiers, services: services, offPeak: offPeak, uplifts: uplifts, shares: shares)
    id = ContentHash.fnv1a128(text)
  }

  public static func == (left: PriceCard, right: PriceCard) -> Bool { left.text == right.text }
}

/// What a price is for; it is per token unless the name says otherwise.
public enum PriceKind: String, Sendable, CaseIterable {
  case input, output, reasoning
  case cacheRead = "cache_read"
  /// Written to the cache for the shortest time on offer.
  case cacheWrite = "cache_write"
  case cacheWriteOneHour = "cache_write_1h"
  case audioInput = "audio_input"
  case audioOutput = "audio_output"
  case imageInput = "image_input"
  case imageOutput = "image_output"
  case search
  case request = "per_request"
  case query = "per_query"

  /// Surcharges for where or how fast a model runs are on tokens only.
  var isPerToken: Bool { self != .search && !isFee }

  /// A fee: a card without one has none, where any other price that is not there is unknown.
  var isFee: Bool { self == .request || self == .query }

  /// The kind whose price an absent one has.
  var standIn: PriceKind? {
    switch self {
    case .cacheRead, .cacheWrite, .audioInput, .imageInput: .input
    case .reasoning, .audioOutput, .imageOutput: .output
    case .cacheWriteOneHour: .cacheWrite
    case .input, .output, .search, .request, .query: nil
    }
  }
}

/// Prices by kind, in picodollars a unit; absent is unknown, never zero.
struct PriceList: Sendable, Equatable {
  /// In the order of `PriceKind.allCases`.
  private(set) var entries: [Entry] = []
  struct Entry: Sendable, Equatable {
    var kind: PriceKind
    var picodollars: Int64
  }

  init(_ prices: [PriceKind: Int64]) {
    entries = PriceKind.allCases.compactMap { kind in prices[kind].map { Entry(kind: kind, picodollars: $0) } }
  }

  subscript(kind: PriceKind) -> Int64? { entries.first { $0.kind == kind }?.picodollars }
}

/// Prices for requests with more than `above` input tokens, cached ones included.
struct PriceTier: Sendable, Equatable {
  var above: Int
  var prices: PriceList
}

/// Prices of a service tier (`batch`, `flex`, `priority`, ...), with long-context tiers of its own.
struct ServicePrices: Sendable, Equatable {
  var prices: PriceList
  var tiers: [PriceTier]
}

/// A price that is a share of another one, in 1/10000.
struct PriceShare: Sendable, Equatable {
  var of: PriceKind
  var basisPoints: Int64
}

/// Cheaper hours.
struct OffPeakPrices: Sendable, Equatable {
  var prices: PriceList
  var windows: [Window]

  /// Hours of some days of the week, in UTC.
  struct Window: Sendable, Equatable {
    var hours: [HourRange]
    /// 1 for Monday to 7 for Sunday: the day on which a range begins.
    var days: [Int]
  }

  /// Minutes since midnight; an end not after the start is on the next day.
  struct HourRange: Sendable, Equatable {
    var start: Int
    var end: Int
  }

  func contains(_ moment: Timestamp) -> Bool {
    let (minute, weekday) = (moment.utcMinuteOfDay, moment.utcDay.weekday)
    let yesterday = weekday == 1 ? 7 : weekday - 1
    return windows.contains { window in
      window.hours.contains { range in
        let end = range.end > range.start ? range.end : range.end + 1_440
        let began = window.days.contains(weekday) && minute >= range.start && minute < end
        return began || window.days.contains(yesterday) && minute + 1_440 < end
      }
    }
  }
}
