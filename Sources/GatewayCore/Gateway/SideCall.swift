// Calls that are no chat: embeddings and the ranking of documents. They go the one path; only what is written and what is
// read differs.

public import Wire

/// What a call asks for instead of a chat.
public enum SideRequest: Sendable, Equatable {
  case embeddings(EmbeddingRequest)
  case rerank(RerankRequest)

  public var kind: CallKind {
    switch self {
    case .embeddings: .embeddings
    case .rerank: .rerank
    }
  }

  /// How many queries it will be billed as: "a single search unit is a query with up to 100 documents"
  /// (docs.cohere.com/docs/rate-limits).
  var estimatedQueries: Int? {
    switch self {
    case .embeddings: nil
    case .rerank(let request): max(1, (request.documents.count + 99) / 100)
    }
  }

  /// What is read by the model, as a chat would say it: for our estimate of its tokens, and for the books.
  fileprivate var asChat: ChatRequest {
    let texts: [String] =
      switch self {
      case .embeddings(let request):
        request.inputs.map { input in
          switch input {
          case .text(let text): text
          case .tokens(let tokens): "[\(tokens.count) tokens]"
          case .image: "[image]"
          }
        }
      case .rerank(let request): [request.query] + request.documents.map(\.text)
      }
    return ChatRequest(model: "", messages: [Message(.user, texts.joined(separator: "\n"))])
  }

  /// The request as `dialect` writes it.
  func encoded(
    for target: Target, speaking dialect: String, base: String, quirks: Quirks
  ) throws(WireError) -> (url: String, body: EncodedRequest) {
    switch self {
    case .embeddings(var request):
      request.model = target.model
      let format = try Self.embeddings(in: dialect)
      return (
        format.embeddingsURL(base: base, for: request, quirks: quirks), try format.encode(request, quirks: quirks)
      )
    case .rerank(var request):
      request.model = target.model
      let format = try Self.ranking(in: dialect)
      return (format.url(base: base, model: target.model, quirks: quirks), format.encode(request, quirks: quirks))
    }
  }

  /// The answer to this request in `dialect`.
  func reply(from body: [UInt8], speaking dialect: String, quirks: Quirks) throws(WireError) -> SideReply {
    switch self {
    case .embeddings(let request):
      let reply = try Self.embeddings(in: dialect).decodeEmbeddings(body, quirks: quirks)
      let vectors = reply.vectors.count { !$0.isEmpty }
      guard vectors == request.inputs.count, vectors == reply.vectors.count else {
        throw WireError(offset: 0, "\(vectors) vectors came for \(request.inputs.count) inputs")
      }
      return .embeddings(reply)
    case .rerank(let request):
      let reply = try Self.ranking(in: dialect).decodeReply(body, quirks: quirks)
      let places = Set(reply.results.map(\.index))
      guard places.count == reply.results.count, places.allSatisfy(request.documents.indices.contains) else {
        throw WireError(offset: 0, "a result names a document that was not sent, or one twice")
      }
      return .rerank(reply)
    }
  }

  private static func embeddings(in dialect: String) throws(WireError) -> any EmbeddingDialect.Type {
    guard let format = EmbeddingFormat(dialect: dialect) else {
      throw WireError(offset: 0, "nothing is embedded in the format '\(dialect)'")
    }
    return format.dialect
  }

  private static func ranking(in dialect: String) throws(WireError) -> RerankFormat {
    guard let format = RerankFormat(dialect: dialect) else {
      throw WireError(offset: 0, "nothing is ranked in the format '\(dialect)'")
    }
    return format
  }
}

extension RerankDocument {
  /// The document as text to read and search.
  fileprivate var text: String {
    switch self {
    case .text(let text): text
    case .object(let object): JSON.object(object).text
    }
  }
}

/// The answer to a `SideRequest`.
public enum SideReply: Sendable, Equatable {
  case embeddings(EmbeddingReply)
  case rerank(RerankReply)

  /// What the provider says of the call, as the events of a chat would.
  var events: [ChatEvent] {
    let (id, model, usage): (String?, String?, Usage?) =
      switch self {
      case .embeddings(let reply): (reply.id, reply.model, reply.usage)
      case .rerank(let reply): (reply.id, reply.model, reply.usage)
      }
    var told = usage
    // Nothing is written: a count that is not there is none.
    if told != nil, told?.output == nil { told?.output = 0 }
    return [.started(id: id, model: model)] + (told.map { [.usage($0)] } ?? [])
  }
}

extension Call {
  /// What it asks for.
  public var kind: CallKind { raw == nil ? side?.kind ?? .chat : .passthrough }

  /// A call that is no chat.
  public init(_ request: SideRequest, to plan: Plan, origin: CallOrigin) {
    self.init(request.asChat, to: plan, origin: origin)
    side = request
  }

  /// The same call with another request that is no chat.
  public func asking(_ request: SideRequest) -> Call {
    var call = self
    call.request = request.asChat
    call.side = request
    return call
  }
}
