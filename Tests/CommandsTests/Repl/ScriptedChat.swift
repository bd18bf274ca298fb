// A provider of chat completions that says what a test wants.

import Synchronization
import TestSupport
import Testing
import Wire

/// Streams of chat completions, and servers that give them.
enum ScriptedChat {
  static func reply(_ body: String) -> String {
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\(body)"
  }

  static func events(_ events: String...) -> String { events.map { "data: \($0)\n\n" }.joined() }

  static func delta(_ text: String) -> String { #"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# }

  static let stop = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
  private static let usage = #"{"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20}}"#

  /// A whole answer.
  static func answer(_ text: String) -> String { reply(events(delta(text), stop, usage, "[DONE]")) }

  /// A call of a tool that looks at the weather in Lisbon.
  static func call(of tool: String) -> String {
    let call =
      #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"\#(tool)","arguments":"{\"city\":\"Lisbon\"}"}}]}}]}"#
    return reply(events(call, #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#, "[DONE]"))
  }

  /// Answers each connection with `answer`, which is told how many came before.
  static func server(_ answer: @escaping @Sendable (Int, ScriptedServer.Request) -> String) throws -> ScriptedServer {
    let count = Counter()
    return try #require(ScriptedServer(.answer { (answer(count.next(), $0), true) }))
  }

  private final class Counter: Sendable {
    private let value = Mutex(0)
    func next() -> Int {
      value.withLock { value in
        value += 1
        return value - 1
      }
    }
  }
}

extension ScriptedServer.Request {
  var json: JSON { (try? JSON.parse(body)) ?? .null }

  /// `role:text` of each message of a chat completion.
  var turns: [String] {
    json["messages"]?.array?.map { message in
      let parts = message["content"]?.array?.compactMap { $0["text"]?.string }.joined(separator: "+")
      return "\(message["role"]?.string ?? "?"):\(message["content"]?.string ?? parts ?? "")"
    } ?? []
  }
}
