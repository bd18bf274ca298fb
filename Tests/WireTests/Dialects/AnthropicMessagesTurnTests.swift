// Conversations: system messages stand apart, turns alternate, and each part becomes a block or is reported.

import Testing

@testable import Wire

struct AnthropicMessagesTurns {
  @Test func `system messages are lifted out, as a text or as blocks`() throws {
    #expect(try encode([Message(.system, "s"), Message(.user, "u")]).body["system"] == "s")
    var cached = ContentPart(.text("s"))
    cached.cacheControl = ["type": "ephemeral", "ttl": "1h"]
    let blocks = try encode([Message(.system, [cached]), Message(.developer, "d"), Message(.user, "u")])
    #expect(
      blocks.body["system"]
        == [
          ["type": "text", "text": "s", "cache_control": ["type": "ephemeral", "ttl": "1h"]],
          ["type": "text", "text": "d"],
        ])
    #expect(blocks.messages == #"[{"role":"user","content":"u"}]"#)
    #expect(blocks.said == [])
  }

  @Test func `a system message in the middle is lifted out too, and said`() throws {
    let encoded = try encode([Message(.user, "u"), Message(.system, "s"), Message(.user, "v")])
    #expect(encoded.body["system"] == "s")
    #expect(
      encoded.messages == #"[{"role":"user","content":[{"type":"text","text":"u"},{"type":"text","text":"v"}]}]"#)
    #expect(encoded.said == ["converted messages[1]"])
  }

  @Test func `a picture in a system message is dropped and said`() throws {
    let picture = ContentPart(.image(Media(.url("https://i"), mediaType: nil)))
    let encoded = try encode([Message(.system, [picture, ContentPart(.text("s"))]), Message(.user, "u")])
    #expect(encoded.body["system"] == "s")
    #expect(encoded.said == ["dropped messages[0]"])
  }

  @Test func `turns of one role become one, results first`() throws {
    let encoded = try encode([
      Message(.user, "a"), Message(.assistant, [call("c1", "f"), call("c2", "g")]),
      Message(.tool, [result("c1", "one")]), Message(.tool, [result("c2", "two")]), Message(.user, "b"),
    ])
    #expect(
      encoded.messages
        == #"[{"role":"user","content":"a"},{"role":"assistant","content":["#
        + #"{"type":"tool_use","id":"c1","name":"f","input":{}},{"type":"tool_use","id":"c2","name":"g","input":{}}]},"#
        + #"{"role":"user","content":["#
        + #"{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"one"}]},"#
        + #"{"type":"tool_result","tool_use_id":"c2","content":[{"type":"text","text":"two"}]},"#
        + #"{"type":"text","text":"b"}]}]"#)
    #expect(encoded.said == [])
  }

  @Test func `text before a result in its turn comes after it`() throws {
    let encoded = try encode([Message(.user, [ContentPart(.text("t")), result("c", "r")])])
    #expect(
      encoded.body["messages"]?.array?.first?["content"]?.array?.compactMap { $0["type"]?.string }
        == ["tool_result", "text"])
  }

  @Test func `a turn of which nothing is left does not part its neighbours`() throws {
    let unsigned = ContentPart(.reasoning(ReasoningBlock(text: "t")))
    let encoded = try encode([Message(.user, "a"), Message(.assistant, [unsigned]), Message(.user, "b")])
    #expect(encoded.body["messages"]?.array?.count == 1)
    #expect(encoded.said == ["dropped messages[1].content[0]"])
  }

  @Test func `names and unknown members are dropped and said`() throws {
    var message = Message(.user, [ContentPart(.text("a"))], name: "Ada")
    message.extras = ["weight": 1]
    #expect(try encode([message]).said == ["dropped messages[0].name", "dropped messages[0].weight"])
  }

  @Test func `an answer that was begun ends without a blank`() throws {
    let encoded = try encode([Message(.user, "a"), Message(.assistant, "{ \"x\": \n")])
    #expect(encoded.messages == #"[{"role":"user","content":"a"},{"role":"assistant","content":"{ \"x\":"}]"#)
    #expect(encoded.said == ["converted messages[1]"])
    #expect(try encode([Message(.assistant, "a "), Message(.user, "b ")]).said == [])
  }

  @Test func `a model that goes on with no answer is given none, except a paused turn`() throws {
    var traits = ModelTraits()
    traits.refuses = ["prefill"]
    let begun = try encode([Message(.user, "a"), Message(.assistant, "b")], traits)
    #expect(begun.messages == #"[{"role":"user","content":"a"}]"#)
    #expect(begun.said == ["dropped messages[1]"])
    let search = ContentPart(.toolCall(ToolCall(id: "s", name: "w", arguments: "{}", kind: .atProvider)))
    let paused = try encode([Message(.user, "a"), Message(.assistant, [search, ContentPart(.text("b"))])], traits)
    #expect(paused.body["messages"]?.array?.count == 2)
    #expect(paused.said == [])
  }
}

