// Prompts of a wanted length, drawn anew for each round and the same for the same seed.

import Glibc

/// How many tokens something has: a mean, and how far it varies.
package struct TokenLength: Sendable, Equatable {
  package var mean: Int
  /// Standard deviation.
  package var deviation: Int

  package init(mean: Int, deviation: Int = 0) {
    self.mean = mean
    self.deviation = deviation
  }

  /// A length of a normal distribution, at least 1 and at most twice the mean.
  func draw(_ random: inout SeededRandom) -> Int {
    guard deviation > 0 else { return mean }
    let radius = (-2 * log(1 - random.fraction())).squareRoot()
    let drawn = Double(mean) + Double(deviation) * radius * cos(2 * .pi * random.fraction())
    return Int(min(max(drawn.rounded(), 1), 2 * Double(mean)))
  }
}

/// Common words without meaning together: of each, tokenizers make about one token.
package struct SyntheticPrompts: PromptSource, Equatable {
  private let input: TokenLength
  private let output: TokenLength?
  /// Of the mean length of the input, 0 to 1.
  private let sharedPart: Double
  private let seed: UInt64
  private let shared: String

  /// `sharedPart` is how much of the mean input all requests have in common.
  package init(input: TokenLength, output: TokenLength?, sharedPart: Double = 0, seed: UInt64) {
    self.input = input
    self.output = output
    self.sharedPart = sharedPart
    self.seed = seed
    var random = SeededRandom(seed: seed ^ Self.ofShared)
    let count = Int((Double(input.mean) * sharedPart).rounded())
    shared = count > 0 ? Self.words(count, &random) + " " : ""
  }

  /// A million tokens are more than any model reads.
  package static let mostTokens = 1_000_000
  private static let ofShared: UInt64 = 0x5EED_5EED_5EED_5EED
  /// Of the sentence that says what to do with the words.
  private static let tokensOfTask = 12

  package var summary: String {
    var parts = ["synthetic prompts of about \(input.shown) tokens"]
    if sharedPart > 0 { parts.append("the first \(Int((sharedPart * 100).rounded())) % in common") }
    return parts.joined(separator: ", ")
  }

  package func prompt(forRound round: Int) -> BenchPrompt {
    var random = SeededRandom(seed: seed &+ UInt64(round) &* 0x9E37_79B9)
    let length = input.draw(&random)
    let most = output?.draw(&random)
    let common = Int((Double(input.mean) * sharedPart).rounded())
    let own = max(length - common - Self.tokensOfTask, 1)
    let task = most.map { "\n\nGo on with this text for \($0) words." } ?? "\n\nSay in a sentence what this is about."
    var prompt = BenchPrompt(Self.words(own, &random) + task, maxOutputTokens: most)
    prompt.shared = shared
    return prompt
  }

  private static func words(_ count: Int, _ random: inout SeededRandom) -> String {
    (0..<count).map { _ in vocabulary[Int(random.next() % UInt64(vocabulary.count))] }.joined(separator: " ")
  }

  private static let vocabulary = [
    "time", "water", "house", "light", "road", "stone", "river", "paper", "music", "table", "green", "small", "early",
    "open", "quiet", "north", "field", "glass", "winter", "summer", "story", "garden", "market", "window", "letter",
    "number", "simple", "common", "answer", "morning", "evening", "people", "country", "island", "forest", "bridge",
    "silver", "copper", "engine", "signal", "under", "over", "after", "before", "while", "where", "never", "often",
    "walk", "carry", "build", "write", "listen", "follow", "gather", "measure", "and", "the", "of", "with", "for",
    "from", "into", "about",
  ]
}

extension TokenLength {
  /// `550 ± 150`.
  package var shown: String { deviation > 0 ? "\(mean) ± \(deviation)" : "\(mean)" }
}
