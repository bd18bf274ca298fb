// A server of the Model Context Protocol that is spoken with over its standard streams: JSON-RPC, one message a line.

import GatewayCore
import Synchronization
import Wire

/// Owns a server that runs.
///
/// One call at a time.
final class MCPServer: Sendable {
  let name: String
  private let talk: Mutex<Talk>
  private let process: ToolProcess

  private static let version = "2025-06-18"
  private static let patience = Duration.seconds(60)
  /// The pages of tools that are asked for.
  private static let mostPages = 16
  private static let mostTools = 128
  /// The largest message of a server, in bytes.
  fileprivate static let largestMessage = 16 << 20

  /// What is said and heard.
  private struct Talk {
    var lastID = 0
    var lines = LineBuffer()
    /// It has ended, or is not listened to any more.
    var isOver = false
  }

  /// Starts a line of shell, with which nothing is said yet.
  init(_ name: String, command: String) throws(ToolFailure) {
    self.name = name
    do {
      // What it logs is not for the person who talks.
      process = try ToolProcess("exec \(command) 2>/dev/null")
    } catch {
      throw ToolFailure(why: error.why)
    }
    talk = Mutex(Talk())
  }

  /// Shakes hands; waits for the server.
  func greet() throws(ToolFailure) {
    let hello: JSON = [
      "protocolVersion": .string(Self.version), "capabilities": .object(JSONObject()),
      "clientInfo": ["name": "llmgw", "version": .string(programVersion)],
    ]
    _ = try call("initialize", hello)
    try talk.withLock { (talk) throws(ToolFailure) in
      try send(["jsonrpc": "2.0", "method": "notifications/initialized"], &talk, Self.deadline)
    }
  }

  var isReady: Bool { talk.withLock { !$0.isOver } }

  private static var deadline: ContinuousClock.Instant { ContinuousClock.now + patience }

  /// Ends what waits for it, and with that the server.
  func stop() { process.stop() }

  /// The tools it has; waits for the server.
  func tools() throws(ToolFailure) -> [MCPTool] {
    var tools: [MCPTool] = []
    var cursor: JSON?
    for _ in 0..<Self.mostPages {
      let page = try call("tools/list", cursor.map { ["cursor": $0] } ?? .object(JSONObject()))
      for json in page["tools"]?.array ?? [] where tools.count < Self.mostTools {
        guard let tool = json["name"]?.string else { continue }
        let description = Tool(
          name: "\(name)__\(tool)", description: json["description"]?.string, parameters: json["inputSchema"])
        tools.append(MCPTool(server: self, name: tool, description: description))
      }
      cursor = page["nextCursor"]
      if cursor == nil { break }
    }
    return tools
  }

  /// Calls a method and waits for its result.
  func call(_ method: String, _ parameters: JSON) throws(ToolFailure) -> JSON {
    try talk.withLock { (talk) throws(ToolFailure) in
      talk.lastID += 1
      let id = JSON.number(JSONNumber(talk.lastID))
      let deadline = Self.deadline
      try send(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": parameters], &talk, deadline)
      while true {
        let message = try receive(&talk, deadline)
        if message["method"] != nil {
          if let theirs = message["id"] { try answer(theirs, message["method"]?.string, &talk, deadline) }
        } else if message["id"] == id {
          if let error = message["error"] { throw ToolFailure(why: error["message"]?.string ?? "it reports an error") }
          return message["result"] ?? .null
        }
      }
    }
  }

  /// A server may ask whether we are there; we offer nothing else.
  private func answer(
    _ id: JSON, _ method: String?, _ talk: inout Talk, _ deadline: ContinuousClock.Instant
  ) throws(ToolFailure) {
    if method == "ping" {
      try send(["jsonrpc": "2.0", "id": id, "result": .object(JSONObject())], &talk, deadline)
    } else {
      let error: JSON = ["code": -32601, "message": "not offered"]
      try send(["jsonrpc": "2.0", "id": id, "error": error], &talk, deadline)
    }
  }

  private func send(_ message: JSON, _ talk: inout Talk, _ deadline: ContinuousClock.Instant) throws(ToolFailure) {
    var unsent = (message.bytes + [UInt8(ascii: "\n")])[...]
    while !unsent.isEmpty { try take(process.talk(&unsent, until: deadline), &talk) }
  }

  private func receive(_ talk: inout Talk, _ deadline: ContinuousClock.Instant) throws(ToolFailure) -> JSON {
    while true {
      while let line = talk.lines.nextLine() {
        if let message = try? JSON.parse(line), message.object != nil { return message }
      }
      var nothing: ArraySlice<UInt8> = []
      try take(process.talk(&nothing, until: deadline), &talk)
    }
  }

  private func take(_ heard: ToolProcess.Talk, _ talk: inout Talk) throws(ToolFailure) {
    switch heard {
    case .bytes(let bytes):
      talk.lines.append(bytes)
      guard talk.lines.waiting <= Self.largestMessage else { throw ToolFailure(why: "it says too much at once") }
    case .end:
      talk.isOver = true
      throw ToolFailure(why: "it has ended")
    case .stopped:
      talk.isOver = true
      process.end()
      throw ToolFailure(why: "it was stopped")
    case .tooLate: throw ToolFailure(why: "it does not answer")
    }
  }
}

/// One tool of a server.
struct MCPTool: LocalTool {
  let server: MCPServer
  /// As the server knows it.
  let name: String
  let description: Tool

  var isReady: Bool { server.isReady }

  func begin(_ arguments: JSON) -> any ToolRun { MCPRun(server: server, tool: name, arguments: arguments) }
}

/// A call of a tool of a server.
private struct MCPRun: ToolRun {
  let server: MCPServer
  let tool: String
  let arguments: JSON

  func stop() { server.stop() }

  func output() -> ToolOutput {
    do throws(ToolFailure) {
      let result = try server.call("tools/call", ["name": .string(tool), "arguments": arguments])
      let parts = (result["content"]?.array ?? []).compactMap(Self.part)
      return ToolOutput(content: Self.capped(parts), isError: result["isError"]?.bool ?? false)
    } catch {
      return .failure("\(server.name): \(error.why)")
    }
  }

  private static func part(_ json: JSON) -> ContentPart? {
    switch json["type"]?.string {
    case "text": return json["text"]?.string.map { ContentPart(.text($0)) }
    case "image":
      return json["data"]?.string.map {
        ContentPart(.image(Media(.base64($0), mediaType: json["mimeType"]?.string)))
      }
    // A link, a resource: the model reads what the server wrote.
    default: return ContentPart(.text(json.text))
    }
  }

  private static func capped(_ parts: [ContentPart]) -> [ContentPart] {
    var left = ToolOutput.most
    return parts.map { part in
      guard case .text(let text) = part.kind else { return part }
      defer { left = max(left - text.utf8.count, 0) }
      guard text.utf8.count > left else { return part }
      let kept = String(decoding: text.utf8.prefix(left), as: UTF8.self)
      return ContentPart(.text(kept + "\n[cut at \(ToolOutput.most >> 10) KiB]"))
    }
  }
}
