// A stream that passes through between a client and a provider that both speak this format.

extension GeminiContent {
  /// Each chunk tells all the usage so far.
  public static var repeatsUsage: Bool { true }

  /// A chunk is a piece of text and no more unless it names an end, a failure or a call.
  ///
  /// Only the bytes before colons are looked at: within a text, quotes are escaped.
  public static func isTelling(_ frame: ArraySlice<UInt8>) -> Bool {
    let bytes = frame.span
    var colon = bytes.firstIndex(of: ASCII.colon, from: 0)
    while colon < bytes.count {
      if colon > 0, bytes[colon - 1] <= ASCII.space { return true }
      for name in tellingNames where bytes.ends(name, at: colon) { return true }
      colon = bytes.firstIndex(of: ASCII.colon, from: colon + 1)
    }
    return false
  }

  private static let tellingNames: [StaticString] = [
    #""finishReason""#, #""promptFeedback""#, #""error""#, #""functionCall""#,
  ]
}
