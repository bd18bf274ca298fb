// A program that is a tool: a JSON file says what it is for, it reads its arguments as JSON and prints its result.

import GatewayCore
import Wire

/// A tool that is described by a file such as
/// `{"name": "weather", "description": "...", "parameters": {...}, "command": ["./weather"]}`.
struct ExecutableTool: LocalTool {
  let description: Tool
  private let line: String
  private let patience: Duration

  private static let largestFile = 1 << 20
  private static let usualSeconds = 60

  /// Reads the description; its command is found from the file's own directory.
  init(file path: String) throws(CommandFailure) {
    func failure(_ why: String) -> CommandFailure { CommandFailure(.usage, "tool '\(path)': \(why)") }
    let json: JSON
    do {
      json = try JSON.parse(try readFile(path, limit: Self.largestFile))
    } catch let error as FileFailure {
      throw failure(error.why)
    } catch let error as WireError {
      throw failure("byte \(error.offset): \(error.problem)")
    } catch {
      throw failure("\(error)")
    }
    let members = ["name", "description", "parameters", "command", "timeout_seconds"]
    if let unknown = json.object?.members.first(where: { !members.contains($0.name) }) {
      throw failure("unknown member '\(unknown.name)'; it takes \(members.joined(separator: ", "))")
    }
    guard let name = json["name"]?.string, !name.isEmpty else { throw failure("'name' is missing") }
    guard let command = json["command"]?.array?.map(\.string), !command.isEmpty, !command.contains(nil) else {
      throw failure("'command' must be a list of texts")
    }
    let parameters = json["parameters"] ?? ["type": "object", "properties": .object(JSONObject())]
    guard parameters.object != nil else { throw failure("'parameters' must be a JSON Schema") }
    description = Tool(name: name, description: json["description"]?.string, parameters: parameters)
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let words = command.compactMap(\.self).map(shellWord).joined(separator: " ")
    line = "cd \(shellWord(folder.isEmpty ? "/" : folder)) && exec \(words) 2>&1"
    patience = .seconds(json["timeout_seconds"]?.int ?? Self.usualSeconds)
  }

  var isReady: Bool { true }

  func begin(_ arguments: JSON) throws(ToolFailure) -> any ToolRun {
    do throws(FileFailure) {
      return ExecutableRun(process: try ToolProcess(line), arguments: arguments, patience: patience)
    } catch {
      throw ToolFailure(why: error.why)
    }
  }
}

/// A program that reads its arguments and prints its result.
private struct ExecutableRun: ToolRun {
  let process: ToolProcess
  let arguments: JSON
  let patience: Duration

  func stop() { process.stop() }

  func output() -> ToolOutput {
    let deadline = ContinuousClock.now + patience
    var unsent = arguments.bytes[...]
    var printed: [UInt8] = []
    var isWritten = false
    talking: while true {
      if unsent.isEmpty, !isWritten {
        process.closeInput()
        isWritten = true
      }
      switch process.talk(&unsent, until: deadline) {
      case .bytes(let bytes): printed += bytes.prefix(ToolOutput.most + 1 - min(printed.count, ToolOutput.most + 1))
      case .end: break talking
      case .stopped:
        process.end()
        return .stopped
      case .tooLate:
        process.end()
        return .failure("It took longer than \(patience.components.seconds) s and was ended.")
      }
    }
    let status = process.status()
    let isCut = printed.count > ToolOutput.most
    var text = String(decoding: printed.prefix(ToolOutput.most), as: UTF8.self)
    if isCut { text += "\n[cut at \(ToolOutput.most >> 10) KiB]" }
    if status != 0 { text += (text.isEmpty ? "" : "\n") + "[ended with status \(status)]" }
    return ToolOutput(content: [ContentPart(.text(text))], isError: status != 0)
  }
}
