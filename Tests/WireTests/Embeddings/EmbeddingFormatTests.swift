// Each format's requests and answers: what has a place, what is reported, what is refused.

import Testing

@testable import Wire

struct EmbeddingFormats {
  struct Case: Sendable, CustomTestStringConvertible {
    var format: EmbeddingFormat
    var quirks: JSONObject
    var body: String
    var changes: [String]
    var edit: @Sendable (inout EmbeddingRequest) -> Void
    var testDescription: String { "\(format) \(body)" }
    init(
      _ format: EmbeddingFormat, _ body: String, _ changes: [String] = [], quirks: JSONObject = [:],
      _ edit: @escaping @Sendable (inout EmbeddingRequest) -> Void
    ) {
      self.format = format
      self.quirks = quirks
      self.body = body
      self.changes = changes
      self.edit = edit
    }
  }

  @Test(arguments: openAI + gemini + cohere + ollama)
  func `a request is written in the format's words`(_ row: Case) throws {
    var request = EmbeddingRequest(model: "m", inputs: [.text("a")])
    row.edit(&request)
    let encoded = try row.format.dialect.encode(request, quirks: try Quirks(json: row.quirks))
    #expect(encoded.body[...].text == row.body)
    #expect(encoded.changes.map { "\($0.what) \($0.field)" } == row.changes)
  }

  @Sendable private static func setAll(_ request: inout EmbeddingRequest) {
    request.dimensions = 256
    request.encoding = .base64
    request.purpose = .query
    request.truncation = .end
    request.user = "u"
    request.extras = ["x": 1, "model": "other"]
  }

