// What has become of a run so far; everyone who takes part in it writes here.

package import GatewayCore
import Histogram
import Synchronization

/// Why no further request is sent.
package struct LoadStop: Error, Equatable, Sendable {
  package enum Kind: Sendable {
    case interrupted
    /// The next request could cost more than what is left to spend.
    case budget
    /// Every one of the first requests failed.
    case failing
    /// The target does not keep up.
    case tooManyUnderWay
    /// There is no room for more samples.
    case memory
  }

  package var kind: Kind
  /// In words, a clause.
  package var reason: String

  package init(_ kind: Kind, _ reason: String) {
    self.kind = kind
    self.reason = reason
  }
}

/// Hands out the requests of a run and keeps what came of them.
package final class RunLog: Sendable {
  fileprivate struct State {
    var schedule: LoadSchedule
    var samples: [Sample] = []
    var underWay = 0
    var stop: LoadStop?
    var gaps = 0
    var progress = RunProgress()
    var firstTokens = Histogram<UInt32>(numberOfSignificantValueDigits: .two)
  }
  private let state: Mutex<State>

  /// So many failures before the first good answer, and the rest would fail too.
  package static let mostFailuresAtFirst = 20
  /// Gaps between tokens that are held, of all requests together: 64 MB.
  package static let mostGaps = 16_000_000

  package init(_ plan: LoadPlan) { state = Mutex(State(schedule: LoadSchedule(plan))) }

  /// The next request; `nil` when there is none, or the run was stopped.
  func take(at now: Int64) -> PlannedRequest? {
    state.withLock { $0.stop == nil ? $0.schedule.next(at: now) : nil }
  }

  /// A request is about to be sent; false when too many are under way.
  func begin() -> Bool {
    state.withLock { state in
      guard state.underWay < LoadPlan.mostUnderWay else {
        state.stop =
          state.stop
          ?? LoadStop(
            .tooManyUnderWay, "\(LoadPlan.mostUnderWay) requests were under way at once: they are not answered in time")
        return false
      }
      state.underWay += 1
      return true
    }
  }

  /// A request is over.
  func end(_ result: Result<Sample, LoadStop>) {
    state.withLock { state in
      state.underWay -= 1
      switch result {
      case .success(let sample): state.add(sample)
      case .failure(let stop): state.stop = state.stop ?? stop
      }
    }
  }

  /// Has no further request sent.
  package func stop(_ stop: LoadStop) { state.withLock { $0.stop = $0.stop ?? stop } }

  package var stopped: LoadStop? { state.withLock(\.stop) }

  /// In the order in which they were handed out.
  package var samples: [Sample] { state.withLock(\.samples).sorted { $0.number < $1.number } }

  package var progress: RunProgress {
    state.withLock { state in
      var progress = state.progress
      progress.underWay = state.underWay
      if state.firstTokens.totalCount > 0 {
        progress.medianFirstToken = Int64(clamping: state.firstTokens.valueAtPercentile(50))
      }
      return progress
    }
  }
}

/// The numbers of the progress line.
package struct RunProgress: Sendable, Equatable {
  package var ended = 0
  package var failed = 0
  package var underWay = 0
  /// Microseconds, of all good answers so far.
  package var medianFirstToken: Int64?
  package var spent = PicodollarSum.zero
  package var unpriced = 0

  package init() {}
}

extension RunLog.State {
  fileprivate mutating func add(_ sample: Sample) {
    samples.append(sample)
    gaps += sample.gaps.count
    progress.ended += 1
    if let amount = sample.cost.amount { progress.spent += amount } else { progress.unpriced += 1 }
    if let time = sample.timeToFirstToken { firstTokens.record(UInt64(clamping: time)) }
    if !sample.isGood, sample.status != .interrupted { progress.failed += 1 }
    if progress.failed == progress.ended, progress.failed >= RunLog.mostFailuresAtFirst {
      stop =
        stop
        ?? LoadStop(
          .failing, "the first \(progress.failed) requests all failed (\(sample.failure ?? sample.status.rawValue))")
    }
    if gaps > RunLog.mostGaps {
      stop = stop ?? LoadStop(.memory, "there is no room for more than \(RunLog.mostGaps) gaps between tokens")
    }
    if samples.count >= LoadPlan.mostRequests {
      stop = stop ?? LoadStop(.memory, "there is no room for more than \(LoadPlan.mostRequests) requests")
    }
  }
}
