// Tools that take text: both of OpenAI's formats have them, each in its own form; no other has.

import Testing
import Wire

struct CustomTools {
  private static let chatTool =
    #"{"type":"custom","custom":{"name":"sum","description":"adds","format":{"type":"grammar","grammar":"#
    + #"{"syntax":"lark","definition":"start: /a/"}}}}"#
  private static let responsesTool =
    #"{"type":"custom","name":"sum","description":"adds","format":{"type":"grammar","syntax":"lark","#
    + #""definition":"start: /a/"}}"#
  private static let chatBody =
    #"{"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":["#
    + #"{"id":"c","type":"custom","custom":{"name":"sum","input":"4 + 4"}}]},{"role":"tool","tool_call_id":"c","#
    + #""content":"8"}],"tools":[\#(chatTool)],"tool_choice":{"type":"custom","custom":{"name":"sum"}}}"#
  private static let responsesBody =
    #"{"model":"m","input":[{"role":"user","content":"q"},{"type":"custom_tool_call","call_id":"c","name":"sum","#
    + #""input":"4 + 4"},{"type":"custom_tool_call_output","call_id":"c","output":"8"}],"#
    + #""tools":[\#(responsesTool)],"tool_choice":{"type":"custom","name":"sum"}}"#

  @Test(arguments: [
    (DialectName.openAIChat, DialectName.openAIResponses, chatBody, responsesTool),
    (.openAIResponses, .openAIChat, responsesBody, chatTool), (.openAIResponses, .azureOpenAI, responsesBody, chatTool),
  ])
  func `tools, choice, calls and results go from one to the other`(
    _ client: DialectName, _ provider: DialectName, _ body: String, _ tool: String
  ) throws {
    let (sent, changes) = try translate(body, client, provider)
    #expect(changes.filter { $0.what != .added } == [])
    #expect(sent["tools"]?.array?.map(\.text) == [tool])
    let isChat = provider.format == .openAIChat
    #expect(
      sent["tool_choice"]
        == (isChat ? ["type": "custom", "custom": ["name": "sum"]] : ["type": "custom", "name": "sum"]))
    #expect(
      sent.text.contains(
        isChat
          ? #"{"id":"c","type":"custom","custom":{"name":"sum","input":"4 + 4"}}"#
          : #"{"type":"custom_tool_call","call_id":"c","name":"sum","input":"4 + 4"}"#))
    #expect(sent.text.contains(isChat ? #""tool_call_id":"c""# : #""custom_tool_call_output","call_id":"c""#))
  }

