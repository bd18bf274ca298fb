// Embeddings in Gemini's format (ai.google.dev/api/embeddings): one input a request, several requests a batch.

extension GeminiContent: EmbeddingDialect {
  public static func embeddingsURL(base: String, for request: EmbeddingRequest, quirks: Quirks) -> String {
    "\(base)/\(escaped(resource(of: request.model))):\(request.asksForOne ? "embedContent" : "batchEmbedContents")"
  }

  /// "at most 100 requests can be in one batch" is the answer to more.
  public static let mostInputs = 100

  public static func encode(_ request: EmbeddingRequest, quirks: Quirks) throws(WireError) -> EncodedRequest {
    var changes = request.geminiChanges
    var requests: [JSONObject] = []
    for (index, input) in request.inputs.enumerated() {
      requests.append(try GeminiEmbedding.encode(input, at: index, of: request))
    }
    guard request.asksForOne else {
      let model: JSON = .string(resource(of: request.model))
      var body: JSONObject = ["requests": .array(requests.map { .object(["model": model] + $0) })]
      body.fill(from: request.extras, changes: &changes)
      return EncodedRequest(body: JSON.object(body).bytes, changes: changes)
    }
    requests[0].fill(from: request.extras, changes: &changes)
    return EncodedRequest(body: JSON.object(requests[0]).bytes, changes: changes)
  }

  public static func decodeEmbeddings(_ body: [UInt8], quirks: Quirks) throws(WireError) -> EmbeddingReply {
    var scanner = try JSONScanner(body[...], limits: .vectors)
    var reply = EmbeddingReply()
    var hasVectors = false
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "embeddings":
        reply.vectors = try scanner.vectors(in: "values")
        hasVectors = true
      case "embedding":
        reply.vectors = [try GeminiEmbedding.vector(&scanner)]
        hasVectors = true
      case "usageMetadata":
        reply.usage = GeminiContentUsage.decode(try scanner.value())
        reply.usage?.output = 0
      default: reply.extras[name.text] = try scanner.value()
      }
    }
    try scanner.finish()
    guard hasVectors else { throw WireError(offset: 0, "`embedding` or a list `embeddings` expected") }
    return reply
  }
}

/// One request of a batch.
private enum GeminiEmbedding {
  static let purposes: [(purpose: EmbeddingPurpose, word: String)] = [
    (.query, "RETRIEVAL_QUERY"), (.document, "RETRIEVAL_DOCUMENT"), (.similarity, "SEMANTIC_SIMILARITY"),
    (.classification, "CLASSIFICATION"), (.clustering, "CLUSTERING"), (.questionAnswering, "QUESTION_ANSWERING"),
    (.factVerification, "FACT_VERIFICATION"), (.codeQuery, "CODE_RETRIEVAL_QUERY"),
  ]

  static func encode(
    _ input: EmbeddingInput, at index: Int, of request: EmbeddingRequest
  ) throws(WireError) -> JSONObject {
    let part: JSON
    switch input {
    case .text(let text): part = ["text": .string(text)]
    case .tokens: throw WireError(offset: 0, "input[\(index)] is a list of tokens, and only texts are embedded here")
    case .image(let media):
      guard let inline = inline(media) else {
        throw WireError(offset: 0, "input[\(index)]: an image is sent by its bytes here")
      }
      part = ["inlineData": ["mimeType": .string(inline.mediaType), "data": .string(inline.data)]]
    }
    var object: JSONObject = ["content": ["parts": [part]]]
    object["taskType"] = purposes.first { $0.purpose == request.purpose }.map { .string($0.word) }
    object["outputDimensionality"] = request.dimensions.map { .number(JSONNumber($0)) }
    return object
  }

  private static func inline(_ media: Media) -> (mediaType: String, data: String)? {
    switch media.source {
    case .base64(let data): (media.mediaType ?? "image/png", data)
    case .url(let url): InlineData(url).map { ($0.mediaType, $0.base64) }
    case .fileID, .text: nil
    }
  }

  static func vector(_ scanner: inout JSONScanner) throws(WireError) -> [Float] {
    guard try scanner.kind() == .object else {
      try scanner.skip()
      return []
    }
    var vector: [Float] = []
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      if case "values" = name { vector = try scanner.vector() ?? [] }
    }
    return vector
  }
}

