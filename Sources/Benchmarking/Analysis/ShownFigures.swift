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
  /// `ttft p50 by 17.7 % (10.2 to 24.2)`, whichever way it goes.
  fileprivate var amount: String {
    guard let ratio, firstValue > 0 else { return figure.text }
    let ends = [ratio.lowerBound - 1, ratio.upperBound - 1].map(abs).sorted().map { shownDigits($0 * 100) }
    return "\(figure.text) by \(shownPercent(abs(secondValue / firstValue - 1))) (\(ends[0]) to \(ends[1]))"
  }
}

extension RunSummary {
  /// What can be said of the targets to each other, a sentence each: of every two what is slower, faster, and open.
  package var verdicts: [String] {
    let comparisons = comparisons
    if targets.count > 1, comparisons.isEmpty {
      return [
        run.driver.invalid == nil
          ? "Too few good answers to compare the targets" : "The targets are not compared: the result is not valid"
      ]
    }
    return targets.indices.flatMap { first in
      targets.indices.dropFirst(first + 1).flatMap { second in
        let (one, other) = (targets[first].name, targets[second].name)
        let pair = comparisons.filter { $0.first == one && $0.second == other }
        return Self.sentences(pair, one, other)
      }
    }
  }

  private static func sentences(_ pair: [Comparison], _ first: String, _ second: String) -> [String] {
    let (times, costs) = (pair.filter { $0.figure != .cost }, pair.filter { $0.figure == .cost })
    func sentence(_ word: String, _ some: [Comparison], _ verdict: Comparison.Verdict) -> String? {
      let amounts = some.filter { $0.verdict == verdict }.map(\.amount)
      return amounts.isEmpty ? nil : "\(second) is \(word) than \(first): \(amounts.joined(separator: ", "))"
    }
    let open = pair.filter { $0.verdict == .undecided }.map(\.figure.text).joined(separator: ", ")
    return [
      sentence("faster", times, .lower), sentence("slower", times, .higher), sentence("cheaper", costs, .lower),
      sentence("dearer", costs, .higher),
      open.isEmpty ? nil : "No difference found between \(first) and \(second): \(open)",
    ].compactMap { $0 }
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
