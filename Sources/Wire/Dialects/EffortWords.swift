// How much a model is to think, as a word and as a number of tokens: providers take the one or the other.

enum EffortWords {
  private static let order = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]

  private static let budgets = [
    "minimal": 1024, "low": 4096, "medium": 10_000, "high": 24_000, "xhigh": 32_000, "max": 48_000,
  ]

  /// What a word means for models that count tokens.
  static func budget(for word: String) -> Int? { budgets[word] }

  /// What a budget means for models that take words.
  static func word(forBudget budget: Int) -> String {
    switch budget {
    case ..<1: "none"
    case ..<4096: "low"
    case ..<16384: "medium"
    default: "high"
    }
  }

  /// The word of `words` that comes nearest to `asked`; `nil` when `asked` is no effort word.
  static func nearest(to asked: String, among words: [String]) -> String? {
    guard let wanted = order.firstIndex(of: asked) else { return nil }
    // `none` is no effort: it stands in for another word only when there is nothing else.
    let candidates = words.contains { $0 != "none" } ? words.filter { $0 != "none" } : words
    let ranked = candidates.compactMap { word in order.firstIndex(of: word).map { (word, abs($0 - wanted)) } }
    return ranked.min { $0.1 < $1.1 }?.0
  }
}
