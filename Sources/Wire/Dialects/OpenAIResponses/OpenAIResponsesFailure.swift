// A failure within a stream. Outside of one, this format's failures are those of the Chat Completions format.

extension OpenAIResponses {
  public static func encodeFailure(_ failure: ProviderFailure) -> EncodedFailure { OpenAIChat.encodeFailure(failure) }

  /// The `error` of a failed `response`, in the words by which clients know what to do.
  static func streamError(_ failure: ProviderFailure) -> JSON {
    let code =
      switch failure.kind {
      case .contextLength: "context_length_exceeded"
      case .quota: "insufficient_quota"
      case .rateLimited: "rate_limit_exceeded"
      case .overloaded: "server_is_overloaded"
      case .contentFilter: "content_filter"
      case .invalidRequest: "invalid_prompt"
      case .authentication, .permission, .notFound, .server, .timeout, .network, .malformed, .cut: "server_error"
      }
    return ["code": .string(code), "message": .string(failure.message)]
  }
}
