// What Prometheus reads.

import GatewayCore
import Testing
import Wire

@testable import GatewayServer

struct MetricsTests {
  private static func request(_ model: String? = "m", status: Int = 200) -> FinishedRequest {
    var request = FinishedRequest(
      surface: "openai-chat", method: "POST", path: "/v1/chat/completions", status: status,
      began: Timestamp(microseconds: 0), duration: .milliseconds(700))
    (request.provider, request.model) = ("p", model)
    return request
  }

  /// The samples by name and labels, as they stand.
  private static func samples(_ metrics: Metrics, _ readings: [Metrics.Reading] = []) -> [String: String] {
    let lines = String(decoding: metrics.text(readings), as: UTF8.self).split(separator: "\n")
    let pairs = lines.filter { !$0.hasPrefix("#") }.compactMap { line in
      line.lastIndex(of: " ").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) }
    }
    return Dictionary(pairs) { first, _ in
      Issue.record("two samples of one name")
      return first
    }
  }

  private static let labels = #"surface="openai-chat",provider="p",model="m""#

  @Test func `requests, tokens and money are summed by name`() {
    let metrics = Metrics()
    var one = Self.request()
    one.usage = Usage(input: 10, output: 20)
    one.usage.cacheRead = 4
    one.cost = Cost(amount: Picodollars(1_500_000), source: .computed)
    metrics.record(one)
    metrics.record(one)
    one.cost = Cost(amount: Picodollars(7), source: .reported)
    metrics.record(one)
    one.status = 429
    one.usage = Usage()
    one.cost = .unpriced
    metrics.record(one)
    let samples = Self.samples(metrics)
    #expect(samples[#"llmgw_requests_total{\#(Self.labels),status="200"}"#] == "3")
    #expect(samples[#"llmgw_requests_total{\#(Self.labels),status="429"}"#] == "1")
    #expect(samples[#"llmgw_tokens_total{\#(Self.labels),kind="input"}"#] == "30")
    #expect(samples[#"llmgw_tokens_total{\#(Self.labels),kind="output"}"#] == "60")
    #expect(samples[#"llmgw_tokens_total{\#(Self.labels),kind="cache_read"}"#] == "12")
    #expect(samples[#"llmgw_tokens_total{\#(Self.labels),kind="reasoning"}"#] == nil)
    #expect(samples[#"llmgw_cost_usd_total{\#(Self.labels),source="computed"}"#] == "0.000003")
    #expect(samples[#"llmgw_cost_usd_total{\#(Self.labels),source="reported"}"#] == "0.000000000007")
    #expect(samples[#"llmgw_unpriced_requests_total{\#(Self.labels)}"#] == "1")
  }

  @Test func `money beyond what one amount can hold is still summed`() {
    let metrics = Metrics()
    var one = Self.request()
    one.cost = Cost(amount: Picodollars(.max), source: .computed)
    for _ in 0..<3 { metrics.record(one) }
    let sum = Self.samples(metrics)[#"llmgw_cost_usd_total{\#(Self.labels),source="computed"}"#]
    #expect(sum == "27670116.110564327421")
  }

  @Test func `a histogram counts all that are no longer than each bound`() {
    let metrics = Metrics()
    for microseconds in [0, 5_000, 5_001, 700_000, 600_000_000, 600_000_001] {
      var one = Self.request()
      one.duration = .microseconds(microseconds)
      metrics.record(one)
    }
    let samples = Self.samples(metrics)
    func bucket(_ bound: String) -> String? {
      samples[#"llmgw_request_duration_seconds_bucket{\#(Self.labels),le="\#(bound)"}"#]
    }
    #expect(["0.005", "0.01", "0.5", "1", "600", "+Inf"].map(bucket) == ["2", "3", "3", "4", "5", "6"])
    #expect(samples["llmgw_request_duration_seconds_count{\(Self.labels)}"] == "6")
    #expect(samples["llmgw_request_duration_seconds_sum{\(Self.labels)}"] == "1200.710002")
    #expect(samples["llmgw_time_to_first_token_seconds_count{\(Self.labels)}"] == nil)
    #expect(samples["llmgw_overhead_seconds_count{\(Self.labels)}"] == nil)
  }

  @Test func `the time to the first token and our own are histograms too`() {
    let metrics = Metrics()
    var one = Self.request()
    (one.untilFirstToken, one.overhead) = (.milliseconds(30), .microseconds(120))
    metrics.record(one)
    let samples = Self.samples(metrics)
    #expect(samples[#"llmgw_time_to_first_token_seconds_bucket{\#(Self.labels),le="0.025"}"#] == "0")
    #expect(samples[#"llmgw_time_to_first_token_seconds_bucket{\#(Self.labels),le="0.05"}"#] == "1")
    #expect(samples[#"llmgw_overhead_seconds_bucket{\#(Self.labels),le="0.0001"}"#] == "0")
    #expect(samples[#"llmgw_overhead_seconds_bucket{\#(Self.labels),le="0.0002"}"#] == "1")
    #expect(samples["llmgw_overhead_seconds_sum{\(Self.labels)}"] == "0.00012")
  }

  @Test func `what clients call models makes no series without bound`() {
    let metrics = Metrics()
    let count = Metrics.seriesLimit + 50
    for number in 0..<count { metrics.record(Self.request("m\(number)")) }
    metrics.record(Self.request("m0"))
    metrics.record(Self.request(String(repeating: "x", count: Metrics.nameLimit + 1)))
    let requests = Self.samples(metrics).filter { $0.key.hasPrefix("llmgw_requests_total") }
    #expect(requests.count == Metrics.seriesLimit + 1)
    #expect(requests.values.compactMap { Int($0) }.reduce(0, +) == count + 2)
    #expect(requests[#"llmgw_requests_total{surface="openai-chat",provider="p",model="m0",status="200"}"#] == "2")
    #expect(
      requests[#"llmgw_requests_total{surface="openai-chat",provider="other",model="other",status="200"}"#] == "51")
  }

  @Test func `a status that is none makes no series either`() {
    let metrics = Metrics()
    for status in [0, -1, 99, 600, 1_000_000] { metrics.record(Self.request(status: status)) }
    #expect(Self.samples(metrics)[#"llmgw_requests_total{\#(Self.labels),status="0"}"#] == "5")
  }

  @Test func `names are escaped`() {
    let metrics = Metrics()
    metrics.record(Self.request("a\"b\\c\nd ü"))
    let text = String(decoding: metrics.text(), as: UTF8.self)
    #expect(text.contains(#"model="a\"b\\c\nd ü",status="200"} 1"#))
  }

  @Test func `what is in flight and what others measure are there from the start`() {
    let metrics = Metrics()
    metrics.begin()
    metrics.begin()
    metrics.end()
    let readings = [
      Metrics.Reading("llmgw_ledger_queue", "Waiting\nto be written.", value: 3),
      Metrics.Reading("llmgw_log_lines_dropped_total", "Lines.", kind: .counter, value: 4),
    ]
    let text = String(decoding: metrics.text(readings), as: UTF8.self)
    #expect(text.contains("# TYPE llmgw_requests_in_flight gauge\nllmgw_requests_in_flight 1\n"))
    #expect(text.contains(#"# HELP llmgw_ledger_queue Waiting\nto be written."#))
    #expect(text.contains("# TYPE llmgw_ledger_queue gauge\nllmgw_ledger_queue 3\n"))
    #expect(text.contains("# TYPE llmgw_log_lines_dropped_total counter\nllmgw_log_lines_dropped_total 4\n"))
  }

  /// The rules of the format: a family once, HELP and TYPE before its samples, all of them together, one line feed each.
  @Test func `the text keeps the rules of the format`() throws {
    let metrics = Metrics()
    for model in ["m", "n", nil] {
      for status in [200, 500] { metrics.record(Self.request(model, status: status)) }
    }
    let text = String(decoding: metrics.text(), as: UTF8.self)
    #expect(text.hasSuffix("\n") && !text.contains("\n\n"))
    var family = ""
    var types: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 3).map(String.init)
      if line.hasPrefix("# HELP ") {
        family = words[2]
        #expect(types[family] == nil, "\(family) twice")
      } else if line.hasPrefix("# TYPE ") {
        #expect(words[2] == family)
        types[family] = words[3]
      } else {
        let name = line.prefix { $0 != "{" && $0 != " " }
        let suffixes = types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        #expect(suffixes.contains { name == family + $0 }, "\(line) in \(family)")
        #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil)
      }
    }
    #expect(types.count == 8)
  }
}
