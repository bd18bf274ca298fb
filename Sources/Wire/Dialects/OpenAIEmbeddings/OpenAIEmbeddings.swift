// OpenAI's embeddings (platform.openai.com/docs/api-reference/embeddings), which most providers speak.

/// `POST …/embeddings`, for calling and for serving clients.
public enum OpenAIEmbeddings: ServedEmbeddingDialect {
  public static func url(base: String, model: String, quirks: Quirks) -> String {
    base + (quirks.embeddingsPath ?? "/embeddings")
  }

  // MARK: Requests

  public static func encode(_ request: EmbeddingRequest, quirks: Quirks) throws(WireError) -> EncodedRequest {
    var changes: [Change] = []
    var body: JSONObject = ["model": .string(request.model), "input": input(of: request)]
    body[quirks.dimensionsField] = request.dimensions.map { .number(JSONNumber($0)) }
    if request.wantsBase64 { body["encoding_format"] = "base64" }
    if let purpose = request.purpose {
      if let field = quirks.embeddingPurposeField, let word = quirks.embeddingPurposes[purpose.rawValue] {
        body[field] = .string(word)
      } else {
        changes.append(Change("input_type", .dropped, "this provider makes one kind of vector"))
      }
    }
    if let truncates = request.truncates {
      if let field = quirks.truncationField {
        body[field] = .bool(truncates)
      } else {
        changes.append(Change("truncation", .dropped, "this provider has no such parameter"))
      }
    }
    body["user"] = request.user.map { .string($0) }
    for extra in request.extras.members { body.add(extra, changes: &changes) }
    for name in quirks.unsupported.sorted() where body[name] != nil && name != "input" {
      body[name] = nil
      changes.append(Change(name, .dropped, "this provider has no such parameter"))
    }
    return EncodedRequest(body: JSON.object(body).bytes, changes: changes)
  }

  /// One text stands alone, several in a list.
  private static func input(of request: EmbeddingRequest) -> JSON {
    let inputs = request.inputs.map { input -> JSON in
      switch input {
      case .text(let text): .string(text)
      case .tokens(let tokens): .array(tokens.map { .number(JSONNumber($0)) })
      }
    }
    return inputs.count == 1 ? inputs[0] : .array(inputs)
  }

  public static func decodeRequest(
    _ body: [UInt8], at address: RequestAddress
  ) throws(WireError) -> EmbeddingRequest {
    var members = try Members(try JSON.parse(body))
    guard let model = try members.string("model") ?? address.model else {
      throw WireError(offset: 0, "`model` is missing")
    }
    guard let input = members.take("input") else { throw WireError(offset: 0, "`input` is missing") }
    var request = EmbeddingRequest(model: model, inputs: try inputs(input))
    request.dimensions = try members.int("dimensions")
    request.user = try members.string("user")
    switch try members.string("encoding_format") {
    case "float", nil: break
    case "base64": request.wantsBase64 = true
    default: throw WireError(offset: 0, "`encoding_format` must be float or base64")
    }
    request.extras = members.rest
    return request
  }

  /// A text, texts, the tokens of one text, or of several.
  private static func inputs(_ json: JSON) throws(WireError) -> [EmbeddingInput] {
    if let text = json.string { return [.text(text)] }
    if let tokens = tokens(json) { return [.tokens(tokens)] }
    var inputs: [EmbeddingInput] = []
    for element in json.array ?? [] {
      if let text = element.string {
        inputs.append(.text(text))
      } else if let tokens = tokens(element) {
        inputs.append(.tokens(tokens))
      } else {
        throw WireError(offset: 0, "`input` must be a string, a list of strings, or lists of tokens")
      }
    }
    guard !inputs.isEmpty else { throw WireError(offset: 0, "`input` is empty") }
    return inputs
  }

  private static func tokens(_ json: JSON) -> [Int]? {
    guard let list = json.array, !list.isEmpty else { return nil }
    let tokens = list.compactMap(\.int)
    return tokens.count == list.count ? tokens : nil
  }

  // MARK: Replies

  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> EmbeddingReply {
    var reply = EmbeddingReply()
    var vectors: [(index: Int, vector: [Float])] = []
    var hasData = false
    var scanner = try JSONScanner(body[...])
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "id": reply.id = try scanner.string()
      case "model": reply.model = try scanner.string()
      case "usage": reply.usage = usage(try scanner.value(), quirks)
      case "data":
        hasData = true
        try scanner.enterArray()
        while try scanner.nextElement() { vectors.append(try item(&scanner, position: vectors.count)) }
      default: break
      }
    }
    try scanner.finish()
    guard hasData else { throw WireError(offset: 0, "an answer has `data`") }
    // Providers give them in order; the index says so where they do not.
    reply.vectors = vectors.sorted { $0.index < $1.index }.map(\.vector)
    return reply
  }

  private static func item(
    _ scanner: inout JSONScanner, position: Int
  ) throws(WireError) -> (index: Int, vector: [Float]) {
    var item = (index: position, vector: [Float]())
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "index": item.index = try scanner.int() ?? position
      case "embedding": item.vector = try VectorReading.vector(&scanner)
      default: break
      }
    }
    return item
  }

  /// Some tell only the total, which is all input.
  private static func usage(_ json: JSON, _ quirks: Quirks) -> Usage? {
    guard var usage = OpenAIChatUsage.decode(json, serviceTier: nil, quirks: quirks) else { return nil }
    if usage.input == nil { usage.input = json["total_tokens"]?.int }
    return usage
  }

  public static func encodeReply(_ reply: EmbeddingReply, to request: EmbeddingRequest) -> [UInt8] {
    let data = reply.vectors.enumerated().map { index, vector -> JSON in
      let embedding = request.wantsBase64 ? .string(base64(vector.littleEndianBytes)) : vector.json
      return ["object": "embedding", "index": .number(JSONNumber(index)), "embedding": embedding]
    }
    var usage: JSONObject = [
      "prompt_tokens": .number(JSONNumber(reply.usage?.input ?? 0)),
      "total_tokens": .number(JSONNumber(reply.usage?.input ?? 0)),
    ]
    usage["cost"] = reply.usage?.reportedCost.map { .number(JSONNumber($0, places: 12)) }
    let body: JSONObject = [
      "object": "list", "data": .array(data), "model": .string(reply.model ?? request.model), "usage": .object(usage),
    ]
    return JSON.object(body).bytes
  }
}
