// The Messages format (docs.anthropic.com/en/api/messages).

/// `POST …/messages`, for calling.
public enum AnthropicMessages: Dialect {
  public static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String {
    base + "/messages"
  }

  public static func encode(
    _ request: ChatRequest, to model: ModelTraits, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    var encoder = AnthropicMessagesRequestEncoder(request, model, quirks)
    return encoder.encode()
  }

  public static func makeStreamDecoder(quirks: Quirks) -> AnthropicMessagesStreamDecoder {
    AnthropicMessagesStreamDecoder()
  }

  /// Stands for an answer in JSON where the model has no such format: the model must call this tool, and what it
  /// passes is the text of the answer.
  static let answerTool = "answer_in_json"
}
