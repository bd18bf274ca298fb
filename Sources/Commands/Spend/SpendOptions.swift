// What `llmgw spend` can be told.

package import CommandLineKit
package import GatewayCore

/// How a report is printed.
package enum ReportFormat: String, CaseIterable, Sendable {
  case table, json, csv, md
}

/// What was typed for `llmgw spend`.
package struct SpendOptions: Sendable, Equatable {
  package var by: [SpendDimension] = []
  package var since: TimePoint?
  package var until: TimePoint?
  package var isUTC = false
  package var format = ReportFormat.table

  package init() {}

  package static let flags: [Flag<SpendOptions>] = [
    .takes(
      "by", "WHAT", "A row for each \(SpendDimension.words.joined(separator: ", ")) (model).",
      completes: .known(.dimension), repeats: true
    ) {
      (options, text) throws(UsageError) in
      let dimension = try SpendDimension(typed: text)
      if !options.by.contains(dimension) { options.by.append(dimension) }
    },
    .takes("since", "TIME", "From then on: 7d, 24h, today, 2026-10, 2026-10-01, 2026-10-01T12:30.") {
      (options, text) throws(UsageError) in options.since = try TimePoint(typed: text, flag: "--since")
    },
    .takes("until", "TIME", "Up to then; a day or month counts to its end.") {
      (options, text) throws(UsageError) in options.until = try TimePoint(typed: text, flag: "--until")
    },
    .toggle("utc", "Days, weeks and months of UTC instead of the local zone.") { $0.isUTC = true },
    .oneOf("format", "FORMAT", "How to print it (table).") { $0.format = $1 },
    .toggle("json", "The same as --format json.") { $0.format = .json },
  ]
}

extension SpendDimension {
  /// What can be typed.
  static let words = ["model", "provider", "day", "week", "month", "project", "status", "origin", "tag:KEY"]

  init(typed text: String) throws(UsageError) {
    guard let dimension = SpendDimension(text) else {
      throw UsageError(
        "'--by \(text)': not one of \(Self.words.joined(separator: ", "))",
        advice: text == "tag" ? "Say which: tag:team." : didYouMean(text, among: Self.words))
    }
    self = dimension
  }
}
