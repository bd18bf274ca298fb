// The times a request is judged by, under the names that people type and read.

/// A time that is measured of each request, in microseconds.
package enum Measure: String, CaseIterable, Sendable {
  /// To the first token of any kind.
  case ttft
  /// To the first token that is no reasoning.
  case visible
  /// Between two arrivals of tokens; a request has many.
  case itl
  /// For each output token after the first.
  case tpot
  /// From its start to its end.
  case e2e
  /// From its intended start to its end.
  case response

  /// The name in JSON, CSV and HTML.
  package var key: String { (self == .visible ? "visible_ttft" : rawValue) + "_ms" }

  /// Every value it has in one request; negative ones, which no clock gives, are 0.
  func values(of sample: Sample) -> [Int64] {
    self == .itl ? sample.gaps.map(Int64.init) : single(sample).map { [max(Int64($0.rounded()), 0)] } ?? []
  }

  /// The one value a whole request is held to: of the gaps between tokens, their mean.
  ///
  /// `nil` when it has none.
  package func single(_ sample: Sample) -> Double? {
    switch self {
    case .ttft: sample.timeToFirstToken.map(Double.init)
    case .visible: sample.timeToFirstVisibleToken.map(Double.init)
    case .itl: sample.gaps.isEmpty ? nil : Double(sample.gaps.reduce(0) { $0 + Int($1) }) / Double(sample.gaps.count)
    case .tpot: sample.timePerOutputToken
    case .e2e: Double(sample.serviceTime)
    case .response: Double(sample.responseTime)
    }
  }
}

/// One figure that stands for many values.
package enum Statistic: String, CaseIterable, Sendable {
  case p50, p90, p95, p99, max, mean

  /// The share of the values that are not above it, in 1/1000; `nil` for what is no percentile.
  package var perMille: Int? {
    switch self {
    case .p50: 500
    case .p90: 900
    case .p95: 950
    case .p99: 990
    case .max, .mean: nil
    }
  }
}
