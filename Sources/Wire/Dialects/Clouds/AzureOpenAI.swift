// Azure's surface of the Chat Completions format.
// learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle: since August 2025 the v1 API needs no dated version
// and takes the deployment as the model; before, the deployment stood in the address and each call named a version.

/// `POST …/openai/v1/chat/completions`, or the address of a deployment where a dated version is named.
public enum AzureOpenAI: Dialect {
  private static let root = "/openai"
  private static let undated = "v1"

  public static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String {
    url(base: base, model: model, path: "/chat/completions", quirks: quirks)
  }

  static func url(base: String, model: String, path: String, quirks: Quirks) -> String {
    guard let version = quirks.apiVersion, version != undated else { return "\(base)\(root)/v1\(path)" }
    return "\(base)\(root)/deployments/\(model.percentEncoded())\(path)?api-version=\(version.percentEncoded())"
  }

  public static func encode(
    _ request: ChatRequest, to model: ModelTraits, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    try OpenAIChat.encode(request, to: model, quirks: quirks)
  }

  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply {
    try OpenAIChat.decodeReply(body, quirks: quirks)
  }

  public static func makeStreamDecoder(quirks: Quirks) -> OpenAIChatStreamDecoder {
    OpenAIChat.makeStreamDecoder(quirks: quirks)
  }
}
