// The generateContent format (ai.google.dev/api/generate-content).

/// `POST …/models/M:generateContent`, for calling and for serving clients.
public enum GeminiContent: Dialect {
  public static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String {
    "\(base)/\(escaped(resource(of: model))):\(method(streams: streams))"
  }

  /// A model may be named by its resource: `models/M`, `tunedModels/M`.
  static func resource(of model: String) -> String {
    model.hasPrefix("models/") || model.hasPrefix("tunedModels/") ? model : "models/" + model
  }

  /// A name is the client's: it must not say more than a name.
  static func escaped(_ resource: String) -> String { resource.percentEncoded(keeping: "/@") }

  static func method(streams: Bool) -> String { streams ? "streamGenerateContent?alt=sse" : "generateContent" }

  public static func encode(
    _ request: ChatRequest, to model: ModelTraits, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    var encoder = GeminiContentRequestEncoder(request, model)
    return encoder.encode()
  }

  public static func makeStreamDecoder(quirks: Quirks) -> GeminiContentStreamDecoder {
    GeminiContentStreamDecoder()
  }
}

/// The same format on Google's cloud: another address, the same bodies.
public enum VertexGemini: Dialect {
  public static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String {
    "\(base)/\(GeminiContent.escaped(resource(of: model))):\(GeminiContent.method(streams: streams))"
  }

  /// A model may be named by its resource (`publishers/P/models/M`, `endpoints/E`) or by its publisher (`P/M`).
  static func resource(of model: String) -> String {
    if ["publishers/", "endpoints/"].contains(where: model.hasPrefix) { return model }
    let parts = model.split(separator: "/", maxSplits: 1)
    guard parts.count == 2, parts[0] != "models" else { return "publishers/google/models/\(parts.last ?? "")" }
    return "publishers/\(parts[0])/models/\(parts[1])"
  }

  public static func encode(
    _ request: ChatRequest, to model: ModelTraits, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    try GeminiContent.encode(request, to: model, quirks: quirks)
  }

  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply {
    try GeminiContent.decodeReply(body, quirks: quirks)
  }

  public static func makeStreamDecoder(quirks: Quirks) -> GeminiContentStreamDecoder {
    GeminiContentStreamDecoder()
  }
}
