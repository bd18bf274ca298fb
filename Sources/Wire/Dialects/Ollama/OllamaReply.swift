// A whole answer, and what it and a piece of a stream have in common: a piece is an answer in little.

extension Ollama {
  public static func decodeReply(_ body: [UInt8], quirks: Quirks) throws(WireError) -> ChatReply {
    let answer = try JSON.parse(body)
    guard answer["message"]?.object != nil || answer["response"]?.string != nil else {
      throw WireError(offset: 0, "an object `message` expected")
    }
    var decoder = OllamaStreamDecoder()
    var events: [ChatEvent] = []
    try decoder.read(body[...], into: &events)
    var builder = ChatReplyBuilder()
    for event in events { try builder.add(event) }
    return builder.reply
  }
}

extension Finish {
  /// Calls are not told of by the word.
  init(ollamaWord word: String, callsTools: Bool) {
    switch word {
    case "stop": self.init(callsTools ? .toolCalls : .stop, word: word)
    case "length": self.init(.length, word: word)
    default: self.init(.other, word: word)
    }
  }
}
