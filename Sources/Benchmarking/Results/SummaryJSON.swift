// The figures of a run as JSON, and as much of them read again as a comparison needs. All keys are always there; what
// is unknown is null.

import GatewayCore
package import Wire

extension RunSummary {
  /// What `--json` prints.
  package var json: JSON {
    var object = run.head
    object["targets"] = .array(targets.map { .object($0.json) })
    object["comparisons"] = .array(comparisons.map(\.json))
    object["warnings"] = .array(warnings.map { .string($0) })
    return .object(object)
  }

  /// From a file that `--json` wrote; `nil` when it is none.
  package init?(json: JSON) {
    guard let run = RunRecord(head: json), let targets = json["targets"]?.array else { return nil }
    self.init(run: run, targets: targets.map(TargetSummary.init(json:)))
  }
}

extension TargetSummary {
  fileprivate var json: JSONObject {
    var object: JSONObject = [
      "target": .string(name), "requests": .number(JSONNumber(requests)), "good": .number(JSONNumber(good)),
      "warm_up": .number(JSONNumber(warmUps)), "unfinished": .number(JSONNumber(unfinished)),
      "error_rate": JSON(errorRate, places: 6),
      "errors": .object(JSONObject(failures.map { ($0.kind, .number(JSONNumber($0.count))) })),
    ]
    for measure in Measure.allCases { object[measure.key] = times[measure]?.json(thousandths: false) ?? .null }
    object["ttft_new_connection_ms"] = newConnections?.json(thousandths: false) ?? .null
    object["ttft_reused_connection_ms"] = reusedConnections?.json(thousandths: false) ?? .null
    object["network_ms"] = network?.json ?? .null
    object["output_tokens_per_second"] = outputRates?.json(thousandths: true) ?? .null
    object["total_output_tokens_per_second"] = JSON(outputRate, places: 3)
    object["requests_per_second"] = JSON(requestRate, places: 3)
    object["goodput"] =
      kept.map { ["kept": .number(JSONNumber($0)), "requests_per_second": JSON(goodput, places: 3)] } ?? .null
    object["span_ms"] = JSON(microseconds: Double(span))
    object["tokens"] = tokens.json
    object["cost"] = money.json
    return object
  }

  /// As much as is compared.
  fileprivate init(json: JSON) {
    self.init(name: json["target"]?.string ?? "")
    requests = json["requests"]?.int ?? 0
    good = json["good"]?.int ?? 0
    warmUps = json["warm_up"]?.int ?? 0
    for measure in Measure.allCases { times[measure] = json[measure.key].flatMap(Distribution.init(json:)) }
    span = json["span_ms"]?.wholeMicroseconds ?? 0
    money.perRequest = json["cost"]?["usd_per_request"]?.string.flatMap(Picodollars.init(dollars:)).map(
      PicodollarSum.init)
  }
}

extension TargetSummary.Tokens {
  fileprivate var json: JSON {
    [
      "input_tokens": .number(JSONNumber(input)), "output_tokens": .number(JSONNumber(output)),
      "reasoning_tokens": .number(JSONNumber(reasoning)), "cache_read_tokens": .number(JSONNumber(cacheRead)),
      "estimated_answers": .number(JSONNumber(estimated)),
    ]
  }
}

extension TargetSummary.Money {
  fileprivate var json: JSON {
    [
      "spent_usd": .string(spent.decimalText), "unpriced_requests": .number(JSONNumber(unpriced)),
      "usd_per_request": JSON(text: perRequest?.decimalText),
      "usd_per_million_output_tokens": JSON(text: perMillionOutputTokens?.decimalText),
      "source": JSON(text: source?.rawValue),
    ]
  }
}

extension Sample.Connection {
  fileprivate var json: JSON {
    [
      "name_lookup": JSON(microseconds: Double(nameLookup)), "connect": JSON(microseconds: Double(connect)),
      "tls": JSON(microseconds: Double(tls)),
    ]
  }
}

