// What was typed for a conversation at a prompt.

package import CommandLineKit

/// The flags and words of `llmgw repl`.
package struct ReplOptions: Sendable, Equatable {
  /// What each call has in common with one of `llmgw chat`.
  package var chat = ChatOptions()

  package init() {}
}

extension ReplOptions {
  /// Flags of chat that mean the same here.
  private static let sharedNames = [
    "model", "template", "param", "system", "option", "attach", "schema", "continue", "session", "max-cost", "timeout",
    "retries", "strict",
    "project", "tag", "no-log", "render", "quiet",
  ]

  package static let flags: [Flag<ReplOptions>] = ChatOptions.flags
    .filter { sharedNames.contains($0.description.name) }.map { $0.within(\.chat) }

  /// What does not go together.
  package func checkTogether() throws(UsageError) {
    if chat.models.count > 1 {
      throw UsageError("'-m' is given twice: a conversation is with one model", advice: "Compare others with /compare.")
    }
    try chat.checkTogether()
  }
}
