// Embeddings in Ollama's own format (docs.ollama.com/api/embed).

extension Ollama: EmbeddingDialect {
  public static func embeddingsURL(base: String, for request: EmbeddingRequest, quirks: Quirks) -> String {
    base + "/api/embed"
  }

  /// No limit is stated: a batch of this size is as quick as a larger one.
  public static let mostInputs = 512

  public static func encode(_ request: EmbeddingRequest, quirks: Quirks) throws(WireError) -> EncodedRequest {
    var changes = request.dropping([
      ("input_type", request.purpose != nil), ("user", request.user != nil),
      ("truncation", request.truncation == .start),
    ])
    var body: JSONObject = [
      "model": .string(request.model), "input": .array(try request.texts().map { .string($0) }),
    ]
    body["dimensions"] = request.dimensions.map { .number(JSONNumber($0)) }
    if let truncation = request.truncation, truncation != .start { body["truncate"] = .bool(truncation == .end) }
    body.fill(from: request.extras, changes: &changes)
    return EncodedRequest(body: JSON.object(body).bytes, changes: changes)
  }

  public static func decodeEmbeddings(_ body: [UInt8], quirks: Quirks) throws(WireError) -> EmbeddingReply {
    var scanner = try JSONScanner(body[...], limits: .vectors)
    var reply = EmbeddingReply()
    var hasVectors = false
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "embeddings":
        reply.vectors = try scanner.vectors()
        hasVectors = true
      case "model": reply.model = try scanner.string()
      case "prompt_eval_count":
        let count = try scanner.value()
        reply.usage = Usage(input: AnthropicMessagesUsage.count(count), output: 0)
        reply.usage?.raw = .object(["prompt_eval_count": count])
      default: reply.extras[name.text] = try scanner.value()
      }
    }
    try scanner.finish()
    guard hasVectors else { throw WireError(offset: 0, "a list `embeddings` expected") }
    return reply
  }
}