extension Comparison {
  var json: JSON {
    func range(_ range: ClosedRange<Double>?, _ figure: (Double) -> JSON) -> JSON {
      range.map { .array([figure($0.lowerBound), figure($0.upperBound)]) } ?? .null
    }
    let measure: Measure? = if case .time(let measure, _) = figure { measure } else { nil }
    return [
      "measure": .string(measure?.rawValue ?? "cost"), "statistic": .string(figure.statistic.rawValue),
      "first": .string(first), "second": .string(second), "verdict": .string(verdict.rawValue),
      "first_ms": JSON(microseconds: measure == nil ? nil : firstValue),
      "second_ms": JSON(microseconds: measure == nil ? nil : secondValue),
      "difference_ms": range(measure == nil ? nil : difference) { JSON(microseconds: $0) },
      "ratio": range(ratio) { JSON($0, places: 6) }, "confidence": JSON(confidence, places: 6),
    ]
  }
}

extension Distribution {
  /// Values are microseconds told in milliseconds, or thousandths of what is told: one factor for both.
  ///
  /// The histogram goes along in microseconds or thousandths, so that another run can be compared with it.
  fileprivate func json(thousandths: Bool) -> JSON {
    var object: JSONObject = ["count": .number(JSONNumber(count))]
    for statistic in Statistic.allCases { object[statistic.rawValue] = JSON(microseconds: value(statistic)) }
    var (intervals, effective) = (JSONObject(), JSONObject())
    for statistic in Statistic.allCases {
      guard let interval = interval(statistic) else { continue }
      intervals[statistic.rawValue] = [
        JSON(microseconds: interval.lowerBound), JSON(microseconds: interval.upperBound),
      ]
      effective[statistic.rawValue] = JSON(effectiveCounts[statistic], places: 3)
    }
    object["ci95"] = .object(intervals)
    object["deviation"] = JSON(microseconds: deviation)
    object["skewness"] = JSON(skewness, places: 6)
    object["effective_count"] = .object(effective)
    object[thousandths ? "histogram_thousandths" : "histogram_us"] = .raw(JSON.array(histogram).bytes)
    return .object(object)
  }

  /// `[value, count]` for each cell.
  private var histogram: [JSON] {
    var before = 0
    return cells.map { cell in
      defer { before = cell.upTo }
      return [.number(JSONNumber(Int(cell.value))), .number(JSONNumber(cell.upTo - before))]
    }
  }

  /// `nil` when the histogram is not there, or is none.
  fileprivate init?(json: JSON) {
    guard let pairs = json["histogram_us"]?.array, !pairs.isEmpty else { return nil }
    var cells: [Cell] = []
    for pair in pairs {
      let last = cells.last ?? Cell(value: -1, upTo: 0)
      guard let numbers = pair.array, numbers.count == 2, let value = numbers[0].int, let count = numbers[1].int,
        value > last.value, count > 0, count < Int(UInt32.max), last.upTo < 1 << 48
      else { return nil }
      cells.append(Cell(value: Int64(value), upTo: last.upTo + count))
    }
    var effective: [Statistic: Double] = [:]
    for statistic in Statistic.allCases {
      effective[statistic] = json["effective_count"]?[statistic.rawValue]?.double.map { max($0, 1) }
    }
    guard let mean = json["mean"]?.microseconds else { return nil }
    self.init(
      cells: cells, mean: mean, deviation: max(json["deviation"]?.microseconds ?? 0, 0),
      skewness: json["skewness"]?.double ?? 0, effectiveCounts: effective)
  }
}

extension RunComparison {
  /// What `bench compare --json` prints.
  package func json(_ findings: [Finding]) -> JSON {
    [
      "first": .string(first.run.id), "second": .string(second.run.id),
      "comparisons": .array(comparisons.map(\.json)), "conditions": .array(findings.map(\.json)),
      "warnings": .array(warnings.map { .string($0) }),
    ]
  }
}

extension RunComparison.Finding {
  fileprivate var json: JSON {
    let (word, why): (String, String?) =
      switch outcome {
      case .kept: ("kept", nil)
      case .passed: ("passed", nil)
      case .passedByChance: ("passed_by_chance", nil)
      case .unknown(let why): ("unknown", why)
      }
    return [
      "condition": .string(condition.text), "target": .string(target), "outcome": .string(word),
      "why": JSON(text: why),
    ]
  }
}
