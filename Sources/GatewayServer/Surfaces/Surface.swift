// What a request asks for, by its method and path. One table for every address the server knows.
import Wire

/// A part of the server that clients call.
enum Surface: Sendable, Equatable {
  /// A chat in one of the formats that are served.
  case chat(DialectName, RequestAddress)
  /// The text completions that chat replaced.
  case completions
  case countTokens(DialectName, RequestAddress)
  case embeddings(EmbeddingFormat, RequestAddress)
  case rerank
  /// The list of models, or one of them.
  case models(String?)
  case passthrough(provider: String, path: String)
  case live
  case ready
  case metrics
  case spend
  case operation(String)
  /// Virtual keys and teams, by the rest of the path.
  case access([String])
  /// An address that is none of these.
  case nothing

  /// What keys, metrics and the log call it.
  var name: String {
    switch self {
    case .chat(.anthropicMessages, _), .countTokens(.anthropicMessages, _): "messages"
    case .chat(.openAIResponses, _): "responses"
    case .chat(.gemini, _), .countTokens: "gemini"
    case .chat, .completions: "chat"
    case .embeddings: "embeddings"
    case .rerank: "rerank"
    case .models: "models"
    case .passthrough(let provider, _): AccessSurface.passthrough(provider)
    case .live, .ready: "health"
    case .metrics: "metrics"
    case .spend, .operation, .access: "admin"
    case .nothing: "none"
    }
  }

  /// Who may use it.
  enum Audience: Sendable {
    case anyone, keys, administrators
  }

  var audience: Audience {
    switch self {
    case .live, .ready, .nothing: .anyone
    case .spend, .operation, .access: .administrators
    case .metrics: .anyone
    default: .keys
    }
  }
}

/// Whose API an address belongs to: errors are told in its words.
enum ClientAPI: Sendable, Equatable {
  case openAI, anthropic, gemini

  var failureFormat: any ServedDialect.Type {
    switch self {
    case .openAI: OpenAIChat.self
    case .anthropic: AnthropicMessages.self
    case .gemini: GeminiContent.self
    }
  }
}

/// Where a request leads.
enum SurfaceMatch: Sendable, Equatable {
  case found(Surface, ClientAPI)
  /// The address is known, the method is not its own.
  case otherMethod(allowed: String, ClientAPI)
  case unknown(ClientAPI)

  var api: ClientAPI {
    switch self {
    case .found(_, let api), .otherMethod(_, let api), .unknown(let api): api
    }
  }

  var surface: Surface {
    if case .found(let surface, _) = self { surface } else { .nothing }
  }
}
