// Rows of a catalog and usages, written by hand.
import GatewayCore
import Wire

func card(_ row: JSONObject, defaults: JSONObject? = nil) throws -> PriceCard {
  try PriceCard(row: row, defaults: defaults)
}

func usage(_ input: Int?, _ output: Int?, _ change: (inout Usage) -> Void = { _ in }) -> Usage {
  var usage = Usage(input: input, output: output)
  change(&usage)
  return usage
}

/// Noon UTC on Monday 2026-11-16.
let mondayNoon = Timestamp(CivilDay(year: 2026, month: 11, day: 16), hour: 12)

/// What `usage` costs by `card`, in US dollars.
func dollars(
  _ card: PriceCard, _ usage: Usage, tier: String? = nil, uplifts: [String] = [], at: Timestamp = mondayNoon
) -> String? {
  card.bill(for: usage, terms: PricingTerms(at: at, serviceTier: tier, uplifts: uplifts)).total?.decimalText
}
