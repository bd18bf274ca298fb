// What was typed for one prompt, before anything is read or looked up.

package import CommandLineKit
package import GatewayCore

/// The flags and words of `llmgw chat`.
package struct ChatOptions: Sendable, Equatable {
  package var words: [String] = []
  /// `-m`, in order; none means the default.
  package var models: [String] = []
  package var system: String?
  /// `-o key=value`, in order.
  package var modelOptions: [KeyedText] = []
  package var attachments: [String] = []
  package var fragments: [String] = []
  package var schema: String?
  package var waitsForWhole = false
  package var json = false
  package var rendering = Rendering.auto
  package var isQuiet = false
  package var extraction: CodeBlockChoice?
  /// `--output`; `nil` for standard output.
  package var outputPath: String?
  /// `--media`: where images and sounds of an answer are kept.
  package var mediaFolder: String?
  package var copies = false
  package var isDryRun = false
  package var costLimit: Picodollars?
  package var timeouts = TimeoutSettings()
  package var retries: Int?
  package var isStrict = false
  package var failsOnLength = false
  package var project: String?
  package var session: String?
  package var continues = false
  package var tags: [KeyedText] = []
  package var storesNothing = false
  package var ignoresStdin = false
  package var stdinFirst = false
  /// `-t`, in order.
  package var templates: [String] = []
  /// `-p key=value`: what the templates' variables stand for.
  package var parameters: [KeyedText] = []
  /// Of the templates: what is typed goes into it.
  package var promptTemplate: FilledPrompt?
  /// Of the templates: names of the config's tools.
  package var tools: [String] = []

  package init() {}
}

/// Which conversation is meant.
package enum ConversationChoice: Equatable, Sendable {
  case new
  /// The last one of this directory and terminal.
  case last
  case named(String)
}

extension ChatOptions {
  /// The conversation that flags name; `nil` for none.
  var conversation: ConversationChoice? { continues ? .last : session.map { .named($0) } }
}

/// Whether markdown is rendered.
package enum Rendering: String, CaseIterable, Sendable {
  /// When standard output is a terminal.
  case auto
  case always, never
}

/// Which fenced code block of an answer is meant.
package enum CodeBlockChoice: Sendable {
  case first, last
}

extension ChatOptions {
  /// Flags that cannot be meant together.
  package func checkTogether() throws(UsageError) {
    if extraction != nil, json {
      throw UsageError("'--extract' and '--json' do not go together", advice: "Leave one of them out.")
    }
    if copies, models.count > 1 {
      throw UsageError("'--copy' takes the answer of one model", advice: "Name one with -m.")
    }
    if continues, session != nil {
      throw UsageError("'--continue' and '--session' do not go together", advice: "Leave one of them out.")
    }
    if continues || session != nil, models.count > 1 {
      throw UsageError("a conversation is with one model", advice: "Name one with -m.")
    }
    if copies, isDryRun { throw UsageError("'--copy' has nothing to copy in a dry run") }
    if (attachments + fragments).count(where: { $0 == "-" }) > 1 {
      throw UsageError("standard input ('-') can be sent once", advice: "Name it in one of -a and -f.")
    }
  }
}

/// `key=value` as typed.
package struct KeyedText: Sendable, Equatable {
  package var key: String
  package var value: String

  /// Splits at the first `=`; both sides must be there.
  package init(_ text: String, flag: String) throws(UsageError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw UsageError("'\(flag) \(text)' is not of the form KEY=VALUE")
    }
    key = String(parts[0])
    value = String(parts[1])
  }
}

