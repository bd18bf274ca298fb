// Whether providers answer, for /health/ready.
import GatewayCore
import Synchronization
import Wire

/// Asks providers for their lists of models, which costs nothing, when somebody wants to know whether they answer.
///
/// What they said counts for a while: however often anyone asks, they are asked no more often than that.
final class ProviderProbes: Sendable {
  struct Result: Sendable, Equatable {
    var provider: String
    /// A word for what is wrong; `nil` when the provider answered well.
    var problem: String?
  }

  private struct Round {
    var began: Int64
    var results: Task<[Result], Never>
  }

  private let providers: [String]
  private let interval: Duration
  private let last = Mutex<Round?>(nil)

  private static let longestAnswer = Duration.seconds(5)

  init(of providers: [String], every interval: Duration) {
    self.providers = providers
    self.interval = interval
  }

  /// What each of them said last; one round of questions serves all who ask at the same time.
  ///
  /// `now` is microseconds on the clock that never jumps.
  func results(of gateway: Gateway, now: Int64) async -> [Result] {
    if providers.isEmpty { return [] }
    let round = last.withLock { last in
      if let last, now - last.began < interval.inMicroseconds { return last.results }
      let results = Task.detached { [providers, interval] in
        await Self.ask(providers, of: gateway, within: min(interval, Self.longestAnswer))
      }
      last = Round(began: now, results: results)
      return results
    }
    return await round.value
  }

  private static func ask(_ providers: [String], of gateway: Gateway, within time: Duration) async -> [Result] {
    await withTaskGroup(of: Result.self) { group in
      for name in providers {
        group.addTask { Result(provider: name, problem: await problem(of: name, of: gateway, within: time)) }
      }
      var problems: [String: String] = [:]
      for await result in group { problems[result.provider] = result.problem }
      return providers.map { Result(provider: $0, problem: problems[$0]) }
    }
  }

  /// A provider's own words might hold what is nobody else's business, so only the kind of a failure is told.
  private static func problem(of name: String, of gateway: Gateway, within time: Duration) async -> String? {
    guard let provider = gateway.catalog.provider(named: name) else { return "unknown" }
    do {
      _ = try await gateway.listModels(of: provider, timeout: time)
      return nil
    } catch let failure as ProviderFailure {
      return failure.kind.rawValue
    } catch let rejection as GatewayCore.Rejection {
      return rejection.kind
    } catch {
      return "failed"
    }
  }
}
