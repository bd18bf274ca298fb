// The embeddings format of OpenAI (platform.openai.com/docs/api-reference/embeddings), which most providers speak with
// departures (see `Quirks.Embeddings`).

/// `POST …/embeddings`, for calling and for serving clients.
public enum OpenAIEmbeddings: EmbeddingDialect {
  public static func embeddingsURL(base: String, for request: EmbeddingRequest, quirks: Quirks) -> String {
    base + (quirks.embeddings.path ?? "/embeddings")
  }

  /// "each input array must be 2048 dimensions or less" is said of the list of inputs.
  public static let mostInputs = 2048

  public static func encode(_ request: EmbeddingRequest, quirks: Quirks) throws(WireError) -> EncodedRequest {
    let own = quirks.embeddings
    var changes: [Change] = []
    var body: JSONObject = ["model": .string(request.model)]
    body[own.inputField] = try inputs(request)
    body[own.dimensionsField] = request.dimensions.map { .number(JSONNumber($0)) }
    body[own.encodingField] = request.encoding.map { .string($0.rawValue) }
    if let purpose = request.purpose {
      if let field = own.purposeField, let word = own.purposes[purpose.rawValue] {
        body[field] = .string(word)
      } else {
        changes.append(Change("input_type", .dropped, "this provider has no such parameter or word"))
      }
    }
    if let truncation = request.truncation {
      if let field = own.truncationField, truncation != .start {
        body[field] = .bool(truncation == .end)
      } else {
        changes.append(Change("truncation", .dropped, "this provider has no such parameter"))
      }
    }
    body["user"] = request.user.map { .string($0) }
    body.fill(from: request.extras, changes: &changes)
    body.drop(unsupportedBy: quirks, changes: &changes)
    return EncodedRequest(body: JSON.object(body).bytes, changes: changes)
  }

  /// A single input is written as one, all others as a list.
  private static func inputs(_ request: EmbeddingRequest) throws(WireError) -> JSON {
    var inputs: [JSON] = []
    for (index, input) in request.inputs.enumerated() {
      switch input {
      case .text(let text): inputs.append(.string(text))
      case .tokens(let tokens): inputs.append(.array(tokens.map { .number(JSONNumber($0)) }))
      case .image(let media): inputs.append(["image": .string(try address(of: media, at: index))])
      }
    }
    return request.asksForOne ? inputs[0] : .array(inputs)
  }

  private static func address(of media: Media, at index: Int) throws(WireError) -> String {
    switch media.source {
    case .url(let url): return url
    case .base64(let data): return media.mediaType.map { "data:\($0);base64,\(data)" } ?? data
    case .fileID, .text: throw WireError(offset: 0, "input[\(index)] is an image without bytes or an address")
    }
  }

  public static func decodeEmbeddings(_ body: [UInt8], quirks: Quirks) throws(WireError) -> EmbeddingReply {
    var scanner = try JSONScanner(body[...], limits: .vectors)
    var reply = EmbeddingReply()
    var hasVectors = false
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "data", "embeddings":
        reply.vectors = try scanner.vectors()
        hasVectors = true
      case "model": reply.model = try scanner.string()
      case "id": reply.id = try scanner.string()
      case "usage": reply.usage = usage(try scanner.value(), quirks)
      case "object": try scanner.skip()
      default: reply.extras[name.text] = try scanner.value()
      }
    }
    try scanner.finish()
    guard hasVectors else { throw WireError(offset: 0, "a list `data` expected") }
    return reply
  }

  /// What is read is all there is: some tell only a total.
  static func usage(_ json: JSON, _ quirks: Quirks) -> Usage? {
    guard var usage = OpenAIChatUsage.decode(json, serviceTier: nil, quirks: quirks) else { return nil }
    usage.input = usage.input ?? AnthropicMessagesUsage.count(json["total_tokens"])
    usage.output = usage.output ?? 0
    return usage
  }
}

// MARK: Serving

