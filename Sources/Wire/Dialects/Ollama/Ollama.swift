// Ollama's own chat format (docs.ollama.com/api/chat), which has more settings than the layers beside it.

/// `POST …/api/chat`, for calling.
public enum Ollama: Dialect {
  public static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String {
    base + "/api/chat"
  }

  public static func encode(
    _ request: ChatRequest, to model: ModelTraits, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    var encoder = OllamaRequestEncoder(request, model)
    return encoder.encode()
  }

  /// A line of JSON for each piece.
  public static let streamContentType = "application/x-ndjson"

  public static func makeStreamDecoder(quirks: Quirks) -> OllamaStreamDecoder { OllamaStreamDecoder() }
}
