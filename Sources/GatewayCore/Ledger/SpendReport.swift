// What was spent, by whatever one asks. Tokens and money come from attempts, calls from operations.

/// What rows of a report are about.
package enum SpendDimension: Sendable, Hashable {
  case model, provider, project, status, origin
  case period(Period)
  case tag(String)

  /// Reads `model`, `day`, `tag:team`, ...; `nil` for anything else.
  package init?(_ text: String) {
    switch text {
    case "model": self = .model
    case "provider": self = .provider
    case "project": self = .project
    case "status": self = .status
    case "origin": self = .origin
    default:
      if let period = Period(rawValue: text) {
        self = .period(period)
      } else if text.hasPrefix("tag:"), text.utf8.count > 4 {
        self = .tag(String(text.dropFirst(4)))
      } else {
        return nil
      }
    }
  }

  package var isPeriod: Bool { if case .period = self { true } else { false } }

  /// The text it is read from.
  package var name: String {
    switch self {
    case .model: "model"
    case .provider: "provider"
    case .project: "project"
    case .status: "status"
    case .origin: "origin"
    case .period(let period): period.rawValue
    case .tag(let key): "tag:" + key
    }
  }
}

/// Which attempts to sum up, and how.
package struct SpendQuery: Sendable {
  package var by: [SpendDimension]
  /// The first moment that counts.
  package var since: Timestamp?
  /// The first moment that no longer counts.
  package var until: Timestamp?
  package var calendar: ReportCalendar

  package init(
    by: [SpendDimension], since: Timestamp? = nil, until: Timestamp? = nil, calendar: ReportCalendar = .local
  ) {
    self.by = by
    self.since = since
    self.until = until
    self.calendar = calendar
  }
}

/// Sums over some attempts.
package struct Spend: Sendable, Equatable {
  /// Operations whose last attempt is one of them.
  package var calls = 0
  package var attempts = 0
  package var inputTokens = 0
  package var outputTokens = 0
  package var cacheReadTokens = 0
  package var cacheWriteTokens = 0
  package var reasoningTokens = 0
  /// Operations with an attempt among them that has no price.
  package var unpricedCalls = 0
  /// Attempts that have a price, for which `priced` is the sum.
  package var pricedAttempts = 0
  package var priced = PicodollarSum.zero
  package var sources: CostSources = []

  package init() {}

  /// What is known to have been spent; `nil` when nothing but unpriced attempts is known.
  package var cost: PicodollarSum? { unpricedCalls > 0 && pricedAttempts == 0 ? nil : priced }

  /// Where the cost comes from, `mixed` for several sources; `nil` when there is nothing to price.
  package var source: Cost.Source? { sources.single ?? (sources.isEmpty ? nil : .mixed) }

  /// Adds all but the unpriced calls, of which one may be in both.
  mutating func add(_ other: Spend) {
    calls += other.calls
    attempts += other.attempts
    inputTokens.addClamped(other.inputTokens)
    outputTokens.addClamped(other.outputTokens)
    cacheReadTokens.addClamped(other.cacheReadTokens)
    cacheWriteTokens.addClamped(other.cacheWriteTokens)
    reasoningTokens.addClamped(other.reasoningTokens)
    pricedAttempts += other.pricedAttempts
    priced += other.priced
    sources.formUnion(other.sources)
  }
}

/// The sources that went into a sum.
package struct CostSources: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  package init(_ source: Cost.Source) {
    rawValue = Cost.Source.allCases.firstIndex(of: source).map { 1 << UInt8($0) } ?? 0
  }

  /// The source, when it is one alone.
  var single: Cost.Source? { Cost.Source.allCases.first { CostSources($0) == self } }
}

extension Int {
  /// Counts come from providers: an absurd one must not wrap round.
  package mutating func addClamped(_ other: Int) {
    let (sum, isHuge) = addingReportingOverflow(other)
    self = isHuge ? (other > 0 ? .max : .min) : sum
  }
}

/// A finished report.
package struct SpendReport: Sendable, Equatable {
  package struct Row: Sendable, Equatable {
    /// One for each dimension; what is absent is `(none)`.
    package var labels: [String]
    package var spend: Spend

    package init(labels: [String], spend: Spend) {
      self.labels = labels
      self.spend = spend
    }
  }

  package static let absent = "(none)"

  package var by: [SpendDimension]
  /// Periods in order; within them, or without them, the dearest first.
  package var rows: [Row]
  package var total: Spend

  package init(by: [SpendDimension], rows: [Row], total: Spend) {
    self.by = by
    self.rows = rows
    self.total = total
  }
}
