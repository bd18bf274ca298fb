// Conversations: where system messages stand, how turns of one role become one, and what each part becomes.

import Testing

@testable import Wire

struct AnthropicMessagesTurns {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var messages: [Message]
    /// The `system` member with its comma, if there is one.
    var system = ""
    var written: String
    var changes: [String] = []
    var testDescription: String { name }
  }

  @Test(arguments: systems + turns + media + assistants + results)
  func `a conversation is written`(_ row: Case) throws {
    var request = ChatRequest(model: "m", messages: row.messages)
    request.maxOutputTokens = 9
    let encoded = try encodeMessages(request)
    #expect(encoded.text == #"{"model":"m","max_tokens":9,\#(row.system)"messages":[\#(row.written)]}"#)
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == row.changes)
  }
}

private typealias Case = AnthropicMessagesTurns.Case

private func part(_ kind: ContentPart.Kind, extras: JSONObject = [:], cacheControl: JSON? = nil) -> ContentPart {
  var part = ContentPart(kind, cacheControl: cacheControl)
  part.extras = extras
  return part
}

private func text(_ text: String) -> ContentPart { part(.text(text)) }

private func result(_ id: String, _ parts: ContentPart..., isError: Bool = false) -> ContentPart {
  part(.toolResult(ToolResult(callID: id, content: parts, isError: isError)))
}

