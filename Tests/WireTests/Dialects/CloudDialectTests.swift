// Formats that clouds wrap: the address and the body differ, the answers do not (the wrapped formats' fixtures are run
// through these too).

import Testing

@testable import Wire

struct CloudDialects {
  @Test(
    arguments: [
      (nil, "https://r.openai.azure.com/openai/v1/chat/completions"),
      ("v1", "https://r.openai.azure.com/openai/v1/chat/completions"),
      (
        "2024-10-21",
        "https://r.openai.azure.com/openai/deployments/gpt%204/chat/completions?api-version=2024-10-21"
      ),
    ] as [(String?, String)])
  func `a deployment is addressed by the version of the API`(_ version: String?, _ url: String) {
    var quirks = Quirks()
    quirks.apiVersion = version
    #expect(
      AzureOpenAI.chatURL(base: "https://r.openai.azure.com", model: "gpt 4", streams: true, quirks: quirks) == url)
  }

  @Test func `a version goes where the provider's data says`() throws {
    let quirks = try Quirks(json: ["api_version": "2024-05-01", "api_version_query": "api-version"])
    #expect(
      OpenAIChat.chatURL(base: "https://h/models", model: "m", streams: true, quirks: quirks)
        == "https://h/models/chat/completions?api-version=2024-05-01")
    #expect(
      OpenAIChat.chatURL(
        base: "https://h", model: "m", streams: true, quirks: try Quirks(json: ["api_version_query": "v"]))
        == "https://h/chat/completions")
  }

  @Test(arguments: [
    (VertexAnthropic.self as any Dialect.Type, false, "https://h/claude-x%3A1@2026:rawPredict"),
    (VertexAnthropic.self, true, "https://h/claude-x%3A1@2026:streamRawPredict"),
    (BedrockInvoke.self, false, "https://h/model/claude-x%3A1%402026/invoke"),
    (BedrockInvoke.self, true, "https://h/model/claude-x%3A1%402026/invoke-with-response-stream"),
  ])
  func `the model stands in the address`(_ dialect: any Dialect.Type, _ streams: Bool, _ url: String) {
    #expect(dialect.chatURL(base: "https://h", model: "claude-x:1@2026", streams: streams, quirks: Quirks()) == url)
  }

  @Test func `the body of messages names a version and no model`() throws {
    var request = ChatRequest(model: "claude-x", messages: [Message(.user, "hi")])
    request.maxOutputTokens = 9
    request.streams = true
    let rest = #""max_tokens":9,"messages":[{"role":"user","content":"hi"}]"#
    #expect(
      try text(VertexAnthropic.self, request)
        == "{\(rest),\"stream\":true,\"anthropic_version\":\"vertex-2023-10-16\"}")
    #expect(try text(BedrockInvoke.self, request) == "{\(rest),\"anthropic_version\":\"bedrock-2023-05-31\"}")
    var quirks = Quirks()
    quirks.versionInBody = "v2"
    #expect(
      try text(VertexAnthropic.self, request, quirks) == "{\(rest),\"stream\":true,\"anthropic_version\":\"v2\"}")
  }

  @Test func `only Claude speaks messages to Amazon`() {
    #expect(throws: WireError.self) { try text(BedrockInvoke.self, ChatRequest(model: "llama", messages: [])) }
  }

  @Test(arguments: chunkSizes)
  func `an exception among the frames of an invocation is a failure`(_ size: Int?) throws {
    let start = #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a"}}"#
    var bytes = Frames.bytes(Array("chunk {\"bytes\":\"\(base64(Array(start.utf8)))\"}\n".utf8))
    bytes += Frames.bytes(Array("!modelTimeoutException {\"message\":\"too slow\"}\n".utf8))
    var decoder = BedrockInvokeStreamDecoder()
    var events: [ChatEvent] = []
    for chunk in bytes.chunks(of: size) { try decoder.decode(chunk, into: &events) }
    try decoder.finish(into: &events)
    #expect(
      events == [
        .text("a"),
        .failed(ProviderFailure(.timeout, status: 200, message: "too slow", code: "modelTimeoutException")),
      ])
    #expect(!decoder.isComplete)
  }

  @Test(arguments: [#"{"bytes":"*"}"#, "[]", ""])
  func `a frame without an event is an error`(_ payload: String) {
    #expect(throws: WireError.self) {
      var decoder = BedrockInvokeStreamDecoder()
      var events: [ChatEvent] = []
      try decoder.decode(Frames.bytes(Array("chunk \(payload)\n".utf8)), into: &events)
    }
  }

  private func text(_ dialect: any Dialect.Type, _ request: ChatRequest, _ quirks: Quirks = Quirks()) throws -> String {
    String(decoding: try dialect.encode(request, to: ModelTraits(), quirks: quirks).body, as: UTF8.self)
  }
}
