/// The order in which targets are asked: in rounds, each target once a round, in an order drawn anew for each.
///
/// So all of them meet the same minutes and the same prompts, and none is always the first to ask.
struct Interleaving: Sendable {
  struct Place: Equatable {
    var round: Int
    var target: Int
    var isFirstOfRound: Bool
  }

  private let targets: Int
  private var random: SeededRandom
  private var round = -1
  /// What is left of the round, the next one last.
  private var left: [Int] = []

  init(targets: Int, seed: UInt64) {
    self.targets = targets
    random = SeededRandom(seed: seed)
  }

  mutating func next() -> Place {
    let isFirst = left.isEmpty
    if isFirst {
      round += 1
      left = (0..<targets).shuffled(using: &random)
    }
    return Place(round: round, target: left.removeLast(), isFirstOfRound: isFirst)
  }
}