/// The only turn, of these blocks.
private func user(_ blocks: String) -> String { #"{"role":"user","content":[\#(blocks)]}"# }
private let u = #"{"role":"user","content":"u"}"#
private let ephemeral: JSON = ["type": "ephemeral"]

private let systems: [Case] = [
  Case(
    name: "one system text", messages: [Message(.system, "s"), Message(.user, "u")], system: #""system":"s","#,
    written: u),
  Case(
    name: "several", messages: [Message(.system, "s"), Message(.developer, "d"), Message(.user, "u")],
    system: #""system":[{"type":"text","text":"s"},{"type":"text","text":"d"}],"#, written: u),
  Case(
    name: "one with a cache breakpoint",
    messages: [Message(.system, [part(.text("s"), cacheControl: ephemeral)]), Message(.user, "u")],
    system: #""system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"#, written: u),
  Case(
    name: "in the middle",
    messages: [Message(.system, "s"), Message(.user, "u"), Message(.system, "t"), Message(.assistant, "a")],
    system: #""system":[{"type":"text","text":"s"},{"type":"text","text":"t"}],"#,
    written: u + #",{"role":"assistant","content":"a"}"#, changes: ["converted messages[2]"]),
  Case(
    name: "between turns of one role", messages: [Message(.user, "u"), Message(.developer, "d"), Message(.user, "v")],
    system: #""system":"d","#, written: user(#"{"type":"text","text":"u"},{"type":"text","text":"v"}"#),
    changes: ["converted messages[1]"]),
]

private let turns: [Case] = [
  Case(name: "no turns", messages: [], written: ""),
  Case(
    name: "turns of one role",
    messages: [
      Message(.user, "a"), Message(.user, [text("b"), text("c")]), Message(.assistant, "d"), Message(.assistant, "e"),
    ],
    written: user(#"{"type":"text","text":"a"},{"type":"text","text":"b"},{"type":"text","text":"c"}"#)
      + #",{"role":"assistant","content":[{"type":"text","text":"d"},{"type":"text","text":"e"}]}"#),
  Case(
    name: "an empty text", messages: [Message(.user, [text(""), text("u")])], written: u,
    changes: ["dropped messages[0].content[0]"]),
  Case(
    name: "a turn of which nothing is left",
    messages: [Message(.user, "u"), Message(.assistant, ""), Message(.user, "v")],
    written: u + #",{"role":"user","content":"v"}"#, changes: ["dropped messages[1].content[0]"]),
  Case(
    name: "a name and extras", messages: [named(Message(.user, "u"))], written: u,
    changes: ["dropped messages[0].name", "dropped messages[0].weight"]),
  Case(
    name: "a cache breakpoint and extras of a part",
    messages: [Message(.user, [part(.text("u"), extras: ["citations": []], cacheControl: ephemeral)])],
    written: user(#"{"type":"text","text":"u","cache_control":{"type":"ephemeral"},"citations":[]}"#)),
  Case(
    name: "an unknown part goes as it came",
    messages: [Message(.user, [part(.other(type: "x", ["type": "x", "n": .number(JSONNumber(text: "1.0"))]))])],
    written: user(#"{"type":"x","n":1.0}"#)),
  Case(
    name: "an unknown part that is no object", messages: [Message(.user, [part(.other(type: "x", [1])), text("u")])],
    written: u, changes: ["dropped messages[0].content[0]"]),
]

private func named(_ message: Message) -> Message {
  var message = message
  message.name = "ann"
  message.extras = ["weight": 0]
  return message
}

private let media: [Case] = [
  Case(
    name: "an image by its bytes",
    messages: [Message(.user, [part(.image(Media(.base64("AAAA"), mediaType: "image/webp")))])],
    written: user(#"{"type":"image","source":{"type":"base64","media_type":"image/webp","data":"AAAA"}}"#)),
  Case(
    name: "an image of unknown type",
    messages: [Message(.user, [part(.image(Media(.base64("AAAA"), mediaType: nil)))])],
    written: user(#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}"#)),
  Case(
    name: "an image by address",
    messages: [Message(.user, [part(.image(Media(.url("https://i"), mediaType: nil)), cacheControl: ephemeral)])],
    written: user(#"{"type":"image","source":{"type":"url","url":"https://i"},"cache_control":{"type":"ephemeral"}}"#)),
  Case(
    name: "an image by file id", messages: [Message(.user, [part(.image(Media(.fileID("f1"), mediaType: nil)))])],
    written: user(#"{"type":"image","source":{"type":"file","file_id":"f1"}}"#)),
  Case(
    name: "an image's detail",
    messages: [Message(.user, [part(.image(Media(.url("https://i"), mediaType: nil, detail: "low")))])],
    written: user(#"{"type":"image","source":{"type":"url","url":"https://i"}}"#),
    changes: ["dropped messages[0].content[0].detail"]),
  Case(
    name: "an image that is text",
    messages: [Message(.user, [part(.image(Media(.text("t"), mediaType: nil))), text("u")])],
    written: u, changes: ["dropped messages[0].content[0]"]),
  Case(
    name: "a document by its bytes",
    messages: [Message(.user, [part(.document(Media(.base64("BB"), mediaType: nil, name: "a.pdf")))])],
    written: user(
      #"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"BB"},"title":"a.pdf"}"#)),
  Case(
    name: "a document by address",
    messages: [Message(.user, [part(.document(Media(.url("https://d"), mediaType: nil)))])],
    written: user(#"{"type":"document","source":{"type":"url","url":"https://d"}}"#)),
  Case(
    name: "a document by file id", messages: [Message(.user, [part(.document(Media(.fileID("f"), mediaType: nil)))])],
    written: user(#"{"type":"document","source":{"type":"file","file_id":"f"}}"#)),
  Case(
    name: "a document of plain text",
    messages: [Message(.user, [part(.document(Media(.text("t"), mediaType: "text/markdown", name: "a.md")))])],
    written: user(
      #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"t"},"title":"a.md"}"#)),
  Case(
    name: "a sound",
    messages: [Message(.user, [part(.audio(Media(.base64("CC"), mediaType: "audio/wav"))), text("u")])],
    written: u, changes: ["dropped messages[0].content[0]"]),
]

private func assistant(_ blocks: String) -> String { #"{"role":"assistant","content":[\#(blocks)]}"# }

private func call(_ arguments: String, atProvider: Bool = false) -> ContentPart {
  part(.toolCall(ToolCall(id: "c1", name: "f", arguments: arguments, runsAtProvider: atProvider)))
}

private let assistants: [Case] = [
  Case(
    name: "signed thinking goes back as it came",
    messages: [Message(.assistant, [part(.reasoning(ReasoningBlock(text: "r", signature: "s"))), text("t")])],
    written: assistant(#"{"type":"thinking","thinking":"r","signature":"s"},{"type":"text","text":"t"}"#)),
  Case(
    name: "thinking of which only the signature was shown",
    messages: [Message(.assistant, [part(.reasoning(ReasoningBlock(text: "", signature: "s"))), text("t")])],
    written: assistant(#"{"type":"thinking","thinking":"","signature":"s"},{"type":"text","text":"t"}"#)),
  Case(
    name: "encrypted thinking goes back",
    messages: [Message(.assistant, [part(.reasoning(ReasoningBlock(text: "", encrypted: "e"))), text("t")])],
    written: assistant(#"{"type":"redacted_thinking","data":"e"},{"type":"text","text":"t"}"#)),
  Case(
    name: "another's thinking does not",
    messages: [Message(.assistant, [part(.reasoning(ReasoningBlock(text: "r"))), text("t")])],
    written: #"{"role":"assistant","content":"t"}"#, changes: ["dropped messages[0].content[0]"]),
  Case(
    name: "calls keep their numbers", messages: [Message(.assistant, [text("t"), call(#"{"a": 1.50, "b":[]}"#)])],
    written: assistant(
      #"{"type":"text","text":"t"},{"type":"tool_use","id":"c1","name":"f","input":{"a":1.50,"b":[]}}"#)),
  Case(
    name: "a call at the provider", messages: [Message(.assistant, [call("{}", atProvider: true)])],
    written: assistant(#"{"type":"server_tool_use","id":"c1","name":"f","input":{}}"#)),
  Case(
    name: "arguments that are no object", messages: [Message(.assistant, [call("[1]")])],
    written: assistant(#"{"type":"tool_use","id":"c1","name":"f","input":{"arguments":"[1]"}}"#),
    changes: ["converted messages[0].content[0].arguments"]),
  Case(
    name: "arguments that are no JSON", messages: [Message(.assistant, [call(#"{"a":"#)])],
    written: assistant(#"{"type":"tool_use","id":"c1","name":"f","input":{"arguments":"{\"a\":"}}"#),
    changes: ["converted messages[0].content[0].arguments"]),
  Case(
    name: "a refusal", messages: [Message(.assistant, [part(.refusal("no"))])],
    written: #"{"role":"assistant","content":"no"}"#, changes: ["converted messages[0].content[0]"]),
]

private let results: [Case] = [
  Case(
    name: "results stand first in their turn",
    messages: [
      Message(.user, [text("go on"), result("c1", text("one"))]), Message(.tool, [result("c2")]), Message(.user, "now"),
    ],
    written: user(
      #"{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"one"}]},"#
        + #"{"type":"tool_result","tool_use_id":"c2"},{"type":"text","text":"go on"},{"type":"text","text":"now"}"#)),
  Case(
    name: "a failed tool", messages: [Message(.tool, [result("c1", text("bad"), isError: true)])],
    written: user(
      #"{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"bad"}],"is_error":true}"#)),
  Case(
    name: "an image a tool gave",
    messages: [Message(.tool, [result("c1", part(.image(Media(.url("https://i"), mediaType: nil))))])],
    written: user(
      #"{"type":"tool_result","tool_use_id":"c1","content":[{"type":"image","source":{"type":"url","url":"https://i"}}]}"#
    )),
  Case(
    name: "what has no place in a result",
    messages: [
      Message(.tool, [result("c1", result("c2", text("x")), text(""), part(.audio(Media(.url("s"), mediaType: nil))))])
    ],
    written: user(#"{"type":"tool_result","tool_use_id":"c1"}"#),
    changes: [
      "dropped messages[0].content[0].content[0]", "dropped messages[0].content[0].content[1]",
      "dropped messages[0].content[0].content[2]",
    ]),
]
