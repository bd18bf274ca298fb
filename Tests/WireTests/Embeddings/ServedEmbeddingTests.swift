// Clients that ask for vectors: nothing of a request is lost, and they read what they are told.

import Testing

@testable import Wire

struct ServedEmbeddings {
  static let served: [EmbeddingFormat] = EmbeddingFormat.allCases.filter { $0.served != nil }

  @Test func `the formats of most clients are served`() { #expect(Self.served == [.openAI, .gemini]) }

  @Test(
    arguments: [
      (#""a""#, [.text("a")], true), (#"["a"]"#, [.text("a")], false), (#"["a",""]"#, [.text("a"), .text("")], false),
      ("[1,2]", [.tokens([1, 2])], true), ("[[1],[2,3]]", [.tokens([1]), .tokens([2, 3])], false),
      (
        #"[{"text":"a"},{"image":"https://i"}]"#, [.text("a"), .image(Media(.url("https://i"), mediaType: nil))], false
      ),
    ] as [(String, [EmbeddingInput], Bool)])
  func `inputs come in several forms`(_ input: String, _ inputs: [EmbeddingInput], _ isSingle: Bool) throws {
    let body = #"{"model":"m","input":\#(input)}"#
    let request = try OpenAIEmbeddings.decodeEmbeddingRequest(Array(body.utf8), at: RequestAddress())
    #expect(request.inputs == inputs)
    #expect(request.isSingle == isSingle)
  }

  @Test(
    arguments: [
      (.openAI, #"{"model":"m","input":["a",[1]],"dimensions":3,"encoding_format":"base64","user":"u","own":[1]}"#),
      (.openAI, #"{"model":"m","input":"a","input_type":"passage"}"#),
      (
        .gemini,
        #"{"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]},"taskType":"CLASSIFICATION","#
          + #""outputDimensionality":3},{"model":"models/m","content":{"parts":[{"text":"b"}]},"#
          + #""taskType":"CLASSIFICATION","outputDimensionality":3}],"own":1}"#
      ),
      (.gemini, #"{"content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_DOCUMENT","title":"t"}"#),
      (.gemini, #"{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="}}]}}"#),
    ] as [(EmbeddingFormat, String)])
  func `a request in a provider's own format comes out as it went in`(_ format: EmbeddingFormat, _ body: String) throws
  {
    let served = try #require(format.served)
    let request = try served.decodeEmbeddingRequest(Array(body.utf8), at: RequestAddress(model: "m"))
    #expect(try format.dialect.encode(request, quirks: Quirks()).body[...].text == body)
  }

  @Test func `both spellings of Google's names are read, and texts of one input are one text`() throws {
    let body = #"{"content":{"parts":[{"text":"a"},{"text":"b"}]},"task_type":"CLUSTERING","output_dimensionality":3}"#
    let request = try GeminiContent.decodeEmbeddingRequest(Array(body.utf8), at: RequestAddress(model: "m"))
    #expect(request.inputs == [.text("ab")] && request.purpose == .clustering && request.dimensions == 3)
  }

  @Test func `our words for what vectors are for are read`() throws {
    let body = #"{"model":"m","input":"a","input_type":"query"}"#
    let request = try OpenAIEmbeddings.decodeEmbeddingRequest(Array(body.utf8), at: RequestAddress())
    #expect(request.purpose == .query && request.extras.isEmpty)
  }

  @Test(
    arguments: [
      (.openAI, "[]"), (.openAI, #"{"input":"a"}"#), (.openAI, #"{"model":"m"}"#),
      (.openAI, #"{"model":"m","input":1}"#),
      (.openAI, #"{"model":"m","input":[]}"#), (.openAI, #"{"model":"m","input":["a",1]}"#),
      (.openAI, #"{"model":"m","input":[[]]}"#), (.openAI, #"{"model":"m","input":"a","encoding_format":"hex"}"#),
      (.gemini, "{}"), (.gemini, #"{"requests":[{"content":{}}]}"#), (.gemini, #"{"content":{"parts":[{"x":1}]}}"#),
      (.gemini, #"{"content":{"parts":[{"text":"a"}]},"taskType":"GUESS"}"#),
      (.gemini, #"{"requests":[{"content":{"parts":[{"text":"a"}]},"glow":1}]}"#),
      (
        .gemini,
        #"{"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING"}]}"#
      ),
    ] as [(EmbeddingFormat, String)])
  func `a request that makes no sense is refused`(_ format: EmbeddingFormat, _ body: String) throws {
    let served = try #require(format.served)
    #expect(throws: WireError.self) {
      try served.decodeEmbeddingRequest(Array(body.utf8), at: RequestAddress(model: "m"))
    }
  }

  @Test(arguments: served, [nil] + VectorEncoding.allCases.map { $0 })
  func `an answer is read back as it was`(_ format: EmbeddingFormat, _ encoding: VectorEncoding?) throws {
    let served = try #require(format.served)
    for vectors in [[[Float(0.1), -2, 1e-8]], [[1], [2, 3]]] {
      var request = EmbeddingRequest(model: "m", inputs: vectors.map { _ in .text("a") })
      request.isSingle = vectors.count == 1
      request.encoding = encoding
      let reply = EmbeddingReply(vectors, model: "real", usage: Usage(input: 7, output: 0))
      let read = try format.dialect.decodeEmbeddings(
        served.encodeEmbeddings(reply, answering: request), quirks: Quirks())
      #expect(read.vectors == vectors)
      #expect(read.usage?.input == 7)
    }
  }

  @Test func `an answer has what OpenAI's own clients require`() throws {
    let reply = EmbeddingReply([[1]])
    let body = OpenAIEmbeddings.encodeEmbeddings(reply, answering: EmbeddingRequest(model: "m", inputs: []))
    #expect(
      body[...].text
        == #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1.0]}],"model":"m","#
        + #""usage":{"prompt_tokens":0,"total_tokens":0}}"#)
  }
}
