// How a cost comes about: each count, the price it has and why it has that price. Multiplied first, divided once.
package import Wire

/// The itemised cost of one call.
package struct Bill: Sendable, Equatable {
  /// So many units of one kind at one rate.
  package struct Line: Sendable, Equatable {
    package var kind: PriceKind
    package var count: Int
    /// `nil` when the card has no price for it.
    package var rate: Rate?
  }

  /// A price and where on the card it stands.
  package struct Rate: Sendable, Equatable {
    package var picodollars: Int64
    /// The share of that price that is charged, in 1/10000.
    package var basisPoints: Int64 = 10_000
    package var origin: Origin
  }

  package enum Origin: Sendable, Equatable {
    case base
    case tier(above: Int)
    case offPeak
    case service(String)
    case serviceTier(String, above: Int)
  }

  /// A surcharge on all token prices, in 1/10000.
  package struct Uplift: Sendable, Equatable {
    package var name: String
    package var basisPoints: Int64
  }

  package var lines: [Line]
  package var uplifts: [Uplift]
  /// Rounded once, half up; `nil` when a count or a price is unknown or the amount does not fit.
  package var total: Picodollars?
}

extension PriceCard {
  /// Prices `usage`: each token once, at the rate of the most particular kind it belongs to.
  package func bill(for usage: Usage, terms: PricingTerms) -> Bill {
    let rates = RateFinder(card: self, inputTokens: usage.input ?? 0, terms: terms)
    let counts = BillableCounts(usage.asBilled)
    let lines = counts.entries.compactMap { kind, count -> Bill.Line? in
      let rate = rates.rate(of: kind)
      return kind.isFee && rate == nil ? nil : Bill.Line(kind: kind, count: count, rate: rate)
    }
    let applied = applicableUplifts(terms)
    let total = counts.areKnown ? Self.total(of: lines, uplifts: applied) : nil
    return Bill(lines: lines, uplifts: applied, total: total)
  }

  /// The surcharges in the order asked for, each once; a service tier that the card only knows as a factor is one.
  private func applicableUplifts(_ terms: PricingTerms) -> [Bill.Uplift] {
    if uplifts.isEmpty { return [] }
    var names = terms.uplifts
    if let tier = terms.serviceTier, services[tier] == nil { names.append(tier) }
    return names.enumerated().compactMap { index, name in
      guard let basisPoints = uplifts[name], !names[..<index].contains(name) else { return nil }
      return Bill.Uplift(name: name, basisPoints: basisPoints)
    }
  }

  private static func total(of lines: [Bill.Line], uplifts: [Bill.Uplift]) -> Picodollars? {
    var sum = CheckedProduct(0)
    for line in lines {
      guard let rate = line.rate else { return nil }
      var product = CheckedProduct(Int128(line.count))
      product.multiply(by: rate.picodollars)
      product.multiply(by: rate.basisPoints)
      for uplift in uplifts { product.multiply(by: line.kind.isPerToken ? uplift.basisPoints : 10_000) }
      sum.add(product)
    }
    var divisor = CheckedProduct(10_000)
    for _ in uplifts { divisor.multiply(by: 10_000) }
    guard let numerator = sum.value, let divisor = divisor.value else { return nil }
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: divisor)
    return Int64(exactly: quotient + (remainder >= divisor - remainder ? 1 : 0)).map(Picodollars.init)
  }
}

/// A product or sum that becomes `nil` for good when it does not fit.
private struct CheckedProduct {
  private(set) var value: Int128?
  init(_ value: Int128) { self.value = value }

  mutating func multiply(by factor: Int64) {
    guard let result = value?.multipliedReportingOverflow(by: Int128(factor)) else { return }
    value = result.overflow ? nil : result.partialValue
  }

  mutating func add(_ other: CheckedProduct) {
    guard let addend = other.value, let result = value?.addingReportingOverflow(addend) else { return value = nil }
    value = result.overflow ? nil : result.partialValue
  }
}

extension Usage {
  /// The tokens that are paid for: those the provider bills, where it says so, are not parted further.
  fileprivate var asBilled: Usage {
    guard let billed else { return self }
    var usage = Usage(input: billed.input, output: billed.output)
    usage.searches = searches
    usage.queries = queries
    return usage
  }
}

