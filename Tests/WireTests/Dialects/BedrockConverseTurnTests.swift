// The conversation: each part has its block, and what has none is reported.

import Testing

@testable import Wire

struct BedrockConverseTurns {
  @Test(
    arguments: [
      (.text("a"), #"{"text":"a"}"#, []), (.text(" \n"), nil, ["dropped"]),
      (.refusal("no"), #"{"text":"no"}"#, ["converted"]),
      (
        .image(Media(.base64("AA=="), mediaType: "image/jpg")),
        #"{"image":{"format":"jpeg","source":{"bytes":"AA=="}}}"#, []
      ),
      (
        .image(Media(.url("data:image/webp;base64,AA=="), mediaType: nil)),
        #"{"image":{"format":"webp","source":{"bytes":"AA=="}}}"#, []
      ),
      (
        .image(Media(.url("s3://b/k.JPG"), mediaType: nil)),
        #"{"image":{"format":"jpeg","source":{"s3Location":{"uri":"s3://b/k.JPG"}}}}"#, []
      ),
      (.image(Media(.url("https://h/x.png"), mediaType: nil)), nil, ["dropped"]),
      (.image(Media(.fileID("f"), mediaType: "image/png")), nil, ["dropped"]),
      (.image(Media(.base64("AA=="), mediaType: "image/tiff")), nil, ["dropped"]),
      (
        .document(Media(.base64("AA=="), mediaType: "application/pdf", name: "a report.v2 (new)")),
        #"{"document":{"format":"pdf","name":"a report-v2 (new)","source":{"bytes":"AA=="}}}"#, ["converted"]
      ),
      (
        .document(Media(.text("hi"), mediaType: nil)),
        #"{"document":{"format":"txt","name":"Document 1","source":{"bytes":"aGk="}}}"#, ["added"]
      ),
      (.document(Media(.url("https://h/x.pdf"), mediaType: nil)), nil, ["dropped"]),
      (
        .audio(Media(.base64("AA=="), mediaType: "audio/mpeg")),
        #"{"audio":{"format":"mp3","source":{"bytes":"AA=="}}}"#, []
      ),
      (
        .reasoning(ReasoningBlock(text: "t", signature: Seal("s", of: .anthropic))),
        #"{"reasoningContent":{"reasoningText":{"text":"t","signature":"s"}}}"#, []
      ),
      (
        .reasoning(ReasoningBlock(text: "", encrypted: Seal("hi", of: nil))),
        #"{"reasoningContent":{"redactedContent":"aGk="}}"#, []
      ),
      (.reasoning(ReasoningBlock(text: "t")), nil, ["dropped"]),
      (.reasoning(ReasoningBlock(text: "t", signature: Seal("s", of: .gemini))), nil, ["dropped"]),
      (
        .toolCall(ToolCall(id: "functions.f:0", name: "f", arguments: #"{"a": 1.0}"#)),
        #"{"toolUse":{"toolUseId":"functions.f:0","name":"f","input":{"a":1.0}}}"#, []
      ),
      (
        .toolCall(ToolCall(id: "a b", name: "f", arguments: "[1]", kind: .atProvider)),
        #"{"toolUse":{"toolUseId":"a_b","name":"f","input":{"arguments":"[1]"},"type":"server_tool_use"}}"#,
        ["converted", "converted"]
      ),
      (
        .toolResult(
          ToolResult(
            callID: "a b",
            content: [
              ContentPart(.text("x"), cacheControl: ["type": "ephemeral"]),
              ContentPart(.image(Media(.base64("AA=="), mediaType: "image/gif"))),
              ContentPart(.audio(Media(.base64("AA=="), mediaType: "audio/wav"))),
            ], isError: true)),
        #"{"toolResult":{"toolUseId":"a_b","content":[{"text":"x"},"#
          + #"{"image":{"format":"gif","source":{"bytes":"AA=="}}}],"status":"error"}}"#, ["dropped", "dropped"]
      ),
      (
        .toolResult(ToolResult(callID: "a", content: [])), #"{"toolResult":{"toolUseId":"a","content":[]}}"#, []
      ),
      (.other(type: "guardContent", ["guardContent": ["x": 1]]), #"{"guardContent":{"x":1}}"#, []),
      (.other(type: "citationsContent", ["citationsContent": [:]]), nil, ["dropped"]),
      (.other(type: "video", ["type": "video"]), nil, ["dropped"]),
    ] as [(ContentPart.Kind, String?, [String])])
  func `a part is a block`(_ kind: ContentPart.Kind, _ block: String?, _ said: [String]) throws {
    let encoded = try turns([Message(.user, [ContentPart(kind)])])
    #expect(encoded.body["messages"]?.array?.first?["content"]?.array?.first?.text == block)
    #expect(encoded.changes.map(\.what.rawValue) == said)
  }

  @Test func `a breakpoint is a block of its own`() throws {
    let mark: JSON = ["type": "ephemeral"]
    var thought = ContentPart(.reasoning(ReasoningBlock(text: "t", signature: Seal("s", of: .anthropic))))
    thought.cacheControl = mark
    let encoded = try turns([
      Message(.system, [ContentPart(.text("s"), cacheControl: mark)]),
      Message(.user, [ContentPart(.text("u"), cacheControl: ["type": "ephemeral", "ttl": "5m"])]),
      Message(.assistant, [thought, ContentPart(.text("a"))]),
    ])
    #expect(encoded.body["system"]?.text == #"[{"text":"s"},{"cachePoint":{"type":"default"}}]"#)
    #expect(
      encoded.body["messages"]?.array?.first?["content"]?.text
        == #"[{"text":"u"},{"cachePoint":{"type":"default","ttl":"5m"}}]"#)
    #expect(encoded.said == ["dropped messages[2].content[0].cache_control"])
  }

  @Test func `a model without a prompt cache gets no breakpoints`() throws {
    var traits = ModelTraits()
    traits.capabilities = ["tools"]
    let encoded = try turns([Message(.user, [ContentPart(.text("u"), cacheControl: ["type": "ephemeral"])])], traits)
    #expect(encoded.text == #"{"messages":[{"role":"user","content":[{"text":"u"}]}]}"#)
    #expect(encoded.said == ["dropped messages[0].content[0].cache_control"])
  }

  @Test func `turns of one role become one, results first, system messages apart`() throws {
    var named = Message(.tool, [ContentPart(.toolResult(ToolResult(callID: "1", content: [])))], name: "f")
    named.extras = ["x": 1]
    let encoded = try turns([
      Message(.system, "s"), Message(.user, "a"), Message(.user, "b"), Message(.assistant, "c"),
      Message(.assistant, " "), Message(.user, "d"), named, Message(.developer, "late"),
      Message(.system, [ContentPart(.image(Media(.base64("AA=="), mediaType: "image/png")))]),
    ])
    #expect(
      encoded.text
        == #"{"messages":[{"role":"user","content":[{"text":"a"},{"text":"b"}]},"#
        + #"{"role":"assistant","content":[{"text":"c"}]},"#
        + #"{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[]}},{"text":"d"}]}],"#
        + #""system":[{"text":"s"},{"text":"late"}]}"#)
    #expect(
      encoded.said.sorted() == [
        "converted messages[7]", "converted messages[8]", "dropped messages[4].content[0]", "dropped messages[6].name",
        "dropped messages[6].x", "dropped messages[8]",
      ])
  }

  @Test func `results that a provider's own tool gave stay where they are`() throws {
    let result = ContentPart(.other(type: "toolResult", ["toolResult": ["toolUseId": "1"]]))
    let encoded = try turns([Message(.assistant, [ContentPart(.text("a")), result, ContentPart(.text("b"))])])
    #expect(
      encoded.body["messages"]?.array?.first?["content"]?.text
        == #"[{"text":"a"},{"toolResult":{"toolUseId":"1"}},{"text":"b"}]"#)
  }

  @Test func `an answer that was begun`() throws {
    let begun = [Message(.user, "u"), Message(.assistant, "Once \n")]
    let encoded = try turns(begun)
    #expect(encoded.body["messages"]?.array?.last?["content"] == [["text": "Once"]])
    #expect(encoded.said == ["converted messages[1]"])
    var traits = ModelTraits()
    traits.refuses = ["prefill"]
    let refused = try turns(begun, traits)
    #expect(refused.body["messages"]?.array?.count == 1)
    #expect(refused.said == ["dropped messages[1]"])
  }

  @Test func `seals, extras and details without a place are reported`() throws {
    var part = ContentPart(.image(Media(.base64("AA=="), mediaType: "image/png")))
    part.signature = Seal("s", of: .gemini)
    part.extras = ["x": 1]
    if case .image(var media) = part.kind {
      media.detail = "low"
      part.kind = .image(media)
    }
    #expect(
      try turns([Message(.user, [part])]).said.sorted() == [
        "dropped messages[0].content[0].detail", "dropped messages[0].content[0].signature",
        "dropped messages[0].content[0].x",
      ])
  }

  @Test func `no two documents have one name`() throws {
    let document = ContentPart(.document(Media(.base64("AA=="), mediaType: "application/pdf", name: "a")))
    let encoded = try turns([Message(.user, [document, document])])
    let names = encoded.body["messages"]?.array?.first?["content"]?.array?.map { $0["document"]?["name"]?.string }
    #expect(names == ["a", "a (2)"])
    #expect(encoded.said == ["converted messages[0].content[1].name"])
  }

  @Test func `a long id is cut the same way in a call and its result`() throws {
    let id = String(repeating: "p", count: 60) + "0123456789"
    let encoded = try turns([
      Message(.assistant, [ContentPart(.toolCall(ToolCall(id: id, name: "f", arguments: "{}")))]),
      Message(.tool, [ContentPart(.toolResult(ToolResult(callID: id, content: [])))]),
    ])
    let messages = encoded.body["messages"]?.array ?? []
    let called = messages.first?["content"]?.array?.first?["toolUse"]?["toolUseId"]?.string
    #expect(called?.utf8.count == 64 && called?.hasSuffix("0123456789") == true)
    #expect(messages.last?["content"]?.array?.first?["toolResult"]?["toolUseId"]?.string == called)
  }

  private func turns(_ messages: [Message], _ traits: ModelTraits = ModelTraits()) throws -> EncodedMessages {
    var request = ChatRequest(model: "m", messages: messages)
    request.tools = [Tool(name: "f")]
    var encoded = try converse(request, traits)
    guard var object = encoded.body.object else { return encoded }
    object["toolConfig"] = nil
    encoded.text = JSON.object(object).text
    return encoded
  }
}
