// Answers: every part, finish reason and count finds its place in the vocabulary.

import Testing

@testable import Wire

struct GeminiContentReplies {
  @Test func `parts of every kind, with their proofs`() throws {
    let reply = try decode(
      """
      {"candidates":[{"index":0,"finishReason":"STOP","content":{"parts":[
      {"text":"t","thought":true,"thoughtSignature":"a"},{"text":"one"},{"text":"","thoughtSignature":"b"},{"text":""},
      {"functionCall":{"name":"f","args":{"x":[1, 2.50]},"id":"i"},"thoughtSignature":"c"},
      {"executableCode":{"code":"1"},"thoughtSignature":"d"},{"inlineData":{"mimeType":"image/png","data":"AA=="}},
      {"fileData":{"mimeType":"audio/wav","fileUri":"u","displayName":"n"},"videoMetadata":{"fps":1}}]},
      "groundingMetadata":{"q":1},"urlContextMetadata":{},"safetyRatings":[],"avgLogprobs":-1}],"modelVersion":"m","responseId":"r",
      "createTime":"now"}
      """)
    var expected = ChatReply()
    expected.id = "r"
    expected.model = "m"
    expected.content = [
      ContentPart(.reasoning(ReasoningBlock(text: "t", signature: Seal("a", of: .gemini)))), ContentPart(.text("one")),
      signed(.text(""), "b"), signed(.toolCall(ToolCall(id: "i", name: "f", arguments: #"{"x":[1,2.50]}"#)), "c"),
      signed(.other(type: "executableCode", ["executableCode": ["code": "1"]]), "d"),
      ContentPart(.image(Media(.base64("AA=="), mediaType: "image/png"))),
      ContentPart(.audio(Media(.url("u"), mediaType: "audio/wav", name: "n"))),
      ContentPart(.other(type: "groundingMetadata", ["groundingMetadata": ["q": 1]])),
    ]
    expected.content[6].extras = ["videoMetadata": ["fps": 1]]
    expected.finish = Finish(.toolCalls, word: "STOP")
    expected.extras = ["createTime": "now", "candidate": ["avgLogprobs": -1]]
    #expect(reply == expected)
  }

  @Test func `several candidates and how likely the first one's tokens were`() throws {
    let reply = try decode(
      """
      {"candidates":[{"index":1,"content":{"parts":[{"text":"b"}]},"finishReason":"MAX_TOKENS"},
      {"content":{"parts":[{"text":"a"}]},"finishReason":"STOP","logprobsResult":{
      "chosenCandidates":[{"token":"a","logProbability":-1.0e-05,"tokenId":7},{"token":"!"}],
      "topCandidates":[{"candidates":[{"token":"a","logProbability":-1.0e-05},{"token":"z","logProbability":-9}]}]}}]}
      """)
    #expect(reply.text == "a")
    #expect(reply.otherChoices == [Choice([ContentPart(.text("b"))], finish: Finish(.length, word: "MAX_TOKENS"))])
    let first = TokenLogprob("a", JSONNumber(text: "-1.0e-05"))
    #expect(
      reply.logprobs == [
        TokenLogprob("a", first.logprob, top: [first, TokenLogprob("z", JSONNumber(-9))]),
        TokenLogprob("!", JSONNumber(0)),
      ])
  }

  @Test(
    arguments: [
      ("STOP", .stop), ("MAX_TOKENS", .length), ("SAFETY", .contentFilter), ("RECITATION", .contentFilter),
      ("BLOCKLIST", .contentFilter), ("PROHIBITED_CONTENT", .contentFilter), ("SPII", .contentFilter),
      ("IMAGE_SAFETY", .contentFilter), ("MODEL_ARMOR", .contentFilter), ("MALFORMED_FUNCTION_CALL", .other),
      ("OTHER", .other), ("A_NEW_WORD", .other),
    ] as [(String, Finish.Reason)])
  func `a finish reason`(_ word: String, _ reason: Finish.Reason) throws {
    let reply = try decode(#"{"candidates":[{"finishReason":"\#(word)"}]}"#)
    #expect(reply.finish == Finish(reason, word: word))
  }

  @Test(arguments: [
    #"{"promptFeedback":{"blockReason":"SAFETY"}}"#, #"{"candidates":[],"promptFeedback":{"blockReason":"SAFETY"}}"#,
    #"{"candidates":[{}],"promptFeedback":{"blockReason":"SAFETY"}}"#,
  ])
  func `a blocked prompt`(_ body: String) throws {
    #expect(try decode(body).finish == Finish(.contentFilter, word: "promptFeedback:SAFETY"))
  }

  @Test func `usage is made comparable`() throws {
    let usage = try #require(
      try decode(
        """
        {"candidates":[{}],"usageMetadata":{"promptTokenCount":100,"toolUsePromptTokenCount":20,
        "candidatesTokenCount":7,"thoughtsTokenCount":5,"cachedContentTokenCount":64,"trafficType":"ON_DEMAND_FLEX",
        "promptTokensDetails":[{"modality":"AUDIO","tokenCount":30},{"modality":"TEXT","tokenCount":70}],
        "toolUsePromptTokensDetails":[{"modality":"IMAGE","tokenCount":20}],
        "candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":4},{"modality":"IMAGE","tokenCount":3}]}}
        """
      ).usage)
    #expect(usage.input == 120)
    #expect(usage.output == 12)
    #expect(usage.reasoning == 5)
    #expect(usage.cacheRead == 64)
    #expect(usage.audioInput == 30)
    #expect(usage.imageInput == 20)
    #expect(usage.imageOutput == 7)
    #expect(usage.audioOutput == nil)
    #expect(usage.serviceTier == "flex")
  }

  @Test(
    arguments: [
      (#"{"trafficType":"ON_DEMAND"}"#, nil, nil, nil),
      (
        #"{"serviceTier":"standard","promptTokenCount":9223372036854775807,"toolUsePromptTokenCount":9}"#, Int.max, nil,
        "standard"
      ),
      (#"{"promptTokenCount":-1,"candidatesTokenCount":"8"}"#, nil, 8, nil),
    ] as [(String, Int?, Int?, String?)])
  func `a count that is no count is unknown, and no sum overflows`(
    _ usage: String, _ input: Int?, _ output: Int?, _ tier: String?
  ) throws {
    let read = try #require(try decode(#"{"candidates":[{}],"usageMetadata":\#(usage)}"#).usage)
    #expect(read.input == input)
    #expect(read.output == output)
    #expect(read.serviceTier == tier)
  }

  @Test(arguments: [
    "", "{", "[]", "{}", "null", #"{"candidates":[]}"#, #"{"candidates":{}}"#, #"{"promptFeedback":{}}"#, "<html>",
    #"{"error":{"code":500,"message":"x"}}"#, #"[{"error":{"code":500,"message":"x"}}]"#,
  ])
  func `what is no answer is an error`(_ body: String) {
    #expect(throws: WireError.self) { try decode(body) }
  }

  @Test(arguments: [
    (400, "INVALID_ARGUMENT", "bad", ProviderFailure.Kind.invalidRequest),
    (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", .authentication),
    (
      400, "INVALID_ARGUMENT", "The input token count (9) exceeds the maximum number of tokens allowed (8).",
      .contextLength
    ),
    (403, "PERMISSION_DENIED", "no", .permission), (404, "NOT_FOUND", "models/x is not found", .notFound),
    (429, "RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later.", .rateLimited),
    (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", .quota),
    (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota. Please retry in 34.5s.", .rateLimited),
    (500, "INTERNAL", "An internal error has occurred", .server), (503, "UNAVAILABLE", "overloaded", .overloaded),
    (504, "DEADLINE_EXCEEDED", "late", .timeout),
  ])
  func `a failure is read, alone or in an array`(
    _ status: Int, _ word: String, _ message: String, _ kind: ProviderFailure.Kind
  ) {
    let body = #"{"error":{"code":\#(status),"message":"\#(message)","status":"\#(word)"}}"#
    for body in [body, "[\(body)]"] {
      let failure = GeminiContent.decodeFailure(status: status, body: Array(body.utf8))
      #expect(failure.kind == kind)
      #expect(failure.message == message)
      #expect(failure.code == String(status))
    }
  }

  @Test func `a stream that comes as one list is an answer, unless it was cut`() throws {
    let first = #"{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}"#
    let last = #"{"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}]}"#
    #expect(try decode("[\(first),\n\(last)]").text == "ab")
    #expect(throws: WireError.self) { try decode("[\(first)]") }
    #expect(throws: WireError.self) { try decode("[]") }
  }

  private func signed(_ kind: ContentPart.Kind, _ seal: String) -> ContentPart {
    var part = ContentPart(kind)
    part.signature = Seal(seal, of: .gemini)
    return part
  }

  private func decode(_ text: String) throws -> ChatReply {
    try GeminiContent.decodeReply(Array(text.utf8), quirks: Quirks())
  }
}
