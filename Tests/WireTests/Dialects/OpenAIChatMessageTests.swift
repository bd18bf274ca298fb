// Conversations: what each part of a turn becomes, and what has no place.

import Testing

@testable import Wire

struct OpenAIChatMessages {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var messages: [Message]
    var quirks: JSONObject = [:]
    var written: String
    var changes: [String] = []
    var testDescription: String { name }
  }

  @Test(arguments: cases)
  func `a conversation is written`(_ row: Case) throws {
    let encoded = try encode(ChatRequest(model: "m", messages: row.messages), quirks: row.quirks)
    #expect(encoded.text == #"{"model":"m","messages":[\#(row.written)]}"#)
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == row.changes)
  }

  @Test(arguments: [ContentPart.Kind.image(unknown), .document(unknown), .audio(unknown)])
  func `bytes without a media type are refused`(_ kind: ContentPart.Kind) {
    let message = Message(.user, [ContentPart(kind)])
    #expect(throws: WireError.self) { try encode(ChatRequest(model: "m", messages: [message])) }
  }
}

private let unknown = Media(.base64("AA=="), mediaType: nil)
private let call = ToolCall(id: "c1", name: "f", arguments: #"{"a": 1}"#)
private let callJSON = #"{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}"#

private func result(_ id: String, _ parts: ContentPart..., isError: Bool = false) -> ContentPart {
  ContentPart(.toolResult(ToolResult(callID: id, content: parts, isError: isError)))
}

private func part(_ kind: ContentPart.Kind, extras: JSONObject = [:], cacheControl: JSON? = nil) -> ContentPart {
  var part = ContentPart(kind, cacheControl: cacheControl)
  part.extras = extras
  return part
}

private func named(_ message: Message, extras: JSONObject = [:]) -> Message {
  var message = message
  message.name = "ann"
  message.extras = extras
  return message
}

private let png = Media(.base64("AAAA"), mediaType: "image/png", detail: "low")
private let pdf = Media(.base64("BBBB"), mediaType: "application/pdf", name: "a.pdf")

private let cases: [OpenAIChatMessages.Case] = texts + media + assistants + toolResults

private let texts: [OpenAIChatMessages.Case] = [
  .init(
    name: "roles", messages: [Message(.system, "s"), Message(.developer, "d"), Message(.user, "u")],
    written: #"{"role":"system","content":"s"},{"role":"developer","content":"d"},{"role":"user","content":"u"}"#),
  .init(
    name: "several texts", messages: [Message(.user, [part(.text("a")), part(.text("b"))])],
    written: #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#),
  .init(name: "no content", messages: [Message(.user, [])], written: #"{"role":"user","content":""}"#),
  .init(
    name: "a name and extras", messages: [named(Message(.user, "u"), extras: ["x": 1])],
    written: #"{"role":"user","content":"u","name":"ann","x":1}"#),
  .init(
    name: "an unknown part goes as it came",
    messages: [Message(.user, [part(.other(type: "video_url", ["type": "video_url", "video_url": ["url": "u"]]))])],
    written: #"{"role":"user","content":[{"type":"video_url","video_url":{"url":"u"}}]}"#),
  .init(
    name: "a cache breakpoint is dropped", messages: [Message(.user, [part(.text("u"), cacheControl: ["type": "e"])])],
    written: #"{"role":"user","content":"u"}"#, changes: ["dropped messages[0].content[0].cache_control"]),
  .init(
    name: "a cache breakpoint where it is taken",
    messages: [Message(.user, [part(.text("u"), cacheControl: ["type": "e"])])], quirks: ["takes_cache_control": true],
    written: #"{"role":"user","content":[{"type":"text","text":"u","cache_control":{"type":"e"}}]}"#),
]

private let media: [OpenAIChatMessages.Case] = [
  .init(
    name: "images",
    messages: [Message(.user, [part(.image(png)), part(.image(Media(.url("https://i"), mediaType: nil)))])],
    written: #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","#
      + #""detail":"low"}},{"type":"image_url","image_url":{"url":"https://i"}}]}"#),
  .init(
    name: "documents",
    messages: [
      Message(.user, [part(.document(pdf)), part(.document(Media(.fileID("f1"), mediaType: nil)))])
    ],
    written: #"{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","#
      + #""file_data":"data:application/pdf;base64,BBBB"}},{"type":"file","file":{"file_id":"f1"}}]}"#),
  .init(
    name: "a document of plain text",
    messages: [Message(.user, [part(.document(Media(.text("t"), mediaType: "text/plain")))])],
    written: #"{"role":"user","content":"t"}"#, changes: ["converted messages[0].content[0]"]),
  .init(
    name: "a document by address",
    messages: [Message(.user, [part(.text("t")), part(.document(Media(.url("https://d"), mediaType: nil)))])],
    written: #"{"role":"user","content":"t"}"#, changes: ["dropped messages[0].content[1]"]),
  .init(
    name: "a sound", messages: [Message(.user, [part(.audio(Media(.base64("CC"), mediaType: "audio/mpeg")))])],
    written: #"{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"CC","format":"mp3"}}]}"#),
  .init(
    name: "a sound by address", messages: [Message(.user, [part(.audio(Media(.url("https://s"), mediaType: nil)))])],
    written: #"{"role":"user","content":""}"#, changes: ["dropped messages[0].content[0]"]),
]

private let assistants: [OpenAIChatMessages.Case] = [
  .init(
    name: "calls with and without text",
    messages: [
      Message(.assistant, [part(.text("t")), part(.toolCall(call))]), Message(.assistant, [part(.toolCall(call))]),
    ],
    written: #"{"role":"assistant","content":"t","tool_calls":[\#(callJSON)]},"#
      + #"{"role":"assistant","content":null,"tool_calls":[\#(callJSON)]}"#),
  .init(
    name: "what came beside a call goes back with it",
    messages: [Message(.assistant, [part(.toolCall(call), extras: ["extra_content": ["sig": "s"]])])],
    written: #"{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","#
      + #""arguments":"{\"a\": 1}"},"extra_content":{"sig":"s"}}]}"#),
  .init(
    name: "a custom tool",
    messages: [
      Message(
        .assistant, [part(.toolCall(ToolCall(id: "c", name: "f", arguments: "4 + 4", kind: .custom)))])
    ],
    written: #"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"custom","#
      + #""custom":{"name":"f","input":"4 + 4"}}]}"#),
  .init(
    name: "a refusal", messages: [Message(.assistant, [part(.refusal("no"))])],
    written: #"{"role":"assistant","content":null,"refusal":"no"}"#),
  .init(name: "nothing", messages: [Message(.assistant, [])], written: #"{"role":"assistant","content":""}"#),
  .init(
    name: "thinking that nobody takes back",
    messages: [Message(.assistant, [part(.reasoning(ReasoningBlock(text: "r"))), part(.text("t"))])],
    written: #"{"role":"assistant","content":"t"}"#, changes: ["dropped messages[0].content[0]"]),
  .init(
    name: "thinking in a field of its own",
    messages: [Message(.assistant, [part(.reasoning(ReasoningBlock(text: "r"))), part(.text("t"))])],
    quirks: ["echo_reasoning": "reasoning_content"],
    written: #"{"role":"assistant","content":"t","reasoning_content":"r"}"#),
  .init(
    name: "thinking block by block",
    messages: [
      Message(
        .assistant,
        [
          part(
            .reasoning(ReasoningBlock(text: "r", signature: Seal("s", of: nil))),
            extras: ["type": "reasoning.text", "index": 0]),
          part(.reasoning(ReasoningBlock(text: "u")), extras: ["type": "reasoning.summary"]),
          part(.reasoning(ReasoningBlock(text: "", encrypted: Seal("e", of: nil)))), part(.text("t")),
        ])
    ], quirks: ["reasoning_details_field": "reasoning_details"],
    written: #"{"role":"assistant","content":"t","reasoning_details":[{"type":"reasoning.text","index":0,"text":"r","#
      + #""signature":"s"},{"type":"reasoning.summary","summary":"u"},{"type":"reasoning.encrypted","data":"e"}]}"#),
  .init(
    name: "what has no place",
    messages: [
      Message(
        .assistant,
        [
          part(.toolCall(ToolCall(id: "s", name: "search", arguments: "{}", kind: .atProvider))), part(.text("t")),
          part(.image(png)), result("s", part(.text("found"))),
        ])
    ],
    written: #"{"role":"assistant","content":"t"}"#,
    changes: [
      "dropped messages[0].content[0]", "dropped messages[0].content[2]", "dropped messages[0].content[3]",
    ]),
]

private let toolResults: [OpenAIChatMessages.Case] = [
  .init(
    name: "results of a user's turn become messages before it",
    messages: [Message(.user, [part(.text("go on")), result("c1", part(.text("one"))), result("c2")])],
    written: #"{"role":"tool","tool_call_id":"c1","content":"one"},{"role":"tool","tool_call_id":"c2","content":""},"#
      + #"{"role":"user","content":"go on"}"#),
  .init(
    name: "a tool's own message", messages: [named(Message(.tool, [result("c1", part(.text("a")), part(.text("b")))]))],
    written: #"{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"#
      + #""name":"ann"}"#),
  .init(
    name: "an image among results waits for the last of them",
    messages: [
      Message(.tool, [result("c1", part(.text("see")), part(.image(png)))]), Message(.tool, [result("c2")]),
      Message(.assistant, "ok"),
    ],
    written: #"{"role":"tool","tool_call_id":"c1","content":"see"},{"role":"tool","tool_call_id":"c2","content":""},"#
      + #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","#
      + #""detail":"low"}}]},{"role":"assistant","content":"ok"}"#,
    changes: ["converted messages[0].content[0].content[1]"]),
  .init(
    name: "an image a tool gave at the very end",
    messages: [Message(.user, [result("c1", part(.image(Media(.url("https://i"), mediaType: nil))))])],
    written: #"{"role":"tool","tool_call_id":"c1","content":""},"#
      + #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://i"}}]}"#,
    changes: ["converted messages[0].content[0].content[0]"]),
  .init(
    name: "a failed tool", messages: [Message(.user, [result("c1", part(.text("bad")), isError: true)])],
    written: #"{"role":"tool","tool_call_id":"c1","content":"bad"}"#,
    changes: ["dropped messages[0].content[0].is_error"]),
]
