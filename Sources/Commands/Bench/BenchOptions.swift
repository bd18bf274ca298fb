// What was typed for a benchmark, before anything is read or looked up.

package import Benchmarking
package import CommandLineKit
import GatewayCore
package import Wire

/// The flags of `llmgw bench`.
package struct BenchOptions: Sendable, Equatable {
  /// What each request has in common with one of `llmgw chat`.
  package var chat = ChatOptions()
  /// Servers that stand in no config.
  package var urls: [String] = []
  /// What they speak.
  package var api = DialectName.openAIChat
  /// The variable that holds their key.
  package var keyVariable: String?

  package var concurrency: Int?
  /// Requests a second.
  package var rate: Double?
  package var arrivals: RunRecord.Load.Arrivals?
  package var sweep: SaturationSearch.Kind?
  package var requests: Int?
  /// Microseconds.
  package var duration: Int64?
  package var warmUp: LoadPlan.WarmUp?
  package var ramp: Int64?
  package var seed: UInt64?

  package var promptsPath: String?
  package var inputTokens: TokenLength?
  package var outputTokens: TokenLength?
  /// 0 to 1.
  package var sharedPart: Double?
  package var ledgerSlice: LedgerSlice?
  package var allowsCacheHits = false

  package var isConfirmed = false
  package var objectives: [Objective] = []
  package var results = BenchResultOptions()

  package init() {}

  /// To each target, when neither a number nor a duration is given.
  package static let usualRequests = 30
  /// Of each step of a sweep.
  package static let usualStep: Int64 = 10_000_000
  /// Requests to each target that count for nothing: a connection is there when the first that counts leaves.
  package static let usualWarmUp = LoadPlan.WarmUp.requests(1)
}

extension BenchOptions {
  /// What does not go together.
  package func check() throws(UsageError) {
    func refuse(_ isWrong: Bool, _ problem: String, _ advice: String) throws(UsageError) {
      if isWrong { throw UsageError(problem, advice: advice) }
    }
    try refuse(
      rate != nil && concurrency != nil, "'--rate' and '-c' do not go together",
      "A rate starts requests by the clock, however many are under way.")
    try refuse(
      arrivals != nil && rate == nil && sweep != .rate, "'--arrivals' is about a rate", "Give one with --rate.")
    let sources = [promptsPath != nil, inputTokens != nil, ledgerSlice != nil].count { $0 }
    try refuse(
      sources > 1, "'--prompts', '--input-tokens' and '--from-ledger' do not go together",
      "Prompts come from one place.")
    try refuse(
      sharedPart != nil && inputTokens == nil, "'--shared-prefix' is a part of synthetic prompts",
      "Say how long they are with --input-tokens.")
    try refuse(
      !urls.isEmpty && chat.models.isEmpty, "'--url' needs a model", "Name it with -m, as the server knows it.")
    try refuse(
      urls.isEmpty && keyVariable != nil, "'--key-env' is about the server of a '--url'",
      "The keys of providers stand in the config.")
    try checkSweep(refuse)
  }

  private func checkSweep(_ refuse: (Bool, String, String) throws(UsageError) -> Void) throws(UsageError) {
    guard let sweep else { return }
    try refuse(
      sweep == .rate && concurrency != nil || sweep == .concurrency && rate != nil,
      "'--sweep \(sweep.rawValue)' does not go with \(sweep == .rate ? "'-c'" : "'--rate'")", "Leave it out.")
    try refuse(
      max(urls.count, 1) * max(chat.models.count, 1) > 1, "'--sweep' takes one target", "Sweep them one after another.")
    try refuse(ramp != nil, "'--ramp' does not go with '--sweep'", "A sweep raises the load by itself.")
    try refuse(
      results.csv != nil || results.html != nil, "'--csv' and '--html' are about one run, a sweep makes many",
      "Write them with llmgw bench show ID.")
  }
}