/// The tokens of a call, parted so that each is in one kind only.
private struct BillableCounts {
  private(set) var entries: [(PriceKind, Int)] = []
  /// False when the tokens read or written are unknown, or a count is negative.
  private(set) var areKnown = true

  init(_ usage: Usage) {
    areKnown = usage.input != nil && usage.output != nil && !Self.hasNegative(usage)
    guard areKnown else { return }
    entries.reserveCapacity(4)
    takeInput(usage)
    takeOutput(usage)
    take(.search, usage.searches ?? 0)
    take(.query, usage.queries ?? 0)
    entries.append((.request, 1))
  }

  /// Parts the input, of which cached tokens are a part.
  ///
  /// What of the audio and images was cached is not told: cached is taken as text as far as there is any, so that no
  /// token is billed twice.
  private mutating func takeInput(_ usage: Usage) {
    let read = usage.cacheRead ?? 0
    let written = usage.cacheWrite ?? 0
    let forAnHour = min(usage.cacheWriteOneHour ?? 0, written)
    var fresh = max(0, (usage.input ?? 0).subtractingClamped(read).subtractingClamped(written))
    let audio = min(usage.audioInput ?? 0, fresh)
    fresh -= audio
    let images = min(usage.imageInput ?? 0, fresh)
    fresh -= images
    take(.input, fresh)
    take(.audioInput, audio)
    take(.imageInput, images)
    take(.cacheRead, read)
    take(.cacheWrite, written - forAnHour)
    take(.cacheWriteOneHour, forAnHour)
  }

  private mutating func takeOutput(_ usage: Usage) {
    var text = usage.output ?? 0
    let reasoning = min(usage.reasoning ?? 0, text)
    text -= reasoning
    let audio = min(usage.audioOutput ?? 0, text)
    text -= audio
    let images = min(usage.imageOutput ?? 0, text)
    take(.output, text - images)
    take(.reasoning, reasoning)
    take(.audioOutput, audio)
    take(.imageOutput, images)
  }

  private mutating func take(_ kind: PriceKind, _ count: Int) {
    if count > 0 { entries.append((kind, count)) }
  }

  private static func hasNegative(_ usage: Usage) -> Bool {
    isNegative(usage.input) || isNegative(usage.output) || isNegative(usage.cacheRead) || isNegative(usage.cacheWrite)
      || isNegative(usage.cacheWriteOneHour) || isNegative(usage.reasoning) || isNegative(usage.audioInput)
      || isNegative(usage.audioOutput) || isNegative(usage.imageInput) || isNegative(usage.imageOutput)
      || isNegative(usage.searches) || isNegative(usage.queries)
  }

  private static func isNegative(_ count: Int?) -> Bool { count ?? 0 < 0 }
}

extension Int {
  /// Both are at least 0; so is the result.
  fileprivate func subtractingClamped(_ other: Int) -> Int { self > other ? self - other : 0 }
}

/// Finds the price of a kind on a card, under the terms of one call.
private struct RateFinder {
  private let lists: [(PriceList, Bill.Origin)]
  private let shares: [PriceKind: PriceShare]

  /// A service tier replaces the base with its tiers; what either lacks is the base price.
  init(card: PriceCard, inputTokens: Int, terms: PricingTerms) {
    var lists: [(PriceList, Bill.Origin)] = []
    if let name = terms.serviceTier, let service = card.services[name] {
      if let tier = service.tiers.last(where: { inputTokens > $0.above }) {
        lists.append((tier.prices, .serviceTier(name, above: tier.above)))
      }
      lists.append((service.prices, .service(name)))
    } else if let tier = card.tiers.last(where: { inputTokens > $0.above }) {
      lists.append((tier.prices, .tier(above: tier.above)))
    }
    if let offPeak = card.offPeak, offPeak.contains(terms.at) { lists.append((offPeak.prices, .offPeak)) }
    lists.append((card.base, .base))
    self.lists = lists
    shares = card.shares
  }

  func rate(of kind: PriceKind) -> Bill.Rate? {
    if let stated = stated(kind) { return stated }
    if let share = shares[kind], var rate = stated(share.of) {
      rate.basisPoints = share.basisPoints
      return rate
    }
    return kind.standIn.flatMap(rate(of:))
  }

  private func stated(_ kind: PriceKind) -> Bill.Rate? {
    for (list, origin) in lists {
      if let price = list[kind] { return Bill.Rate(picodollars: price, origin: origin) }
    }
    return nil
  }
}
