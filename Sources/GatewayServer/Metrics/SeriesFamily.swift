// The names under which Prometheus finds what is counted by series.
import GatewayCore

/// A metric, and how its samples are read from a series.
struct SeriesFamily: Sendable {
  var name: StaticString
  var help: StaticString
  var type: StaticString
  var write: @Sendable (SeriesName, Series, inout PrometheusText) -> Void

  static let all = [requests, tokens, cost, unpriced, duration, untilFirstToken, overhead]

  private static let requests = SeriesFamily(
    name: "llmgw_requests_total", help: "Requests that were answered, by HTTP status.", type: "counter"
  ) { name, series, text in
    for (status, count) in series.requests.sorted(by: { $0.key < $1.key }) {
      text.sample(name.labels + [("status", String(status))], value: count)
    }
  }

  private static let tokens = SeriesFamily(
    name: "llmgw_tokens_total",
    help: "Tokens; input includes those read from and written to a cache, output those of reasoning.", type: "counter"
  ) { name, series, text in
    for (kind, count) in series.tokens.byKind where count != 0 {
      text.sample(name.labels + [("kind", kind)], value: count)
    }
  }

  private static let cost = SeriesFamily(
    name: "llmgw_cost_usd_total", help: "What calls cost, by where the figure comes from.", type: "counter"
  ) { name, series, text in
    for (source, sum) in series.cost.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      text.sample(name.labels + [("source", source.rawValue)], value: sum.decimalText)
    }
  }

  private static let unpriced = SeriesFamily(
    name: "llmgw_unpriced_requests_total", help: "Requests whose cost is not known.", type: "counter"
  ) { name, series, text in
    if series.unpriced > 0 { text.sample(name.labels, value: series.unpriced) }
  }

  private static let duration = SeriesFamily(
    name: "llmgw_request_duration_seconds", help: "From the end of a request to the end of its answer.",
    type: "histogram"
  ) { name, series, text in text.histogram(name.labels, series.duration) }

  private static let untilFirstToken = SeriesFamily(
    name: "llmgw_time_to_first_token_seconds", help: "From the end of a request to the first token of its answer.",
    type: "histogram"
  ) { name, series, text in text.histogram(name.labels, series.untilFirstToken) }

  private static let overhead = SeriesFamily(
    name: "llmgw_overhead_seconds", help: "What a request took that was not spent waiting for a provider.",
    type: "histogram"
  ) { name, series, text in text.histogram(name.labels, series.overhead) }
}
