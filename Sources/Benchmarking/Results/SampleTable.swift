// A row for each request, for a spreadsheet.

import GatewayCore
import Wire

/// The requests of a run as titles and cells; times are in milliseconds, moments from the beginning of the run.
package enum SampleTable {
  /// Names that do not change: they are in people's scripts.
  package static let columns = [
    "number", "target", "warm_up", "intended_ms", "started_ms", "connection", "name_lookup_ms", "connect_ms", "tls_ms",
    "first_byte_ms", "ttft_ms", "visible_ttft_ms", "itl_mean_ms", "itl_max_ms", "tpot_ms", "e2e_ms", "response_ms",
    "gaps", "input_tokens", "output_tokens", "reasoning_tokens", "cache_read_tokens", "tokens_estimated",
    "finish_reason", "status", "http_status", "error", "cost_usd", "cost_source", "operation", "request_id",
  ]

  /// In the order in which they were meant to start; a cell for each column.
  package static func rows(_ run: RunRecord) -> [[String]] {
    run.samples.sorted { ($0.intended, $0.number) < ($1.intended, $1.number) }.map { sample in
      identity(sample, run) + times(sample) + counts(sample) + ending(sample)
    }
  }

  private static func identity(_ sample: Sample, _ run: RunRecord) -> [String] {
    let connection = sample.connection
    return [
      String(sample.number), run.targets.indices.contains(sample.target) ? run.targets[sample.target] : "",
      sample.isWarmUp ? "1" : "0", milliseconds(sample.intended), milliseconds(sample.started),
      connection.map { $0.isReused ? "reused" : "new" } ?? "", milliseconds(connection?.nameLookup),
      milliseconds(connection?.connect), milliseconds(connection?.tls),
    ]
  }

  private static func times(_ sample: Sample) -> [String] {
    let singles = [Measure.ttft, .visible, .itl].map { milliseconds(exactly: $0.single(sample)) }
    let rest = [Measure.tpot, .e2e, .response].map { milliseconds(exactly: $0.single(sample)) }
    return [milliseconds(sample.firstByte.map { $0 - sample.started })] + singles
      + [milliseconds(sample.gaps.max().map(Int64.init))] + rest + [String(sample.gaps.count)]
  }

  private static func counts(_ sample: Sample) -> [String] {
    let usage = sample.usage
    return [usage.input, usage.output, usage.reasoning, usage.cacheRead].map { $0.map(String.init) ?? "" }
      + [sample.usageIsEstimated ? "1" : "0"]
  }

  private static func ending(_ sample: Sample) -> [String] {
    [
      sample.finishReason ?? "", sample.status.rawValue, sample.httpStatus.map(String.init) ?? "",
      sample.failure ?? "", sample.cost.amount?.decimalText ?? "", sample.cost.source.rawValue, sample.operation,
      sample.requestID ?? "",
    ]
  }

  private static func milliseconds(_ microseconds: Int64?) -> String {
    microseconds.map { JSONNumber($0, places: 3).text } ?? ""
  }

  private static func milliseconds(exactly microseconds: Double?) -> String {
    JSON(microseconds: microseconds).number?.text ?? ""
  }
}
