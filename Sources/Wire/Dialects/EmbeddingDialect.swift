// What a wire format must be able to do for embeddings and for ranking documents. Serving clients is a refinement.

/// A wire format for embeddings.
public protocol EmbeddingDialect: Sendable {
  /// The address of a call: `base` (no trailing slash) with the format's own path.
  static func url(base: String, model: String, quirks: Quirks) -> String

  /// The body to send, and what had to be changed on the way.
  static func encode(_ request: EmbeddingRequest, quirks: Quirks) throws(WireError) -> EncodedRequest

  /// Reads a successful answer.
  static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> EmbeddingReply
}

/// A wire format for embeddings that clients are served in.
public protocol ServedEmbeddingDialect: EmbeddingDialect {
  /// Reads a client's request.
  static func decodeRequest(_ body: [UInt8], at address: RequestAddress) throws(WireError) -> EmbeddingRequest

  /// Writes an answer to `request`.
  static func encodeReply(_ reply: EmbeddingReply, to request: EmbeddingRequest) -> [UInt8]
}

/// A wire format for ranking documents.
public protocol RerankDialect: Sendable {
  static func url(base: String, model: String, quirks: Quirks) -> String
  static func encode(_ request: RerankRequest, quirks: Quirks) throws(WireError) -> EncodedRequest
  static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> RerankReply
}

/// A wire format for ranking documents that clients are served in.
public protocol ServedRerankDialect: RerankDialect {
  static func decodeRequest(_ body: [UInt8]) throws(WireError) -> RerankRequest
  static func encodeReply(_ reply: RerankReply, to request: RerankRequest) -> [UInt8]
}

/// Which format a provider has for what is no chat, by the dialect its data names.
public enum SideDialect {
  /// `openai-chat`, `openai-embeddings`, ...: those that come with OpenAI's embeddings, and formats of their own.
  public static func embeddings(of dialect: String) -> (any EmbeddingDialect.Type)? {
    switch dialect {
    case "openai-chat", "openai-responses", "openai-embeddings", "azure-openai": OpenAIEmbeddings.self
    default: nil
    }
  }

  public static func rerank(of dialect: String) -> (any RerankDialect.Type)? {
    switch dialect {
    case "openai-chat", "openai-embeddings", "cohere-v2": Rerank.self
    default: nil
    }
  }
}
