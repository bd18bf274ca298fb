// One model of the list: what the table shows, what filters look at, what JSON says.

import GatewayCore
import Wire

/// A model with the facts that people choose by.
struct ModelEntry {
  /// `provider/model`.
  var name: String
  var mode: String
  var context: Int?
  var maxOutput: Int?
  /// Picodollars per token, by kind.
  var prices: [(kind: String, picodollars: Int64)] = []
  var hasTiers = false
  var capabilities: [String] = []
  var deprecated: String?
  var isFree = false
  /// `false` for a model that only the provider's own list has.
  var isInCatalog = true

  var provider: String { String(name.prefix { $0 != "/" }) }
  var model: String { String(name.drop { $0 != "/" }.dropFirst()) }

  func price(_ kind: String) -> Picodollars? {
    prices.first { $0.kind == kind }.map { Picodollars($0.picodollars * 1_000_000) }
  }

  init(name: String, row: JSONObject) {
    self.name = name
    mode = row["mode"]?.string ?? "chat"
    context = row["context"]?.int
    maxOutput = row["max_output"]?.int
    prices = (row["price"]?.object?.members ?? []).compactMap { member in
      guard let count = member.value.int, Self.tokenKinds.contains(member.name) else { return nil }
      return (member.name, Int64(count))
    }
    hasTiers = row["tiers"] != nil
    capabilities = row["caps"]?.texts ?? []
    deprecated = row["deprecated"]?.string
    isFree = row["free"]?.bool ?? false
  }

  /// A model the catalogue does not know.
  init(unknown name: String) {
    self.name = name
    mode = "chat"
    isInCatalog = false
  }

  private static let tokenKinds: Set<String> = [
    "input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning", "audio_input", "audio_output",
  ]

  func json(checked: String?) -> JSON {
    var prices = JSONObject()
    for kind in ["input", "output", "cache_read", "cache_write"] {
      prices["\(kind)_usd_per_million"] = JSON(text: price(kind)?.decimalText)
    }
    return [
      "name": .string(name), "provider": .string(provider), "model": .string(model), "mode": .string(mode),
      "context": JSON(count: context), "max_output": JSON(count: maxOutput), "price": .object(prices),
      "price_has_tiers": .bool(hasTiers), "price_checked": JSON(text: checked),
      "capabilities": .array(capabilities.map { .string($0) }), "deprecated": JSON(text: deprecated),
      "in_catalog": .bool(isInCatalog),
    ]
  }
}

extension Catalog {
  /// All models, or those of one provider, with the config's own and its corrections.
  func modelEntries(of provider: String? = nil) -> [ModelEntry] {
    var entries: [ModelEntry] = []
    forEachRow(of: provider) { entries.append(ModelEntry(name: $0, row: $1)) }
    for name in correctedNames where provider == nil || name.hasPrefix("\(provider ?? "")/") {
      guard let target = try? resolve(name), let facts = target.facts else { continue }
      var entry = entries.first { $0.name == name } ?? ModelEntry(unknown: name)
      entry.isInCatalog = true
      entry.context = facts.context
      entry.maxOutput = facts.traits.maxOutputTokens
      if let card = facts.prices {
        let row = (try? JSON.parse(card.text))?.object ?? JSONObject()
        entry.prices = ModelEntry(name: name, row: row).prices
      }
      entries.removeAll { $0.name == name }
      entries.append(entry)
    }
    return entries
  }
}
