// The Chat Completions format, which most providers speak with departures (see `Quirks`).

/// `POST …/chat/completions`, for calling.
public enum OpenAIChat: Dialect {
  public static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String {
    var url = base + "/chat/completions"
    if let version = quirks.apiVersion, let name = quirks.apiVersionParameter {
      url += "?\(name)=\(version.percentEncoded())"
    }
    return url
  }

  public static func encode(
    _ request: ChatRequest, to model: ModelTraits, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    var encoder = OpenAIChatRequestEncoder(request, model, quirks)
    return try encoder.encode()
  }

  public static func makeStreamDecoder(quirks: Quirks) -> OpenAIChatStreamDecoder {
    OpenAIChatStreamDecoder(quirks: quirks)
  }
}