  private static let openAI: [Case] = [
    Case(.openAI, #"{"model":"m","input":["a"]}"#) { _ in },
    Case(.openAI, #"{"model":"m","input":"a"}"#) { $0.isSingle = true },
    Case(.openAI, #"{"model":"m","input":["a",[1,2],{"image":"https://i"},{"image":"data:image/png;base64,AA=="}]}"#) {
      $0.isSingle = true
      $0.inputs += [
        .tokens([1, 2]), .image(Media(.url("https://i"), mediaType: nil)),
        .image(Media(.base64("AA=="), mediaType: "image/png")),
      ]
    },
    Case(
      .openAI, #"{"model":"m","input":["a"],"dimensions":256,"encoding_format":"base64","user":"u","x":1}"#,
      ["dropped input_type", "dropped truncation", "dropped model"], setAll),
    Case(
      .openAI,
      #"{"model":"m","texts":["a"],"d":256,"e":"base64","input_type":"q","truncate":true,"x":1}"#,
      ["dropped model", "dropped user"],
      quirks: [
        "embedding_input_param": "texts", "embedding_dimensions_param": "d", "embedding_encoding_param": "e",
        "embedding_purpose_param": "input_type", "embedding_purposes": ["query": "q"],
        "embedding_truncate_param": "truncate", "unsupported_params": ["user"],
      ], setAll),
    Case(
      .openAI, #"{"model":"m","input":["a"]}"#, ["dropped input_type", "dropped truncation"],
      quirks: [
        "embedding_purpose_param": "input_type", "embedding_purposes": ["query": "q"],
        "embedding_truncate_param": "truncate",
      ]
    ) {
      $0.purpose = .clustering
      $0.truncation = .start
    },
    Case(.azureOpenAI, #"{"model":"m","input":["a"],"dimensions":1}"#) { $0.dimensions = 1 },
  ]

  private static let gemini: [Case] = [
    Case(.gemini, #"{"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING"}"#) {
      $0.isSingle = true
      $0.purpose = .clustering
    },
    Case(
      .gemini,
      #"{"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_QUERY","#
        + #""outputDimensionality":256},{"model":"models/m","#
        + #""content":{"parts":[{"inlineData":{"mimeType":"image/jpeg","data":"AA=="}}]},"#
        + #""taskType":"RETRIEVAL_QUERY","outputDimensionality":256}],"x":1,"model":"other"}"#,
      ["dropped truncation", "dropped user"]
    ) {
      $0.isSingle = true
      $0.inputs.append(.image(Media(.url("data:image/jpeg;base64,AA=="), mediaType: nil)))
      setAll(&$0)
    },
    Case(.vertexGemini, #"{"content":{"parts":[{"text":"a"}]}}"#) { _ in },
  ]

  private static let cohere: [Case] = [
    Case(
      .cohereV2, #"{"model":"m","texts":["a"],"input_type":"search_document","embedding_types":["float"]}"#,
      ["added input_type"]
    ) { _ in },
    Case(
      .cohereV2,
      #"{"model":"m","texts":["a"],"input_type":"search_query","embedding_types":["base64"],"output_dimension":256,"#
        + #""truncate":"END","x":1}"#,
      ["dropped user", "dropped model"], setAll),
    Case(
      .cohereV2,
      #"{"model":"m","inputs":[{"content":[{"type":"text","text":"a"}]},{"content":[{"type":"image_url","#
        + #""image_url":{"url":"data:image/png;base64,AA=="}}]}],"input_type":"clustering","#
        + #""embedding_types":["float"]}"#,
      ["converted input_type"]
    ) {
      $0.inputs.append(.image(Media(.base64("AA=="), mediaType: "image/png")))
      $0.purpose = .similarity
    },
  ]

  private static let ollama: [Case] = [
    Case(
      .ollama, #"{"model":"m","input":["a"],"dimensions":256,"truncate":true,"x":1}"#,
      ["dropped input_type", "dropped user", "dropped model"], setAll),
    Case(.ollama, #"{"model":"m","input":["a"],"keep_alive":"5m"}"#, ["dropped truncation"]) {
      $0.truncation = .start
      $0.extras = ["keep_alive": "5m"]
    },
  ]

  @Test(
    arguments: [
      (.gemini, [.tokens([1])]), (.gemini, [.image(Media(.url("https://i"), mediaType: nil))]),
      (.vertexGemini, [.text("a"), .text("b")]), (.cohereV2, [.tokens([1])]), (.cohereV2, [.text("a"), .tokens([1])]),
      (.ollama, [.image(Media(.base64("AA=="), mediaType: nil))]), (.ollama, [.tokens([1])]),
      (.openAI, [.image(Media(.fileID("f"), mediaType: nil))]),
    ] as [(EmbeddingFormat, [EmbeddingInput])])
  func `an input that has no place is refused, not left out`(_ format: EmbeddingFormat, _ inputs: [EmbeddingInput]) {
    #expect(throws: WireError.self) {
      try format.dialect.encode(EmbeddingRequest(model: "m", inputs: inputs), quirks: Quirks())
    }
  }

  @Test(
    arguments: [
      (.openAI, [:], false, "https://h/embeddings"),
      (.openAI, ["embeddings_path": "/embedding/text"], false, "https://h/embedding/text"),
      (.azureOpenAI, [:], false, "https://h/openai/v1/embeddings"),
      (.azureOpenAI, ["api_version": "1"], false, "https://h/openai/deployments/a%3Am/embeddings?api-version=1"),
      (.gemini, [:], true, "https://h/models/a%3Am:embedContent"),
      (.gemini, [:], false, "https://h/models/a%3Am:batchEmbedContents"),
      (.vertexGemini, [:], false, "https://h/publishers/google/models/a%3Am:embedContent"),
      (.cohereV2, [:], false, "https://h/embed"), (.ollama, [:], false, "https://h/api/embed"),
    ] as [(EmbeddingFormat, JSONObject, Bool, String)])
  func `the address`(_ format: EmbeddingFormat, _ quirks: JSONObject, _ isSingle: Bool, _ url: String) throws {
    var request = EmbeddingRequest(model: "a:m", inputs: [.text("a")])
    request.isSingle = isSingle
    #expect(format.dialect.embeddingsURL(base: "https://h", for: request, quirks: try Quirks(json: quirks)) == url)
  }

  @Test(
    arguments: [
      ("openai-chat", .openAI), ("openai-responses", .openAI), ("openai-embeddings", .openAI), ("ollama", .ollama),
      ("azure-openai", .azureOpenAI), ("cohere-v2", .cohereV2), ("gemini", .gemini), ("vertex-gemini", .vertexGemini),
      ("anthropic-messages", nil), ("bedrock-converse", nil), ("", nil),
    ] as [(String, EmbeddingFormat?)])
  func `what a provider embeds in is told by what it speaks`(_ dialect: String, _ format: EmbeddingFormat?) {
    #expect(EmbeddingFormat(dialect: dialect) == format)
  }

  // MARK: Answers

  @Test(
    arguments: [
      (
        .openAI,
        #"{"object":"list","id":"i","data":[{"object":"embedding","index":1,"embedding":[2]},{"index":0,"embedding":[1]}],"#
          + #""model":"real","usage":{"prompt_tokens":3,"total_tokens":3},"took":5}"#, 3, ["took"]
      ),
      (.openAI, #"{"data":[{"embedding":"AACAPw=="},{"embedding":"AAAAQA=="}],"usage":{"total_tokens":4}}"#, 4, []),
      (.openAI, #"{"embeddings":[[1.0],[2e0]],"usage":{"prompt_tokens":5}}"#, 5, []),
      (.openAI, #"{"data":[{"embedding":[1]},{"embedding":[2]}],"model":null}"#, nil, []),
      (.gemini, #"{"embeddings":[{"values":[1]},{"values":[2]}]}"#, nil, []),
      (
        .gemini, #"{"embeddings":[{"values":[1]},{"values":[2]}],"usageMetadata":{"promptTokenCount":6}}"#, 6, []
      ),
      (
        .cohereV2,
        #"{"id":"i","texts":["a"],"embeddings":{"int8":[],"float":[[1],[2]],"ubinary":[[3]]},"meta":{"api_version":{},"#
          + #""billed_units":{"input_tokens":4,"image_tokens":3}},"response_type":"x"}"#, 7, []
      ),
      (.cohereV2, #"{"embeddings":[[1],[2]]}"#, nil, []),
      (
        .ollama, #"{"model":"real","embeddings":[[1],[2]],"total_duration":5,"prompt_eval_count":8}"#, 8,
        ["total_duration"]
      ),
    ] as [(EmbeddingFormat, String, Int?, [String])])
  func `an answer is read`(_ format: EmbeddingFormat, _ body: String, _ input: Int?, _ extras: [String]) throws {
    let reply = try format.dialect.decodeEmbeddings(Array(body.utf8), quirks: Quirks())
    #expect(reply.vectors == [[1], [2]])
    #expect(reply.usage?.input == input)
    #expect(reply.usage == nil || reply.usage?.output == 0)
    #expect(reply.extras.members.map(\.name) == extras)
  }

  @Test(
    arguments: EmbeddingFormat.allCases, ["{}", "[]", "", #"{"error":"e"}"#, #"{"data":1"#, #"{"embeddings":[["a"]]}"#])
  func `what is no answer is an error`(_ format: EmbeddingFormat, _ body: String) {
    #expect(throws: WireError.self) { try format.dialect.decodeEmbeddings(Array(body.utf8), quirks: Quirks()) }
  }

  @Test func `pictures and words of one answer are told apart`() throws {
    let body = #"{"embeddings":{"float":[[1]]},"meta":{"billed_units":{"input_tokens":4,"image_tokens":3}}}"#
    let usage = try CohereV2.decodeEmbeddings(Array(body.utf8), quirks: Quirks()).usage
    #expect(usage?.imageInput == 3 && usage?.raw == ["input_tokens": 4, "image_tokens": 3])
  }
}
