// Embeddings in Cohere's second format (docs.cohere.com/reference/embed).

extension CohereV2: EmbeddingDialect {
  public static func embeddingsURL(base: String, for request: EmbeddingRequest, quirks: Quirks) -> String {
    base + "/embed"
  }

  /// docs.cohere.com/reference/embed, `texts`.
  public static let mostInputs = 96

  public static func encode(_ request: EmbeddingRequest, quirks: Quirks) throws(WireError) -> EncodedRequest {
    var changes = request.dropping([("user", request.user != nil)])
    var body: JSONObject = ["model": .string(request.model)]
    addInputs(of: request, to: &body)
    body["input_type"] = .string(purpose(of: request, changes: &changes))
    body["embedding_types"] = [.string(request.encoding == .base64 ? "base64" : "float")]
    body["output_dimension"] = request.dimensions.map { .number(JSONNumber($0)) }
    body["truncate"] = request.truncation.map { .string($0.rawValue.uppercased()) }
    if request.inputs.contains(where: { if case .tokens = $0 { true } else { false } }) {
      throw WireError(offset: 0, "lists of tokens are not embedded here")
    }
    body.fill(from: request.extras, changes: &changes)
    return EncodedRequest(body: JSON.object(body).bytes, changes: changes)
  }

  /// `texts` for texts alone, `inputs` where there are images.
  private static func addInputs(of request: EmbeddingRequest, to body: inout JSONObject) {
    if let texts = try? request.texts() {
      body["texts"] = .array(texts.map { .string($0) })
      return
    }
    body["inputs"] = .array(
      request.inputs.map { input in
        switch input {
        case .text(let text): ["content": [["type": "text", "text": .string(text)]]]
        case .image(let media): ["content": [["type": "image_url", "image_url": ["url": .string(media.address)]]]]
        case .tokens: .null
        }
      })
  }

  /// The member is compulsory, and has fewer words than others have.
  private static func purpose(of request: EmbeddingRequest, changes: inout [Change]) -> String {
    switch request.purpose {
    case .query: return "search_query"
    case .document: return "search_document"
    case .classification: return "classification"
    case .clustering: return "clustering"
    case .questionAnswering, .factVerification, .codeQuery:
      changes.append(Change("input_type", .converted, "this format has search_query for it"))
      return "search_query"
    case .similarity:
      changes.append(Change("input_type", .converted, "this format has clustering for it"))
      return "clustering"
    case nil:
      changes.append(Change("input_type", .added, "it must be said here: search_document"))
      return "search_document"
    }
  }

  public static func decodeEmbeddings(_ body: [UInt8], quirks: Quirks) throws(WireError) -> EmbeddingReply {
    var scanner = try JSONScanner(body[...], limits: .vectors)
    var reply = EmbeddingReply()
    var hasVectors = false
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "embeddings":
        reply.vectors = try vectors(&scanner)
        hasVectors = true
      case "id": reply.id = try scanner.string()
      case "meta": reply.usage = usage(try scanner.value())
      case "texts", "response_type": try scanner.skip()  // what was asked, once more
      default: reply.extras[name.text] = try scanner.value()
      }
    }
    try scanner.finish()
    guard hasVectors else { throw WireError(offset: 0, "`embeddings` expected") }
    return reply
  }

  /// Lists by type; the first that is not empty is the one that was asked for.
  private static func vectors(_ scanner: inout JSONScanner) throws(WireError) -> [[Float]] {
    guard try scanner.kind() == .object else { return try scanner.vectors() }
    var vectors: [[Float]] = []
    try scanner.enterObject()
    while try scanner.nextMember() != nil {
      if vectors.isEmpty { vectors = try scanner.vectors() } else { try scanner.skip() }
    }
    return vectors
  }

  private static func usage(_ meta: JSON) -> Usage? {
    guard let billed = meta["billed_units"], billed.object != nil else { return nil }
    typealias Counts = AnthropicMessagesUsage
    let images = Counts.count(billed["image_tokens"])
    var usage = Usage(output: 0)
    usage.input = Counts.count(billed["input_tokens"]).map { Counts.clampedSum($0, images ?? 0) } ?? images
    usage.imageInput = images
    usage.raw = billed
    return usage
  }
}

extension Media {
  /// Its address, which may hold its bytes.
  fileprivate var address: String {
    switch source {
    case .url(let url): url
    case .base64(let data): "data:\(mediaType ?? "image/png");base64,\(data)"
    case .fileID(let id): id
    case .text(let text): text
    }
  }
}
