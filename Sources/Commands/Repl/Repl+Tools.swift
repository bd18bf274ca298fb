// Tools in a conversation: which are offered, and what happens when the model wants one.

import CommandLineKit
import GatewayCore
import Wire

extension Repl {
  /// The turns of calls and results after one question.
  private static let mostRounds = 16

  /// Shows what there is, or offers these tools from now on; 'off' offers none.
  func tools(_ text: String) async throws {
    let names = text.split(whereSeparator: \.isWhitespace).map(String.init)
    switch names {
    case []: try listTools()
    case ["off"]:
      conversation.settings.tools = []
      note("no tool is offered")
    default:
      let wanted = names == ["all"] ? toolBox.names : names
      let tools = try await ready(wanted)
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
  func offeredTools() async throws -> [Tool] { try await ready(conversation.settings.tools).map(\.description) }

  /// The tools of these names; Ctrl-C gives up a server that does not come up.
  private func ready(_ names: [String]) async throws -> [any LocalTool] {
    var tools: [any LocalTool] = []
    for name in names {
      if toolBox.mustStart(name) { note("starting the tool server '\(name)'; Ctrl-C gives it up") }
      let task = Task { () async -> Result<[any LocalTool], CommandFailure> in
        do throws(CommandFailure) {
          return .success(try await toolBox.tools(of: name))
        } catch {
          return .failure(error)
        }
      }
      tools += try await answering.wait(for: task).get()
    }
    return tools
  }

  /// Answers, runs what the model asks for, and lets it go on, until it asks for nothing more.
  func answerWithTools() async -> Bool {
    guard await answer() else { return false }
    for _ in 0..<Self.mostRounds {
      let calls = openCalls
      guard !calls.isEmpty else { return true }
      for call in calls { add(Task.isCancelled ? .stopped : await run(call), to: call) }
      guard !Task.isCancelled, await answer() else { return true }
    }
    closeOpenCalls()
    note("the model has called tools \(Self.mostRounds) times; ask on to let it continue")
    return true
  }

  /// Calls that nobody answered, because a process was killed, say: no provider takes them without results.
  func closeOpenCalls() {
    for call in openCalls { add(.notRun, to: call) }
  }

  private func add(_ output: ToolOutput, to call: ToolCall) {
    let result = ToolResult(callID: call.id, content: output.content, isError: output.isError)
    conversation.add(Message(.tool, [ContentPart(.toolResult(result))]))
    reportLedgerFailure()
  }

  /// What the last answer asks for and has no result yet.
  private var openCalls: [ToolCall] {
    guard let index = conversation.entries.lastIndex(where: { $0.message?.role == .assistant }) else { return [] }
    let after = conversation.entries[index...].compactMap(\.message)
    let answered = Set(after.dropFirst().flatMap { $0.content.compactMap(\.toolResult?.callID) })
    guard after.dropFirst().allSatisfy({ $0.role == .tool }) else { return [] }
    return after[0].content.compactMap { part in
      guard case .toolCall(let call) = part.kind, call.kind != .atProvider, !answered.contains(call.id) else {
        return nil
      }
      return call
    }
  }

  private func run(_ call: ToolCall) async -> ToolOutput {
    let tool: (any LocalTool)?
    do {
      tool = try await ready(conversation.settings.tools).first { $0.description.name == call.name }
    } catch {
      report(error)
      return Task.isCancelled ? .stopped : .failure("The tool could not be started.")
    }
    guard let tool else { return .failure("There is no tool '\(call.name)'.") }
    terminal.stderr.note(terminal.stderr.styled("tool \(safeLine(call.name)) \(safeLine(call.arguments))", .cyan))
    guard await isAllowed(call) else {
      note("not run")
      return Task.isCancelled ? .stopped : .failure("The user did not allow this call.")
    }
    let output = await tool.output(for: call)
    if Task.isCancelled {
      note("stopped")
      return .stopped
    }
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

extension ContentPart {
  fileprivate var toolResult: ToolResult? {
    if case .toolResult(let result) = kind { result } else { nil }
  }
}
