// Two runs as a table: a row for each figure of each target.

import Benchmarking
import GatewayCore
import Wire

/// What changed from one run to another.
struct BenchChanges {
  let comparison: RunComparison
  private let width: Int
  private let stdout: OutputStream

  init(_ comparison: RunComparison, on terminal: Terminal) {
    self.comparison = comparison
    width = terminal.tableWidth
    stdout = terminal.stdout
  }

  var text: String {
    let (first, second) = (comparison.first.run, comparison.second.run)
    let runs = namedLines([
      ("A", "\(first.id), \(first.startedAt.rfc3339.prefix(16))Z, \(first.load.words)"),
      ("B", "\(second.id), \(second.startedAt.rfc3339.prefix(16))Z, \(second.load.words)"),
    ])
    let warnings = comparison.warnings.map { stdout.styled("Warning: " + safeLine($0), .yellow) + "\n" }.joined()
    let legend = "Times in ms. FROM TO: the change, with what is left of 95 % for each of them.\n"
    return runs + "\n" + table.text(width: width) + legend + warnings
  }

  private var table: Table {
    Table(
      [
        .text("TARGET", least: 8), .word("FIGURE"), .number("A"), .number("B"), .number("CHANGE"),
        .word("FROM TO").whereThereIsRoom, .word("VERDICT"),
      ],
      rows: comparison.comparisons.map(row) + comparison.pairs.flatMap { others($0.first, $0.second) })
  }

  private func row(_ figure: Comparison) -> [String] {
    let range = figure.ratio.map { ratio in
      [ratio.lowerBound, ratio.upperBound].map { shownPercent($0 - 1, isChange: true) }.joined(separator: " to ")
    }
    let isCost = figure.figure == .cost
    let verdict =
      switch figure.verdict {
      case .higher: isCost ? "dearer" : "slower"
      case .lower: isCost ? "cheaper" : "faster"
      case .undecided: "no difference found"
      }
    let values = [figure.firstValue, figure.secondValue].map { value in
      isCost ? Picodollars(Int64(value)).shown : shownMilliseconds(value)
    }
    return [
      figure.second, figure.figure.text, values[0], values[1], change(figure.firstValue, figure.secondValue),
      range ?? "", verdict,
    ]
  }

  /// What has no interval, and so no verdict.
  private func others(_ first: TargetSummary, _ second: TargetSummary) -> [[String]] {
    var rows = [
      [second.name, "errors", shownPercent(first.errorRate), shownPercent(second.errorRate), "", "", ""]
    ]
    if first.costs == nil || second.costs == nil, let one = first.money.perRequest, let other = second.money.perRequest
    {
      rows.append([
        second.name, "cost per request", one.shown, other.shown, change(Double(one.count), Double(other.count)), "", "",
      ])
    }
    return rows
  }

  private func change(_ first: Double, _ second: Double) -> String {
    first > 0 ? shownPercent(second / first - 1, isChange: true) : ""
  }
}