extension ChatOptions {
  package static let flags: [Flag<ChatOptions>] = [
    .takes(
      "model", short: "m", "MODEL", "Model to ask: provider/model, an alias, or a bare model name.", repeats: true
    ) { $0.models.append($1) },
    .takes("template", short: "t", "NAME", "Template to fill with what is typed.", repeats: true) {
      $0.templates.append($1)
    },
    .takes("param", short: "p", "KEY=VALUE", "What a variable of a template stands for.", repeats: true) {
      (options, text) throws(UsageError) in options.parameters.append(try KeyedText(text, flag: "-p"))
    },
    .takes("system", short: "s", "TEXT", "System prompt.") { $0.system = $1 },
    .takes("option", short: "o", "KEY=VALUE", "Model option such as temperature=0.2 or max_tokens=200.", repeats: true)
    {
      (options, text) throws(UsageError) in options.modelOptions.append(try KeyedText(text, flag: "-o"))
    },
    .takes("attach", short: "a", "FILE|URL|-", "Image, PDF or sound to send along; - is standard input.", repeats: true)
    {
      $0.attachments.append($1)
    },
    .takes(
      "fragment", short: "f", "FILE|DIR|URL|-", "Text to put before the prompt, in a fence that names it.",
      repeats: true
    ) { $0.fragments.append($1) },
    .takes("schema", "FILE|FIELDS", "JSON Schema the answer must fit, or fields such as 'name, age int'.") {
      $0.schema = $1
    },
    .toggle("no-stream", "Print the answer once it is complete.") { $0.waitsForWhole = true },
    .toggle("json", "Print one JSON object: answer, usage, cost, timings, attempts.") { $0.json = true },
    .oneOf("render", "WHEN", "Show markdown as styled text.") { $0.rendering = $1 },
    .toggle("quiet", short: "q", "No notes and no summary line on standard error; errors stay.") { $0.isQuiet = true },
    .toggle("extract", short: "x", "Print the first fenced code block of the answer, and nothing else.") {
      $0.extraction = .first
    },
    .toggle("extract-last", "Print the last fenced code block instead.") { $0.extraction = .last },
    .takes("output", "FILE", "Write to FILE, and replace it only with a complete answer; - is standard output.") {
      $0.outputPath = $1 == "-" ? nil : $1
    },
    .takes("media", "FOLDER", "Keep the images and sounds of an answer as files in FOLDER.") { $0.mediaFolder = $1 },
    .toggle("copy", "Put the answer on the clipboard as well.") { $0.copies = true },
    .toggle("dry-run", "Show the exact request and what it may cost; send nothing.") { $0.isDryRun = true },
    .takes("max-cost", "USD", "Refuse a call that could cost more; limits the answer's length to what is paid for.") {
      (options, text) throws(UsageError) in
      guard let limit = Picodollars(dollars: text), limit > .zero else {
        throw UsageError("'--max-cost \(text)' is not an amount of dollars", advice: "Write it as 0.05.")
      }
      options.costLimit = limit
    },
    .takes("timeout", "TIME", "Longest time for the call: 90s, 5m, or connect=5s,first=60s,idle=30s,total=10m.") {
      (options, text) throws(UsageError) in options.timeouts = try TimeoutSettings(typed: text)
    },
    .takes("retries", "N", "How often a call is made again that failed before an answer began (2).") {
      (options, text) throws(UsageError) in
      guard let count = Int(text), (0...20).contains(count) else {
        throw UsageError("'--retries \(text)' is not a number from 0 to 20")
      }
      options.retries = count
    },
    .toggle("strict", "Refuse rather than drop or change anything for this model.") { $0.isStrict = true },
    .toggle("fail-on-length", "End with status 9 when the answer was cut at its limit.") { $0.failsOnLength = true },
    .takes("project", "NAME", "Project to book the call on ($LLMGW_PROJECT).") { $0.project = $1 },
    .takes("session", "NAME", "Conversation to go on with, or to begin under that name.") { $0.session = $1 },
    .toggle("continue", short: "c", "Go on with the last conversation of this directory and terminal.") {
      $0.continues = true
    },
    .takes("tag", "KEY=VALUE", "Tag for the books.", repeats: true) {
      (options, text) throws(UsageError) in options.tags.append(try KeyedText(text, flag: "--tag"))
    },
    .toggle("no-log", "Store neither prompt nor answer; the call is booked all the same.") { $0.storesNothing = true },
    .toggle("no-stdin", "Do not read standard input.") { $0.ignoresStdin = true },
    .toggle("stdin-first", "Put standard input before the prompt instead of after it.") { $0.stdinFirst = true },
  ]
}

extension TimeoutSettings {
  /// `30` (seconds), `30s`, or `connect=5s,first=60s,idle=30s,total=10m`.
  package init(typed text: String) throws(UsageError) {
    self.init()
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1)
      guard let last = sides.last, let time = Duration(durationText: String(last)) ?? Int(last).map({ .seconds($0) }),
        time > .zero
      else {
        throw UsageError("'--timeout \(text)' is not a time", advice: "Write it as 90s, 5m or first=60s,idle=30s.")
      }
      switch sides.count == 1 ? "total" : sides[0] {
      case "connect": connect = time
      case "first": firstByte = time
      case "idle": idle = time
      case "total": total = time
      case let phase:
        let phases = ["connect", "first", "idle", "total"]
        throw UsageError(
          "'--timeout \(text)': '\(phase)' is not one of \(phases.joined(separator: ", "))",
          advice: didYouMean(String(phase), among: phases))
      }
    }
  }
}
