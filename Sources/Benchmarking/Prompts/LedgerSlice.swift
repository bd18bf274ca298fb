// Prompts that were asked before: what the ledger kept of them.

package import GatewayCore

extension PromptList {
  /// Calls that are looked through for prompts.
  package static let mostFromLedger = 10_000

  /// The prompts of the calls that `query` finds, the oldest first; `nil` when none was kept.
  ///
  /// Of a conversation the whole text is asked as one turn: that is how the ledger keeps it.
  package static func replaying(_ query: LogQuery, from reader: LedgerReader) throws(LedgerFailure) -> PromptList? {
    var query = query
    query.limit = mostFromLedger
    var prompts: [BenchPrompt] = []
    for record in try reader.list(query).reversed() where record.kind == "chat" {
      guard case .one(let call) = try reader.find(record.id), let text = call.prompt, !text.isEmpty else { continue }
      prompts.append(BenchPrompt(text, maxOutputTokens: longestAnswer(call)))
    }
    return prompts.isEmpty ? nil : PromptList(prompts, summary: "\(prompts.count) prompts of the ledger")
  }

  /// As many tokens as the answer had then, so that the load is the same.
  private static func longestAnswer(_ call: OperationRecord) -> Int? {
    call.attempts.last?.usage.output.map { max($0, 1) }
  }
}
