// What is measured of a request, defined once. docs/bench.md and `--help` say the same in words.

extension Sample {
  /// It has a good answer, so that its times count.
  package var isGood: Bool { failure == nil && (status == .ok || status == .truncated) }

  /// Microseconds from its start to the first token of any kind.
  package var timeToFirstToken: Int64? { firstToken.map { $0 - started } }

  /// Microseconds from its start to the first token that is no reasoning.
  package var timeToFirstVisibleToken: Int64? { firstVisibleToken.map { $0 - started } }

  /// Microseconds from its start to its end: what the provider and the network took.
  package var serviceTime: Int64 { ended - started }

  /// Microseconds from its intended start to its end: what someone who wanted it then had to wait.
  ///
  /// In an open loop this tells of the queue before a slow server, which `serviceTime` leaves out (coordinated omission).
  package var responseTime: Int64 { ended - intended }

  /// Microseconds for each output token after the first: from the first token to the last, by `output - 1` tokens.
  ///
  /// `nil` for an answer of fewer than two tokens, or one that came at once.
  package var timePerOutputToken: Double? {
    guard let firstToken, let lastToken, let output = usage.output, output > 1, lastToken > firstToken else {
      return nil
    }
    return Double(lastToken - firstToken) / Double(output - 1)
  }

  /// Output tokens a second of its service time.
  package var outputRate: Double? {
    guard let output = usage.output, output > 0, serviceTime > 0 else { return nil }
    return Double(output) * 1_000_000 / Double(serviceTime)
  }
}
