// What one request of a benchmark asks.

package import Wire

/// The turns of a request, and how much of it others have in common.
package struct BenchPrompt: Sendable, Equatable {
  /// Text that stands before all else in every request of the run.
  package var shared = ""
  package var messages: [Message]
  /// The most tokens the answer may have; `nil` leaves it to the run.
  package var maxOutputTokens: Int?

  package init(_ messages: [Message], shared: String = "", maxOutputTokens: Int? = nil) {
    self.messages = messages
    self.shared = shared
    self.maxOutputTokens = maxOutputTokens
  }

  package init(_ text: String, maxOutputTokens: Int? = nil) {
    self.init([Message(.user, text)], maxOutputTokens: maxOutputTokens)
  }

  /// The request that asks it, with everything else that `template` says.
  ///
  /// `mark`, which no other request has, keeps a provider from answering out of its prompt cache: it stands as far in
  /// front as it can, behind what is shared on purpose.
  package func request(like template: ChatRequest, mark: String?) -> ChatRequest {
    var request = template
    request.maxOutputTokens = template.maxOutputTokens ?? maxOutputTokens
    var own = messages
    if shared.isEmpty {
      var all = template.messages + own
      all.putInFront(mark ?? "")
      request.messages = all
    } else {
      own.putInFront(shared + (mark ?? ""))
      request.messages = template.messages + own
    }
    return request
  }
}

extension [Message] {
  fileprivate mutating func putInFront(_ text: String) {
    guard !isEmpty, !text.isEmpty else { return }
    if case .text(let first)? = self[0].content.first?.kind {
      self[0].content[0].kind = .text(text + first)
    } else {
      self[0].content.insert(ContentPart(.text(text)), at: 0)
    }
  }
}

/// Where the prompts of a run come from: the same ones for the same round.
package protocol PromptSource: Sendable {
  /// In one clause, for the plan that is shown.
  var summary: String { get }
  func prompt(forRound round: Int) -> BenchPrompt
}

/// Prompts that are there, over and over in their order.
package struct PromptList: PromptSource, Equatable {
  package let summary: String
  private let prompts: [BenchPrompt]

  /// There is at least one.
  init(_ prompts: [BenchPrompt], summary: String) {
    precondition(!prompts.isEmpty, "a list without prompts")
    self.prompts = prompts
    self.summary = summary
  }

  package var count: Int { prompts.count }

  package func prompt(forRound round: Int) -> BenchPrompt { prompts[round % prompts.count] }
}
