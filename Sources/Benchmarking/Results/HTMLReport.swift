// A run as one page that needs nothing else: no script, no font, no picture from elsewhere.

import GatewayCore
import Wire

/// The page; every text from outside is escaped, and a policy in it forbids the browser to fetch anything.
package enum HTMLReport {
  package static func page(_ summary: RunSummary) -> String {
    let run = summary.run
    let title = escaped("llmgw bench \(run.id)")
    let warnings = summary.warnings.map { "<p class=\"warning\">\(escaped($0))</p>\n" }.joined()
    let verdicts = summary.verdicts.map { "<li>\(escaped($0)).</li>\n" }.joined()
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>
      \(style)
      </style>
      </head>
      <body>
      <h1>\(escaped(run.targets.joined(separator: ", ")))</h1>
      <p>\(escaped(run.startedAt.rfc3339)), \(escaped(shownDigits(Double(run.elapsed) / 1_000_000))) s, run \
      \(escaped(run.id))</p>
      \(warnings)\(legend(run.targets))
      <h2>Targets</h2>
      \(overview(summary.targets))
      \(verdicts.isEmpty ? "" : "<h2>Verdicts</h2>\n<ul>\n\(verdicts)</ul>\n")\
      \(charts(summary))
      <h2>Times in ms</h2>
      \(times(summary.targets))
      <h2>Conditions</h2>
      \(conditions(run))
      </body>
      </html>

      """
  }

  // MARK: Parts

  private static func legend(_ targets: [String]) -> String {
    let entries = targets.enumerated().map { index, name in
      "<span class=\"key c\(index % Chart.colors)\"></span>\(escaped(name))"
    }
    return "<p>\(entries.joined(separator: " &nbsp; "))</p>"
  }

  private static func overview(_ targets: [TargetSummary]) -> String {
    let titles = [
      "target", "good", "errors", "warm-up", "output tokens/s", "requests/s", "kept the objectives", "cost",
      "per request", "per million output tokens",
    ]
    let rows = targets.map { target in
      [
        target.name, String(target.good), shownPercent(target.errorRate), String(target.warmUps),
        target.outputRates.map { shownDigits($0.value(.p50) / 1_000) } ?? "",
        target.requestRate.map(shownDigits) ?? "", target.kept.map(String.init) ?? "",
        target.money.perRequest == nil ? "unpriced" : target.money.spent.shown,
        target.money.perRequest?.shown ?? "", target.money.perMillionOutputTokens?.shown ?? "",
      ]
    }
    return table(titles, rows)
  }

  private static func times(_ targets: [TargetSummary]) -> String {
    let titles = ["target", "time"] + Statistic.allCases.map(\.rawValue) + ["95 % of p50", "95 % of p95"]
    let rows = targets.flatMap { target in
      Measure.allCases.compactMap { measure -> [String]? in
        guard let times = target.times[measure] else { return nil }
        let ranges = [Statistic.p50, .p95].map { statistic in
          times.interval(statistic).map {
            "\(shownMilliseconds($0.lowerBound)) to \(shownMilliseconds($0.upperBound))"
          } ?? ""
        }
        return [target.name, measure.rawValue]
          + Statistic.allCases.map { shownMilliseconds(times.value($0)) } + ranges
      }
    }
    return table(titles, rows)
  }

  private static func charts(_ summary: RunSummary) -> String {
    let curves = [Measure.ttft, .e2e, .response].map { measure -> String in
      let series = summary.targets.map { $0.times[measure] }
      guard series.contains(where: { $0 != nil }) else { return "" }
      return figure("\(measure.rawValue): percentiles", Chart.percentiles(series))
    }
    let course = figure("response over time", Chart.course(summary.run))
    return "<h2>Charts</h2>\n" + curves.joined() + course
  }

  private static func figure(_ caption: String, _ chart: String?) -> String {
    guard let chart else { return "" }
    return "<figure>\n\(chart)\n<figcaption>\(escaped(caption))</figcaption>\n</figure>\n"
  }

  private static func conditions(_ run: RunRecord) -> String {
    table(
      ["", ""],
      [
        ["load", run.load.words], ["seed", String(run.seed)],
        ["objectives", run.objectives.map(\.text).joined(separator: ", ")],
        ["system", "\(run.environment.system), \(run.environment.processors) processors"],
        ["llmgw", run.environment.version],
        [
          "driver's own time in a request",
          "\(shownMilliseconds(Double(run.driver.overheadMedian))) ms, "
            + "\(shownMilliseconds(Double(run.driver.overheadP99))) ms at p99",
        ],
        ["requests that started late", shownPercent(run.driver.slip)],
      ])
  }

  // MARK: Markup

  private static func table(_ titles: [String], _ rows: [[String]]) -> String {
    let head = titles.map { "<th>\(escaped($0))</th>" }.joined()
    let body = rows.map { "<tr>" + $0.map { "<td>\(escaped($0))</td>" }.joined() + "</tr>\n" }.joined()
    return "<div class=\"wide\"><table>\n<tr>\(head)</tr>\n\(body)</table></div>"
  }

  /// Text for a page: no markup, and no characters that turn the direction of what follows.
  static func escaped(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": safe += " "
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }

  private static let style = """
    :root { --text: #1b1b1b; --back: #ffffff; --line: #d0d0d0; --note: #8a4b00;
      --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --c4: #806600; --c5: #56b4e9; }
    @media (prefers-color-scheme: dark) {
      :root { --text: #e8e8e8; --back: #161616; --line: #454545; --note: #ffb454;
        --c0: #56b4e9; --c1: #ff8c42; --c2: #2fd6a3; --c3: #e79fc8; --c4: #e0c341; --c5: #9ad1f5; } }
    body { color: var(--text); background: var(--back); font: 15px/1.5 system-ui, sans-serif;
      max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
    h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
    .wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th, td { padding: .25rem .75rem .25rem 0; text-align: left; border-bottom: 1px solid var(--line); }
    .warning { color: var(--note); font-weight: 600; }
    .key { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 50%; }
    .key.c0 { background: var(--c0); } .key.c1 { background: var(--c1); } .key.c2 { background: var(--c2); }
    .key.c3 { background: var(--c3); } .key.c4 { background: var(--c4); } .key.c5 { background: var(--c5); }
    figure { margin: 1rem 0; } svg { width: 100%; height: auto; } figcaption { font-size: .9rem; }
    svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
    svg .grid { stroke: var(--line); stroke-width: 1; }
    svg polyline { fill: none; stroke-width: 2; }
    svg polyline.c0 { stroke: var(--c0); } svg polyline.c1 { stroke: var(--c1); } svg polyline.c2 { stroke: var(--c2); }
    svg polyline.c3 { stroke: var(--c3); } svg polyline.c4 { stroke: var(--c4); } svg polyline.c5 { stroke: var(--c5); }
    svg circle { fill-opacity: .6; }
    svg circle.c0 { fill: var(--c0); } svg circle.c1 { fill: var(--c1); } svg circle.c2 { fill: var(--c2); }
    svg circle.c3 { fill: var(--c3); } svg circle.c4 { fill: var(--c4); } svg circle.c5 { fill: var(--c5); }
    """
}