  @Test(arguments: [
    (#"{"type":"custom","custom":{"name":"a"}}"#, #"{"type":"custom","name":"a"}"#),
    (
      #"{"type":"custom","custom":{"name":"a","format":{"type":"text"}}}"#,
      #"{"type":"custom","name":"a","format":{"type":"text"}}"#
    ),
  ])
  func `a tool without a grammar has the other form, too`(_ chat: String, _ responses: String) throws {
    let there = try translate(
      #"{"model":"m","messages":[],"tools":[\#(chat)]}"#, .openAIChat, .openAIResponses
    ).sent
    #expect(there["tools"]?.array?.map(\.text) == [responses])
    let back = try translate(#"{"model":"m","input":"","tools":[\#(responses)]}"#, .openAIResponses, .openAIChat).sent
    #expect(back["tools"]?.array?.map(\.text) == [chat])
  }

  @Test(arguments: [
    (
      DialectName.openAIChat, DialectName.openAIResponses,
      [
        "tools[0].custom.more", "tools[0].custom.format.more", "tools[0].custom.format.grammar.more",
      ]
    ),
    (.openAIResponses, .openAIChat, ["tools[0].more", "tools[0].format.more"]),
  ])
  func `what only one form has is reported`(
    _ client: DialectName, _ provider: DialectName, _ lost: [String]
  ) throws {
    let isChat = client == .openAIChat
    let grammar = #""syntax":"s","definition":"d","more":1"#
    let tool =
      isChat
      ? #"{"type":"custom","custom":{"name":"a","more":1,"format":{"type":"grammar","more":1,"grammar":{\#(grammar)}}}}"#
      : #"{"type":"custom","name":"a","more":1,"format":{"type":"grammar",\#(grammar)}}"#
    let body = #"{"model":"m","\#(isChat ? "messages" : "input")":[],"tools":[\#(tool)]}"#
    let (_, changes) = try translate(body, client, provider)
    #expect(changes.filter { $0.what == .dropped }.map(\.field) == lost)
  }

  @Test(arguments: [DialectName.anthropicMessages, .gemini, .bedrockConverse, .cohereV2, .ollama])
  func `other formats drop them and say so`(_ provider: DialectName) throws {
    for (client, body) in [(DialectName.openAIChat, Self.chatBody), (.openAIResponses, Self.responsesBody)] {
      let (sent, changes) = try translate(body, client, provider)
      #expect(!sent.text.contains("start: /a/"))
      #expect(changes.contains { $0.field == "tools[0]" && $0.what == .dropped })
      #expect(changes.contains { $0.field.hasSuffix(".arguments") && $0.what == .converted })
    }
  }

  @Test(arguments: [DialectName.openAIChat, .openAIResponses], [DialectName.openAIChat, .openAIResponses])
  func `an answer that calls one is told as such, whole and streamed`(
    _ client: DialectName, _ provider: DialectName
  ) throws {
    var reply = ChatReply()
    let call = ToolCall(id: "c", name: "sum", arguments: "4 + \"4\"", kind: .custom)
    reply.content = [ContentPart(.text("so")), ContentPart(.toolCall(call))]
    reply.finish = Finish(.toolCalls, word: "tool_calls")
    let (client, provider) = (try #require(client.served), try #require(provider.served))
    let whole = try provider.decodeReply(provider.encodeReply(reply, under: .sample).body, quirks: Quirks())
    #expect(
      try client.decodeReply(client.encodeReply(whole, under: .sample).body, quirks: Quirks()).toolCalls == [call])
    let stream = provider.stream(reply.events, oneByOne: true, under: .sample).bytes
    let told = client.stream(try provider.events(of: [stream]), oneByOne: true, under: .sample).bytes
    #expect(try ChatReply(telling: client.events(of: [told])).toolCalls == [call])
  }
  @Test(arguments: [
    (#""type":"function","function":{"name":"a","arguments":"{}"},"custom":{"name":"","input":""}"#, false),
    (#""type":"function","custom":{"name":"","input":""},"function":{"name":"a","arguments":"{}"}"#, false),
    (#""custom":{"name":"","input":""},"function":{"name":"a","arguments":"{}"}"#, false),
    (#""type":"custom","function":null,"custom":{"name":"a","input":"{}"}"#, true),
    (#""custom":{"name":"a","input":"{}"}"#, true),
  ])
  func `a call is of the kind its type says, whatever is written beside it`(_ members: String, _ isCustom: Bool) throws
  {
    let call = ToolCall(id: "c", name: "a", arguments: "{}", kind: isCustom ? .custom : .function)
    let calls = #"{"tool_calls":[{"index":0,"id":"c",\#(members)}]}"#
    let dialect = try #require(DialectName.openAIChat.served)
    let whole = #"{"choices":[{"index":0,"message":\#(calls),"finish_reason":"tool_calls"}]}"#
    #expect(try dialect.decodeReply(Array(whole.utf8), quirks: Quirks()).toolCalls == [call])
    let stream = "data: {\"choices\":[{\"index\":0,\"delta\":\(calls)}]}\n\ndata: [DONE]\n\n"
    #expect(try ChatReply(telling: dialect.events(of: [Array(stream.utf8)])).toolCalls == [call])
  }
}

private func translate(
  _ body: String, _ client: DialectName, _ provider: DialectName
) throws -> (sent: JSON, changes: [Change]) {
  let read = try #require(client.served).decodeRequest(Array(body.utf8), at: RequestAddress())
  let step = Translation.request(of: read, from: client, to: provider)
  let encoded = try provider.dialect.encode(step.request, to: MatrixCell.traits, quirks: Quirks())
  return (try JSON.parse(encoded.body), step.changes + encoded.changes)
}
