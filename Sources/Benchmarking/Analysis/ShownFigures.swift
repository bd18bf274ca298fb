// Figures as a person reads them: three digits that count.

import GatewayCore

/// Microseconds as milliseconds: `0.045`, `1.23`, `45.6`, `789`, `12345`.
package func shownMilliseconds(_ microseconds: Double) -> String { shownDigits(microseconds / 1_000) }

/// A rate or a count with three digits that count, or all before the point.
package func shownDigits(_ value: Double) -> String {
  guard value.isFinite else { return "" }
  let size = abs(value)
  let places = size < 0.9995 ? 3 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0
  return fixed(value, places: places)
}

/// A share as per cent: `12.3 %`; with a sign where it is a change.
package func shownPercent(_ share: Double, isChange: Bool = false) -> String {
  guard share.isFinite else { return "" }
  let percent = share * 100
  return (isChange && percent >= 0.05 ? "+" : "") + fixed(percent, places: 1) + " %"
}

/// With so many places, without a sign before zero.
private func fixed(_ value: Double, places: Int) -> String {
  let factor = [1.0, 10, 100, 1_000][places]
  let scaled = Int64(min(max((value * factor).rounded(), -9e18), 9e18))
  let divisor = Int64(factor)
  let fraction = places == 0 ? "" : "." + Int((scaled % divisor).magnitude).padded(places)
  return (scaled < 0 ? "-" : "") + String((scaled / divisor).magnitude) + fraction
}

extension Comparison {
  /// `b is slower than a: p50 of ttft 220 against 200 ms, +10.0 % (+8.1 % to +12.0 %)`; `nil` without a verdict.
  package var sentence: String? {
    guard verdict != .undecided else { return nil }
    let word = verdict == .higher ? "slower" : "faster"
    let change = ratio.map { range in
      let ends = [range.lowerBound, range.upperBound].map { shownPercent($0 - 1, isChange: true) }
      return ", \(shownPercent(secondValue / firstValue - 1, isChange: true)) (\(ends[0]) to \(ends[1]))"
    }
    let values = "\(shownMilliseconds(secondValue)) against \(shownMilliseconds(firstValue)) ms"
    return "\(second) is \(word) than \(first): \(figure) \(values)\(change ?? "")"
  }

  /// `ttft p50`.
  package var figure: String { "\(measure.rawValue) \(statistic.rawValue)" }
}

extension RunSummary {
  /// What can be said of the targets to each other, a sentence each.
  package var verdicts: [String] {
    let comparisons = comparisons
    var sentences = comparisons.compactMap(\.sentence)
    var open: [(pair: String, figures: [String])] = []
    for comparison in comparisons where comparison.verdict == .undecided {
      let pair = "\(comparison.first) and \(comparison.second)"
      if open.last?.pair == pair {
        open[open.count - 1].figures.append(comparison.figure)
      } else {
        open.append((pair, [comparison.figure]))
      }
    }
    sentences += open.map { "No difference found between \($0.pair): \($0.figures.joined(separator: ", "))" }
    if targets.count > 1, comparisons.isEmpty { sentences.append("Too few good answers to compare the targets") }
    return sentences
  }
}

extension RunRecord.Load {
  /// Requests start by a schedule, so that they can wait before they start.
  package var isOpen: Bool {
    if case .open = self { true } else { false }
  }

  /// `open, 20 requests/s (poisson)`.
  package var words: String {
    switch self {
    case .closed(let concurrency): "closed, \(concurrency) at a time"
    case .open(let rate, let arrivals): "open, \(shownDigits(rate)) requests/s (\(arrivals.rawValue))"
    }
  }
}
