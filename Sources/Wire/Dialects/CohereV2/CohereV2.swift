// The second version of Cohere's chat format (docs.cohere.com/reference/chat).

/// `POST …/chat`, for calling.
public enum CohereV2: Dialect {
  public static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String { base + "/chat" }

  public static func encode(
    _ request: ChatRequest, to model: ModelTraits, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    var encoder = CohereV2RequestEncoder(request, model)
    return try encoder.encode()
  }

  public static func makeStreamDecoder(quirks: Quirks) -> CohereV2StreamDecoder { CohereV2StreamDecoder() }
}
