// An error answer to a `ProviderFailure`.

extension OpenAIChat {
  /// Reads any bytes that came with an error status, or with 200 where an answer should have been.
  public static func decodeFailure(status: Int, body: [UInt8]) -> ProviderFailure {
    let failure = FailureBody(body).failure(status: status)
    // An answer that is neither an answer nor an error.
    let isMalformed = (200...299).contains(status) && failure.code == nil && (try? JSON.parse(body)["error"]) == nil
    guard isMalformed else { return failure }
    return ProviderFailure(.malformed, status: status, message: failure.message)
  }
}
