// A tool on this machine that a model may ask for.

import GatewayCore
import Wire

/// What a tool gave, as a model gets it.
struct ToolOutput: Sendable, Equatable {
  var content: [ContentPart]
  var isError = false

  static func failure(_ text: String) -> ToolOutput { ToolOutput(content: [ContentPart(.text(text))], isError: true) }

  /// The most of one output, in bytes: more would fill the context of the model.
  static let most = 64 << 10
}

/// Something that can be run with arguments.
protocol LocalTool: Sendable {
  var description: Tool { get }
  /// Runs on a thread that may wait; `arguments` is a JSON object.
  func run(_ arguments: JSON) -> ToolOutput
  /// Ends what runs now.
  func stop()
}

extension LocalTool {
  /// Runs the tool; when the task is cancelled the tool is ended.
  func output(for call: ToolCall) async -> ToolOutput {
    guard let arguments = try? JSON.parse(call.arguments), arguments.object != nil else {
      return .failure("The arguments are no JSON object.")
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let code = DetachedThread.start(named: "llmgw-tool") { continuation.resume(returning: self.run(arguments)) }
        if code != 0 { continuation.resume(returning: .failure("The tool could not be started.")) }
      }
    } onCancel: {
      stop()
    }
  }
}
