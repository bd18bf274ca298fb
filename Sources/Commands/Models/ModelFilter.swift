// Which models are listed, and in which order.

package import CommandLineKit
package import GatewayCore

/// What was typed for `llmgw models`.
package struct ModelsOptions: Sendable, Equatable {
  package enum Order: String, Sendable, CaseIterable { case name, input, output, context }

  package var words: [String] = []
  package var providers: [String] = []
  package var capabilities: [String] = []
  package var mode: String?
  package var maxInputPrice: Picodollars?
  package var context: Int?
  package var order = Order.name
  package var json = false
  package var asksProviders = false
  package init() {}
}

extension ModelsOptions {
  package static let flags: [Flag<ModelsOptions>] = [
    .takes("provider", short: "p", "NAME", "Only models of this provider.", repeats: true) { $0.providers.append($1) },
    .takes("can", "LIST", "Only models that can all of these: vision, tools, pdf, reasoning, json_schema, ...") {
      $0.capabilities += $1.split(separator: ",").map(String.init)
    },
    .takes("mode", "MODE", "Only models for this: chat, embedding, image, rerank, speech, ...") { $0.mode = $1 },
    .takes("max-input-price", "USD", "Only models whose million input tokens cost at most this.") {
      (options, text) throws(UsageError) in
      guard let price = Picodollars(dollars: text) else {
        throw UsageError("'--max-input-price \(text)' is not an amount of dollars", advice: "Write it as 0.50.")
      }
      options.maxInputPrice = price
    },
    .takes("context", "TOKENS", "Only models with at least this context window: 100k, 1m, 32000.") {
      (options, text) throws(UsageError) in
      guard let count = Int(tokenCount: text) else {
        throw UsageError("'--context \(text)' is not a number of tokens", advice: "Write it as 100k or 1m.")
      }
      options.context = count
    },
    .oneOf("sort", "BY", "Order of the list (name).") { $0.order = $1 },
    .toggle("live", "Ask the providers for their own lists and mark what the catalogue lacks.") {
      $0.asksProviders = true
    },
    .toggle("json", "Print a JSON array.") { $0.json = true },
  ]

  /// The models that pass every filter, in order.
  func select(_ entries: [ModelEntry]) -> [ModelEntry] {
    let words = words.map { $0.lowercased() }
    let chosen = entries.filter { entry in
      let name = entry.name.lowercased()
      return words.allSatisfy(name.contains) && (mode == nil || entry.mode == mode)
        && capabilities.allSatisfy(entry.capabilities.contains)
        && (context == nil || (entry.context ?? 0) >= (context ?? 0))
        && (maxInputPrice == nil || entry.price("input").map { $0 <= maxInputPrice ?? $0 } ?? false)
    }
    switch order {
    case .name: return chosen
    case .input: return sorted(chosen) { $0.price("input") }
    case .output: return sorted(chosen) { $0.price("output") }
    case .context: return chosen.sorted { ($0.context ?? 0, $1.name) > ($1.context ?? 0, $0.name) }
    }
  }

  /// The cheapest first; what has no price comes last.
  private func sorted(_ entries: [ModelEntry], by price: (ModelEntry) -> Picodollars?) -> [ModelEntry] {
    let keyed = entries.map { (price: price($0)?.count ?? Int64.max, entry: $0) }
    return keyed.sorted { ($0.price, $0.entry.name) < ($1.price, $1.entry.name) }.map(\.entry)
  }
}

extension Int {
  /// `32000`, `100k` or `1m`; `nil` for anything else.
  init?(tokenCount text: String) {
    let scales: [Character: Int] = ["k": 1000, "m": 1_000_000]
    let scale = text.last.flatMap { scales[Character($0.lowercased())] }
    guard let count = Int(scale == nil ? text : String(text.dropLast())), count > 0, count < 1_000_000_000 else {
      return nil
    }
    self = count * (scale ?? 1)
  }
}
