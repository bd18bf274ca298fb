// What is known of one model of one provider.

package import Wire

/// A row of the models table with what the config corrects.
public struct ModelFacts: Sendable, Equatable {
  /// `chat`, `embedding`, `image`, ...
  package var mode = "chat"
  /// The context window in tokens.
  package var context: Int?
  package var traits = ModelTraits()
  package var prices: PriceCard?
  /// The day on which the provider shuts it down, `YYYY-MM-DD`.
  package var deprecated: String?

  package init() {}

  /// From a row of the models table.
  package init(row: JSONObject, defaults: JSONObject) {
    mode = row["mode"]?.string ?? "chat"
    context = row["context"]?.int
    traits.maxOutputTokens = row["max_output"]?.int
    traits.capabilities = Set(row["caps"]?.texts ?? [])
    traits.refuses = Set(row["no"]?.texts ?? [])
    traits.efforts = row["efforts"]?.texts ?? []
    if let ends = row["budget"]?.array?.compactMap(\.int), ends.count == 2, let smallest = ends.first {
      let largest = ends[1]
      traits.budget = smallest...(largest < smallest ? Int.max : largest)
    }
    deprecated = row["deprecated"]?.string
    // A row without a price per token (pictures, hours of capacity) is unpriced for a chat; a test reads every row.
    prices = try? PriceCard(row: row, defaults: defaults)
  }
}
