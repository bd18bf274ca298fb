// The Messages format within Amazon's own call of a model: the model and the stream stand in the address, the version
// in the body, and a stream's events come as Base64 within frames.
// docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html

/// `POST …/model/MODEL/invoke` and `…/invoke-with-response-stream`, for models that speak the Messages format.
public enum BedrockInvoke: Dialect {
  public static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String {
    "\(base)/model/\(model.percentEncoded())/\(streams ? "invoke-with-response-stream" : "invoke")"
  }

  public static func encode(
    _ request: ChatRequest, to model: ModelTraits, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    guard case .claude = BedrockModelFamily(model: request.model) else {
      throw WireError(offset: 0, "only Claude models are called this way; others speak bedrock-converse")
    }
    var body = AnthropicMessagesRequestEncoder(request, model, quirks)
    body.encodeBody()
    body.body["model"] = nil
    body.body["stream"] = nil
    body.body["anthropic_version"] = .string(quirks.versionInBody ?? "bedrock-2023-05-31")
    return body.encoded
  }

  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply {
    try AnthropicMessages.decodeReply(body, quirks: quirks)
  }

  public static let streamContentType = AWSEventStreamDecoder.contentType

  public static func makeStreamDecoder(quirks: Quirks) -> BedrockInvokeStreamDecoder { BedrockInvokeStreamDecoder() }
}

/// Takes the events out of their frames.
public struct BedrockInvokeStreamDecoder: StreamDecoding {
  private var framing = AWSEventStreamDecoder()
  private var pending: [AWSEventStreamMessage] = []
  private var messages = AnthropicMessagesStreamDecoder()

  public init() {}

  public var isComplete: Bool { messages.isComplete }

  public mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(WireError) {
    pending.removeAll(keepingCapacity: true)
    // What came whole before a broken frame is told.
    let framed = Result { () throws(WireError) in try framing.decode(bytes, into: &pending) }
    for index in pending.indices { try read(pending[index], into: &events) }
    try framed.get()
  }

  public mutating func finish(into events: inout [ChatEvent]) throws(WireError) {
    try messages.finish(into: &events)
  }

  private mutating func read(_ message: AWSEventStreamMessage, into events: inout [ChatEvent]) throws(WireError) {
    guard message.text(":message-type")?.equals("event") ?? true else {
      return events.append(.failed(message.failure))
    }
    var scanner = try JSONScanner(message.payload)
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      guard case "bytes" = name, let text = try scanner.string() else { continue }
      guard let event = bytes(base64: text) else { throw WireError(offset: 0, "`bytes` that are no Base64") }
      try messages.read(event[...], into: &events)
    }
  }
}
