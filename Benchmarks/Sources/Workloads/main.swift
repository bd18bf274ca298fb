// One workload a run, so that a process's time and instructions are those of the workload.

import Glibc
import Wire

let usage = """
  usage: Workloads (stream-FORMAT | translate-FORMAT-to-FORMAT | forward-FORMAT | long-arguments | json-body | nothing) REPEATS
  FORMAT: openai-chat, anthropic-messages, openai-responses, gemini or bedrock-converse
  """
guard CommandLine.arguments.count == 3, let repeats = Int(CommandLine.arguments[2]) else {
  print(usage)
  exit(2)
}

switch CommandLine.arguments[1] {
case "stream-openai-chat": try decode(OpenAIChat.self, openAIChatStream(chunks: 10_000), repeats)
case "stream-anthropic-messages": try decode(AnthropicMessages.self, anthropicStream(chunks: 10_000), repeats)
case "stream-openai-responses": try decode(OpenAIResponses.self, responsesStream(chunks: 10_000), repeats)
case "translate-openai-chat-to-anthropic-messages":
  try translate(OpenAIChat.self, to: AnthropicMessages.self, openAIChatStream(chunks: 10_000), repeats)
case "translate-anthropic-messages-to-openai-chat":
  try translate(AnthropicMessages.self, to: OpenAIChat.self, anthropicStream(chunks: 10_000), repeats)
case "translate-openai-responses-to-openai-chat":
  try translate(OpenAIResponses.self, to: OpenAIChat.self, responsesStream(chunks: 10_000), repeats)
case "translate-openai-chat-to-openai-responses":
  try translate(OpenAIChat.self, to: OpenAIResponses.self, openAIChatStream(chunks: 10_000), repeats)
case "translate-gemini-to-openai-chat":
  try translate(GeminiContent.self, to: OpenAIChat.self, geminiStream(chunks: 10_000), repeats)
case "translate-openai-chat-to-gemini":
  try translate(OpenAIChat.self, to: GeminiContent.self, openAIChatStream(chunks: 10_000), repeats)
case "translate-bedrock-converse-to-openai-chat":
  try translate(BedrockConverse.self, to: OpenAIChat.self, try bedrockStream(chunks: 10_000), repeats)
case "forward-gemini": try forward(GeminiContent.self, geminiStream(chunks: 10_000), repeats)
case "forward-openai-responses": try forward(OpenAIResponses.self, responsesStream(chunks: 10_000), repeats)
case "forward-openai-chat": try forward(OpenAIChat.self, openAIChatStream(chunks: 10_000), repeats)
case "forward-anthropic-messages": try forward(AnthropicMessages.self, anthropicStream(chunks: 10_000), repeats)
case "long-arguments":
  try translate(OpenAIChat.self, to: AnthropicMessages.self, longArguments(pieces: 100_000), repeats)
case "long-arguments-openai-responses":
  try translate(OpenAIChat.self, to: OpenAIResponses.self, longArguments(pieces: 100_000), repeats)
case "json-body": try parseBody(repeats)
case "nothing": break
default:
  print(usage)
  exit(2)
}

/// Decodes a stream handed over in pieces of 4 KiB, as a socket would.
func decode<D: Dialect>(_ dialect: D.Type, _ stream: [UInt8], _ repeats: Int) throws {
  for _ in 0..<repeats {
    var decoder = D.makeStreamDecoder(quirks: Quirks())
    var events: [ChatEvent] = []
    var count = 0
    for start in stride(from: 0, to: stream.count, by: 4096) {
      events.removeAll(keepingCapacity: true)
      try decoder.decode(Array(stream[start..<min(start + 4096, stream.count)]), into: &events)
      count += events.count
    }
    events.removeAll()
    try decoder.finish(into: &events)
    guard decoder.isComplete, count >= 10_000 else {
      print("the stream was not decoded: \(count) events")
      exit(1)
    }
  }
}

/// Decodes a stream and writes it in another format, piece by piece.
func translate<From: Dialect, To: ServedDialect>(
  _ from: From.Type, to: To.Type, _ stream: [UInt8], _ repeats: Int
) throws {
  let client = ClientRequest(ChatRequest(model: "m", messages: []), wantsStreamUsage: true)
  let heading = ReplyHeading(id: "r", answering: client, createdAt: 1_760_000_000)
  for _ in 0..<repeats {
    var decoder = From.makeStreamDecoder(quirks: Quirks())
    var encoder = To.makeStreamEncoder(under: heading)
    var events: [ChatEvent] = []
    var bytes: [UInt8] = []
    var builder = ChatReplyBuilder()
    var written = 0
    for start in stride(from: 0, to: stream.count, by: 4096) {
      events.removeAll(keepingCapacity: true)
      bytes.removeAll(keepingCapacity: true)
      try decoder.decode(Array(stream[start..<min(start + 4096, stream.count)]), into: &events)
      encoder.encode(events, into: &bytes)
      for event in events { try builder.add(event) }
      written += bytes.count
    }
    bytes.removeAll()
    encoder.finish(into: &bytes)
    guard decoder.isComplete, !bytes.isEmpty, written > 1_000_000 else {
      print("the stream was not translated: \(written) bytes")
      exit(1)
    }
  }
}

/// Passes a stream through, read for the books.
func forward<Format: ServedDialect>(_ format: Format.Type, _ stream: [UInt8], _ repeats: Int) throws {
  for _ in 0..<repeats {
    var passing = ForwardedStream<Format>(.books, quirks: Quirks())
    var pieces: [ForwardedStream<Format>.Piece] = []
    var events: [ChatEvent] = []
    for start in stride(from: 0, to: stream.count, by: 4096) {
      pieces.removeAll(keepingCapacity: true)
      try passing.read(Array(stream[start..<min(start + 4096, stream.count)]), into: &pieces, events: &events)
    }
    try passing.finish(into: &pieces, events: &events)
    guard passing.isComplete else {
      print("the stream was not read")
      exit(1)
    }
  }
}

