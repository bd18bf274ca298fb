// `--from-ledger`: which calls of the books are asked again.

package import CommandLineKit
import GatewayCore

/// `model=MODEL,since=7d,until=today,provider=NAME,project=NAME,search=WORDS`, as typed.
package struct LedgerSlice: Sendable, Equatable {
  private var since: TimePoint?
  private var until: TimePoint?
  private var model: String?
  private var provider: String?
  private var project: String?
  private var search: String?

  private static let names = ["model", "provider", "project", "since", "until", "search"]

  package init(typed text: String) throws(UsageError) {
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = try KeyedText(String(part).trimmed, flag: "--from-ledger")
      switch pair.key {
      case "model": model = pair.value
      case "provider": provider = pair.value
      case "project": project = pair.value
      case "search": search = pair.value
      case "since": since = try TimePoint(typed: pair.value, flag: "--from-ledger since")
      case "until": until = try TimePoint(typed: pair.value, flag: "--from-ledger until")
      default:
        throw UsageError(
          "'--from-ledger': '\(pair.key)' is not one of \(Self.names.joined(separator: ", "))",
          advice: didYouMean(pair.key, among: Self.names))
      }
    }
  }

  func query(now: Timestamp) -> LogQuery {
    var query = LogQuery()
    query.since = since?.start(now: now, in: .local)
    query.until = until?.end(now: now, in: .local)
    query.model = model
    query.provider = provider
    query.project = project
    query.search = search
    return query
  }
}
