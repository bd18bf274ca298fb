// Conversations: instructions stand apart, turns of one role become one, and each part finds its place or is reported.

import Testing

@testable import Wire

struct GeminiContentTurns {
  @Test func `system messages stand apart, in the middle of a conversation too`() throws {
    let encoded = try encode([
      Message(.system, "s"), Message(.user, "u"), Message(.developer, "d"), Message(.user, "v"),
    ])
    #expect(encoded.body["systemInstruction"]?.text == #"{"parts":[{"text":"s"},{"text":"d"}]}"#)
    #expect(encoded.contents == #"[{"role":"user","parts":[{"text":"u"},{"text":"v"}]}]"#)
    #expect(encoded.said == ["converted messages[2]"])
  }

  @Test func `instructions alone are said by the user`() throws {
    let encoded = try encode([Message(.system, "s")])
    #expect(encoded.text == #"{"contents":[{"role":"user","parts":[{"text":"s"}]}]}"#)
    #expect(encoded.said == ["converted messages[0]"])
  }

  @Test func `a model that takes no instructions is told them by the user`() throws {
    var traits = ModelTraits()
    traits.refuses = ["system"]
    let encoded = try encode([Message(.system, "s"), Message(.user, "u")], traits)
    #expect(encoded.text == #"{"contents":[{"role":"user","parts":[{"text":"s"},{"text":"u"}]}]}"#)
    #expect(encoded.said == ["converted messages[0]"])
  }

  @Test func `a picture in a system message is dropped and said, a name too`() throws {
    let picture = ContentPart(.image(Media(.url("https://i"), mediaType: nil)))
    let encoded = try encode([Message(.system, [picture]), Message(.user, [ContentPart(.text("u"))], name: "Ada")])
    #expect(encoded.text == #"{"contents":[{"role":"user","parts":[{"text":"u"}]}]}"#)
    #expect(encoded.said == ["dropped messages[0].content[0]", "dropped messages[1].name"])
  }

  @Test func `a message with members of its own stays a turn of its own`() throws {
    var message = Message(.user, "b")
    message.extras = ["x": 1]
    let encoded = try encode([Message(.user, "a"), message, Message(.user, "c")])
    #expect(
      encoded.contents
        == #"[{"role":"user","parts":[{"text":"a"}]},{"role":"user","parts":[{"text":"b"}],"x":1},"#
        + #"{"role":"user","parts":[{"text":"c"}]}]"#)
  }
}