extension OpenAIEmbeddings: ServedEmbeddingDialect {
  public static func decodeEmbeddingRequest(
    _ body: [UInt8], at address: RequestAddress
  ) throws(WireError) -> EmbeddingRequest {
    var members = try Members(try JSON.parse(body))
    guard let model = try members.string("model") else { throw WireError(offset: 0, "`model` is missing") }
    guard let input = members.take("input") else { throw WireError(offset: 0, "`input` is missing") }
    var request = EmbeddingRequest(model: model, inputs: [])
    let (inputs, isSingle) = try inputs(in: input)
    request.inputs = inputs
    request.isSingle = isSingle
    request.dimensions = try members.int("dimensions")
    request.user = try members.string("user")
    if let word = try members.string("encoding_format") {
      guard let encoding = VectorEncoding(rawValue: word) else {
        throw WireError(offset: 0, "`encoding_format` must be float or base64")
      }
      request.encoding = encoding
    }
    // A word of the vendor's own stays with what only its provider understands.
    if let purpose = members.rest["input_type"]?.string.flatMap({ EmbeddingPurpose(rawValue: $0) }) {
      request.purpose = purpose
      _ = members.take("input_type")
    }
    request.extras = members.rest
    return request
  }

  /// A text, a list of tokens, or a list of either or of objects.
  private static func inputs(in json: JSON) throws(WireError) -> (inputs: [EmbeddingInput], isSingle: Bool) {
    if let list = json.array, !list.isEmpty, !list.allSatisfy({ $0.number != nil }) {
      var inputs: [EmbeddingInput] = []
      for (index, element) in list.enumerated() { inputs.append(try input(element, "input[\(index)]")) }
      return (inputs, false)
    }
    return ([try input(json, "input")], true)
  }

  private static func input(_ json: JSON, _ field: String) throws(WireError) -> EmbeddingInput {
    if let text = json.string ?? json["text"]?.string { return .text(text) }
    if let url = json["image"]?.string { return .image(Media(addressOrData: url)) }
    let tokens = json.array?.compactMap(\.int) ?? []
    guard !tokens.isEmpty, tokens.count == json.array?.count else {
      throw WireError(offset: 0, "`\(field)` must be a text or a list of tokens")
    }
    return .tokens(tokens)
  }

  public static func encodeEmbeddings(_ reply: EmbeddingReply, answering request: EmbeddingRequest) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("object")
    writer.write("list")
    writer.name("data")
    writer.beginArray()
    for (index, vector) in reply.vectors.enumerated() {
      writer.beginObject()
      writer.name("object")
      writer.write("embedding")
      writer.name("index")
      writer.write(index)
      writer.name("embedding")
      writer.write(vector, as: request.encoding ?? .float)
      writer.endObject()
    }
    writer.endArray()
    writer.name("model")
    writer.write(reply.model ?? request.model)
    writer.name("usage")
    let input = reply.usage?.input ?? 0
    var usage: JSONObject = ["prompt_tokens": .number(JSONNumber(input)), "total_tokens": .number(JSONNumber(input))]
    usage["cost"] = reply.usage?.reportedCost.map { .number(JSONNumber($0, places: 12)) }
    writer.write(usage)
    writer.endObject()
    return writer.bytes
  }
}

// MARK: Azure

extension AzureOpenAI: EmbeddingDialect {
  public static func embeddingsURL(base: String, for request: EmbeddingRequest, quirks: Quirks) -> String {
    url(base: base, model: request.model, path: "/embeddings", quirks: quirks)
  }

  public static var mostInputs: Int { OpenAIEmbeddings.mostInputs }

  public static func encode(_ request: EmbeddingRequest, quirks: Quirks) throws(WireError) -> EncodedRequest {
    try OpenAIEmbeddings.encode(request, quirks: quirks)
  }

  public static func decodeEmbeddings(_ body: [UInt8], quirks: Quirks) throws(WireError) -> EmbeddingReply {
    try OpenAIEmbeddings.decodeEmbeddings(body, quirks: quirks)
  }
}
