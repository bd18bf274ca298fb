// The wire formats that are built in. A new one is a folder and a line here.

/// The names that data and config use.
public enum DialectName: String, Sendable, CaseIterable {
  case openAIChat = "openai-chat"
  case anthropicMessages = "anthropic-messages"
  case openAIResponses = "openai-responses"
  case gemini = "gemini"
  case vertexGemini = "vertex-gemini"
  case bedrockConverse = "bedrock-converse"
  case bedrockInvoke = "bedrock-invoke"
  case azureOpenAI = "azure-openai"
  case vertexAnthropic = "vertex-anthropic"
  case cohereV2 = "cohere-v2"
  case ollama = "ollama"

  /// The format itself.
  public var dialect: any Dialect.Type {
    switch self {
    case .openAIChat: OpenAIChat.self
    case .anthropicMessages: AnthropicMessages.self
    case .openAIResponses: OpenAIResponses.self
    case .gemini: GeminiContent.self
    case .vertexGemini: VertexGemini.self
    case .bedrockConverse: BedrockConverse.self
    case .bedrockInvoke: BedrockInvoke.self
    case .azureOpenAI: AzureOpenAI.self
    case .vertexAnthropic: VertexAnthropic.self
    case .cohereV2: CohereV2.self
    case .ollama: Ollama.self
    }
  }

  /// The format for serving clients, where it is served.
  public var served: (any ServedDialect.Type)? { dialect as? any ServedDialect.Type }

  /// The dialect whose bodies it shares: those of one format can be forwarded as they are.
  public var format: DialectName {
    switch self {
    case .vertexGemini: .gemini
    case .vertexAnthropic: .anthropicMessages
    case .azureOpenAI: .openAIChat
    default: self
    }
  }

  /// Whether it knows tools that take text instead of an object.
  var hasCustomTools: Bool { format == .openAIChat || format == .openAIResponses }

  /// The dialect in whose words it answers, whatever they are wrapped in.
  var vocabulary: DialectName { self == .bedrockInvoke ? .anthropicMessages : format }
}
