// What was typed for vectors, before anything is read or looked up.

package import CommandLineKit
import GatewayCore
package import Wire

/// The flags and words of `llmgw embed`.
package struct EmbedOptions: Sendable, Equatable {
  /// What the call has in common with one of `llmgw chat`.
  package var chat = ChatOptions()
  package var texts: [String] = []
  /// Each line of standard input is a text of its own.
  package var readsLines = false
  package var files: [String] = []
  package var dimensions: Int?
  package var purpose: EmbeddingPurpose?
  package var printsBinary = false

  package init() {}
}

extension EmbedOptions {
  /// Flags of chat that mean the same here.
  private static let sharedNames = [
    "timeout", "retries", "strict", "project", "tag", "no-log", "quiet", "dry-run",
  ]

  package static let flags: [Flag<EmbedOptions>] =
    own + ChatOptions.flags.filter { sharedNames.contains($0.description.name) }.map { $0.within(\.chat) }

  private static let own: [Flag<EmbedOptions>] = [
    .takes("session", "NAME", "Session to book the calls on.") { $0.chat.session = $1 },
    .takes("model", short: "m", "MODEL", "Model that makes the vectors ($LLMGW_EMBED_MODEL).") {
      $0.chat.models = [$1]
    },
    .takes("file", short: "f", "FILE", "A file whose text is to be embedded.", repeats: true) { $0.files.append($1) },
    .toggle("lines", short: "l", "Make a vector of each line of standard input.") { $0.readsLines = true },
    .takes("dimensions", short: "d", "N", "How long each vector is to be, where the model can choose.") {
      (options, text) throws(UsageError) in
      guard let count = Int(text), (1...65_536).contains(count) else {
        throw UsageError("'--dimensions \(text)' is not a number from 1 to 65536")
      }
      options.dimensions = count
    },
    .oneOf("input-type", "TYPE", "What the vectors are for.") { $0.purpose = $1 },
    .toggle("json", "Print one JSON object: vectors, usage, cost, ids of the calls.") { $0.chat.json = true },
    .toggle("binary", "Print the vectors as little-endian 32-bit floats and nothing else.") { $0.printsBinary = true },
  ]

  package static let positionals = [
    Positional<EmbedOptions>("TEXT", "A text to make a vector of.", repeats: true) { $0.texts.append($1) }
  ]

  /// What does not go together.
  package func check(printsToTerminal: Bool) throws(UsageError) {
    if printsBinary, chat.json { throw UsageError("'--binary' and '--json' do not go together") }
    if printsBinary, printsToTerminal {
      throw UsageError("'--binary' does not go to a terminal", advice: "Send it to a file or a program.")
    }
    if readsLines, !(texts + files).isEmpty {
      throw UsageError("'--lines' reads standard input: no TEXT and no FILE goes with it")
    }
  }
}