struct GeminiContentCalls {
  @Test func `the results of parallel calls come in one turn and name their tools`() throws {
    let encoded = try encode([
      Message(.user, "q"), Message(.assistant, [call("1", "f"), call("2", "g")]),
      Message(.tool, [result("2", #"{"x":1}"#)]), Message(.tool, [result("1", "plain")]), Message(.user, "go on"),
    ])
    #expect(
      encoded.contents
        == #"[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":["#
        + #"{"functionCall":{"name":"f","args":{},"id":"1"}},{"functionCall":{"name":"g","args":{},"id":"2"}}]},"#
        + #"{"role":"user","parts":[{"functionResponse":{"id":"2","name":"g","response":{"x":1}}},"#
        + #"{"functionResponse":{"id":"1","name":"f","response":{"result":"plain"}}},{"text":"go on"}]}]"#)
    #expect(encoded.said == [])
  }

  @Test(
    arguments: [
      (["{\"a\": 1}"], false, #"{"a":1}"#), (["[1]"], false, #"{"result":"[1]"}"#),
      (["30"], false, #"{"result":"30"}"#),
      ([], false, "{}"), ([], true, #"{"error":""}"#), (["no"], true, #"{"error":"no"}"#),
      (["{\"code\":5}"], true, #"{"error":{"code":5}}"#), (["a", "b"], false, #"{"result":"a\n\nb"}"#),
    ])
  func `a result is an object`(_ texts: [String], _ isError: Bool, _ response: String) throws {
    let content = texts.map { ContentPart(.text($0)) }
    let result = ContentPart(.toolResult(ToolResult(callID: "1", content: content, isError: isError)))
    let encoded = try encode([Message(.assistant, [call("1", "f")]), Message(.tool, [result])])
    let parts = encoded.body["contents"]?.array?.last?["parts"]?.array
    #expect(parts?.first?["functionResponse"]?["response"]?.text == response)
    #expect(encoded.said == (texts.count > 1 ? ["converted messages[1].content[0].content"] : []))
  }

  @Test(arguments: [
    #"{"result":"a"}"#, #"{"result":3}"#, #"{"result":"{\"a\":1}"}"#, #"{"result":"a","b":1}"#, "{}",
    #"{"error":"no"}"#, #"{"error":{"a":1}}"#, #"{"error":5}"#, #"{"output":"x"}"#,
  ])
  func `what a client gave as a result goes on as it was`(_ response: String) throws {
    let read = GeminiContentResult.decode(try JSON.parse(response))
    #expect(
      JSON.object(GeminiContentResult.encode([read.text].compactMap(\.self), isError: read.isError)).text == response)
  }

  @Test func `a result of a call that is not there is named by what is known`() throws {
    let encoded = try encode([Message(.tool, [result("1", "a")]), Message(.tool, [result("2", "b")], name: "g")])
    let parts = encoded.body["contents"]?.array?.first?["parts"]?.array ?? []
    #expect(parts.map { $0["functionResponse"]?["name"] } == ["1", "g"])
    #expect(encoded.said == ["added messages[0].content[0].name", "dropped messages[1].name"])
  }

  @Test func `a picture in a result stands within it, or after it for older models`() throws {
    let picture = ContentPart(.image(Media(.base64("AA=="), mediaType: "image/png")))
    let result = ContentPart(.toolResult(ToolResult(callID: "1", content: [ContentPart(.text("see")), picture])))
    let messages = [Message(.assistant, [call("1", "f")]), Message(.tool, [result])]
    let blob = #"{"inlineData":{"mimeType":"image/png","data":"AA=="}}"#
    let response = #""id":"1","name":"f","response":{"result":"see"}"#
    let encoded = try encode(messages)
    #expect(encoded.contents?.hasSuffix(#"[{"functionResponse":{\#(response),"parts":[\#(blob)]}}]}]"#) == true)
    #expect(encoded.said == [])
    var traits = ModelTraits()
    traits.capabilities = ["tools", "vision"]
    let older = try encode(messages, traits)
    #expect(older.contents?.hasSuffix(#"[{"functionResponse":{\#(response)}},\#(blob)]}]"#) == true)
    #expect(older.said == ["converted messages[1].content[0].content"])
  }

  @Test func `arguments that are no object are told in one`() throws {
    let odd = ContentPart(.toolCall(ToolCall(id: "1", name: "f", arguments: "{broken")))
    let custom = ContentPart(.toolCall(ToolCall(id: "2", name: "c", arguments: "{}", kind: .custom)))
    let theirs = ContentPart(.toolCall(ToolCall(id: "3", name: "w", arguments: "{}", kind: .atProvider)))
    let encoded = try encode([Message(.assistant, [odd, custom, theirs])])
    #expect(
      encoded.contents
        == #"[{"role":"model","parts":[{"functionCall":{"name":"f","args":{"arguments":"{broken"},"id":"1"}},"#
        + #"{"functionCall":{"name":"c","args":{"arguments":"{}"},"id":"2"}}]}]"#)
    #expect(
      encoded.said == [
        "converted messages[0].content[0].arguments", "converted messages[0].content[1].arguments",
        "dropped messages[0].content[2]",
      ])
  }
}

struct GeminiContentProofs {
  @Test func `what the family signed goes back where it was, the rest is dropped and said`() throws {
    var text = ContentPart(.text(""))
    text.signature = Seal("one", of: .gemini)
    var theirs = ContentPart(.text("b"))
    theirs.signature = Seal("two", of: .anthropic)
    let encoded = try encode([
      Message(
        .assistant,
        [
          thought("t", Seal("three", of: .gemini)), thought("u", nil), thought("v", Seal("x", of: .anthropic)),
          text, theirs, call("1", "f", Seal("four", of: nil)),
        ])
    ])
    #expect(
      encoded.contents
        == #"[{"role":"model","parts":[{"text":"t","thought":true,"thoughtSignature":"three"},"#
        + #"{"text":"","thoughtSignature":"one"},{"text":"b"},"#
        + #"{"functionCall":{"name":"f","args":{},"id":"1"},"thoughtSignature":"four"}]}]"#)
    #expect(
      encoded.said == [
        "dropped messages[0].content[1]", "dropped messages[0].content[2]", "dropped messages[0].content[4].signature",
      ])
  }

  @Test func `a model that wants signatures is told of the calls that have none`() throws {
    var traits = ModelTraits()
    traits.capabilities = ["reasoning"]
    let turns = [
      Message(.assistant, [call("1", "f"), call("2", "f")]), Message(.tool, [result("1", "a"), result("2", "b")]),
      Message(.assistant, [call("3", "f", Seal("own", of: .gemini)), call("4", "f")]),
    ]
    let encoded = try encode(turns, traits)
    let signatures = (encoded.body["contents"]?.array ?? []).map { content in
      content["parts"]?.array?.map { $0["thoughtSignature"]?.string }
    }
    #expect(signatures == [["skip_thought_signature_validator", nil], [nil, nil], ["own", nil]])
    #expect(encoded.said == ["added messages[0].content[0].signature"])
    traits.budget = 0...10
    #expect(try encode(turns, traits).said == [])
  }

  @Test func `where a text is from is not sent back`() throws {
    let source = ContentPart(.other(type: "groundingMetadata", ["groundingMetadata": ["x": 1]]))
    let run = ContentPart(.other(type: "executableCode", ["executableCode": ["code": "1"]]))
    let theirs = ContentPart(.other(type: "web_search", ["type": "web_search"]))
    let encoded = try encode([Message(.assistant, [ContentPart(.text("a")), run, source, theirs])])
    #expect(encoded.contents == #"[{"role":"model","parts":[{"text":"a"},{"executableCode":{"code":"1"}}]}]"#)
    #expect(encoded.said == ["dropped messages[0].content[3]"])
  }

  private func thought(_ text: String, _ seal: Seal?) -> ContentPart {
    ContentPart(.reasoning(ReasoningBlock(text: text, signature: seal)))
  }
}

struct GeminiContentMedia {
  @Test(
    arguments: [
      (
        .image(Media(.base64("AA=="), mediaType: "image/webp")),
        #"{"inlineData":{"mimeType":"image/webp","data":"AA=="}}"#, []
      ),
      (
        .audio(Media(.base64("AA=="), mediaType: nil)), #"{"inlineData":{"mimeType":"audio/wav","data":"AA=="}}"#,
        ["added .mimeType"]
      ),
      (
        .image(Media(.url("data:image/png;base64,AA=="), mediaType: nil)),
        #"{"inlineData":{"mimeType":"image/png","data":"AA=="}}"#, []
      ),
      (
        .image(Media(.url("gs://b/i.JPG?x=.png"), mediaType: nil)),
        #"{"fileData":{"mimeType":"image/jpeg","fileUri":"gs://b/i.JPG?x=.png"}}"#, ["added .mimeType"]
      ),
      (.document(Media(.url("https://v/watch"), mediaType: nil)), #"{"fileData":{"fileUri":"https://v/watch"}}"#, []),
      (
        .document(Media(.fileID("files/1"), mediaType: "video/mp4", name: "n")),
        #"{"fileData":{"mimeType":"video/mp4","fileUri":"files/1"}}"#, ["dropped .name"]
      ),
      (
        .image(Media(.base64("AA=="), mediaType: "image/png", detail: "low")),
        #"{"inlineData":{"mimeType":"image/png","data":"AA=="}}"#, ["dropped .detail"]
      ),
      (.document(Media(.text("words"), mediaType: nil)), #"{"text":"words"}"#, ["converted "]),
      (.refusal("no"), #"{"text":"no"}"#, ["converted "]),
      (.other(type: "toolCall", ["toolCall": ["id": "x"]]), #"{"toolCall":{"id":"x"}}"#, []),
    ] as [(ContentPart.Kind, String, [String])])
  func `a part`(_ kind: ContentPart.Kind, _ expected: String, _ said: [String]) throws {
    let encoded = try encode([Message(.user, [ContentPart(kind)])])
    #expect(encoded.contents == #"[{"role":"user","parts":[\#(expected)]}]"#)
    #expect(encoded.said.map { $0.replacing("messages[0].content[0]", with: "") } == said)
  }

  @Test func `members of a part are written back, cache breakpoints are not`() throws {
    var part = ContentPart(.document(Media(.url("u"), mediaType: "video/mp4")), cacheControl: ["type": "ephemeral"])
    part.extras = ["videoMetadata": ["fps": 2], "fileData": ["x": 1]]
    let encoded = try encode([Message(.user, [part])])
    #expect(
      encoded.contents
        == #"[{"role":"user","parts":[{"fileData":{"mimeType":"video/mp4","fileUri":"u","x":1},"#
        + #""videoMetadata":{"fps":2}}]}]"#)
    #expect(encoded.said == ["dropped messages[0].content[0].cache_control"])
  }
}

private func call(_ id: String, _ name: String, _ seal: Seal? = nil) -> ContentPart {
  SampleReply.call(id, name, "{}", sealedBy: seal)
}

private func result(_ id: String, _ text: String) -> ContentPart {
  ContentPart(.toolResult(ToolResult(callID: id, content: [ContentPart(.text(text))])))
}

private func encode(_ messages: [Message], _ traits: ModelTraits = ModelTraits()) throws -> EncodedMessages {
  try encodeGemini(ChatRequest(model: "m", messages: messages), traits)
}

extension EncodedMessages {
  fileprivate var contents: String? { body["contents"]?.text }
}
