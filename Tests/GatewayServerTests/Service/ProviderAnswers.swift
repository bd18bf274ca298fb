// What a provider of each format answers, whole and as a stream.

import TestSupport

enum ProviderAnswers {
  /// As the path and the body of the request ask for it.
  static let any: @Sendable (ScriptedServer.Request) -> (text: String, isLast: Bool) = { request in
    let words = request.requestLine.split(separator: " ")
    let path = words.count > 1 ? words[1] : ""
    let streams =
      String(decoding: request.body, as: UTF8.self).firstRange(of: /"stream": ?true/) != nil
      || path.contains("streamGenerate")
    let format: Format =
      if path.contains("count") {
        .count
      } else if path.contains("/messages") {
        .messages
      } else if path.contains("/responses") {
        .responses
      } else if path.contains("enerateContent") {
        .gemini
      } else {
        .chat
      }
    return (http(streams ? format.stream : format.whole, isStream: streams), true)
  }

  enum Format {
    case chat, messages, responses, gemini, count

    var whole: String {
      switch self {
      case .chat: ProviderAnswers.chat
      case .messages: ProviderAnswers.messages
      case .responses: ProviderAnswers.responses
      case .gemini: ProviderAnswers.gemini
      case .count: #"{"input_tokens":77}"#
      }
    }

    var stream: String {
      switch self {
      case .chat: chatStream + usageEvent + done
      case .messages: messagesStream
      case .responses: responsesStream
      case .gemini, .count: "data: \(ProviderAnswers.gemini)\n\n"
      }
    }
  }

  static func http(
    _ body: String, status: String = "200 OK", isStream: Bool = false, headers: String = ""
  ) -> String {
    "HTTP/1.1 \(status)\r\ncontent-type: \(isStream ? "text/event-stream" : "application/json")\r\n"
      + "content-length: \(body.utf8.count)\r\nconnection: close\r\n\(headers)\r\n\(body)"
  }

  /// The head of a stream whose length nobody knows yet.
  static let streamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"

  static let chat =
    #"{"id":"c1","object":"chat.completion","created":1,"model":"m-2026","choices":[{"index":0,"message":"#
    + #"{"role":"assistant","content":"Hello there"},"finish_reason":"stop"}],"#
    + #""usage":{"prompt_tokens":1000,"completion_tokens":20,"total_tokens":1020}}"#

  static let hello =
    "data: " + #"{"id":"c1","model":"m-2026","choices":[{"index":0,"delta":{"content":"Hello"}}]}"# + "\n\n"
  static let chatStream =
    hello
    + "data: " + #"{"id":"c1","model":"m-2026","choices":[{"index":0,"delta":{"content":" there"}}]}"# + "\n\n"
    + "data: " + #"{"id":"c1","model":"m-2026","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n"
  /// 1000 tokens in and 20 out: $0.0027.
  static let usageEvent =
    "data: "
    + #"{"id":"c1","model":"m-2026","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":20}}"# + "\n\n"
  static let done = "data: [DONE]\n\n"

  static let messages =
    #"{"id":"msg_1","type":"message","role":"assistant","model":"m-2026","content":"#
    + #"[{"type":"text","text":"Hello there"}],"stop_reason":"end_turn","stop_sequence":null,"#
    + #""usage":{"input_tokens":1000,"output_tokens":20}}"#

  private static func event(_ name: String, _ data: String) -> String { "event: \(name)\ndata: \(data)\n\n" }

  static let messagesStream =
    event(
      "message_start",
      #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m-2026","#
        + #""content":[],"stop_reason":null,"usage":{"input_tokens":1000,"output_tokens":1}}}"#)
    + event(
      "content_block_start",
      #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#)
    + event(
      "content_block_delta",
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello there"}}"#)
    + event("content_block_stop", #"{"type":"content_block_stop","index":0}"#)
    + event(
      "message_delta",
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":20}}"#)
    + event("message_stop", #"{"type":"message_stop"}"#)

  static let responses =
    #"{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"m-2026","output":"#
    + #"[{"type":"message","id":"i1","status":"completed","role":"assistant","content":"#
    + #"[{"type":"output_text","text":"Hello there","annotations":[]}]}],"#
    + #""usage":{"input_tokens":1000,"output_tokens":20,"total_tokens":1020}}"#

  static let responsesStream =
    event(
      "response.created",
      #"{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","#
        + #""status":"in_progress","model":"m-2026","output":[]}}"#)
    + event(
      "response.output_item.added",
      #"{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":"#
        + #"{"type":"message","id":"i1","status":"in_progress","role":"assistant","content":[]}}"#)
    + event(
      "response.content_part.added",
      #"{"type":"response.content_part.added","sequence_number":2,"item_id":"i1","output_index":0,"#
        + #""content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}"#)
    + event(
      "response.output_text.delta",
      #"{"type":"response.output_text.delta","sequence_number":3,"item_id":"i1","output_index":0,"#
        + #""content_index":0,"delta":"Hello there"}"#)
    + event(
      "response.completed",
      #"{"type":"response.completed","sequence_number":4,"response":\#(responses)}"#)

  static let gemini =
    #"{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Hello there"}]},"finishReason":"STOP"}],"#
    + #""usageMetadata":{"promptTokenCount":1000,"candidatesTokenCount":20,"totalTokenCount":1020},"#
    + #""modelVersion":"m-2026","responseId":"g1"}"#
}
