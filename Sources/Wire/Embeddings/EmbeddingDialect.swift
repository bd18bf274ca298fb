// What a format must be able to do for embedding texts. Serving clients is a refinement, as with chat.

/// A format in which texts are embedded.
public protocol EmbeddingDialect: Sendable {
  /// The address of a call: `base` (no trailing slash) with the format's own path.
  static func embeddingsURL(base: String, for request: EmbeddingRequest, quirks: Quirks) -> String

  /// The body to send, and what had to be changed on the way.
  static func encode(_ request: EmbeddingRequest, quirks: Quirks) throws(WireError) -> EncodedRequest

  /// Reads a successful answer.
  static func decodeEmbeddings(_ body: [UInt8], quirks: Quirks) throws(WireError) -> EmbeddingReply

  /// The most inputs of one call.
  static var mostInputs: Int { get }
}

/// A format in which clients ask for vectors.
public protocol ServedEmbeddingDialect: EmbeddingDialect {
  /// Reads a client's request; nothing is lost, fields without a place become extras.
  static func decodeEmbeddingRequest(
    _ body: [UInt8], at address: RequestAddress
  ) throws(WireError) -> EmbeddingRequest

  /// Writes an answer.
  static func encodeEmbeddings(_ reply: EmbeddingReply, answering request: EmbeddingRequest) -> [UInt8]
}

/// The formats that are built in, by the names that data and config use.
public enum EmbeddingFormat: String, Sendable, CaseIterable {
  case openAI = "openai-embeddings"
  case azureOpenAI = "azure-openai"
  case gemini = "gemini"
  case vertexGemini = "vertex-gemini"
  case cohereV2 = "cohere-v2"
  case ollama = "ollama"

  /// What a provider that speaks `dialect` embeds in; `nil` when it does not.
  public init?(dialect: String) {
    switch dialect {
    case "openai-chat", "openai-responses": self = .openAI
    default: self.init(rawValue: dialect)
    }
  }

  public var dialect: any EmbeddingDialect.Type {
    switch self {
    case .openAI: OpenAIEmbeddings.self
    case .azureOpenAI: AzureOpenAI.self
    case .gemini: GeminiContent.self
    case .vertexGemini: VertexGemini.self
    case .cohereV2: CohereV2.self
    case .ollama: Ollama.self
    }
  }

  /// The format for serving clients, where it is served.
  public var served: (any ServedEmbeddingDialect.Type)? { dialect as? any ServedEmbeddingDialect.Type }
}

extension EmbeddingRequest {
  /// The inputs as texts, for formats that take nothing else.
  ///
  /// An input that is none has no place: an answer without its vector would be another answer.
  func texts() throws(WireError) -> [String] {
    var texts: [String] = []
    for (index, input) in inputs.enumerated() {
      guard case .text(let text) = input else {
        throw WireError(offset: 0, "input[\(index)] is no text, and only texts are embedded here")
      }
      texts.append(text)
    }
    return texts
  }

  /// Changes for what was asked for and has no parameter.
  func dropping(_ fields: [(name: String, isAsked: Bool)]) -> [Change] {
    fields.filter(\.isAsked).map { Change($0.name, .dropped, "this format has no such parameter") }
  }
}

extension JSONObject {
  /// Takes out what a provider refuses, each a change.
  mutating func drop(unsupportedBy quirks: Quirks, changes: inout [Change]) {
    for name in quirks.unsupported.sorted() where self[name] != nil {
      self[name] = nil
      changes.append(Change(name, .dropped, "this provider has no such parameter"))
    }
  }
}
