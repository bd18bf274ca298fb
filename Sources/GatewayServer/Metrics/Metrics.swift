// What the server counts, for Prometheus. One lookup and a few additions a request; text is made when it is asked for.
import GatewayCore
import Synchronization
import Wire

/// Counts of all requests since the start.
package final class Metrics: Sendable {
  /// What is measured elsewhere, at the moment of asking.
  package struct Reading: Sendable {
    package enum Kind: Sendable { case gauge, counter }
    package var name: String
    package var help: String
    package var kind: Kind
    package var value: Int

    package init(_ name: String, _ help: String, kind: Kind = .gauge, value: Int) {
      self.name = name
      self.help = help
      self.kind = kind
      self.value = value
    }
  }

  /// Series beyond this are counted as `other`: names come from clients, and each costs memory here and in Prometheus.
  static let seriesLimit = 1_000
  /// A longer name of a model counts as `other` too.
  static let nameLimit = 200

  private let series = Mutex<[SeriesName: Series]>([:])
  private let running = Atomic(0)

  package init() {}

  /// A request is being answered.
  package func begin() { running.add(1, ordering: .relaxed) }

  /// It no longer is.
  package func end() { running.subtract(1, ordering: .relaxed) }

  package func record(_ finished: FinishedRequest) {
    let name = SeriesName(finished)
    series.withLock { all in
      let name = all.count < Self.seriesLimit || all[name] != nil ? name : name.withoutNames
      all[name, default: Series()].add(finished)
    }
  }

  /// Everything in Prometheus's text format 0.0.4 (`text/plain; version=0.0.4`).
  package func text(_ readings: [Reading] = []) -> [UInt8] {
    let all = series.withLock { $0 }.sorted { $0.key < $1.key }
    var text = PrometheusText()
    text.family("llmgw_requests_in_flight", "Requests that are being answered.", "gauge")
    text.sample(value: running.load(ordering: .relaxed))
    for reading in readings {
      text.family(reading.name, reading.help, reading.kind == .gauge ? "gauge" : "counter")
      text.sample(value: reading.value)
    }
    for family in SeriesFamily.all {
      text.family(family.name, family.help, family.type)
      for (name, series) in all { family.write(name, series, &text) }
    }
    return text.bytes
  }
}

/// The labels that all counts have.
struct SeriesName: Hashable, Comparable {
  var surface: String
  var provider: String
  var model: String

  /// What stands for a provider or model of which there is none.
  private static let none = ""
  private static let other = "other"

  init(_ finished: FinishedRequest) {
    surface = finished.surface
    provider = finished.provider ?? Self.none
    model = finished.model ?? Self.none
    if model.utf8.count > Metrics.nameLimit { model = Self.other }
    if provider.utf8.count > Metrics.nameLimit { provider = Self.other }
  }

  /// For those beyond the limit: surfaces are few.
  var withoutNames: SeriesName {
    var name = self
    (name.provider, name.model) = (Self.other, Self.other)
    return name
  }

  var labels: [(name: StaticString, value: String)] {
    [("surface", surface), ("provider", provider), ("model", model)]
  }

  static func < (left: SeriesName, right: SeriesName) -> Bool {
    (left.surface, left.provider, left.model) < (right.surface, right.provider, right.model)
  }
}

/// What is counted of the requests of one name.
struct Series: Sendable {
  /// By status; an answer has one of a few.
  private(set) var requests: [Int: UInt64] = [:]
  private(set) var tokens = TokenCounts()
  private(set) var cost: [Cost.Source: PicodollarSum] = [:]
  private(set) var unpriced: UInt64 = 0
  private(set) var duration = Histogram(.calls)
  private(set) var untilFirstToken = Histogram(.calls)
  private(set) var overhead = Histogram(.work)

  mutating func add(_ finished: FinishedRequest) {
    // No status but those of HTTP: what is not one must not make a series of its own.
    requests[(100..<600).contains(finished.status) ? finished.status : 0, default: 0] += 1
    tokens.add(finished.usage)
    if let cost = finished.cost {
      if let amount = cost.amount { self.cost[cost.source, default: .zero] += amount } else { unpriced += 1 }
    }
    duration.add(finished.duration)
    if let time = finished.untilFirstToken { untilFirstToken.add(time) }
    if let time = finished.overhead { overhead.add(time) }
  }
}

/// Tokens by kind, as the ledger counts them: input has those of the cache in it, output those of reasoning.
struct TokenCounts: Sendable {
  private(set) var input = 0
  private(set) var output = 0
  private(set) var cacheRead = 0
  private(set) var cacheWrite = 0
  private(set) var reasoning = 0

  mutating func add(_ usage: Usage) {
    input &+= usage.input ?? 0
    output &+= usage.output ?? 0
    cacheRead &+= usage.cacheRead ?? 0
    cacheWrite &+= usage.cacheWrite ?? 0
    reasoning &+= usage.reasoning ?? 0
  }

  var byKind: [(kind: String, count: Int)] {
    [
      ("input", input), ("output", output), ("cache_read", cacheRead), ("cache_write", cacheWrite),
      ("reasoning", reasoning),
    ]
  }
}