func openAIChatStream(chunks: Int) -> [UInt8] {
  let head = #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"m-1","#
  var text = ""
  for index in 0..<chunks {
    text += head + #""choices":[{"index":0,"delta":{"content":" word\#(index % 100)"},"finish_reason":null}]}"# + "\n\n"
  }
  text += head + #""choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n"
  return Array(text.utf8)
}

/// One call whose arguments come in many pieces: nothing may cost more the longer it gets.
func longArguments(pieces: Int) -> [UInt8] {
  func chunk(_ call: String) -> String {
    #"data: {"id":"c","object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{"tool_calls":["#
      + call + "]}}]}\n\n"
  }
  var text = chunk(#"{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":\""}}"#)
  for index in 0..<pieces { text += chunk(#"{"index":0,"function":{"arguments":"word\#(index % 100) "}}"#) }
  text += chunk(#"{"index":0,"function":{"arguments":"\"}"}}"#)
  text += #"data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"# + "\n\ndata: [DONE]\n\n"
  return Array(text.utf8)
}

func anthropicStream(chunks: Int) -> [UInt8] {
  func event(_ name: String, _ data: String) -> String { "event: \(name)\ndata: \(data)\n\n" }
  var text = event(
    "message_start",
    #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m-1","content":[],"#
      + #""stop_reason":null,"usage":{"input_tokens":10,"output_tokens":1}}}"#)
  text += event(
    "content_block_start", #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#)
  for index in 0..<chunks {
    text += event(
      "content_block_delta",
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" word\#(index % 100)"}}"#)
  }
  text += event("content_block_stop", #"{"type":"content_block_stop","index":0}"#)
  text += event(
    "message_delta",
    #"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":10000}}"#
  )
  text += event("message_stop", #"{"type":"message_stop"}"#)
  return Array(text.utf8)
}

/// Each chunk repeats the ids, the ratings and the usage, as the API's do.
func geminiStream(chunks: Int) -> [UInt8] {
  func chunk(_ text: String, _ count: Int, _ end: String = "") -> String {
    #"data: {"candidates":[{"content":{"parts":[{"text":"\#(text)"}],"role":"model"},\#(end)"index":0}],"#
      + #""usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":\#(count),"totalTokenCount":\#(10 + count),"#
      + #""promptTokensDetails":[{"modality":"TEXT","tokenCount":10}]},"modelVersion":"m-1","responseId":"r-1"}"#
      + "\r\n\r\n"
  }
  var text = ""
  for index in 0..<chunks { text += chunk(" word\(index % 100)", index + 1) }
  return Array((text + chunk("", chunks, #""finishReason":"STOP","#)).utf8)
}

func bedrockStream(chunks: Int) throws -> [UInt8] {
  var bytes: [UInt8] = []
  func event(_ type: String, _ payload: String) throws {
    let headers = [(":event-type", type), (":content-type", "application/json"), (":message-type", "event")]
    let message = AWSEventStreamMessage(
      headers: headers.map { .init(name: Array($0.0.utf8)[...], value: .string(Array($0.1.utf8)[...])) },
      payload: Array(payload.utf8)[...])
    try AWSEventStreamEncoder.append(message, to: &bytes)
  }
  try event("messageStart", #"{"p":"abcdefgh","role":"assistant"}"#)
  for index in 0..<chunks {
    try event(
      "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":" word\#(index % 100)"},"p":"abcdefghijk"}"#)
  }
  try event("contentBlockStop", #"{"contentBlockIndex":0,"p":"abc"}"#)
  try event("messageStop", #"{"p":"abcdef","stopReason":"end_turn"}"#)
  try event("metadata", #"{"metrics":{"latencyMs":9},"usage":{"inputTokens":10,"outputTokens":10000}}"#)
  return bytes
}

func responsesStream(chunks: Int) -> [UInt8] {
  var count = 0
  func event(_ name: String, _ members: String) -> String {
    count += 1
    return "event: response.\(name)\ndata: {\"type\":\"response.\(name)\",\"sequence_number\":\(count),\(members)}\n\n"
  }
  let part = #""item_id":"msg_1","output_index":0,"content_index":0,"#
  var text = event("created", #""response":{"id":"resp_1","model":"m-1","status":"in_progress","output":[]}"#)
  text += event("output_item.added", #""output_index":0,"item":{"id":"msg_1","type":"message","content":[]}"#)
  for index in 0..<chunks {
    text += event("output_text.delta", part + #""delta":" word\#(index % 100)","logprobs":[],"obfuscation":"a1b2c3d4""#)
  }
  text += event("output_item.done", #""output_index":0,"item":{"id":"msg_1","type":"message","content":[]}"#)
  text += event("completed", #""response":{"id":"resp_1","model":"m-1","status":"completed","output":[]}"#)
  return Array(text.utf8)
}

/// A conversation of about a megabyte: long texts with escapes, many small members.
func parseBody(_ repeats: Int) throws {
  let turn =
    #"{"role":"user","content":[{"type":"text","text":"A paragraph of prose with a \"quote\", a line end\n and some é."#
    + String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 20)
    + #""}],"n":12.50,"ok":true,"none":null,"list":[1,2,3,4,5,6,7,8]}"#
  let body = Array(#"{"model":"m","messages":[\#(Array(repeating: turn, count: 920).joined(separator: ","))]}"#.utf8)
  for _ in 0..<repeats {
    guard try JSON.parse(body).bytes == body else {
      print("the body came back changed")
      exit(1)
    }
  }
}
