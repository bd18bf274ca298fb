// Answers that are one text and no more are read without a tree: what is read is what the tree would say.
import Testing
import Wire

struct PlainReplyTests {
  @Test(arguments: [
    #"{"id":"a","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hé\n\u0041","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4}},"service_tier":"flex","system_fingerprint":"f"}"#,
    #"{"choices":[{"message":{"content":null,"tool_calls":[],"reasoning_content":""},"finish_reason":"length"}]}"#,
    #"{"choices":[{"message":{"content":""}}],"id":"","model":"","usage":null}"#,
    #" {"usage":{"prompt_tokens":"7","completion_tokens":1},"choices" : [ {"message" : {"content":"x"}, "index":3} ] } "#,
  ])
  func `a plain answer is read as its tree is`(body: String) throws {
    let bytes = Array(body.utf8)
    var expected = try OpenAIChat.decodeReply(bytes, quirks: Quirks())
    expected.extras = JSONObject()
    #expect(OpenAIChat.readPlainReply(bytes, quirks: Quirks()) == expected)
  }

  @Test(arguments: [
    ("two choices", #"{"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]}"#),
    ("a call", #"{"choices":[{"message":{"content":null,"tool_calls":[{"id":"1","function":{"name":"f"}}]}}]}"#),
    ("thinking", #"{"choices":[{"message":{"content":"a","reasoning_content":"b"}}]}"#),
    ("a refusal", #"{"choices":[{"message":{"content":null,"refusal":"no"}}]}"#),
    ("parts", #"{"choices":[{"message":{"content":[{"type":"text","text":"a"}]}}]}"#),
    ("sound", #"{"choices":[{"message":{"content":"a","audio":{"id":"1"}}}]}"#),
    ("a message twice", #"{"choices":[{"message":{"content":"a"},"message":{"content":"b"}}]}"#),
    ("no choice", #"{"choices":[]}"#), ("an error", #"{"error":{"message":"no"}}"#), ("a list", "[]"),
    ("half of it", #"{"choices":[{"message":{"content":"a"}}]"#),
    ("more after it", #"{"choices":[{"message":{"content":"a"}}]} x"#),
  ])
  func `what is more than a text is left to the tree`(what: String, body: String) {
    #expect(OpenAIChat.readPlainReply(Array(body.utf8), quirks: Quirks()) == nil, "\(what)")
  }

  @Test func `what a provider's quirks look for elsewhere is left to the tree`() {
    let body = Array(#"{"choices":[{"message":{"content":"<think>a</think>b"}}],"x_groq":{"usage":{}}}"#.utf8)
    var (tags, envelope) = (Quirks(), Quirks())
    tags.thinkTags = true
    envelope.usageEnvelope = "x_groq"
    #expect(OpenAIChat.readPlainReply(body, quirks: Quirks()) != nil)
    #expect(OpenAIChat.readPlainReply(body, quirks: tags) == nil)
    #expect(OpenAIChat.readPlainReply(body, quirks: envelope) == nil)
  }
}
