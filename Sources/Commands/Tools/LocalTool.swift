// A tool on this machine that a model may ask for.

import GatewayCore
import Wire

/// What a tool gave, as a model gets it.
struct ToolOutput: Sendable, Equatable {
  var content: [ContentPart]
  var isError = false

  static func failure(_ text: String) -> ToolOutput { ToolOutput(content: [ContentPart(.text(text))], isError: true) }

  /// The person has stopped what ran.
  static let stopped = failure("The user stopped here.")

  static let notRun = failure("This call was not run.")

  /// The most of one output, in bytes: more would fill the context of the model.
  static let most = 64 << 10
}

/// Something that can be run with arguments.
protocol LocalTool: Sendable {
  var description: Tool { get }
  /// False when it has ended and must be started anew.
  var isReady: Bool { get }
  /// Begins a call; `arguments` is a JSON object.
  func begin(_ arguments: JSON) throws(ToolFailure) -> any ToolRun
}

/// A call of a tool that has begun.
protocol ToolRun: Sendable {
  /// Waits for what it gives.
  func output() -> ToolOutput
  /// Makes `output` return; from any thread.
  func stop()
}

/// Why a tool cannot be used.
struct ToolFailure: Error {
  var why: String
}

extension LocalTool {
  /// Runs the tool; when the task is cancelled the run is stopped.
  func output(for call: ToolCall) async -> ToolOutput {
    guard let arguments = try? JSON.parse(call.arguments), arguments.object != nil else {
      return .failure("The arguments are no JSON object.")
    }
    let run: any ToolRun
    do throws(ToolFailure) {
      run = try begin(arguments)
    } catch {
      return .failure(error.why)
    }
    let output = await DetachedThread.value(named: "llmgw-tool", { run.output() }, stoppedBy: { run.stop() })
    return output ?? .failure("The tool could not be started.")
  }
}
