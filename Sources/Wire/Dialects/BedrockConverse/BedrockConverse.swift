// The Converse format of Amazon's cloud (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html):
// one format for the models of many makers, who may add fields of their own.

/// `POST …/model/MODEL/converse` and `…/converse-stream`, for calling.
public enum BedrockConverse: Dialect {
  /// The model's id stands in the path; it holds `:`, and as an ARN also `/`, both of which must be encoded.
  public static func chatURL(base: String, model: String, streams: Bool, quirks: Quirks) -> String {
    "\(base)/model/\(model.percentEncoded())/\(streams ? "converse-stream" : "converse")"
  }

  public static func encode(
    _ request: ChatRequest, to model: ModelTraits, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    var encoder = BedrockConverseRequestEncoder(request, model, quirks)
    return encoder.encode()
  }

  public static let streamContentType = AWSEventStreamDecoder.contentType

  public static func makeStreamDecoder(quirks: Quirks) -> BedrockConverseStreamDecoder {
    BedrockConverseStreamDecoder()
  }
}

/// Whose parameters a model has besides those of the format, told by its name; an ARN may name none.
enum BedrockModelFamily: Sendable {
  case claude
  case nova
  /// Nova models that reason.
  case nova2
  /// `reasoning_effort`, a word.
  case gptOSS
  /// `reasoning_config`, a word.
  case qwen
  case other

  init(model: String) {
    let families: [(part: String, family: BedrockModelFamily)] = [
      ("claude", .claude), ("nova-2", .nova2), ("nova", .nova), ("gpt-oss", .gptOSS), ("qwen3", .qwen),
    ]
    let name = model.lowercased()
    self = families.first { name.contains($0.part) }?.family ?? .other
  }

  /// Whether a call of one tool can be made compulsory: what an answer in JSON is then made of.
  ///
  /// Others have `outputConfig` for that (docs.aws.amazon.com, Bedrock user guide, structured outputs).
  var canBeMadeToCall: Bool {
    switch self {
    case .claude, .nova, .nova2: true
    case .gptOSS, .qwen, .other: false
    }
  }
}
