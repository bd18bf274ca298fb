// A reply told as events and folded again is the same reply.

import Testing
import Wire

struct BuildingReplies {
  @Test func `a reply survives being told as events`() throws {
    var reply = ChatReply()
    reply.id = "r"
    reply.model = "m"
    reply.content = [
      ContentPart(.reasoning(ReasoningBlock(text: "a", signature: Seal("s", of: nil)))),
      ContentPart(.reasoning(ReasoningBlock(text: "", encrypted: Seal("e", of: nil)))), ContentPart(.text("b")),
      ContentPart(.text("c")),
      ContentPart(.toolCall(ToolCall(id: "1", name: "f", arguments: "{\"x\":1}"))),
      ContentPart(.toolCall(ToolCall(id: "2", name: "g", arguments: "{}", kind: .atProvider))),
      ContentPart(.image(Media(.url("u"), mediaType: nil))), ContentPart(.refusal("no")),
      ContentPart(.reasoning(ReasoningBlock(text: "d"))), ContentPart(.text("e")),
      signed(.text("f")), signed(.text("")), ContentPart(.text("g")),
      signed(.toolCall(ToolCall(id: "4", name: "k", arguments: "free text", kind: .custom))),
      ContentPart(.toolCall(ToolCall(id: "5", name: "k", arguments: "", kind: .custom))),
    ]
    reply.finish = Finish(.stop, word: "end", stopText: "x")
    reply.usage = Usage(input: 1, output: 2)
    reply.otherChoices = [
      Choice(
        [ContentPart(.text("other")), ContentPart(.toolCall(ToolCall(id: "3", name: "h", arguments: "{}")))],
        finish: Finish(.toolCalls, word: "calls")),
      Choice([ContentPart(.text("third"))]),
    ]
    reply.logprobs = [TokenLogprob("b", JSONNumber(0), bytes: [98], top: [TokenLogprob("B", JSONNumber(-1))])]
    #expect(try build(reply.events).reply == reply)
    #expect(try build(ChatReply().events).reply == ChatReply())
  }

  @Test func `pieces are joined, parts are not`() throws {
    let reply = try build([
      .text("a"), .text("b"), .textPartStarted, .text("c"), .reasoning("r"), .text("d"), .textPartStarted,
      .textPartStarted, .refusal("x"), .refusal("y"),
    ]).reply
    #expect(
      reply.content.map(\.kind) == [
        .text("ab"), .text("c"), .reasoning(ReasoningBlock(text: "r")), .text("d"), .refusal("xy"),
      ])
  }

  @Test func `arguments go to their calls, and none at all are an empty object`() throws {
    let reply = try build([
      .toolCallStarted(index: 0, id: "1", name: "f", kind: .function),
      .toolCallStarted(index: 1, id: "2", name: "g", kind: .function),
      .toolArguments(index: 0, "{\"a\""), .text("between"), .toolArguments(index: 0, ":1}"),
    ]).reply
    #expect(reply.toolCalls.map(\.arguments) == ["{\"a\":1}", "{}"])
    #expect(reply.text == "between")
  }

  @Test func `the last usage and finish count, the first failure too`() throws {
    let builder = try build([
      .usage(Usage(input: 1)), .finished(Finish(.length, word: "l")), .failed(ProviderFailure(.server, message: "1")),
      .usage(Usage(input: 2)), .finished(Finish(.stop, word: "s")), .failed(ProviderFailure(.cut, message: "2")),
    ])
    #expect(builder.reply.usage == Usage(input: 2))
    #expect(builder.reply.finish?.word == "s")
    #expect(builder.failure?.message == "1")
  }

  @Test func `a reply can be looked at while it grows`() throws {
    var builder = ChatReplyBuilder()
    try builder.add(.text("a"))
    #expect(builder.reply.text == "a")
    try builder.add(.text("b"))
    #expect(builder.reply.content == [ContentPart(.text("ab"))])
  }

  @Test func `what goes beyond the bounds is an error`() throws {
    var small = ChatReplyBuilder(maximumBytes: 3)
    try small.add(.text("abc"))
    #expect(throws: WireError.self) { try small.add(.reasoning("d")) }
    #expect(throws: WireError.self) { try build([.toolArguments(index: 0, "x")]) }
    #expect(throws: WireError.self) { try build((1...300).map { .otherChoice(index: $0, .text("")) }) }
    let twice = ChatEvent.toolCallStarted(index: 0, id: "1", name: "f", kind: .function)
    #expect(throws: WireError.self) { try build([twice, twice]) }
  }

  private func signed(_ kind: ContentPart.Kind) -> ContentPart {
    var part = ContentPart(kind)
    part.signature = Seal("proof", of: .gemini)
    return part
  }

  private func build(_ events: [ChatEvent]) throws -> ChatReplyBuilder {
    var builder = ChatReplyBuilder()
    for event in events { try builder.add(event) }
    return builder
  }
}
