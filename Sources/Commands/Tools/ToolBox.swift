// The tools that the config names. A server is started when its tools are first wanted.

import GatewayCore
import Wire

/// What a model may be offered on this machine.
struct ToolBox {
  private let settings: [ToolSettings]
  private let home: String?
  private var loaded: [String: [any LocalTool]] = [:]

  init(_ settings: [ToolSettings], home: String?) {
    self.settings = settings
    self.home = home
  }

  /// The names of the config.
  var names: [String] { settings.map(\.name) }

  /// The tools behind a name of the config.
  mutating func tools(of name: String) throws(CommandFailure) -> [any LocalTool] {
    if let tools = loaded[name] { return tools }
    guard let entry = settings.first(where: { $0.name == name }) else {
      throw CommandFailure(
        .usage, "the config has no tool '\(safeLine(name))'",
        advice: names.isEmpty ? "Add it under tools." : "It has \(names.joined(separator: ", ")).")
    }
    let tools: [any LocalTool]
    switch entry.kind {
    case .file(let path):
      let full = path.hasPrefix("~/") ? (home ?? "~") + path.dropFirst() : path
      tools = [try ExecutableTool(file: full)]
    case .server(let command):
      do throws(MCPFailure) {
        tools = try MCPServer(name, command: command).tools()
      } catch {
        throw CommandFailure(.general, "tool server '\(name)': \(error.why)", advice: "Its command is '\(command)'.")
      }
    }
    loaded[name] = tools
    return tools
  }

  /// The tools of all these names.
  mutating func tools(of names: [String]) throws(CommandFailure) -> [any LocalTool] {
    var all: [any LocalTool] = []
    for name in names { all += try tools(of: name) }
    return all
  }
}
