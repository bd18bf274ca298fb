// Conversations: the items each turn becomes, and what has no place.

import Testing

@testable import Wire

struct OpenAIResponsesInputs {
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
    var request = ChatRequest(model: "m", messages: row.messages)
    request.extras = ["store": true]
    let encoded = try encodeResponses(request, quirks: row.quirks)
    #expect(encoded.body["input"]?.text == "[\(row.written)]")
    #expect(encoded.said == row.changes)
  }

  @Test func `bytes of an image without a media type are refused`() {
    let image = ContentPart(.image(Media(.base64("AA=="), mediaType: nil)))
    #expect(throws: WireError.self) {
      try encodeResponses(ChatRequest(model: "m", messages: [Message(.user, [image])]))
    }
  }

  @Test(
    arguments: [
      ([Message(.system, "s"), Message(.user, "u")], "s"), ([Message(.user, "u"), Message(.system, "s")], nil),
      ([Message(.developer, "d")], nil), ([Message(.system, [text("a"), text("b")])], nil),
      ([Message(.system, [part(.text("a"), extras: ["x": 1])])], nil),
    ] as [([Message], String?)])
  func `plain words of the system that open the conversation are the instructions`(
    _ messages: [Message], _ instructions: String?
  ) throws {
    let encoded = try encodeResponses(ChatRequest(model: "m", messages: messages))
    #expect(encoded.body["instructions"]?.string == instructions)
    #expect(encoded.body["input"]?.array?.count == messages.count - (instructions == nil ? 0 : 1))
  }
}

private func text(_ text: String) -> ContentPart { ContentPart(.text(text)) }

private func part(_ kind: ContentPart.Kind, extras: JSONObject = [:]) -> ContentPart {
  var part = ContentPart(kind)
  part.extras = extras
  return part
}

private func signed(_ kind: ContentPart.Kind, _ seal: Seal) -> ContentPart {
  var part = ContentPart(kind)
  part.signature = seal
  return part
}

private func thought(_ text: String, signature: Seal? = nil, encrypted: Seal? = nil) -> ContentPart.Kind {
  .reasoning(ReasoningBlock(text: text, signature: signature, encrypted: encrypted))
}

private func result(_ id: String, _ parts: [ContentPart], isError: Bool = false) -> ContentPart {
  ContentPart(.toolResult(ToolResult(callID: id, content: parts, isError: isError)))
}

private func said(_ parts: ContentPart...) -> [Message] { [Message(.assistant, parts)] }
private func asked(_ parts: ContentPart...) -> [Message] { [Message(.user, parts)] }

