// Tools in a conversation: which are offered, and what happens when the model wants one.

import CommandLineKit
import GatewayCore
import Wire

extension Repl {
  /// The turns of calls and results after one question.
  private static let mostRounds = 16

  /// Shows what there is, or offers these tools from now on; 'off' offers none.
  func tools(_ text: String) throws {
    let names = text.split(whereSeparator: \.isWhitespace).map(String.init)
    switch names {
    case []: try listTools()
    case ["off"]:
      conversation.settings.tools = []
      note("no tool is offered")
    default:
      let wanted = names == ["all"] ? toolBox.names : names
      let tools = try toolBox.tools(of: wanted)
      conversation.settings.tools = wanted
      note("offered: \(tools.map(\.description.name).joined(separator: ", "))")
    }
  }

  private func listTools() throws {
    if toolBox.names.isEmpty { return try show("The config names no tools. See llmgw-config(5), tools.\n") }
    let lines = toolBox.names.map { "\(conversation.settings.tools.contains($0) ? "* " : "  ")\($0)\n" }
    try show(lines.joined())
  }

  /// The tools that the next request offers.
  func offeredTools() throws -> [Tool] { try toolBox.tools(of: conversation.settings.tools).map(\.description) }

  /// Answers, runs what the model asks for, and lets it go on, until it asks for nothing more.
  func answerWithTools() async -> Bool {
    guard await answer() else { return false }
    for _ in 0..<Self.mostRounds {
      let calls = openCalls
      guard !calls.isEmpty else { return true }
      for call in calls {
        let output = Task.isCancelled ? ToolOutput.failure("The user stopped here.") : await run(call)
        let result = ToolResult(callID: call.id, content: output.content, isError: output.isError)
        conversation.add(Message(.tool, [ContentPart(.toolResult(result))]))
      }
      reportLedgerFailure()
      guard !Task.isCancelled, await answer() else { return true }
    }
    note("the model has called tools \(Self.mostRounds) times; ask on to let it continue")
    return true
  }

  /// What the last answer asks for.
  private var openCalls: [ToolCall] {
    guard let message = conversation.entries.last?.message, message.role == .assistant else { return [] }
    return message.content.compactMap { part in
      guard case .toolCall(let call) = part.kind, call.kind != .atProvider else { return nil }
      return call
    }
  }

  private func run(_ call: ToolCall) async -> ToolOutput {
    let known = (try? toolBox.tools(of: conversation.settings.tools)) ?? []
    guard let tool = known.first(where: { $0.description.name == call.name }) else {
      return .failure("There is no tool '\(call.name)'.")
    }
    terminal.stderr.note(terminal.stderr.styled("tool \(safeLine(call.name)) \(safeLine(call.arguments))", .cyan))
    guard await isAllowed(call) else {
      note("not run")
      return .failure("The user did not allow this call.")
    }
    let output = await tool.output(for: call)
    note("\(output.isError ? "failed" : "gave"): \(shortened(output.content.contentsText))")
    return output
  }

  /// Asks the person, unless they have allowed this tool for good; nobody is there to ask in a script.
  private func isAllowed(_ call: ToolCall) async -> Bool {
    if allowedTools.contains(call.name) { return true }
    guard isInteractive else { return false }
    let answer = await input.read(prompt: "Run it? [y]es, [n]o, [a]lways for this tool: ")
    guard case .line(let letter) = answer else { return false }
    switch letter.trimmed.lowercased() {
    case "a", "always":
      allowedTools.insert(call.name)
      return true
    case "y", "yes": return true
    default: return false
    }
  }
}
