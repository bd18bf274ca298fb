// The provider inside the program: it says the prompt again. No key, no network, so a first command always works.

import Wire

enum OfflineEcho {
  /// The answer to a request, streamed word by word, with the tokens it would have taken.
  static func events(answering request: ChatRequest) -> [ChatEvent] {
    let said = request.messages.last { $0.role == .user }?.content ?? []
    let text = said.reduce(into: "") { text, part in
      switch part.kind {
      case .text(let piece): text += piece
      case .image: text += "[image]"
      case .document: text += "[document]"
      case .audio: text += "[audio]"
      default: break
      }
    }
    let usage = Usage(input: TokenEstimate.input(of: request), output: TokenEstimate.of(text))
    let pieces = words(of: text).map { ChatEvent.text($0) }
    return [.started(id: nil, model: request.model)] + pieces
      + [.finished(Finish(.stop, word: "stop")), .usage(usage)]
  }

  /// Each word with the white space before it; joined they are the text again.
  private static func words(of text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var endsInSpace = true
    for character in text {
      if character.isWhitespace, !endsInSpace {
        words.append(word)
        word = ""
      }
      word.append(character)
      endsInSpace = character.isWhitespace
    }
    return word.isEmpty ? words : words + [word]
  }
}
