// The Messages format as Google's cloud has it: the model and the stream stand in the address, the version in the body.
// docs.anthropic.com/en/api/claude-on-vertex-ai

/// `POST …/MODEL:rawPredict` and `…:streamRawPredict`.
public enum VertexAnthropic: Dialect {
  public static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String {
    // `@` parts a model's name from its date.
    "\(base)/\(model.percentEncoded(keeping: "@")):\(streams ? "streamRawPredict" : "rawPredict")"
  }

  public static func encode(
    _ request: ChatRequest, to model: ModelTraits, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    var body = AnthropicMessagesRequestEncoder(request, model, quirks)
    body.encodeBody()
    body.body["model"] = nil
    body.body["anthropic_version"] = .string(quirks.versionInBody ?? "vertex-2023-10-16")
    return body.encoded
  }

  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply {
    try AnthropicMessages.decodeReply(body, quirks: quirks)
  }

  public static func makeStreamDecoder(quirks: Quirks) -> AnthropicMessagesStreamDecoder {
    AnthropicMessages.makeStreamDecoder(quirks: quirks)
  }
}
