// The words for why a model stopped.

extension Finish {
  /// The reason behind a `finish_reason`; an empty word is none.
  init?(openAIChatWord word: String) {
    switch word {
    case "": return nil
    case "stop", "eos", "end_turn", "stop_sequence": self.init(.stop, word: word)
    case "length", "max_tokens", "model_length": self.init(.length, word: word)
    case "tool_calls", "function_call", "tool_use": self.init(.toolCalls, word: word)
    case "content_filter", "sensitive", "safety": self.init(.contentFilter, word: word)
    default: self.init(.other, word: word)
    }
  }
}
