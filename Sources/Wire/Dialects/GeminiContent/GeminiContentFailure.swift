// A failure in the words of Google's APIs (google.aip.dev/193), whose clients go by the status.

extension GeminiContent {
  public static func encodeFailure(_ failure: ProviderFailure) -> EncodedFailure {
    let (status, word) = words(for: failure.kind)
    let error: JSON = [
      "code": .number(JSONNumber(status)), "message": .string(failure.message), "status": .string(word),
    ]
    return EncodedFailure(status: status, body: (["error": error] as JSON).bytes)
  }

  private static func words(for kind: ProviderFailure.Kind) -> (status: Int, word: String) {
    switch kind {
    case .authentication: (401, "UNAUTHENTICATED")
    case .permission: (403, "PERMISSION_DENIED")
    case .notFound: (404, "NOT_FOUND")
    case .invalidRequest, .contextLength, .contentFilter: (400, "INVALID_ARGUMENT")
    case .rateLimited, .quota: (429, "RESOURCE_EXHAUSTED")
    case .overloaded: (503, "UNAVAILABLE")
    case .timeout: (504, "DEADLINE_EXCEEDED")
    case .network, .malformed, .cut: (502, "INTERNAL")
    case .server: (500, "INTERNAL")
    }
  }
}
