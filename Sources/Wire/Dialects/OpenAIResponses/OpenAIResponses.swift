// The Responses format (platform.openai.com/docs/api-reference/responses).

/// `POST …/responses`, for calling.
public enum OpenAIResponses: Dialect {
  public static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String {
    base + "/responses"
  }

  public static func encode(
    _ request: ChatRequest, to model: ModelTraits, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    var encoder = OpenAIResponsesRequestEncoder(request, model, quirks)
    return try encoder.encode()
  }

  public static func makeStreamDecoder(quirks: Quirks) -> OpenAIResponsesStreamDecoder {
    OpenAIResponsesStreamDecoder(quirks: quirks)
  }

  /// Asks for encrypted thinking, and for probabilities of tokens.
  static let encryptedContentInclude = "reasoning.encrypted_content"
  static let logprobsInclude = "message.output_text.logprobs"
}
