// Rows of a catalog and usages, written by hand.
import GatewayCore
import Wire

func object(_ members: KeyValuePairs<String, JSON>) -> JSON { .object(members.asObject) }
func numbers(_ members: KeyValuePairs<String, Int>) -> JSON {
  .object(members.reduce(into: JSONObject()) { $0[$1.key] = .number(JSONNumber($1.value)) })
}
func number(_ value: Int) -> JSON { .number(JSONNumber(value)) }

func members(_ members: KeyValuePairs<String, JSON>) -> JSONObject { members.asObject }

extension KeyValuePairs where Key == String, Value == JSON {
  var asObject: JSONObject { reduce(into: JSONObject()) { $0[$1.key] = $1.value } }
}

func card(_ members: KeyValuePairs<String, JSON>, defaults: JSONObject? = nil) throws -> PriceCard {
  try PriceCard(row: members.asObject, defaults: defaults)
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
