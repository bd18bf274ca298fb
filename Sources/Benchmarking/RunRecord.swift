// A benchmark that ran: what was asked, where, and what came of each request.

package import GatewayCore

/// Everything that is known of a run; figures, tables and files are made from it and nothing else.
package struct RunRecord: Sendable, Equatable {
  package var id: String
  package var startedAt: Timestamp
  /// Microseconds from the first intended start to the last end.
  package var elapsed: Int64
  /// The models as they were asked for, in order; a sample names them by place.
  package var targets: [String]
  package var load: Load
  package var seed: UInt64
  /// What a request had to keep to count as good service.
  package var objectives: [Objective]
  package var samples: [Sample]
  package var driver: DriverReport
  package var environment: Environment
  /// Ctrl-C, a budget or too many errors ended it early: why, in words.
  package var endedEarly: String?

  /// How the load was laid out.
  package enum Load: Sendable, Equatable {
    /// So many requests at any time.
    case closed(concurrency: Int)
    /// Requests start when the schedule says so, whatever became of those before.
    case open(perSecond: Double, Arrivals)

    package enum Arrivals: String, Sendable, CaseIterable { case constant, poisson }
  }

  /// What the load generator cost and whether it kept up.
  package struct DriverReport: Sendable, Equatable {
    /// Microseconds of its own in a request's time, measured against a server in this process: median and 99th percentile.
    package var overheadMedian: Int64 = 0
    package var overheadP99: Int64 = 0
    /// CPU time of the process in the run, microseconds.
    package var cpuMicroseconds: Int64 = 0
    /// The share of the scheduled requests that started late, 0 to 1; "late" is defined beside the load generator.
    package var slip: Double = 0
    /// Why the figures cannot be trusted; `nil` when they can.
    package var invalid: String?

    package init() {}
  }

  /// Where it ran.
  package struct Environment: Sendable, Equatable {
    package var version: String
    package var system: String
    package var processors: Int

    package init(version: String, system: String, processors: Int) {
      self.version = version
      self.system = system
      self.processors = processors
    }
  }

  package init(
    id: String, startedAt: Timestamp, elapsed: Int64, targets: [String], load: Load, seed: UInt64,
    objectives: [Objective] = [], samples: [Sample], driver: DriverReport, environment: Environment,
    endedEarly: String? = nil
  ) {
    self.id = id
    self.startedAt = startedAt
    self.elapsed = elapsed
    self.targets = targets
    self.load = load
    self.seed = seed
    self.objectives = objectives
    self.samples = samples
    self.driver = driver
    self.environment = environment
    self.endedEarly = endedEarly
  }
}
