// The tools that the config names. A server is started when its tools are first wanted, and again when it has ended.

import GatewayCore
import Wire

/// What a model may be offered on this machine.
final class ToolBox {
  private let settings: [ToolSettings]
  private let environment: Environment
  private var loaded: [String: [any LocalTool]] = [:]

  init(_ settings: [ToolSettings], _ environment: Environment) {
    self.settings = settings
    self.environment = environment
  }

  /// The names of the config.
  var names: [String] { settings.map(\.name) }

  /// Whether the tools behind that name come from a server that is not running yet.
  func mustStart(_ name: String) -> Bool {
    guard ready(name) == nil, case .server = settings.first(where: { $0.name == name })?.kind else { return false }
    return true
  }

  /// The tools behind a name of the config; a cancelled task gives a server up that is starting.
  func tools(of name: String) async throws(CommandFailure) -> [any LocalTool] {
    if let tools = ready(name) { return tools }
    guard let entry = settings.first(where: { $0.name == name }) else {
      throw CommandFailure(
        .usage, "the config has no tool '\(safeLine(name))'",
        advice: names.isEmpty ? "Add it under tools." : "It has \(names.joined(separator: ", ")).")
    }
    let tools: [any LocalTool] =
      switch entry.kind {
      case .file(let path): [try ExecutableTool(file: environment.expandingHome(path))]
      case .server(let command): try await started(name, command)
      }
    loaded[name] = tools
    return tools
  }

  private func ready(_ name: String) -> [any LocalTool]? {
    loaded[name].flatMap { $0.allSatisfy(\.isReady) ? $0 : nil }
  }

  private func started(_ name: String, _ command: String) async throws(CommandFailure) -> [any LocalTool] {
    let result: Result<[MCPTool], ToolFailure>?
    do throws(ToolFailure) {
      let server = try MCPServer(name, command: command)
      result = await DetachedThread.value(
        named: "llmgw-tool",
        {
          Result { () throws(ToolFailure) in
            try server.greet()
            return try server.tools()
          }
        }, stoppedBy: { server.stop() })
    } catch {
      result = .failure(error)
    }
    switch result {
    case .success(let tools): return tools
    case .failure(let failure):
      throw CommandFailure(.general, "tool server '\(name)': \(failure.why)", advice: "Its command is '\(command)'.")
    case nil: throw CommandFailure(.general, "tool server '\(name)': the system gives no thread")
    }
  }
}
