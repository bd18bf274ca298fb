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

  /// Whether a request has the provider keep anything of the conversation.
  static func keepsState(_ request: JSONObject) -> Bool {
    ["store", "previous_response_id", "conversation", "background"].contains { name in
      request[name].map { $0 != .bool(false) && !$0.isNull } ?? false
    }
  }
}
