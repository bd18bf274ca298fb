// A failure in the words of Anthropic's API (docs.anthropic.com/en/api/errors).

extension AnthropicMessages {
  public static func encodeFailure(_ failure: ProviderFailure) -> EncodedFailure {
    let (status, type) = words(for: failure.kind)
    let error: JSON = ["type": .string(type), "message": .string(failure.message)]
    return EncodedFailure(status: status, body: (["type": "error", "error": error] as JSON).bytes)
  }

  private static func words(for kind: ProviderFailure.Kind) -> (status: Int, type: String) {
    switch kind {
    case .authentication: (401, "authentication_error")
    case .permission: (403, "permission_error")
    case .notFound: (404, "not_found_error")
    case .invalidRequest, .contextLength, .contentFilter: (400, "invalid_request_error")
    case .quota: (402, "billing_error")
    case .rateLimited: (429, "rate_limit_error")
    case .overloaded: (529, "overloaded_error")
    case .timeout: (504, "timeout_error")
    case .network, .malformed, .cut: (502, "api_error")
    case .server: (500, "api_error")
    }
  }
}