struct AnthropicMessagesBlocks {
  @Test(
    arguments: [
      (
        Media(.base64("AAAA"), mediaType: "image/jpeg"),
        #"{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"AAAA"}}"#
      ),
      (Media(.url("https://i"), mediaType: nil), #"{"type":"image","source":{"type":"url","url":"https://i"}}"#),
      (
        Media(.url("data:image/webp;base64,AAAA"), mediaType: nil),
        #"{"type":"image","source":{"type":"base64","media_type":"image/webp","data":"AAAA"}}"#
      ),
      (Media(.fileID("f"), mediaType: nil), #"{"type":"image","source":{"type":"file","file_id":"f"}}"#),
    ])
  func `a picture`(_ media: Media, _ block: String) throws {
    let encoded = try encode([Message(.user, [ContentPart(.image(media))])])
    #expect(encoded.messages == #"[{"role":"user","content":[\#(block)]}]"#)
    #expect(encoded.said == [])
  }

  @Test(
    arguments: [
      (
        Media(.base64("AAAA"), mediaType: "application/pdf", name: "n"),
        #"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"},"title":"n"}"#
      ),
      (Media(.url("https://d"), mediaType: nil), #"{"type":"document","source":{"type":"url","url":"https://d"}}"#),
      (Media(.fileID("f"), mediaType: nil), #"{"type":"document","source":{"type":"file","file_id":"f"}}"#),
      (
        Media(.text("t"), mediaType: nil),
        #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"t"}}"#
      ),
    ])
  func `a document`(_ media: Media, _ block: String) throws {
    let encoded = try encode([Message(.user, [ContentPart(.document(media))])])
    #expect(encoded.messages == #"[{"role":"user","content":[\#(block)]}]"#)
    #expect(encoded.said == [])
  }

  @Test(arguments: [
    (ContentPart.Kind.audio(Media(.base64("AA"), mediaType: "audio/wav")), "dropped messages[0].content[0]"),
    (.text(""), "dropped messages[0].content[0]"), (.text(" \n\t"), "dropped messages[0].content[0]"),
    (.image(Media(.text("t"), mediaType: nil)), "dropped messages[0].content[0]"),
    (.other(type: "x", "no object"), "dropped messages[0].content[0]"),
    (.other(type: "glyph_delta", ["type": "glyph_delta"]), "dropped messages[0].content[0]"),
  ])
  func `what has no block is dropped and said`(_ kind: ContentPart.Kind, _ said: String) throws {
    let encoded = try encode([Message(.user, [ContentPart(kind), ContentPart(.text("x"))])])
    #expect(encoded.messages == #"[{"role":"user","content":"x"}]"#)
    #expect(encoded.said == [said])
  }

  @Test func `detail is dropped, a refusal is text`() throws {
    let encoded = try encode([
      Message(.user, [ContentPart(.image(Media(.url("https://i"), mediaType: nil, detail: "high")))]),
      Message(.assistant, [ContentPart(.refusal("no"))]), Message(.user, "u"),
    ])
    #expect(encoded.said == ["dropped messages[0].content[0].detail", "converted messages[1].content[0]"])
    #expect(encoded.messages.contains(#"{"role":"assistant","content":"no"}"#))
  }

  @Test func `thinking goes back with its proof, and without cache marks`() throws {
    var signed = ContentPart(.reasoning(ReasoningBlock(text: "t", signature: Seal("s", of: .anthropic))))
    signed.cacheControl = ["type": "ephemeral"]
    let parts = [
      signed, ContentPart(.reasoning(ReasoningBlock(text: "", encrypted: Seal("e", of: .anthropic)))),
      ContentPart(.reasoning(ReasoningBlock(text: "unproved"))), ContentPart(.text("x")),
    ]
    let encoded = try encode([Message(.assistant, parts), Message(.user, "u")])
    #expect(
      encoded.messages.contains(
        #"[{"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"e"},"#
          + #"{"type":"text","text":"x"}]"#))
    #expect(
      encoded.said == ["dropped messages[0].content[0].cache_control", "dropped messages[0].content[2]"])
  }

  @Test func `cache marks stay where they are`() throws {
    var text = ContentPart(.text("x"))
    text.cacheControl = ["type": "ephemeral"]
    #expect(
      try encode([Message(.user, [text])]).messages
        == #"[{"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]}]"#)
  }

  @Test func `ids are made fit, the same for a call and its result`() throws {
    let encoded = try encode([
      Message(.assistant, [call("call:1/é", "f")]), Message(.tool, [result("call:1/é", "r")]),
    ])
    let ids = encoded.body["messages"]?.array?.compactMap { message in
      let block = message["content"]?.array?.first
      return (block?["id"] ?? block?["tool_use_id"])?.string
    }
    #expect(ids == ["call_1___", "call_1___"])
    #expect(encoded.said == ["converted messages[0].content[0].id"])
  }

  @Test(arguments: [("not json", #"{"arguments":"not json"}"#), ("[1]", #"{"arguments":"[1]"}"#)])
  func `arguments that are no object are wrapped and said`(_ arguments: String, _ input: String) throws {
    let part = ContentPart(.toolCall(ToolCall(id: "c", name: "f", arguments: arguments)))
    let encoded = try encode([Message(.assistant, [part]), Message(.user, "u")])
    #expect(encoded.messages.contains(#""input":\#(input)"#))
    #expect(encoded.said == ["converted messages[0].content[0].arguments"])
  }

  @Test func `a result may fail, be empty, or show pictures`() throws {
    let picture = ContentPart(.image(Media(.base64("AA"), mediaType: "image/png")))
    let results = [
      ContentPart(.toolResult(ToolResult(callID: "a", content: [], isError: true))),
      ContentPart(.toolResult(ToolResult(callID: "b", content: [picture]))),
    ]
    #expect(
      try encode([Message(.tool, results)]).messages
        == #"[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":true},"#
        + #"{"type":"tool_result","tool_use_id":"b","content":["#
        + #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}}]}]}]"#)
  }

  @Test func `an answer goes back as it came, citations and provider's tools included`() throws {
    let content =
      #"[{"type":"thinking","thinking":"t","signature":"s"},"#
      + #"{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"q"}},"#
      + #"{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result"}]},"#
      + #"{"type":"text","text":"x","citations":[{"type":"web_search_result_location","cited_text":"c"}]}]"#
    let reply = try AnthropicMessages.decodeReply(Array(#"{"content":\#(content)}"#.utf8), quirks: Quirks())
    let encoded = try encode([Message(.user, "q"), Message(.assistant, reply.content), Message(.user, "u")])
    #expect(encoded.messages.contains(#"{"role":"assistant","content":\#(content)}"#))
    #expect(encoded.said == [])
  }

  @Test func `citations of a stream go back with the text before them`() throws {
    var builder = ChatReplyBuilder()
    for event in [.text("x"), .partExtras(["citations": [["type": "char_location"]]])] as [ChatEvent] {
      try builder.add(event)
    }
    let encoded = try encode([Message(.assistant, builder.reply.content), Message(.user, "u")])
    #expect(encoded.messages.contains(#"[{"type":"text","text":"x","citations":[{"type":"char_location"}]}]"#))
    #expect(encoded.said == [])
  }
}

private func call(_ id: String, _ name: String) -> ContentPart {
  ContentPart(.toolCall(ToolCall(id: id, name: name, arguments: "{}")))
}

private func result(_ id: String, _ text: String) -> ContentPart {
  ContentPart(.toolResult(ToolResult(callID: id, content: [ContentPart(.text(text))])))
}

private func encode(_ messages: [Message], _ traits: ModelTraits = ModelTraits()) throws -> EncodedMessages {
  var request = ChatRequest(model: "m", messages: messages)
  request.maxOutputTokens = 9
  return try encodeMessages(request, traits)
}

extension EncodedMessages {
  fileprivate var messages: String { body["messages"]?.text ?? "" }
}
