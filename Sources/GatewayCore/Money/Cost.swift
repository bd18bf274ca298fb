// What a call cost, and how we know.
public import Wire

/// The cost of a call with where the figure comes from.
public struct Cost: Sendable, Equatable {
  public enum Source: String, Sendable, CaseIterable {
    /// The provider said so.
    case reported
    /// Reported tokens times a price card.
    case computed
    /// Our own count of tokens times a price card.
    case estimated
    /// No price is known, or not what to multiply it with. Never shown as $0.
    case unpriced
    /// A sum of costs of several sources.
    case mixed
  }

  /// `nil` exactly when unpriced.
  public var amount: Picodollars?
  public var source: Source
  /// The `PriceCard.id` that was used.
  public var priceID: String?
  /// What our card gives, beside an amount the provider reported.
  public var computed: Picodollars?

  public init(amount: Picodollars?, source: Source, priceID: String? = nil, computed: Picodollars? = nil) {
    self.amount = amount
    self.source = amount == nil ? .unpriced : source
    self.priceID = priceID
    self.computed = computed
  }

  public static let unpriced = Cost(amount: nil, source: .unpriced)

  /// What `usage` cost: as the provider reported it, else by `card`, else unpriced.
  ///
  /// `isEstimate` says that the tokens are our own count.
  public init(of usage: Usage, isEstimate: Bool, card: PriceCard?, terms: PricingTerms) {
    let amount = card?.bill(for: usage, terms: terms).total
    if let reported = usage.reportedCost, reported >= 0 {
      self.init(amount: Picodollars(reported), source: .reported, priceID: card?.id, computed: amount)
    } else {
      self.init(amount: amount, source: isEstimate ? .estimated : .computed, priceID: card?.id)
    }
  }
}

/// What a price may depend on besides tokens.
public struct PricingTerms: Sendable, Equatable {
  /// When the call was made: prices may differ by the hour.
  public var at: Timestamp
  /// The service tier that was used, the provider's own word; one the card does not price costs the base price.
  public var serviceTier: String?
  /// Surcharges that apply, such as `us`, `eu` or `regional`; one the card does not name changes nothing.
  public var uplifts: [String]

  public init(at: Timestamp, serviceTier: String? = nil, uplifts: [String] = []) {
    self.at = at
    self.serviceTier = serviceTier
    self.uplifts = uplifts
  }
}
