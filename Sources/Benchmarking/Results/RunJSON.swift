// A run as JSON: what was asked, where it ran, what came of it. Read again to be compared.

package import GatewayCore
package import Wire

extension RunRecord {
  /// All but the requests.
  var head: JSONObject {
    [
      "format": "llmgw-bench-1", "id": .string(id), "started_at": .string(startedAt.rfc3339),
      "elapsed_ms": JSON(microseconds: Double(elapsed)), "load": load.json,
      "seed": .number(JSONNumber(text: "\(seed)")),
      "slo_ms": .object(JSONObject(objectives.map { ($0.measure.rawValue, JSON(microseconds: Double($0.limit))) })),
      "ended_early": JSON(text: endedEarly), "version": .string(environment.version),
      "machine": [
        "system": .string(environment.system), "processors": .number(JSONNumber(environment.processors)),
      ],
      "driver": driver.json, "targets": .array(targets.map { ["target": .string($0)] }),
    ]
  }

  /// What a list of runs shows.
  package var headJSON: JSON { .object(head) }

  /// Without the requests; `nil` when it is none of our files.
  init?(head: JSON) {
    guard head["format"]?.string == "llmgw-bench-1", let id = head["id"]?.string,
      let startedAt = head["started_at"]?.string.flatMap(Timestamp.init(rfc3339:)),
      let load = head["load"].flatMap(Load.init(json:)), let seed = head["seed"]?.number.flatMap({ UInt64($0.text) }),
      let targets = head["targets"]?.array
    else { return nil }
    let machine = head["machine"]
    self.init(
      id: id, startedAt: startedAt, elapsed: head["elapsed_ms"]?.wholeMicroseconds ?? 0,
      targets: targets.map { $0["target"]?.string ?? "" }, load: load, seed: seed,
      objectives: head["slo_ms"]?.object.map(Self.objectives) ?? [], samples: [],
      driver: DriverReport(json: head["driver"] ?? .null),
      environment: Environment(
        version: head["version"]?.string ?? "", system: machine?["system"]?.string ?? "",
        processors: machine?["processors"]?.int ?? 0), endedEarly: head["ended_early"]?.string)
  }

  private static func objectives(_ object: JSONObject) -> [Objective] {
    object.members.compactMap { member in
      guard let measure = Measure(rawValue: member.name), let limit = member.value.wholeMicroseconds else {
        return nil
      }
      return Objective(measure, limit: limit)
    }
  }
}

extension RunRecord.Load {
  fileprivate var json: JSON {
    switch self {
    case .closed(let concurrency): ["kind": "closed", "concurrency": .number(JSONNumber(concurrency))]
    case .open(let perSecond, let arrivals):
      [
        "kind": "open", "requests_per_second": JSON(perSecond, places: 6), "arrivals": .string(arrivals.rawValue),
      ]
    }
  }

  fileprivate init?(json: JSON) {
    if let concurrency = json["concurrency"]?.int {
      self = .closed(concurrency: concurrency)
    } else if let rate = json["requests_per_second"]?.double,
      let arrivals = json["arrivals"]?.string.flatMap(Arrivals.init)
    {
      self = .open(perSecond: rate, arrivals)
    } else {
      return nil
    }
  }
}

extension RunRecord.DriverReport {
  fileprivate var json: JSON {
    [
      "overhead_p50_ms": JSON(microseconds: Double(overheadMedian)),
      "overhead_p99_ms": JSON(microseconds: Double(overheadP99)),
      "cpu_ms": JSON(microseconds: Double(cpuMicroseconds)), "slip": JSON(slip, places: 6),
      "invalid": JSON(text: invalid),
    ]
  }

  fileprivate init(json: JSON) {
    self.init()
    overheadMedian = json["overhead_p50_ms"]?.wholeMicroseconds ?? 0
    overheadP99 = json["overhead_p99_ms"]?.wholeMicroseconds ?? 0
    cpuMicroseconds = json["cpu_ms"]?.wholeMicroseconds ?? 0
    slip = json["slip"]?.double ?? 0
    invalid = json["invalid"]?.string
  }
}

// MARK: Keeping

extension BenchmarkRow {
  /// A run with all its requests.
  package init(_ run: RunRecord) {
    self.init(
      id: run.id, startedAt: run.startedAt, head: JSON.object(run.head).text, parts: Sample.parts(run.samples))
  }

  /// The run; without its requests when only the head was read.
  package func run() throws(DamagedSamples) -> RunRecord {
    guard let json = try? JSON.parse(head), var run = RunRecord(head: json) else { throw DamagedSamples() }
    run.startedAt = startedAt
    run.samples = try Sample.read(parts)
    return run
  }
}

// MARK: Figures

extension JSON {
  /// Rounded to so many places; null for what is no number.
  package init(_ value: Double?, places: Int) {
    guard let value, value.isFinite else {
      self = .null
      return
    }
    let factor = (0..<places).reduce(1.0) { factor, _ in factor * 10 }
    let scaled = min(max((value * factor).rounded(), -9e18), 9e18)
    self = .number(JSONNumber(Int64(scaled), places: places))
  }

  /// Microseconds as milliseconds, to the nanosecond.
  init(microseconds: Double?) { self.init(microseconds.map { $0 / 1_000 }, places: 6) }

  /// The number to the nearest that a machine has.
  var double: Double? { number.flatMap { Double($0.text) }.flatMap { $0.isFinite ? $0 : nil } }

  var wholeMicroseconds: Int64? { microseconds.map { Int64($0.rounded()) } }

  /// Milliseconds as microseconds, within what such a clock tells.
  var microseconds: Double? { double.map { min(max($0 * 1_000, -9e18), 9e18) } }
}
