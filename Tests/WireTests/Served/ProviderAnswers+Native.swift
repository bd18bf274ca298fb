// Answers as Cohere and Ollama write them.

import Wire

/// An answer in the words of Cohere's second chat format.
struct CohereAnswer {
  private let reply: ChatReply
  init(_ reply: ChatReply) { self.reply = reply }

  private var finish: JSON {
    switch reply.finish?.reason {
    case .toolCalls: "TOOL_CALL"
    case .length: "MAX_TOKENS"
    case .contentFilter: "ERROR_TOXIC"
    default: "COMPLETE"
    }
  }

  private var usage: JSON {
    let counts: JSON = [
      "input_tokens": .number(JSONNumber(reply.usage?.input ?? 0)),
      "output_tokens": .number(JSONNumber(reply.usage?.output ?? 0)),
    ]
    return ["tokens": counts, "cached_tokens": .number(JSONNumber(reply.usage?.cacheRead ?? 0))]
  }

  private var items: [JSON] {
    reply.content.compactMap { part in
      switch part.kind {
      case .text(let text): ["type": "text", "text": .string(text)]
      case .reasoning(let block): ["type": "thinking", "thinking": .string(block.text)]
      default: nil
      }
    }
  }

  private func call(_ call: ToolCall, arguments: String) -> JSON {
    [
      "id": .string(call.id), "type": "function",
      "function": ["name": .string(call.name), "arguments": .string(arguments)],
    ]
  }

  var body: [UInt8] {
    let calls = reply.toolCalls.map { call($0, arguments: $0.arguments) }
    var message: JSONObject = ["role": "assistant", "content": .array(items)]
    if !calls.isEmpty { message["tool_calls"] = .array(calls) }
    return (["id": "c", "message": .object(message), "finish_reason": finish, "usage": usage] as JSON).bytes
  }

  var stream: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ type: String, _ index: Int? = nil, _ delta: JSON? = nil) {
      var event: JSONObject = ["type": .string(type)]
      event["index"] = index.map { .number(JSONNumber($0)) }
      event["delta"] = delta
      bytes += "event: \(type)\n".utf8
      ServerSentEventEncoder.append(data: JSON.object(event).bytes, to: &bytes)
    }
    add("message-start", nil, ["message": ["role": "assistant"]])
    for (index, item) in items.enumerated() {
      let name = item["type"] == "text" ? "text" : "thinking"
      let empty: JSON = .object(JSONObject([("type", .string(name)), (name, "")]))
      add("content-start", index, ["message": ["content": empty]])
      add("content-delta", index, ["message": ["content": .object(JSONObject([(name, item[name] ?? "")]))]])
      add("content-end", index)
    }
    for (index, made) in reply.toolCalls.enumerated() {
      add("tool-call-start", index, ["message": ["tool_calls": call(made, arguments: "")]])
      for piece in made.arguments {
        add(
          "tool-call-delta", index, ["message": ["tool_calls": ["function": ["arguments": .string(String(piece))]]]])
      }
      add("tool-call-end", index)
    }
    add("message-end", nil, ["finish_reason": finish, "usage": usage])
    return bytes + Array("data: [DONE]\n\n".utf8)
  }
}

/// An answer in the words of Ollama's own format.
struct OllamaAnswer {
  private let reply: ChatReply
  init(_ reply: ChatReply) { self.reply = reply }

  private var end: JSONObject {
    [
      "done": true, "done_reason": reply.finish?.reason == .length ? "length" : "stop",
      "prompt_eval_count": .number(JSONNumber(reply.usage?.input ?? 0)),
      "eval_count": .number(JSONNumber(reply.usage?.output ?? 0)),
    ]
  }

  private func call(_ call: ToolCall) -> JSON {
    let arguments = (try? JSON.parse(call.arguments)) ?? .null
    return ["id": .string(call.id), "function": ["name": .string(call.name), "arguments": arguments]]
  }

  private func line(_ message: JSONObject, _ rest: JSONObject) -> [UInt8] {
    var line: JSONObject = ["model": "m", "created_at": "2026-08-07T06:08:11.017589Z", "message": .object(message)]
    for member in rest.members { line[member.name] = member.value }
    return JSON.object(line).bytes
  }

  var body: [UInt8] {
    var message: JSONObject = ["role": "assistant", "content": .string(reply.text)]
    if !reply.reasoningText.isEmpty { message["thinking"] = .string(reply.reasoningText) }
    if !reply.toolCalls.isEmpty { message["tool_calls"] = .array(reply.toolCalls.map(call)) }
    return line(message, end)
  }

  var stream: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ message: JSONObject) { bytes += line(message, ["done": false]) + [UInt8(ascii: "\n")] }
    for piece in reply.reasoningText { add(["role": "assistant", "content": "", "thinking": .string(String(piece))]) }
    for piece in reply.text { add(["role": "assistant", "content": .string(String(piece))]) }
    for made in reply.toolCalls { add(["role": "assistant", "content": "", "tool_calls": [call(made)]]) }
    return bytes + line(["role": "assistant", "content": ""], end) + [UInt8(ascii: "\n")]
  }
}
