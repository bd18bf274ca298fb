// What one step of a sweep says about a target at one height of load.

/// One height of load, and how the target took it.
package struct StepResult: Sendable, Equatable {
  /// Requests a second in an open loop, requests at a time in a closed one.
  package var level: Double
  /// Good answers a second.
  package var throughput: Double
  /// Why the target did not take the load; `nil` when it did.
  package var trouble: String?

  package init(level: Double, throughput: Double, trouble: String? = nil) {
    self.level = level
    self.throughput = throughput
    self.trouble = trouble
  }

  /// More failures than this share of the requests are no service.
  package static let mostFailures = 0.01
  /// Answers that take longer and longer, by this much of each second that goes by, come from a queue that grows.
  package static let mostGrowth = 0.03

  /// What a run at that level says.
  package init(level: Double, of samples: [Sample], stop: LoadStop?) {
    let measured = samples.filter { !$0.isWarmUp && $0.status != .interrupted }
    let good = measured.filter(\.isGood)
    let span = (measured.map(\.ended).max() ?? 0) - (measured.map(\.intended).min() ?? 0)
    self.init(level: level, throughput: span > 0 ? Double(good.count) * 1_000_000 / Double(span) : 0)
    let failed = measured.isEmpty ? 1 : Double(measured.count - good.count) / Double(measured.count)
    if let stop, [.tooManyUnderWay, .failing].contains(stop.kind) {
      trouble = stop.reason
    } else if failed > Self.mostFailures {
      trouble = "\(Int((failed * 100).rounded(.up))) % of the requests failed"
    } else if let growth = Self.growth(of: good), growth > Self.mostGrowth {
      trouble = "each second of it made answers \(Int((growth * 1_000).rounded())) ms slower"
    }
  }

  /// By how much response times grow with the time at which requests were to start; `nil` where chance may explain it.
  ///
  /// Before a server that can take C of R requests a second waits a queue that grows by R / C - 1 seconds a second. In a
  /// closed loop nothing grows.
  static func growth(of samples: [Sample]) -> Double? {
    let sorted = samples.sorted { $0.intended < $1.intended }
    let third = sorted.count / 3
    guard third >= fewest else { return nil }
    let (first, last) = (Moments(sorted.prefix(third)), Moments(sorted.suffix(third)))
    guard last.intended > first.intended else { return nil }
    let rise = last.response - first.response
    // In a queue that grows the values of a third differ for that reason, too: one error is enough.
    let error = ((first.variance + last.variance) / Double(third)).squareRoot()
    return rise > error ? rise / (last.intended - first.intended) : nil
  }

  private static let fewest = 3
}

/// Means and spread of a part of a run.
private struct Moments {
  var intended: Double
  var response: Double
  var variance: Double

  init(_ samples: ArraySlice<Sample>) {
    let count = Double(samples.count)
    let mean = samples.reduce(0) { $0 + Double($1.responseTime) } / count
    intended = samples.reduce(0) { $0 + Double($1.intended) } / count
    variance = samples.reduce(0) { $0 + (Double($1.responseTime) - mean) * (Double($1.responseTime) - mean) } / count
    response = mean
  }
}
