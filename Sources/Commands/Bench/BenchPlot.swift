// Plots of characters: how the times of each target lie, and how they went while the run lasted.

import Benchmarking
import GatewayCore
import Glibc
import Wire

enum BenchPlot {
  private static let blocks = Array(" ▁▂▃▄▅▆▇█")
  private static let widestPlot = 72
  private static let narrowestPlot = 16

  // MARK: Distribution

  /// A line for each target: how many requests took how long, on one logarithmic axis for all.
  static func distributions(_ summary: RunSummary, width: Int) -> String {
    let times = summary.targets.compactMap { target in target.times[.e2e].map { (target.name, $0) } }
    let values = times.flatMap { $0.1.cells.map(\.value) }.filter { $0 > 0 }
    guard let low = values.min(), let high = values.max(), high > low else { return "" }
    let layout = Layout(names: times.map(\.0), width: width)
    guard layout.plot >= narrowestPlot else { return "" }
    let lines = times.map { name, distribution in
      layout.line(name, counts(distribution, from: Double(low), to: Double(high), columns: layout.plot))
    }
    let axis = layout.axis(shownMilliseconds(Double(low)) + " ms", shownMilliseconds(Double(high)) + " ms")
    return "How long requests took (e2e, logarithmic):\n" + lines.joined() + axis
  }

  private static func counts(_ times: Distribution, from low: Double, to high: Double, columns: Int) -> String {
    var counts = [Int](repeating: 0, count: columns)
    var before = 0
    for cell in times.cells {
      let place = log(Double(max(cell.value, 1)) / low) / log(high / low)
      counts[min(max(Int(place * Double(columns)), 0), columns - 1)] += cell.upTo - before
      before = cell.upTo
    }
    return drawn(counts.map { Double($0) }, highest: Double(counts.max() ?? 0))
  }

  // MARK: Course

  /// A line for each target: the median of what requests took, by when they were meant to start.
  static func course(_ summary: RunSummary, width: Int) -> String {
    let names = summary.run.targets
    let layout = Layout(names: names, width: width)
    guard layout.plot >= narrowestPlot, let last = summary.run.samples.map(\.intended).max(), last > 0 else {
      return ""
    }
    let medians = names.indices.map { target in
      Self.medians(summary.run.samples.filter { $0.target == target }, until: last, columns: layout.plot)
    }
    let highest = medians.joined().max() ?? 0
    guard highest > 0 else { return "" }
    let lines = zip(names, medians).map { layout.line($0, drawn($1, highest: highest)) }
    let axis = layout.axis("0 s", shownDigits(Double(last) / 1_000_000) + " s")
    return "Over time (median response, up to \(shownMilliseconds(highest)) ms):\n" + lines.joined() + axis
  }

  /// Zero where no good answer began.
  private static func medians(_ samples: [Sample], until last: Int64, columns: Int) -> [Double] {
    var slots = [[Int64]](repeating: [], count: columns)
    for sample in samples where sample.isGood && !sample.isWarmUp {
      let slot = Int(Double(max(sample.intended, 0)) / Double(last) * Double(columns))
      slots[min(slot, columns - 1)].append(max(sample.responseTime, 1))
    }
    return slots.map { Distribution($0)?.value(.p50) ?? 0 }
  }

  // MARK: Drawing

  private static func drawn(_ values: [Double], highest: Double) -> String {
    String(
      values.map { value in
        guard value > 0, highest > 0 else { return blocks[0] }
        return blocks[min(max(Int((value / highest * 8).rounded(.up)), 1), 8)]
      })
  }

  /// Names on the left, plots of one width on the right.
  private struct Layout {
    let label: Int
    let plot: Int

    init(names: [String], width: Int) {
      let widest = names.map { displayWidth(safeLine($0)) }.max() ?? 0
      label = min(widest, max(width / 3, 8))
      plot = min(width - label - 2, widestPlot)
    }

    func line(_ name: String, _ drawing: String) -> String {
      let name = truncated(safeLine(name), to: label)
      let line = name + String(repeating: " ", count: label - displayWidth(name) + 2) + drawing
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }

    func axis(_ low: String, _ high: String) -> String {
      let gap = max(plot - low.count - high.count, 1)
      return String(repeating: " ", count: label + 2) + low + String(repeating: " ", count: gap) + high + "\n"
    }
  }
}