extension EmbeddingRequest {
  fileprivate var geminiChanges: [Change] {
    // Numbers are the only form of a vector here, and our caller is told it in its own.
    dropping([("truncation", truncation != nil), ("user", user != nil)])
  }
}

// MARK: Serving

extension GeminiContent: ServedEmbeddingDialect {
  public static func decodeEmbeddingRequest(
    _ body: [UInt8], at address: RequestAddress
  ) throws(WireError) -> EmbeddingRequest {
    var members = try Members(geminiObject: try JSON.parse(body), at: "")
    guard let model = address.model else { throw WireError(offset: 0, "the address names no model") }
    var request = EmbeddingRequest(model: model, inputs: [])
    guard let list = try members.array("requests") else {
      request.isSingle = true
      try request.add(&members, isFirst: true)
      request.extras = members.rest
      return request
    }
    for (index, element) in list.enumerated() {
      var own = try Members(geminiObject: element, at: "requests[\(index)]")
      _ = try own.string("model")
      try request.add(&own, isFirst: index == 0)
      guard own.rest.isEmpty else {
        throw WireError(offset: 0, "`requests[\(index)].\(own.rest.members[0].name)` is not known")
      }
    }
    request.extras = members.rest
    return request
  }

  public static func encodeEmbeddings(_ reply: EmbeddingReply, answering request: EmbeddingRequest) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name(request.isSingle ? "embedding" : "embeddings")
    if !request.isSingle { writer.beginArray() }
    for vector in request.isSingle ? Array(reply.vectors.prefix(1)) : reply.vectors {
      writer.beginObject()
      writer.name("values")
      writer.write(vector)
      writer.endObject()
    }
    if !request.isSingle { writer.endArray() }
    if let input = reply.usage?.input {
      writer.name("usageMetadata")
      let count: JSON = .number(JSONNumber(input))
      writer.write(JSONObject([("promptTokenCount", count), ("totalTokenCount", count)]))
    }
    writer.endObject()
    return writer.bytes
  }
}

extension EmbeddingRequest {
  /// Takes the input out of a request, and the settings, which must be the same for all of a batch.
  fileprivate mutating func add(_ members: inout Members, isFirst: Bool) throws(WireError) {
    guard var content = try members.geminiMembers("content"), let parts = try content.array("parts") else {
      throw WireError(offset: 0, "`\(members.place)content.parts` is missing")
    }
    inputs.append(try Self.input(parts, members.place))
    let word = try members.string("taskType")
    let dimensions = try members.int("outputDimensionality")
    let purpose = GeminiEmbedding.purposes.first { $0.word == word }?.purpose
    if word != nil, purpose == nil { throw WireError(offset: 0, "`\(members.place)taskType` is not known") }
    guard isFirst || (purpose == self.purpose && dimensions == self.dimensions) else {
      throw WireError(offset: 0, "`\(members.place)taskType`: all requests of a batch must have the same settings")
    }
    self.purpose = purpose
    self.dimensions = dimensions
  }

  private static func input(_ parts: [JSON], _ place: String) throws(WireError) -> EmbeddingInput {
    let texts = parts.compactMap { $0["text"]?.string }
    if !texts.isEmpty, texts.count == parts.count { return .text(texts.joined()) }
    let blob = parts.first?["inlineData"] ?? parts.first?["inline_data"]
    if parts.count == 1, let data = blob?["data"]?.string {
      return .image(Media(.base64(data), mediaType: blob?["mimeType"]?.string ?? blob?["mime_type"]?.string))
    }
    throw WireError(offset: 0, "`\(place)content` must be texts or one image")
  }
}

// MARK: Google's cloud

extension VertexGemini: EmbeddingDialect {
  /// There are no batches of `embedContent` there.
  public static let mostInputs = 1

  public static func embeddingsURL(base: String, for request: EmbeddingRequest, quirks: Quirks) -> String {
    "\(base)/\(GeminiContent.escaped(resource(of: request.model))):embedContent"
  }

  public static func encode(_ request: EmbeddingRequest, quirks: Quirks) throws(WireError) -> EncodedRequest {
    guard request.inputs.count == 1 else { throw WireError(offset: 0, "this provider embeds one input a call") }
    var single = request
    single.isSingle = true
    return try GeminiContent.encode(single, quirks: quirks)
  }

  public static func decodeEmbeddings(_ body: [UInt8], quirks: Quirks) throws(WireError) -> EmbeddingReply {
    try GeminiContent.decodeEmbeddings(body, quirks: quirks)
  }
}
