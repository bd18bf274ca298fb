// Answers that every served format must be able to tell.

import Testing
import Wire

struct SampleReply: Sendable, CustomTestStringConvertible {
  let name: String
  let reply: ChatReply
  var testDescription: String { name }

  init(_ name: String, _ content: [ContentPart], _ finish: Finish.Reason = .stop) {
    self.name = name
    var reply = ChatReply()
    reply.id = "reply-1"
    reply.model = "model-1"
    reply.content = content
    reply.finish = Finish(finish, word: finish.rawValue)
    var usage = Usage(input: 100, output: 50)
    usage.cacheRead = 30
    usage.reasoning = 20
    reply.usage = usage
    self.reply = reply
  }

  static let all: [SampleReply] = [
    SampleReply("text", [ContentPart(.text("Hello, \"wörld\" \u{1F600}\n\\ \u{0}end"))]),
    SampleReply("empty text", [ContentPart(.text(""))]),
    SampleReply("cut off", [ContentPart(.text("Once upon"))], .length),
    SampleReply("filtered", [ContentPart(.text("I can"))], .contentFilter),
    SampleReply("thinking", [reasoning("step by step", "sig", .anthropic), ContentPart(.text("42"))]),
    SampleReply("one call", [call("call_1", "weather", #"{"city":"Zürich","days":[1,2]}"#)], .toolCalls),
    SampleReply("a call without arguments", [call("call_1", "now", "{}")], .toolCalls),
    SampleReply(
      "text and parallel calls",
      [
        ContentPart(.text("Looking.")), call("call_1", "weather", #"{"city":"Bern"}"#), call("call_2", "now", "{}"),
        call("call_3", "weather", #"{"city":"\"q\" \u00e9"}"#),
      ], .toolCalls),
    SampleReply(
      "thinking and a call",
      [reasoning("which?", "s/+=1", .gemini), call("call_1", "pick", #"{"n":1}"#)], .toolCalls),
  ]

  static func reasoning(_ text: String, _ signature: String, _ family: Seal.Family) -> ContentPart {
    ContentPart(.reasoning(ReasoningBlock(text: text, signature: Seal(signature, of: family))))
  }

  static func call(_ id: String, _ name: String, _ arguments: String, sealedBy seal: Seal? = nil) -> ContentPart {
    var part = ContentPart(.toolCall(ToolCall(id: id, name: name, arguments: arguments)))
    part.signature = seal
    return part
  }
}

extension DialectName {
  static let allServed = allCases.filter { $0.served != nil }
}

extension ReplyHeading {
  /// For a stream whose client wants all there is.
  static let sample = ReplyHeading.answer(in: nil)

  /// The same for an answer in that format.
  static func answer(in source: DialectName?) -> ReplyHeading {
    let request = ChatRequest(model: "asked", messages: [Message(.user, "hi")])
    return ReplyHeading(
      id: "made-1", answering: ClientRequest(request, wantsStreamUsage: true), createdAt: 1_700_000_000, from: source)
  }
}
