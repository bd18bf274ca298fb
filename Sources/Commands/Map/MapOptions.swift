// What was typed for a run over many lines, before anything is read or looked up.

package import CommandLineKit
import GatewayCore
package import Wire

/// The flags and words of `llmgw map`.
package struct MapOptions: Sendable, Equatable {
  /// What each call has in common with one of `llmgw chat`.
  package var chat = ChatOptions()
  package var prompt = ""
  package var inputPath: String?
  package var parallel = 4
  /// `nil`: as the first byte says.
  package var format: InputFormat?
  package var output: String?
  package var resumes = false
  package var printsObjects = false

  package init() {}

  /// What a line of the input is.
  package enum InputFormat: String, CaseIterable, Sendable {
    case lines, jsonl
  }
}

extension MapOptions {
  private static let mostAtOnce = 64

  /// Flags of chat that mean the same here.
  package static let sharedNames = [
    "model", "system", "option", "schema", "timeout", "retries", "strict", "fail-on-length", "project", "tag", "no-log",
  ]

  package static let flags: [Flag<MapOptions>] = shared(sharedNames) + own + [costLimit].compactMap(\.self)

  package static let positionals: [Positional<MapOptions>] = [
    Positional("PROMPT", "What to ask about each line.", isRequired: true) { $0.prompt = $1 },
    Positional("FILE", "The lines; standard input when there is none, or when it is -.") {
      $0.inputPath = $1 == "-" ? nil : $1
    },
  ]

  private static func shared(_ names: [String]) -> [Flag<MapOptions>] {
    ChatOptions.flags.filter { names.contains($0.description.name) }.map { $0.within(\.chat) }
  }

  private static let own: [Flag<MapOptions>] = [
    .takes("jobs", short: "j", "N", "How many calls run at once (4).") { (options, text) throws(UsageError) in
      guard let count = Int(text), (1...mostAtOnce).contains(count) else {
        throw UsageError("'-j \(text)' is not a number from 1 to \(mostAtOnce)")
      }
      options.parallel = count
    },
    .oneOf("format", "FORMAT", "What a line of the input is: lines (text) or jsonl (an object).") {
      $0.format = $1
    },
    .toggle("jsonl", "Print an object for each item: answer, usage, cost, error.") { $0.printsObjects = true },
    .takes("output", "FILE", "Write the results to FILE, with a journal beside it.") { $0.output = $1 },
    .toggle("resume", "Go on with the run that FILE and its journal hold.") { $0.resumes = true },
  ]

  /// Of chat, but for all calls together.
  private static let costLimit: Flag<MapOptions>? = shared(["max-cost"]).first.map { flag in
    var flag = flag
    flag.description.summary = "Stop the run before it could cost more."
    return flag
  }

  /// What does not go together.
  package func check() throws(UsageError) {
    if chat.models.count > 1 { throw UsageError("'-m' is given twice: a run asks one model") }
    if prompt.isEmpty { throw UsageError("PROMPT is empty", advice: "Use {} to send each line as it is.") }
    if resumes, output == nil {
      throw UsageError("'--resume' needs '--output FILE'", advice: "What is already done stands in FILE's journal.")
    }
    if output == "" { throw UsageError("'--output' names no file") }
  }

  /// What decides the answers: a run can only be resumed with the same.
  package func description(asking model: String) -> JSON {
    [
      "model": .string(model), "prompt": .string(prompt), "system": JSON(text: chat.system),
      "options": .array(chat.modelOptions.map { .string("\($0.key)=\($0.value)") }),
      "schema": JSON(text: chat.schema),
    ]
  }
}