private let ours = Seal("E", of: .openAI)
private let theirs = Seal("S", of: .anthropic)
private let call = ToolCall(id: "c", name: "f", arguments: #"{"a": 1}"#)
private let custom = ToolCall(id: "c", name: "g", arguments: "free", kind: .custom)

private let cases: [OpenAIResponsesInputs.Case] = turns + media + answers + thinking + tools

private let turns: [OpenAIResponsesInputs.Case] = [
  .init(
    name: "roles", messages: [Message(.developer, "d"), Message(.user, "u"), Message(.system, "s")],
    written: #"{"type":"message","role":"developer","content":"d"},{"type":"message","role":"user","content":"u"},"#
      + #"{"type":"message","role":"system","content":"s"}"#),
  .init(
    name: "no developer", messages: [Message(.developer, "d")], quirks: ["no_developer_role": true],
    written: #"{"type":"message","role":"system","content":"d"}"#, changes: ["renamed messages[0].role"]),
  .init(
    name: "nothing said", messages: [Message(.user, [])], written: #"{"type":"message","role":"user","content":""}"#),
  .init(
    name: "several parts", messages: asked(text("a"), text("b")),
    written: #"{"type":"message","role":"user","content":[{"type":"input_text","text":"a"},"#
      + #"{"type":"input_text","text":"b"}]}"#),
  .init(
    name: "extras", messages: asked(part(.text("a"), extras: ["prompt_cache_breakpoint": ["mode": "explicit"]])),
    written: #"{"type":"message","role":"user","content":[{"type":"input_text","text":"a","#
      + #""prompt_cache_breakpoint":{"mode":"explicit"}}]}"#),
  .init(
    name: "unknown parts and items",
    messages: asked(
      ContentPart(.other(type: "input_new", ["type": "input_new"])),
      ContentPart(.other(type: "item_reference", ["type": "item_reference", "id": "rs_1"]))),
    written: #"{"type":"item_reference","id":"rs_1"},"#
      + #"{"type":"message","role":"user","content":[{"type":"input_new"}]}"#),
  .init(
    name: "names and breakpoints",
    messages: [Message(.user, [ContentPart(.text("a"), cacheControl: ["type": "ephemeral"])], name: "ann")],
    written: #"{"type":"message","role":"user","content":"a"}"#,
    changes: ["dropped messages[0].name", "dropped messages[0].content[0].cache_control"]),
  .init(
    name: "breakpoints taken",
    messages: asked(ContentPart(.text("a"), cacheControl: ["type": "ephemeral"])),
    quirks: ["takes_cache_control": true],
    written: #"{"type":"message","role":"user","content":[{"type":"input_text","text":"a","#
      + #""cache_control":{"type":"ephemeral"}}]}"#),
]

private let media: [OpenAIResponsesInputs.Case] = [
  .init(
    name: "images",
    messages: asked(
      part(.image(Media(.base64("AAAA"), mediaType: "image/png", detail: "low"))),
      part(.image(Media(.url("https://i"), mediaType: nil))), part(.image(Media(.fileID("file-1"), mediaType: nil)))),
    written: #"{"type":"message","role":"user","content":["#
      + #"{"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"low"},"#
      + #"{"type":"input_image","image_url":"https://i"},{"type":"input_image","file_id":"file-1"}]}"#),
  .init(
    name: "documents",
    messages: asked(
      part(.document(Media(.base64("BBBB"), mediaType: "application/pdf", name: "a.pdf"))),
      part(.document(Media(.url("https://d"), mediaType: nil))),
      part(.document(Media(.fileID("file-2"), mediaType: nil, name: "b.pdf"))),
      part(.document(Media(.text("plain"), mediaType: "text/plain")))),
    written: #"{"type":"message","role":"user","content":["#
      + #"{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,BBBB"},"#
      + #"{"type":"input_file","file_url":"https://d"},{"type":"input_file","file_id":"file-2"},"#
      + #"{"type":"input_text","text":"plain"}]}"#,
    changes: ["dropped messages[0].content[2].filename", "converted messages[0].content[3]"]),
  .init(
    name: "sounds, and what a provider does not take",
    messages: asked(
      text("a"), part(.audio(Media(.base64("AAAA"), mediaType: "audio/wav"))),
      part(.image(Media(.url("https://i"), mediaType: nil))),
      part(.document(Media(.url("https://d"), mediaType: nil)))),
    quirks: ["unsupported_params": ["image_url"], "no_document_input": true],
    written: #"{"type":"message","role":"user","content":"a"}"#,
    changes: (1...3).map { "dropped messages[0].content[\($0)]" }),
]

private let answers: [OpenAIResponsesInputs.Case] = [
  .init(name: "text", messages: said(text("a")), written: #"{"type":"message","role":"assistant","content":"a"}"#),
  .init(
    name: "text and refusal", messages: said(text("a"), ContentPart(.refusal("no"))),
    written: #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[]},"#
      + #"{"type":"refusal","refusal":"no"}]}"#),
  .init(
    name: "messages with ids stay apart",
    messages: said(
      part(.text("a"), extras: ["item": ["id": "msg_1", "phase": "commentary"]]), text("b"),
      part(.text("c"), extras: ["item": ["id": "msg_2"], "annotations": [["type": "x"]]])),
    written: #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[]},"#
      + #"{"type":"output_text","text":"b","annotations":[]}],"id":"msg_1","phase":"commentary"},"#
      + #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"c","#
      + #""annotations":[{"type":"x"}]}],"id":"msg_2"}"#),
  .init(
    name: "tools the provider ran",
    messages: said(
      ContentPart(.other(type: "web_search_call", ["type": "web_search_call", "id": "ws_1"])), text("a"),
      part(
        .image(Media(.base64("AAAA"), mediaType: "image/png")), extras: ["type": "image_generation_call", "id": "ig_1"])
    ),
    written: #"{"type":"web_search_call","id":"ws_1"},{"type":"message","role":"assistant","content":"a"},"#
      + #"{"type":"image_generation_call","id":"ig_1","result":"AAAA"}"#),
  .init(
    name: "what an answer cannot hold",
    messages: said(
      part(.image(Media(.base64("AAAA"), mediaType: "image/png"))), signed(.text("a"), theirs),
      part(.toolCall(ToolCall(id: "c", name: "search", arguments: "{}", kind: .atProvider)))),
    written: #"{"type":"message","role":"assistant","content":"a"}"#,
    changes: [
      "dropped messages[0].content[0]", "dropped messages[0].content[1].signature", "dropped messages[0].content[2]",
    ]
  ),
]

private let thinking: [OpenAIResponsesInputs.Case] = [
  .init(
    name: "summaries end with their seal",
    messages: said(ContentPart(thought("a")), ContentPart(thought("b", signature: ours)), text("c")),
    written: #"{"type":"reasoning","summary":[{"type":"summary_text","text":"a"},"#
      + #"{"type":"summary_text","text":"b"}],"encrypted_content":"E"},"#
      + #"{"type":"message","role":"assistant","content":"c"}"#),
  .init(
    name: "encrypted thinking, whoever made it not being known",
    messages: said(ContentPart(thought("", encrypted: Seal("E", of: nil)))),
    written: #"{"type":"reasoning","summary":[],"encrypted_content":"E"}"#),
  .init(
    name: "an item keeps its id and its own text",
    messages: said(
      part(thought("a"), extras: ["id": "rs_1"]),
      part(thought("b", signature: ours), extras: ["type": "reasoning_text"])),
    written: #"{"type":"reasoning","summary":[{"type":"summary_text","text":"a"}],"#
      + #""content":[{"type":"reasoning_text","text":"b"}],"encrypted_content":"E","id":"rs_1"}"#),
  .init(
    name: "an item known by its id alone", messages: said(part(thought(""), extras: ["id": "rs_1"])),
    written: #"{"type":"reasoning","summary":[],"id":"rs_1"}"#),
  .init(
    name: "other providers' thinking, and thinking without a seal",
    messages: said(ContentPart(thought("a", signature: theirs)), ContentPart(thought("b")), text("c")),
    written: #"{"type":"message","role":"assistant","content":"c"}"#,
    changes: ["dropped messages[0].content[0]", "dropped messages[0].content[1]"]),
  .init(
    name: "a provider that wants thinking back", messages: said(ContentPart(thought("b")), text("c")),
    quirks: ["echo_reasoning": "reasoning_content"],
    written: #"{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"b"}]},"#
      + #"{"type":"message","role":"assistant","content":"c"}"#),
]

private let tools: [OpenAIResponsesInputs.Case] = [
  .init(
    name: "calls and results",
    messages: [
      Message(.assistant, [text("a"), part(.toolCall(call), extras: ["id": "fc_1"])]),
      Message(.tool, [result("c", [text("r")])]),
    ],
    written: #"{"type":"message","role":"assistant","content":"a"},"#
      + #"{"type":"function_call","call_id":"c","name":"f","arguments":"{\"a\": 1}","id":"fc_1"},"#
      + #"{"type":"function_call_output","call_id":"c","output":"r"}"#),
  .init(
    name: "an id used again",
    messages: [
      Message(.assistant, [ContentPart(.toolCall(custom))]), Message(.tool, [result("c", [text("1")])]),
      Message(.assistant, [ContentPart(.toolCall(call))]), Message(.tool, [result("c", [text("2")])]),
    ],
    written: #"{"type":"custom_tool_call","call_id":"c","name":"g","input":"free"},"#
      + #"{"type":"custom_tool_call_output","call_id":"c","output":"1"},"#
      + #"{"type":"function_call","call_id":"c","name":"f","arguments":"{\"a\": 1}"},"#
      + #"{"type":"function_call_output","call_id":"c","output":"2"}"#),
  .init(
    name: "results come before what the user says",
    messages: asked(
      text("u"), result("c", [text("r"), part(.image(Media(.url("https://i"), mediaType: nil)))], isError: true),
      result("d", [])),
    written: #"{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"r"},"#
      + #"{"type":"input_image","image_url":"https://i"}]},"#
      + #"{"type":"function_call_output","call_id":"d","output":""},"#
      + #"{"type":"message","role":"user","content":"u"}"#,
    changes: ["dropped messages[0].content[1].is_error"]),
  .init(
    name: "another provider's proof of a call", messages: said(signed(.toolCall(call), Seal("s", of: .gemini))),
    written: #"{"type":"function_call","call_id":"c","name":"f","arguments":"{\"a\": 1}"}"#,
    changes: ["dropped messages[0].content[0].signature"]),
]
