// A failure in the words of OpenAI's API (platform.openai.com/docs/guides/error-codes), which its clients turn into
// their own kinds of error by the status.

extension OpenAIChat {
  public static func encodeFailure(_ failure: ProviderFailure) -> EncodedFailure {
    let (status, type, code) = words(for: failure.kind)
    let error: JSON = [
      "message": .string(failure.message), "type": .string(type), "param": .null,
      "code": code.map { .string($0) } ?? .null,
    ]
    return EncodedFailure(status: status, body: (["error": error] as JSON).bytes)
  }

  private static func words(for kind: ProviderFailure.Kind) -> (status: Int, type: String, code: String?) {
    switch kind {
    case .authentication: (401, "invalid_request_error", "invalid_api_key")
    case .permission: (403, "invalid_request_error", "permission_denied")
    case .notFound: (404, "invalid_request_error", "model_not_found")
    case .invalidRequest: (400, "invalid_request_error", nil)
    case .contextLength: (400, "invalid_request_error", "context_length_exceeded")
    case .contentFilter: (400, "invalid_request_error", "content_filter")
    case .rateLimited: (429, "rate_limit_error", "rate_limit_exceeded")
    case .quota: (429, "insufficient_quota", "insufficient_quota")
    case .overloaded: (503, "server_error", "overloaded")
    case .timeout: (504, "server_error", "timeout")
    case .network: (502, "server_error", "provider_unreachable")
    case .malformed, .cut: (502, "server_error", "provider_answer_broken")
    case .server: (500, "server_error", nil)
    }
  }
}
