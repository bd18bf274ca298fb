// Thinking at the beginning of a text is parted from it, however it is cut.

import Testing

@testable import Wire

struct ThinkTags {
  @Test(arguments: [
    ("<think>a</think>b", "a", "b"), ("\n <think>\na</think>\n\nb c", "\na", "b c"), ("plain", "", "plain"),
    ("  plain", "", "  plain"), ("a <think>b</think>", "", "a <think>b</think>"), ("<thin", "", "<thin"),
    ("<thinker>x", "", "<thinker>x"), ("<think>open", "open", ""), ("<think>a</thin", "a</thin", ""),
    ("<think></think>b", "", "b"), ("<think>a</think>", "a", ""), ("<think>a<b</think>é😀", "a<b", "é😀"),
    ("<think>a</think>b<think>c</think>", "a", "b<think>c</think>"), ("", "", ""), ("\n\n", "", "\n\n"),
    (String(repeating: " ", count: 100) + "<think>x", "", String(repeating: " ", count: 100) + "<think>x"),
  ])
  func `text is parted`(_ text: String, _ reasoning: String, _ rest: String) {
    for size in [1, 3, 1000] {
      var splitter = ThinkTagSplitter()
      var pieces: [ThinkTagSplitter.Piece] = []
      var left = Substring(text)
      while !left.isEmpty {
        pieces += splitter.split(String(left.prefix(size)))
        left = left.dropFirst(size)
      }
      if let last = splitter.finish() { pieces.append(last) }
      var (thought, said) = ("", "")
      for piece in pieces {
        switch piece {
        case .reasoning(let text): thought += text
        case .text(let text): said += text
        }
      }
      #expect(thought == reasoning)
      #expect(said == rest)
    }
  }
}
